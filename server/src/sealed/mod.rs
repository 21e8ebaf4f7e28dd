//! Personal data and keys as the database sees them: encrypted columns ([`Vault::seal`]) and keyed hashes to find
//! them by ([`BlindIndex`]). Pure: this room does no I/O and knows no table.

mod blind_index;
mod data_keys;
mod vault;

pub use blind_index::BlindIndex;
pub use data_keys::{DataKeyError, DataKeys};
pub use vault::{Column, SealError, Vault};

use sha2::{Digest, Sha256};

/// How tokens, session ids and login codes are stored: their own 256 or so random bits need no salt.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
