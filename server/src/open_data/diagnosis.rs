//! Why encrypted data could not be used, or had to be healed. Never guesses: what nothing proves is
//! [`Cause::Unknown`], with the evidence.
//!
//! | cause | proved by |
//! | --- | --- |
//! | `plus_lost`, `double_encoded`, `url_safe_alphabet`, `line_breaks`, `padding_lost` | the text is no base64 as it came, is after undoing exactly this, and what it says passes every check |
//! | `login_after_phone_button` | the data opens under an older key, and its own time lies before the newest key came; or rawData is signed under one |
//! | `not_base64` | characters that no repair explains; or the form of something else, and no part of it opens |
//! | `truncated` | all that came opens under a held key, and there is no end |
//! | `changed_in_transit` | some blocks open under a held key, and others do not |
//! | `iv_invalid` | iv is not 16 bytes; or all but the first block opens under a held key, and is the whole rest |
//! | `no_session`, `key_expired` | no login of the openid is on file; one is, but no key of it is kept: older than 72 hours, or taken by a reset |
//! | `wrong_app` | it opens, and its watermark names another mini program; or it opens under the user's key in another one; or it was opened there before; or the Referer names another one and no key fits, which makes it likely |
//! | `stale_data`, `replayed` | it opens and its time is over; the same, and it has been used before |
//! | `other_users_data` | it opens and names another openid; or no key fits and the same ciphertext was another user's |
//! | `not_from_wechat` | it opens under the user's key and has no watermark, which WeChat never leaves out |
//! | `wrong_kind_of_data` | it opens, passes every check, and holds user info where a phone belongs, or the other way round |
//! | `key_rotated_elsewhere` | no key fits, and it opens under the key of a login that came within a minute; or WeChat said that the newest key is not the user's any more, and no newer one came for a minute (`accounts::reports`) |
//! | `not_known_to_wechat` | no key fits, a phone was wanted, and WeChat knows the ciphertext by neither of its hashes, within three days (`accounts::reports`) |

mod content;
mod healing;
mod peeled;
mod sent;

use base64::{Engine, engine::general_purpose::STANDARD};
pub use healing::{Healing, healing};
pub use latchkey_app::types::Wanted;
use latchkey_app::types::{Cause, Field, Proof, Sent, Stage};
use peeled::Peeled;
pub use sent::is_login_code;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{
    Encrypted, SessionKey,
    decrypt::{BLOCK, Checks},
    transport,
};
use crate::clock::Millis;

/// A session_key that is held, and since when.
#[derive(Debug, Clone)]
pub struct HeldKey {
    pub key: SessionKey,
    pub received_at: Millis,
}

/// A ciphertext has been opened before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstUse {
    /// By the same person, in whichever mini program.
    pub by_same: bool,
    pub at: Millis,
    /// The mini program of that call, if it was kept.
    pub appid: Option<String>,
    pub request_id: Option<String>,
}

/// What is known besides the data itself.
#[derive(Debug, Clone)]
pub struct Clues<'a> {
    pub checks: Checks<'a>,
    /// The sender's; absent while nobody knows who they are.
    pub openid: Option<&'a str>,
    pub wanted: Wanted,
    /// Newest first.
    pub ring: &'a [HeldKey],
    /// Whether a login of the openid is on file: who was unbound or erased has none any more.
    pub has_logged_in: bool,
    /// The same user's keys in other mini programs. Only to explain: data that opens under one of them is never used.
    pub elsewhere: &'a [(String, SessionKey)],
    pub seen: Option<&'a FirstUse>,
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

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
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
    let decoded = transport::decode(&encrypted.data).map(|(data, _)| data);
    if let Some(data) = &decoded {
        let ciphertext = Ciphertext::of_bytes(data);
        finding.data_bytes = Some(ciphertext.bytes);
        finding.ciphertext_sha256 = Some(ciphertext.sha256);
        finding.base64_sha256 = Some(ciphertext.base64_sha256);
    }
    let iv = match bytes_of_iv(&encrypted.iv) {
        Ok(iv) => iv,
        Err(bytes) => return without_iv(encrypted, clues, bytes),
    };
    let Some(data) = decoded else { return no_base64(encrypted, clues, iv) };
    if data.is_empty() || !data.len().is_multiple_of(BLOCK) {
        let proof = Proof::NoWholeBlocks(count(data.len()));
        return in_part(&data, iv, encrypted, clues)
            .map_or_else(|| unexplained(clues, Stage::Length, proof), |(cause, proof)| (cause, Stage::Length, proof));
    }
    let opened: Vec<Peeled> = clues.ring.iter().map(|held| Peeled::under(&held.key, &data, iv)).collect();
    finding.keys = opened.iter().map(|peeled| peeled.stage).collect();
    let best = opened.iter().max_by_key(|peeled| peeled.stage);
    if let Some((peeled, json)) = best.and_then(|best| Some((best, best.json.as_ref()?))) {
        return content::about(peeled, json, clues, finding);
    }
    let stage = best.map_or(Stage::Key, |best| best.stage);
    if let Some((cause, proof)) = in_part(&data, iv, encrypted, clues) {
        let stage = if cause == Cause::NotBase64 { Stage::Base64 } else { stage };
        return (cause, stage, proof);
    }
    let (cause, proof) = in_another_app(&data, iv, clues)
        .or_else(|| seen_before(clues))
        .or_else(|| without_keys(clues))
        .or_else(|| other_referer(clues))
        .unwrap_or_else(|| (Cause::Unknown, Proof::NoKeyOpens(count(clues.ring.len()))));
    (cause, stage, proof)
}

