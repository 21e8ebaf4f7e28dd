use aes::Aes128;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use serde::Deserialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{SessionKey, diagnosis::HeldKey, transport, transport::Damage};
use crate::clock::Millis;

pub(super) const BLOCK: usize = 16;

/// How far the watermark's time may be from now, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub max_age_s: i64,
    /// For clocks that disagree.
    pub max_ahead_s: i64,
}

impl Default for Window {
    fn default() -> Self {
        Self { max_age_s: 600, max_ahead_s: 300 }
    }
}

impl Window {
    /// The limit that data of this age is beyond; `None` when it is inside of both.
    pub(super) fn limit_passed(self, age_s: i64) -> Option<i64> {
        if age_s > self.max_age_s {
            return Some(self.max_age_s);
        }
        (age_s < -self.max_ahead_s).then_some(self.max_ahead_s)
    }
}

/// The values that data is checked against once it opens.
#[derive(Debug, Clone, Copy)]
pub struct Checks<'a> {
    /// The mini program that it must be for.
    pub appid: &'a str,
    pub now: Millis,
    pub window: Window,
}

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
    /// What had to be repaired of the base64 of encryptedData and of iv.
    pub damage: [Damage; 2],
    /// The watermark's time, in seconds.
    pub made_at: i64,
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
    /// Whole, fresh, and about somebody else.
    OtherUser,
}

#[derive(Deserialize)]
pub(super) struct Watermark {
    pub appid: String,
    pub timestamp: i64,
}

/// Decrypts with the first key of `ring` (newest first) under which every check holds; otherwise says how far the
/// best key got. AES-128-CBC with strict PKCS#7 (protocol §3.2).
pub fn open(ring: &[HeldKey], checks: &Checks<'_>, encrypted: &Encrypted) -> Result<Opened, Flaw> {
    let (data, data_damage) = transport::decode(&encrypted.data).ok_or(Flaw::Base64)?;
    let (iv, iv_damage) = transport::decode(&encrypted.iv).ok_or(Flaw::Iv)?;
    if data.is_empty() || data.len() % BLOCK != 0 {
        return Err(Flaw::Length);
    }
    let iv = <[u8; BLOCK]>::try_from(iv).map_err(|_| Flaw::Iv)?;
    let mut furthest = Flaw::NoKey;
    for (key_index, held) in ring.iter().enumerate() {
        match open_with(&held.key, checks, &data, iv) {
            Ok((json, made_at)) => return Ok(Opened { json, key_index, damage: [data_damage, iv_damage], made_at }),
            Err(flaw) => furthest = furthest.max(flaw),
        }
    }
    Err(furthest)
}

