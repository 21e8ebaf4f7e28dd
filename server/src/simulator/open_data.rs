//! What WeChat encrypts and signs with the session_key. Written against the protocol text alone, not against the
//! product's room of the same name, which reads what this one writes.

use aes::Aes128;
use base64::{Engine, engine::general_purpose::STANDARD};
use cbc::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::random::Random;

const BLOCK: usize = 16;

/// encryptedData and iv, both base64.
pub(super) struct Encrypted {
    pub data: String,
    pub iv: String,
}

/// A session_key. Its bytes encrypt; its text, base64 as WeChat sends it, signs.
#[derive(Clone, Copy)]
pub(super) struct Key([u8; BLOCK]);

impl Key {
    pub fn new(random: &Random) -> Self {
        Self(random.bytes())
    }

    /// 24 characters.
    pub fn text(self) -> String {
        STANDARD.encode(self.0)
    }

    /// AES-128-CBC with PKCS#7 and a random iv (protocol §3.2).
    pub fn encrypt(self, content: &Value, random: &Random) -> Encrypted {
        let iv = random.bytes::<BLOCK>();
        let mut buffer = content.to_string().into_bytes();
        let length = buffer.len();
        buffer.resize((length / BLOCK + 1) * BLOCK, 0);
        let cipher = cbc::Encryptor::<Aes128>::new(&self.0.into(), &iv.into());
        // The buffer has room for the padding, which is the only thing that could be missing.
        let data = cipher.encrypt_padded::<Pkcs7>(&mut buffer, length).unwrap_or_default();
        Encrypted { data: STANDARD.encode(data), iv: STANDARD.encode(iv) }
    }

    /// SHA-1 over rawData and the key's text (protocol §3.1).
    pub fn raw_data_signature(self, raw_data: &str) -> String {
        hex::encode(Sha1::digest(format!("{raw_data}{}", self.text())))
    }

    /// HMAC-SHA256 over the empty text, keyed with the key's text (protocol §2.1).
    pub fn login_state_signature(self) -> String {
        // HMAC takes keys of any length, so that the default is never made.
        let mac = Hmac::<Sha256>::new_from_slice(self.text().as_bytes());
        mac.map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default()
    }
}