/// The bytes of iv, or how many there are in place of 16.
fn bytes_of_iv(iv: &str) -> Result<[u8; BLOCK], usize> {
    let bytes = transport::decode(iv).map(|(iv, _)| iv).unwrap_or_default();
    <[u8; BLOCK]>::try_from(bytes.as_slice()).map_err(|_| bytes.len())
}

/// Something else in place of the data is told first: without it, no iv would help.
fn without_iv(encrypted: &Encrypted, clues: &Clues<'_>, bytes: usize) -> Conclusion {
    if bytes_of_iv(&encrypted.data).is_ok() && bytes > BLOCK && bytes.is_multiple_of(BLOCK) {
        return (Cause::IvInvalid, Stage::Iv, Proof::FieldsSwapped);
    }
    if let Some(sent) = sent::shape(&encrypted.data, clues.openid) {
        return (Cause::NotBase64, Stage::Base64, Proof::SentInstead { field: Field::EncryptedData, sent });
    }
    if transport::decode(&encrypted.data).is_none() && !has_impossible_length(&encrypted.data) {
        return (Cause::NotBase64, Stage::Base64, Proof::NoRepair);
    }
    let sent = sent::shape(&encrypted.iv, clues.openid);
    let proof = sent.map_or(Proof::IvBytes(count(bytes)), |sent| Proof::SentInstead { field: Field::Iv, sent });
    (Cause::IvInvalid, Stage::Iv, proof)
}

/// The alphabet is that of base64, and only the number of characters is not.
fn has_impossible_length(text: &str) -> bool {
    let letters = text.trim_end_matches('=');
    let alphabet = letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_ \r\n\t".contains(&byte));
    alphabet && letters.len() % 4 == 1
}

fn no_base64(encrypted: &Encrypted, clues: &Clues<'_>, iv: [u8; BLOCK]) -> Conclusion {
    let letters = encrypted.data.trim_end_matches('=');
    let beginning = has_impossible_length(&encrypted.data).then(|| &letters[..letters.len() - 1]);
    let data = beginning.and_then(transport::decode).map(|(data, _)| data);
    let explained = in_part(data.as_deref().unwrap_or_default(), iv, encrypted, clues);
    match (explained, data) {
        (Some((cause, proof)), _) => (cause, Stage::Base64, proof),
        (None, Some(_)) => unexplained(clues, Stage::Base64, Proof::ImpossibleLength(count(letters.len()))),
        (None, None) => (Cause::NotBase64, Stage::Base64, Proof::NoRepair),
    }
}

/// A part of it opens under a key that is held; or its form says that it is something else.
fn in_part(data: &[u8], iv: [u8; BLOCK], encrypted: &Encrypted, clues: &Clues<'_>) -> Option<(Cause, Proof)> {
    let whole = data.len().is_multiple_of(BLOCK);
    let damage = |held: &HeldKey| Peeled::under(&held.key, data, iv).damage(whole, clues);
    if let Some(found) = clues.ring.iter().find_map(damage) {
        return Some(found);
    }
    let same_as_iv = data == iv;
    let sent = if same_as_iv { Some(Sent::Iv) } else { sent::shape(&encrypted.data, clues.openid) };
    sent.map(|sent| (Cause::NotBase64, Proof::SentInstead { field: Field::EncryptedData, sent }))
}

