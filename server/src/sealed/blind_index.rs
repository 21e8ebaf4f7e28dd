use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::phone::PhoneNumber;

/// Keyed hashes to find sealed phones by. The key is random per installation and not a data key: two databases
/// cannot be joined by it, and rotating data keys leaves every lookup in place.
#[derive(Clone)]
pub struct BlindIndex(Zeroizing<[u8; 32]>);

impl BlindIndex {
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// The number with its country: identity.
    pub fn phone(&self, phone: &PhoneNumber) -> [u8; 32] {
        self.e164(&phone.e164())
    }

    /// [`Self::phone`] for a number that was typed in, such as `+8613580006666`: nobody knows where its country ends.
    pub fn e164(&self, e164: &str) -> [u8; 32] {
        self.hash("phone", e164)
    }

    /// The number as people of its country write it; numbers of two countries may share it.
    pub fn national(&self, digits: &str) -> [u8; 32] {
        self.hash("national", digits)
    }

    pub fn last_four(&self, digits: &str) -> [u8; 32] {
        self.hash("last four", digits)
    }

    /// An entry of the audit log, with the one before it. Not to be found by, but it takes the same key to make one.
    pub fn audit(&self, entry: &str) -> [u8; 32] {
        self.hash("audit", entry)
    }

    /// A state of the database as an operator saw it. Keyed, because a form carries it and it covers phones.
    pub fn state(&self, state: &str) -> [u8; 32] {
        self.hash("state", state)
    }

    /// What tries to sign in are counted by: an account's name or an address.
    pub fn sign_in(&self, what: &str, value: &str) -> [u8; 32] {
        self.hash("sign in", &format!("{what}/{value}"))
    }

    /// A recovery code, with whose it is.
    pub fn recovery_code(&self, code: &str) -> [u8; 32] {
        self.hash("recovery code", code)
    }

    fn hash(&self, kind: &str, value: &str) -> [u8; 32] {
        // HMAC takes a key of any length, so this cannot fail; were it to, nothing would be found, nothing leaked.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&*self.0) else { return [0; 32] };
        mac.update(kind.as_bytes());
        mac.update(b"/");
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlindIndex")
    }
}
