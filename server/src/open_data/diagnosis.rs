//! Why encrypted data could not be used, or had to be healed. Never guesses: what nothing proves is
//! [`Cause::Unknown`], with the evidence.
//!
//! | cause | proved by |
//! | --- | --- |
//! | `plus_lost`, `double_encoded`, `url_safe_alphabet`, `line_breaks`, `padding_lost` | the text is no base64 as it came, is after undoing exactly this, and what it says passes every check |
//! | `login_after_phone_button` | the data opens under an older key, and its own time lies before the newest key came |
//! | `not_base64` | characters that no repair explains |
//! | `truncated` | a length that base64 or AES cannot have; or the beginning opens under a held key and the end is missing |
//! | `iv_invalid` | iv is not 16 bytes; or all but the first block opens under a held key |
//! | `no_session`, `key_expired` | no login of the openid is on file; one is, but no key of it is kept: older than 72 hours, or taken by a reset |
//! | `wrong_app` | it opens, and its watermark names another mini program; or it opens under the user's key in another one; or the Referer names another one and no key fits |
//! | `stale_data`, `replayed` | it opens and its time is over; the same, and it has been used before |
//! | `other_users_data` | it opens and names another openid; or no key fits and the same ciphertext was another user's |
//! | `not_from_wechat` | it opens under the user's key and has no watermark, which WeChat never leaves out |
//! | `wrong_kind_of_data` | it opens, passes every check, and holds user info where a phone belongs, or the other way round |
//! | `key_rotated_elsewhere` | no key fits, and WeChat, asked within two minutes, says that the newest one is not the user's any more; no newer one has come by then, and WeChat has not called it valid since (`accounts::reports`) |
//! | `not_known_to_wechat` | no key fits, a phone was wanted, and WeChat knows the ciphertext by neither of its hashes, within three days (`accounts::reports`) |

use aes::Aes128;
use base64::{Engine, engine::general_purpose::STANDARD};
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::NoPadding};
pub use latchkey_app::types::Wanted;
use latchkey_app::types::{Cause, Proof, Stage};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
    Damage, Encrypted, Opened, SessionKey,
    decrypt::{BLOCK, Watermark},
    transport,
};
use crate::clock::Millis;

/// The watermark has whole seconds, and two clocks are never quite the same.
const SLACK_S: i64 = 5;

/// A session_key that is held, and since when.
#[derive(Debug, Clone)]
pub struct HeldKey {
    pub key: SessionKey,
    pub received_at: Millis,
}

/// The same ciphertext has been opened before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    BySameUser,
    ByAnother,
}

/// What is known besides the data itself.
#[derive(Debug, Clone)]
pub struct Clues<'a> {
    pub appid: &'a str,
    /// The sender's; absent while nobody knows who he is.
    pub openid: Option<&'a str>,
    pub now: Millis,
    pub wanted: Wanted,
    /// Newest first.
    pub ring: &'a [HeldKey],
    /// Whether a login of the openid is on file: who was unbound or erased has none any more.
    pub has_logged_in: bool,
    /// The same user's keys in other mini programs. Only to explain: data that opens under one of them is never used.
    pub elsewhere: &'a [(String, SessionKey)],
    pub seen: Option<Seen>,
    pub referer_appid: Option<&'a str>,
}

/// What the evidence says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub cause: Cause,
    pub stage: Stage,
    /// What the cause was concluded from.
    pub proof: Proof,
    pub data_bytes: Option<usize>,
    pub ciphertext_sha256: Option<[u8; 32]>,
    pub base64_sha256: Option<[u8; 32]>,
    /// How far each key of the ring got.
    pub keys: Vec<Stage>,
    /// Seconds from the watermark's time to now, when it could be read.
    pub data_age_s: Option<i64>,
}

/// A ciphertext, however it was carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ciphertext {
    /// Its identity.
    pub sha256: [u8; 32],
    /// Of its base64, as WeChat writes it.
    pub base64_sha256: [u8; 32],
    pub bytes: usize,
}

