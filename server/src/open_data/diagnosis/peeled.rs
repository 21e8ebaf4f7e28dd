//! Data under one key, and how much of it reads as WeChat's.

use aes::Aes128;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
use latchkey_app::types::{Cause, Proof, Stage};
use serde::Deserialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{Clues, count};
use crate::open_data::{
    SessionKey,
    decrypt::{BLOCK, Watermark},
};

/// The fields of WeChat's data, any of which may come first.
const FIELDS: [&str; 13] = [
    "phoneNumber",
    "purePhoneNumber",
    "countryCode",
    "watermark",
    "openId",
    "unionId",
    "nickName",
    "gender",
    "language",
    "city",
    "province",
    "country",
    "avatarUrl",
];

/// A change of a single digit moves a time by more than this, or is too small to matter.
const RECENT_S: i64 = 7200;

/// Data under one key, as far as it opens.
pub(super) struct Peeled {
    pub stage: Stage,
    /// Whole: padding, UTF-8 and JSON hold.
    pub json: Option<Map<String, Value>>,
    /// All blocks, with the padding.
    plain: Zeroizing<Vec<u8>>,
}

impl Peeled {
    /// Of data that is no whole number of blocks, the whole ones.
    pub fn under(key: &SessionKey, data: &[u8], iv: [u8; BLOCK]) -> Self {
        let mut plain = Zeroizing::new(data[..data.len() / BLOCK * BLOCK].to_vec());
        let decrypted = key.bytes().is_some_and(|key| {
            let cipher = cbc::Decryptor::<Aes128>::new(&key.into(), &iv.into());
            cipher.decrypt_padded::<NoPadding>(&mut plain).is_ok()
        });
        if !decrypted {
            plain.clear();
        }
        let (stage, json) = opened(&plain);
        Self { stage, json, plain }
    }

    /// What happened to data of which a part reads under this key. That happens by chance once in millions of times.
    /// `whole`: no bytes are left over behind the last block.
    pub fn damage(&self, whole: bool, clues: &Clues<'_>) -> Option<(Cause, Proof)> {
        if whole && self.only_first_block_differs(clues) {
            return Some((Cause::IvInvalid, Proof::FirstBlockGarbled));
        }
        let ended = unpad(&self.plain).filter(|_| whole);
        let reading: Vec<bool> = ended.unwrap_or(&self.plain).chunks(BLOCK).map(reads).collect();
        let good = reading.iter().filter(|reads| **reads).count();
        let begins = self.plain.starts_with(b"{\"") && reading.first() == Some(&true);
        if good < 2 && !begins {
            return None;
        }
        let blocks = count(reading.len());
        let bad = reading.iter().position(|reads| !reads).zip(reading.iter().rposition(|reads| !reads));
        Some(match bad {
            None if begins && ended.is_none() => (Cause::Truncated, Proof::CutOff(blocks)),
            None => (Cause::ChangedInTransit, Proof::OpensInPart { from: 1, to: 1, blocks }),
            Some((0, 0)) if ended.is_some() => (Cause::ChangedInTransit, Proof::BeginningMissing(blocks)),
            Some((from, to)) => {
                let (from, to) = (count(from + 1), count(to + 1));
                (Cause::ChangedInTransit, Proof::OpensInPart { from, to, blocks })
            }
        })
    }

    /// Whether the data is WeChat's, but for its first block: with another iv, or one that was changed, only that differs.
    pub fn only_first_block_differs(&self, clues: &Clues<'_>) -> bool {
        let rest =
            unpad(&self.plain).and_then(|text| text.get(BLOCK..)).and_then(|rest| std::str::from_utf8(rest).ok());
        rest.is_some_and(|rest| beginnings().any(|beginning| is_wechats(&(beginning + rest), clues)))
    }
}

fn opened(plain: &[u8]) -> (Stage, Option<Map<String, Value>>) {
    let Some(text) = unpad(plain) else { return (Stage::Padding, None) };
    let Ok(utf8) = std::str::from_utf8(text) else { return (Stage::Utf8, None) };
    match serde_json::from_str(utf8) {
        Ok(json) => (Stage::Watermark, Some(json)),
        Err(_) => (Stage::Json, None),
    }
}

fn unpad(plain: &[u8]) -> Option<&[u8]> {
    let pad = usize::from(*plain.last()?);
    let (text, padding) = plain.split_at_checked(plain.len().checked_sub(pad)?)?;
    ((1..=BLOCK).contains(&pad) && padding.iter().all(|byte| usize::from(*byte) == pad)).then_some(text)
}

/// Whether a block is text, as far as one block tells: characters may be cut at both of its ends.
fn reads(block: &[u8]) -> bool {
    let continued = block.iter().take(3).take_while(|byte| (0x80..0xC0).contains(*byte)).count();
    let text = match std::str::from_utf8(&block[continued..]) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&block[continued..continued + error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(char::is_control)
}

/// Every first block that WeChat's data may have, with values that are made up.
fn beginnings() -> impl Iterator<Item = String> {
    let cut = |text: String| text[..BLOCK].to_owned();
    let alone = FIELDS.iter().map(|field| format!("{{\"{field}\":\"{}", "x".repeat(BLOCK)));
    let pairs = FIELDS.iter().flat_map(|field| {
        FIELDS.iter().flat_map(move |next| {
            ["1", "\"\""].map(|value| format!("{{\"{field}\":{value},\"{next}\":\"{}", "x".repeat(BLOCK)))
        })
    });
    let watermarks = ["appid\":\"xxx", "timestamp\":1"].map(|field| format!("{{\"watermark\":{{\"{field}"));
    alone.chain(pairs).chain(watermarks).map(cut)
}

/// Whether a text is the JSON of this user's phone or user info, and agrees with itself and with what is known: a change
/// to the first block of the ciphertext shows in the second block of the text.
fn is_wechats(text: &str, clues: &Clues<'_>) -> bool {
    let Ok(json) = serde_json::from_str::<Map<String, Value>>(text) else { return false };
    let watermark = json.get("watermark").and_then(|value| Watermark::deserialize(value).ok());
    let of_now = |watermark: Watermark| {
        let age = clues.checks.now.seconds().saturating_sub(watermark.timestamp);
        watermark.appid == clues.checks.appid && age.abs() <= RECENT_S
    };
    watermark.is_some_and(of_now) && (is_phone(&json) || is_user_info(&json, clues.openid))
}

fn is_phone(json: &Map<String, Value>) -> bool {
    let text = |field| match json.get(field)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let fields = text("phoneNumber").zip(text("purePhoneNumber")).zip(text("countryCode"));
    fields.is_some_and(|((phone, pure), country)| {
        phone == pure && country == "86" || phone.trim_start_matches('+') == format!("{country}{pure}")
    })
}

/// The beginning of the openid may be in the block that is made up.
fn is_user_info(json: &Map<String, Value>, openid: Option<&str>) -> bool {
    let named = json.get("openId").and_then(Value::as_str).zip(openid);
    let same = named.is_some_and(|(named, openid)| {
        named.len() == openid.len() && named.get(5..).is_some_and(|tail| openid.ends_with(tail))
    });
    same && json.contains_key("nickName")
}
