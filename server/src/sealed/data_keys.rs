use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// A 256-bit key and the short name that stands in front of every value sealed with it.
#[derive(Clone)]
pub(super) struct DataKey {
    pub id: [u8; 4],
    pub bytes: Zeroizing<[u8; 32]>,
}

/// `LATCHKEY_DATA_KEYS`: the newest key seals, all of them open.
#[derive(Clone)]
pub struct DataKeys(Vec<DataKey>);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DataKeyError {
    #[error("no data key is given")]
    None,
    #[error("data key {0} is not base64 of 32 bytes (make one with: head -c 32 /dev/urandom | base64)")]
    Malformed(usize),
}

impl DataKeys {
    /// Reads base64 keys separated by commas, newest first.
    pub fn parse(text: &str) -> Result<Self, DataKeyError> {
        let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
        let keys = texts.enumerate().map(|(index, text)| {
            let bytes = STANDARD.decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
            bytes.map(Self::key).ok_or(DataKeyError::Malformed(index + 1))
        });
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(DataKeyError::None) } else { Ok(Self(keys)) }
    }

    /// One key from the bytes given, and its text for a key file.
    pub fn from_bytes(bytes: [u8; 32]) -> (Self, Zeroizing<String>) {
        (Self(vec![Self::key(bytes)]), Zeroizing::new(STANDARD.encode(bytes)))
    }

    fn key(bytes: [u8; 32]) -> DataKey {
        let digest = super::sha256(&[b"latchkey data key id", &bytes]);
        let mut id = [0; 4];
        id.copy_from_slice(&digest[..4]);
        DataKey { id, bytes: Zeroizing::new(bytes) }
    }

    pub(super) fn newest(&self) -> &DataKey {
        &self.0[0]
    }

    pub(super) fn find(&self, id: &[u8]) -> Option<&DataKey> {
        self.0.iter().find(|key| key.id == id)
    }
}

impl fmt::Debug for DataKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} data keys", self.0.len())
    }
}
