//! The encryption of push messages (protocol §6.3): AES-256-CBC, and inside it 16 random bytes, the length of the message,
//! the message, and the appid it is for.

use aes::Aes256;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
use zeroize::Zeroizing;

use super::PushError;
use crate::open_data::lenient_base64;

const RANDOM: usize = 16;
const LENGTH: usize = 4;
/// PKCS#7, to blocks of twice AES's size.
const PAD_BLOCK: u8 = 32;

/// An EncodingAESKey's 32 bytes: 43 characters say two bits more than they hold, and WeChat sets them as it likes; `None` unless it has 43 characters of base64.
pub(super) fn key(encoding_aes_key: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(lenient_base64(encoding_aes_key)?);
    (encoding_aes_key.len() == 43).then_some(())?;
    bytes.as_slice().try_into().ok().map(Zeroizing::new)
}

/// The message inside `encrypt`, when it is one for `appid`.
pub(super) fn decrypt(encoding_aes_key: &str, appid: &str, encrypt: &str) -> Result<Vec<u8>, PushError> {
    let key = key(encoding_aes_key).ok_or(PushError::NoKey)?;
    let mut buffer = lenient_base64(encrypt).ok_or(PushError::Undecipherable("no base64"))?;
    let cipher = cbc::Decryptor::<Aes256>::new_from_slices(&*key, &key[..16]);
    let cipher = cipher.map_err(|_| PushError::NoKey)?;
    let plain = cipher.decrypt_padded::<NoPadding>(&mut buffer);
    let plain = plain.map_err(|_| PushError::Undecipherable("no whole blocks"))?;
    unpack(unpad(plain)?, appid).map(<[u8]>::to_vec)
}

fn unpad(plain: &[u8]) -> Result<&[u8], PushError> {
    let bad = PushError::Undecipherable("wrong padding: another key?");
    let pad = *plain.last().ok_or(bad)?;
    let (rest, padding) = plain.split_at_checked(plain.len().wrapping_sub(pad.into())).ok_or(bad)?;
    let right = (1..=PAD_BLOCK).contains(&pad) && padding.iter().all(|byte| *byte == pad);
    right.then_some(rest).ok_or(bad)
}

fn unpack<'a>(plain: &'a [u8], appid: &str) -> Result<&'a [u8], PushError> {
    let short = PushError::Undecipherable("too short for what it says");
    let (_, rest) = plain.split_at_checked(RANDOM).ok_or(short)?;
    let (length, rest) = rest.split_first_chunk::<LENGTH>().ok_or(short)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| short)?;
    let (message, receiver) = rest.split_at_checked(length).ok_or(short)?;
    if receiver == appid.as_bytes() { Ok(message) } else { Err(PushError::WrongApp) }
}