fn open_with(
    key: &SessionKey,
    checks: &Checks<'_>,
    data: &[u8],
    iv: [u8; BLOCK],
) -> Result<(Map<String, Value>, i64), Flaw> {
    let key = key.bytes().ok_or(Flaw::NoKey)?;
    let cipher = cbc::Decryptor::<Aes128>::new(&key.into(), &iv.into());
    let mut buffer = Zeroizing::new(data.to_vec());
    let plain = cipher.decrypt_padded::<Pkcs7>(&mut buffer).map_err(|_| Flaw::Padding)?;
    let text = std::str::from_utf8(plain).map_err(|_| Flaw::Utf8)?;
    let json = serde_json::from_str::<Map<String, Value>>(text).map_err(|_| Flaw::Json)?;
    let watermark =
        json.get("watermark").and_then(|value| Watermark::deserialize(value).ok()).ok_or(Flaw::Watermark)?;
    if watermark.appid != checks.appid {
        return Err(Flaw::Watermark);
    }
    let age = checks.now.seconds().saturating_sub(watermark.timestamp);
    if checks.window.limit_passed(age).is_none() { Ok((json, watermark.timestamp)) } else { Err(Flaw::Stale) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open_data::PhoneInfo;

    fn vectors() -> Value {
        serde_json::from_str::<Value>(include_str!("vectors.json")).unwrap()["vectors"].take()
    }

    fn text<'a>(value: &'a Value, field: &str) -> &'a str {
        value[field].as_str().unwrap()
    }

    fn open_vector(vector: &Value, appid: &str, at: i64) -> Result<Opened, Flaw> {
        let key = SessionKey::new(text(vector, "session_key")).unwrap();
        let encrypted = Encrypted { data: text(vector, "encryptedData").into(), iv: text(vector, "iv").into() };
        let checks = Checks { appid, now: Millis(at * 1000), window: Window::default() };
        open(&[HeldKey { key, received_at: Millis(0) }], &checks, &encrypted)
    }

    #[test]
    fn every_negative_vector_is_refused_at_its_stage() {
        let expected = [
            ("wrong_session_key", Flaw::Padding),
            ("tampered_last_byte", Flaw::Padding),
            ("watermark_appid_mismatch", Flaw::Watermark),
            ("truncated_ciphertext", Flaw::Length),
            ("iv_not_16_bytes", Flaw::Iv),
            ("wrong_iv", Flaw::Utf8),
        ];
        let vectors = vectors();
        let cases = vectors["open_data_negative"]["cases"].as_array().unwrap();
        assert_eq!(cases.len(), expected.len());
        for (case, (name, flaw)) in cases.iter().zip(expected) {
            assert_eq!(text(case, "name"), name);
            let appid = case["our_appid"].as_str().unwrap_or("wx4f4bc4dec97d474b");
            assert_eq!(open_vector(case, appid, 1_477_314_187).unwrap_err(), flaw, "{name}");
        }
    }

    #[test]
    fn every_open_data_vector_opens_to_its_plaintext() {
        let vectors = vectors();
        let cases = vectors.as_object().unwrap().values().filter(|vector| vector["kind"] == "open_data_decrypt");
        let opened = cases.map(|vector| {
            let expected = serde_json::from_str::<Value>(text(vector, "expected_plaintext")).unwrap();
            let at = expected["watermark"]["timestamp"].as_i64().unwrap();
            let opened = open_vector(vector, text(vector, "appid"), at).unwrap();
            assert_eq!(Value::Object(opened.json), expected);
        });
        assert_eq!(opened.count(), 3);
    }

    #[test]
    fn data_is_taken_from_five_minutes_before_to_ten_minutes_after_its_time() {
        let vectors = vectors();
        let phone = &vectors["open_data_phone_selfmade"];
        for (at, expected) in [(-301, Some(Flaw::Stale)), (-300, None), (600, None), (601, Some(Flaw::Stale))] {
            assert_eq!(open_vector(phone, text(phone, "appid"), 1_637_744_274 + at).err(), expected, "{at} s");
        }
    }

    #[test]
    fn an_older_key_of_the_ring_opens_and_says_so() {
        let vectors = vectors();
        let phone = &vectors["open_data_phone_hk_selfmade"];
        let ring = ["HyVFkGl5F5OQWJZZaNzBBg==", text(phone, "session_key")].map(|key| {
            let key = SessionKey::new(key).unwrap();
            HeldKey { key, received_at: Millis(0) }
        });
        let encrypted = Encrypted { data: text(phone, "encryptedData").into(), iv: text(phone, "iv").into() };
        let now = Millis(1_700_000_000_000);
        let checks = Checks { appid: text(phone, "appid"), now, window: Window::default() };
        let opened = open(&ring, &checks, &encrypted).unwrap();
        assert_eq!((opened.key_index, opened.damage.iter().any(|damage| damage.any())), (1, false));
        let info = PhoneInfo::deserialize(Value::Object(opened.json)).unwrap();
        assert_eq!(info.phone().unwrap().e164(), "+85251234567");
        let none = open(&[], &checks, &encrypted);
        assert_eq!(none.unwrap_err(), Flaw::NoKey);
    }

    #[test]
    fn every_signature_vector_holds() {
        let vectors = vectors();
        let raw = &vectors["raw_data_signature_official"];
        let key = SessionKey::new(text(raw, "session_key")).unwrap();
        assert!(key.signed_raw_data(text(raw, "rawData"), text(raw, "expected_signature")));
        assert!(!key.signed_raw_data(text(raw, "rawData"), ""));
        let cases = vectors.as_object().unwrap().values().filter(|vector| vector["kind"] == "hmac_sha256_session_key");
        let checked = cases.map(|vector| {
            let key = SessionKey::new(text(vector, "session_key")).unwrap();
            assert_eq!(key.login_state_signature(text(vector, "data")), text(vector, "expected_signature"));
        });
        assert_eq!(checked.count(), 3);
    }
}
