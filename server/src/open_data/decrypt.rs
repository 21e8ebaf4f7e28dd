use aes::Aes128;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{SessionKey, transport};
use crate::clock::Millis;

/// Accepted until 10 minutes after the watermark's time …
const MAX_AGE_S: i64 = 600;
/// … and up to 5 minutes before it, for clocks that disagree (contract §3).
const MAX_AHEAD_S: i64 = 300;
const BLOCK: usize = 16;

/// encryptedData and iv as the mini program sent them.
#[derive(Debug, Clone)]
pub struct Encrypted {
    pub data: String,
    pub iv: String,
}

/// Data that passed every check.
#[derive(Debug)]
pub struct Opened {
    pub json: Map<String, Value>,
    /// Which key of the ring opened it; 0 is the newest. Anything else proves that wx.login was called after the
    /// data was made.
    pub key_index: usize,
    /// The base64 was damaged on the way.
    pub repaired: bool,
}

/// The first check that failed, in the order of the checks. The client never learns which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// The server holds no session_key for this user.
    NoKey,
    Base64,
    /// Not a whole number of blocks, or none.
    Length,
    /// Not 16 bytes.
    Iv,
    /// A wrong key passes this by chance once in 256 times, which is why the checks go on.
    Padding,
    Utf8,
    Json,
    /// No watermark, or one of another mini program.
    Watermark,
    /// Older or newer than the window.
    Stale,
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
    timestamp: i64,
}

/// Decrypts with the first key of `ring` (newest first) under which every check holds; otherwise says how far the
/// best key got. AES-128-CBC with strict PKCS#7 (protocol §3.2).
pub fn open(ring: &[SessionKey], appid: &str, now: Millis, encrypted: &Encrypted) -> Result<Opened, Flaw> {
    let (data, data_repaired) = transport::decode(&encrypted.data).ok_or(Flaw::Base64)?;
    let (iv, iv_repaired) = transport::decode(&encrypted.iv).ok_or(Flaw::Iv)?;
    if data.is_empty() || data.len() % BLOCK != 0 {
        return Err(Flaw::Length);
    }
    let iv = <[u8; BLOCK]>::try_from(iv).map_err(|_| Flaw::Iv)?;
    let mut furthest = Flaw::NoKey;
    for (key_index, key) in ring.iter().enumerate() {
        match open_with(key, appid, now, &data, iv) {
            Ok(json) => return Ok(Opened { json, key_index, repaired: data_repaired || iv_repaired }),
            Err(flaw) => furthest = furthest.max(flaw),
        }
    }
    Err(furthest)
}

fn open_with(key: &SessionKey, appid: &str, now: Millis, data: &[u8], iv: [u8; BLOCK]) -> Result<Map<String, Value>, Flaw> {
    let key = key.bytes().ok_or(Flaw::NoKey)?;
    let cipher = cbc::Decryptor::<Aes128>::new(&key.into(), &iv.into());
    let plain = cipher.decrypt_padded_vec::<Pkcs7>(data).map_err(|_| Flaw::Padding)?;
    let text = std::str::from_utf8(&plain).map_err(|_| Flaw::Utf8)?;
    let json = serde_json::from_str::<Map<String, Value>>(text).map_err(|_| Flaw::Json)?;
    let watermark = json.get("watermark").and_then(|value| Watermark::deserialize(value).ok()).ok_or(Flaw::Watermark)?;
    if watermark.appid != appid {
        return Err(Flaw::Watermark);
    }
    let age = now.seconds().saturating_sub(watermark.timestamp);
    if (-MAX_AHEAD_S..=MAX_AGE_S).contains(&age) { Ok(json) } else { Err(Flaw::Stale) }
}
