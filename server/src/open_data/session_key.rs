use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::secret::Secret;

/// A user's session_key in one mini program, as WeChat sent it: base64 of 16 bytes (protocol §2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKey(Secret);

impl SessionKey {
    /// `None` unless it decodes to 16 bytes.
    pub fn new(text: &str) -> Option<Self> {
        let key = Self(Secret::new(text));
        key.bytes().is_some().then_some(key)
    }

    pub(super) fn bytes(&self) -> Option<[u8; 16]> {
        STANDARD.decode(self.0.expose()).ok()?.try_into().ok()
    }

    /// The text, to be sealed.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether `signature` was made over `raw_data` with this key: SHA-1 in lower-case hex of rawData followed by
    /// the key's *text* (protocol §3.1).
    pub fn signed_raw_data(&self, raw_data: &str, signature: &str) -> bool {
        let digest = Sha1::new().chain_update(raw_data).chain_update(self.expose()).finalize();
        hex::encode(digest).as_bytes().ct_eq(signature.as_bytes()).into()
    }

    /// The login-state signature: HMAC-SHA256 in lower-case hex, keyed with the *text*, not the decoded bytes
    /// (protocol §2.1). Over the empty text for checksession and resetusersessionkey.
    pub fn login_state_signature(&self, data: &str) -> String {
        // HMAC takes a key of any length: the else branch is unreachable, and an empty signature matches nothing.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.expose().as_bytes()) else { return String::new() };
        mac.update(data.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}