impl Ciphertext {
    /// `None` when it is no base64 that could be repaired.
    pub fn of(encrypted: &Encrypted) -> Option<Self> {
        let (bytes, _) = transport::decode(&encrypted.data)?;
        Some(Self::of_bytes(&bytes))
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        let base64_sha256 = Sha256::digest(STANDARD.encode(bytes)).into();
        Self { sha256: Sha256::digest(bytes).into(), base64_sha256, bytes: bytes.len() }
    }
}

/// What had to be healed of data that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healing {
    pub cause: Cause,
    pub proof: Proof,
    /// Which key of the ring opened it; 0 is the newest.
    pub key_index: usize,
    /// The watermark's time, in seconds.
    pub made_at: i64,
}

/// `None` when nothing had to be healed.
pub fn healing(opened: &Opened, ring: &[HeldKey]) -> Option<Healing> {
    let (cause, proof) = healing_cause(opened, ring)?;
    Some(Healing { cause, proof, key_index: opened.key_index, made_at: opened.made_at })
}

fn healing_cause(opened: &Opened, ring: &[HeldKey]) -> Option<(Cause, Proof)> {
    if let Some(cause) = damage_cause(opened.damage) {
        return Some((cause, Proof::Repaired));
    }
    if opened.key_index == 0 {
        return None;
    }
    let newest = ring.first()?.received_at.seconds();
    let proof =
        Proof::OlderKey { number: count(opened.key_index + 1), before_s: newest.saturating_sub(opened.made_at) };
    let cause = if opened.made_at <= newest + SLACK_S { Cause::LoginAfterPhoneButton } else { Cause::Unknown };
    Some((cause, proof))
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn damage_cause(damage: Damage) -> Option<Cause> {
    let causes = [
        (damage.percent_encoded, Cause::DoubleEncoded),
        (damage.plus_lost, Cause::PlusLost),
        (damage.url_safe, Cause::UrlSafeAlphabet),
        (damage.line_breaks, Cause::LineBreaks),
        (damage.padding_lost, Cause::PaddingLost),
    ];
    causes.into_iter().find(|(there, _)| *there).map(|(_, cause)| cause)
}

/// Why `encrypted` could not be used.
pub fn diagnose(encrypted: &Encrypted, clues: &Clues<'_>) -> Finding {
    let mut finding = Finding {
        cause: Cause::Unknown,
        stage: Stage::Base64,
        proof: Proof::default(),
        data_bytes: None,
        ciphertext_sha256: None,
        base64_sha256: None,
        keys: Vec::new(),
        data_age_s: None,
    };
    let (cause, stage, proof) = conclude(encrypted, clues, &mut finding);
    Finding { cause, stage, proof, ..finding }
}

type Conclusion = (Cause, Stage, Proof);

/// Goes through the checks in their order and keeps what it sees on the way in `finding`.
fn conclude(encrypted: &Encrypted, clues: &Clues<'_>, finding: &mut Finding) -> Conclusion {
    let Some((data, _)) = transport::decode(&encrypted.data) else { return no_base64(&encrypted.data) };
    let ciphertext = Ciphertext::of_bytes(&data);
    finding.data_bytes = Some(ciphertext.bytes);
    finding.ciphertext_sha256 = Some(ciphertext.sha256);
    finding.base64_sha256 = Some(ciphertext.base64_sha256);
    let iv = transport::decode(&encrypted.iv).map(|(iv, _)| iv).unwrap_or_default();
    let Ok(iv) = <[u8; BLOCK]>::try_from(iv.as_slice()) else {
        return (Cause::IvInvalid, Stage::Iv, Proof::IvBytes(count(iv.len())));
    };
    if data.is_empty() || !data.len().is_multiple_of(BLOCK) {
        return (Cause::Truncated, Stage::Length, Proof::NoWholeBlocks(count(data.len())));
    }
    let opened: Vec<Peeled> = clues.ring.iter().map(|held| Peeled::under(&held.key, &data, iv)).collect();
    finding.keys = opened.iter().map(|peeled| peeled.stage).collect();
    let best = opened.iter().max_by_key(|peeled| peeled.stage);
    if let Some(json) = best.and_then(|best| best.json.as_ref()) {
        return about_content(json, clues, finding);
    }
    let stage = best.map_or(Stage::Key, |best| best.stage);
    let (cause, proof) = half_opened(&opened)
        .or_else(|| in_another_app(&data, iv, clues))
        .or_else(|| somebody_elses(clues))
        .or_else(|| without_keys(clues))
        .or_else(|| other_referer(clues))
        .unwrap_or_else(|| (Cause::Unknown, Proof::NoKeyOpens(count(clues.ring.len()))));
    (cause, stage, proof)
}

fn no_base64(text: &str) -> Conclusion {
    let letters = text.trim_end_matches('=');
    let alphabet = letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_ \r\n\t".contains(&byte));
    if alphabet && letters.len() % 4 == 1 {
        return (Cause::Truncated, Stage::Base64, Proof::ImpossibleLength(count(letters.len())));
    }
    (Cause::NotBase64, Stage::Base64, Proof::NoRepair)
}

/// The key is right, and so is the JSON: what is wrong is what it says.
fn about_content(json: &Map<String, Value>, clues: &Clues<'_>, finding: &mut Finding) -> Conclusion {
    let watermark = json.get("watermark").and_then(|value| Watermark::deserialize(value).ok());
    let Some(watermark) = watermark else {
        return (Cause::NotFromWechat, Stage::Watermark, Proof::NoWatermark);
    };
    let age = clues.now.seconds().saturating_sub(watermark.timestamp);
    finding.data_age_s = Some(age);
    if watermark.appid != clues.appid {
        return (Cause::WrongApp, Stage::Watermark, Proof::OtherAppInWatermark);
    }
    let owner = json.get("openId").and_then(Value::as_str);
    if owner.is_some_and(|owner| clues.openid.is_some_and(|openid| openid != owner)) {
        return (Cause::OtherUsersData, Stage::Owner, Proof::OtherOpenid);
    }
    if !(-super::decrypt::MAX_AHEAD_S..=super::decrypt::MAX_AGE_S).contains(&age) {
        let cause = if clues.seen == Some(Seen::BySameUser) { Cause::Replayed } else { Cause::StaleData };
        return (cause, Stage::Watermark, Proof::MadeAgo(age));
    }
    let holds_phone = json.contains_key("purePhoneNumber");
    if holds_phone != (clues.wanted == Wanted::Phone) {
        let proof = if holds_phone { Proof::HoldsPhone } else { Proof::HoldsNoPhone };
        return (Cause::WrongKindOfData, Stage::Json, proof);
    }
    (Cause::Unknown, Stage::Json, Proof::OddFields)
}

/// A key that opens one end of the data is the right one.
fn half_opened(opened: &[Peeled]) -> Option<(Cause, Proof)> {
    if opened.iter().any(|peeled| peeled.beginning_reads) {
        return Some((Cause::Truncated, Proof::EndMissing));
    }
    let end = opened.iter().any(|peeled| peeled.end_reads);
    end.then_some((Cause::IvInvalid, Proof::FirstBlockGarbled))
}

fn in_another_app(data: &[u8], iv: [u8; BLOCK], clues: &Clues<'_>) -> Option<(Cause, Proof)> {
    let fits = |(_, key): &&(String, SessionKey)| Peeled::under(key, data, iv).json.is_some();
    let (appid, _) = clues.elsewhere.iter().find(fits)?;
    Some((Cause::WrongApp, Proof::OpensElsewhere(appid.clone())))
}

fn somebody_elses(clues: &Clues<'_>) -> Option<(Cause, Proof)> {
    Some(match clues.seen? {
        Seen::ByAnother => (Cause::OtherUsersData, Proof::UsedByAnother),
        Seen::BySameUser => (Cause::Replayed, Proof::UsedBefore),
    })
}

fn without_keys(clues: &Clues<'_>) -> Option<(Cause, Proof)> {
    if !clues.ring.is_empty() {
        return None;
    }
    Some(if clues.has_logged_in { (Cause::KeyExpired, Proof::NoKeyKept) } else { (Cause::NoSession, Proof::NoLogin) })
}

fn other_referer(clues: &Clues<'_>) -> Option<(Cause, Proof)> {
    let referer = clues.referer_appid.filter(|appid| *appid != clues.appid)?;
    Some((Cause::WrongApp, Proof::NoKeyAndReferer(referer.to_owned())))
}

/// Whether data opens under one of the keys and names an openid other than `openid`.
pub fn names_another(encrypted: &Encrypted, ring: &[HeldKey], openid: &str) -> bool {
    let named = |peeled: Peeled| peeled.json?.get("openId")?.as_str().map(|named| named != openid);
    under_each(encrypted, ring).into_iter().any(|peeled| named(peeled) == Some(true))
}

/// How far data opens under each of the keys.
pub fn stages(encrypted: &Encrypted, ring: &[HeldKey]) -> Vec<Stage> {
    under_each(encrypted, ring).into_iter().map(|peeled| peeled.stage).collect()
}

fn under_each(encrypted: &Encrypted, ring: &[HeldKey]) -> Vec<Peeled> {
    let bytes = |text: &str| transport::decode(text).map(|(bytes, _)| bytes);
    let iv = bytes(&encrypted.iv).and_then(|iv| <[u8; BLOCK]>::try_from(iv).ok());
    let Some((data, iv)) = bytes(&encrypted.data).zip(iv) else { return Vec::new() };
    ring.iter().map(|held| Peeled::under(&held.key, &data, iv)).collect()
}

/// How far data opens under a key, and what it says if it does.
pub(super) fn peel(key: &SessionKey, data: &[u8], iv: [u8; BLOCK]) -> (Stage, Option<Map<String, Value>>) {
    let peeled = Peeled::under(key, data, iv);
    (peeled.stage, peeled.json)
}

/// Data under one key, as far as it opens.
struct Peeled {
    stage: Stage,
    /// Whole: padding, UTF-8 and JSON hold.
    json: Option<Map<String, Value>>,
    /// It begins as WeChat's data does.
    beginning_reads: bool,
    /// It ends as WeChat's data does, and only its first block is noise.
    end_reads: bool,
}

impl Peeled {
    fn under(key: &SessionKey, data: &[u8], iv: [u8; BLOCK]) -> Self {
        let nothing = Self { stage: Stage::Padding, json: None, beginning_reads: false, end_reads: false };
        let Some(key) = key.bytes() else { return nothing };
        let cipher = cbc::Decryptor::<Aes128>::new(&key.into(), &iv.into());
        let mut buffer = Zeroizing::new(data.to_vec());
        let Ok(plain) = cipher.decrypt_padded::<NoPadding>(&mut buffer) else { return nothing };
        let beginning_reads =
            plain.starts_with(b"{\"") && plain[..BLOCK].iter().all(|byte| (b' '..=b'~').contains(byte));
        let Some(text) = unpad(plain) else { return Self { beginning_reads, ..nothing } };
        let Ok(utf8) = std::str::from_utf8(text) else {
            return Self { stage: Stage::Utf8, beginning_reads, end_reads: end_reads(text), ..nothing };
        };
        match serde_json::from_str(utf8) {
            Ok(json) => Self { stage: Stage::Watermark, json: Some(json), ..nothing },
            Err(_) => Self { stage: Stage::Json, beginning_reads, end_reads: end_reads(text), ..nothing },
        }
    }
}

fn unpad(plain: &[u8]) -> Option<&[u8]> {
    let pad = usize::from(*plain.last()?);
    let (text, padding) = plain.split_at_checked(plain.len().checked_sub(pad)?)?;
    ((1..=BLOCK).contains(&pad) && padding.iter().all(|byte| usize::from(*byte) == pad)).then_some(text)
}

fn end_reads(text: &[u8]) -> bool {
    let Some(rest) = text.get(BLOCK..).and_then(|rest| std::str::from_utf8(rest).ok()) else { return false };
    rest.contains("\"watermark\"") && rest.ends_with('}')
}

#[cfg(test)]
mod tests;