/// Data that is no whole ciphertext, and of which no part opens.
fn unexplained(clues: &Clues<'_>, stage: Stage, proof: Proof) -> Conclusion {
    let (cause, proof) = without_keys(clues).unwrap_or((Cause::Unknown, proof));
    (cause, stage, proof)
}

fn in_another_app(data: &[u8], iv: [u8; BLOCK], clues: &Clues<'_>) -> Option<(Cause, Proof)> {
    let fits = |(_, key): &&(String, SessionKey)| Peeled::under(key, data, iv).json.is_some();
    let (appid, _) = clues.elsewhere.iter().find(fits)?;
    Some((Cause::WrongApp, Proof::OpensElsewhere(appid.clone())))
}

/// Data that was opened in another mini program was made for that one, whoever brings it here.
fn seen_before(clues: &Clues<'_>) -> Option<(Cause, Proof)> {
    let seen = clues.seen?;
    if let Some(appid) = seen.appid.as_ref().filter(|appid| *appid != clues.checks.appid) {
        return Some((Cause::WrongApp, Proof::UsedInOtherApp(appid.clone())));
    }
    Some(if seen.by_same {
        (Cause::Replayed, first_use(seen, clues, false))
    } else {
        (Cause::OtherUsersData, Proof::UsedByAnother)
    })
}

fn first_use(seen: &FirstUse, clues: &Clues<'_>, opens: bool) -> Proof {
    let ago_s = clues.checks.now.since(seen.at).max(0) / 1000;
    Proof::FirstUse { ago_s, request_id: seen.request_id.clone(), opens }
}

fn without_keys(clues: &Clues<'_>) -> Option<(Cause, Proof)> {
    if !clues.ring.is_empty() {
        return None;
    }
    Some(if clues.has_logged_in { (Cause::KeyExpired, Proof::NoKeyKept) } else { (Cause::NoSession, Proof::NoLogin) })
}

fn other_referer(clues: &Clues<'_>) -> Option<(Cause, Proof)> {
    let referer = clues.referer_appid.filter(|appid| *appid != clues.checks.appid)?;
    Some((Cause::WrongApp, Proof::NoKeyAndReferer(referer.to_owned())))
}

/// Whether data opens under one of the keys and names an openid other than `openid`.
pub fn names_another(encrypted: &Encrypted, ring: &[HeldKey], openid: &str) -> bool {
    let named = |peeled: Peeled| peeled.json?.get("openId")?.as_str().map(|named| named != openid);
    under_each(encrypted, ring).into_iter().any(|peeled| named(peeled) == Some(true))
}

/// Whether data opens under one of the keys: padding, UTF-8 and JSON hold.
pub fn opens(encrypted: &Encrypted, ring: &[HeldKey]) -> bool {
    under_each(encrypted, ring).iter().any(|peeled| peeled.json.is_some())
}

/// How far data opens under each of the keys.
pub fn stages(encrypted: &Encrypted, ring: &[HeldKey]) -> Vec<Stage> {
    under_each(encrypted, ring).into_iter().map(|peeled| peeled.stage).collect()
}

fn under_each(encrypted: &Encrypted, ring: &[HeldKey]) -> Vec<Peeled> {
    let data = transport::decode(&encrypted.data).map(|(data, _)| data);
    let whole = data.filter(|data| data.len().is_multiple_of(BLOCK));
    let Some((data, iv)) = whole.zip(bytes_of_iv(&encrypted.iv).ok()) else { return Vec::new() };
    ring.iter().map(|held| Peeled::under(&held.key, &data, iv)).collect()
}

/// How far data opens under a key, and what it says if it does.
pub(super) fn peel(key: &SessionKey, data: &[u8], iv: [u8; BLOCK]) -> (Stage, Option<Map<String, Value>>) {
    let peeled = Peeled::under(key, data, iv);
    (peeled.stage, peeled.json)
}

#[cfg(test)]
mod tests;
