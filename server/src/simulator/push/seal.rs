//! Signatures and encryption of the message push (protocol §6.1, §6.3). Written against the protocol alone, like
//! `open_data.rs`, and for the same reason.

use aes::Aes256;
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use cbc::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::NoPadding};
use sha1::{Digest, Sha1};

/// Twice the cipher's own block.
const BLOCK: usize = 32;

/// 43 characters carry 258 bits, two more than the key has; WeChat does not care what these two are.
const KEY_TEXT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// SHA-1 over the parts in byte order, as hex: `signature` of Token, timestamp and nonce; `msg_signature` of these and
/// Encrypt.
pub(in crate::simulator) fn signature<const N: usize>(mut parts: [&str; N]) -> String {
    parts.sort_unstable();
    hex::encode(Sha1::digest(parts.concat()))
}

/// An EncodingAESKey, decoded.
#[derive(Clone, Copy)]
pub(in crate::simulator) struct AesKey([u8; 32]);

/// What goes into one Encrypt.
pub(in crate::simulator) struct Plain<'a> {
    pub random: [u8; 16],
    pub message: &'a str,
    /// The appid at the end.
    pub receiver: &'a str,
    /// Only the padding's last byte is what it must be: whoever looks at that alone does not notice.
    pub garbage_padding: bool,
}

impl AesKey {
    /// `None` when it is not base64 of 32 bytes without its `=`.
    pub fn parse(text: &str) -> Option<Self> {
        KEY_TEXT.decode(text).ok()?.try_into().map(Self).ok()
    }

    /// AES-256-CBC; the iv is the first half of the key.
    pub fn encrypt(self, plain: &Plain<'_>) -> String {
        let mut buffer = plain.buffer();
        let length = buffer.len();
        let mut iv = [0; 16];
        iv.copy_from_slice(&self.0[..16]);
        let cipher = cbc::Encryptor::<Aes256>::new(&self.0.into(), &iv.into());
        // The buffer is padded already: whole blocks are the only thing that could be missing.
        STANDARD.encode(cipher.encrypt_padded::<NoPadding>(&mut buffer, length).unwrap_or_default())
    }
}

impl Plain<'_> {
    fn buffer(&self) -> Vec<u8> {
        let length = u32::try_from(self.message.len()).unwrap_or(u32::MAX).to_be_bytes();
        let mut buffer = [&self.random[..], &length, self.message.as_bytes(), self.receiver.as_bytes()].concat();
        let missing = BLOCK - buffer.len() % BLOCK;
        let last = u8::try_from(missing).unwrap_or_default();
        let padding = if self.garbage_padding { !last } else { last };
        buffer.resize(buffer.len() + missing, padding);
        // A padding of one byte has nothing else to be wrong in.
        if let (Some(byte), true) = (buffer.last_mut(), missing > 1) {
            *byte = last;
        }
        buffer
    }
}
