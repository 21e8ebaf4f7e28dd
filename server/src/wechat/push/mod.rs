//! WeChat's message push, as the receiver sees it: whether a request comes from WeChat, and what it says.
//! Pure: no clock, no database, nothing is answered here.

mod crypto;
mod message;
#[cfg(test)]
mod tests;

pub use message::PushMessage;

use serde::Deserialize;
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;
use utoipa::IntoParams;

use crate::{clock::Millis, config::App, secret::Secret};

/// WeChat names no window; ten minutes are what its retries and two clocks need.
const WINDOW_S: i64 = 600;

/// The query of a push request.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct PushQuery {
    pub signature: String,
    /// Seconds.
    pub timestamp: String,
    pub nonce: String,
    /// Only when the address is verified.
    pub echostr: Option<String>,
    /// `aes` in the compatible and safe modes.
    pub encrypt_type: Option<String>,
    pub msg_signature: Option<String>,
}

/// Why a push is not taken. Tells nothing of Token and key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    #[error("the mini program has no push_token configured")]
    NotConfigured,
    #[error("the message is encrypted and no push_aes_key is configured")]
    NoKey,
    #[error("the message is not encrypted, push_aes_key is configured, and push_plain is not")]
    NotEncrypted,
    #[error("the signature is wrong")]
    Signature,
    #[error("the timestamp is more than ten minutes off")]
    Stale,
    #[error("the message cannot be decrypted: {0}")]
    Undecipherable(&'static str),
    #[error("the signature came with another message before: somebody repeats a request of WeChat")]
    Replayed,
    #[error("the message is for another mini program")]
    WrongApp,
    #[error("the message cannot be read: {0}")]
    Unreadable(&'static str),
}

/// A request whose signature and time are right.
#[derive(Debug, Clone)]
pub struct SignedPush {
    /// Each is good for one content only: the plain one does not cover what a message says, so whoever has seen it must
    /// not be able to say something else with it.
    pub signatures: Vec<String>,
    /// The message, encrypted. `None`: the body is the message.
    encrypt: Option<String>,
}

/// Checks the request by which WeChat verifies the address.
pub fn check_verification(app: &App, query: &PushQuery, now: Millis) -> Result<SignedPush, PushError> {
    let token = app.push_token.as_ref().ok_or(PushError::NotConfigured)?;
    check(&query.signature, &[token.expose(), &query.timestamp, &query.nonce])?;
    fresh(query, now)?;
    Ok(SignedPush { signatures: vec![query.signature.clone()], encrypt: None })
}

/// Checks signature and time of a message. The body decides which signature counts: the sender chooses the query, and
/// `signature` proves nothing about an encrypted body.
pub fn check_push(app: &App, query: &PushQuery, body: &[u8], now: Millis) -> Result<SignedPush, PushError> {
    let token = app.push_token.as_ref().ok_or(PushError::NotConfigured)?;
    let plain = [token.expose(), query.timestamp.as_str(), query.nonce.as_str()];
    let mut signatures = vec![signature(&plain)];
    let encrypt = message::encrypt_field(body);
    match &encrypt {
        Some(encrypt) => {
            let [token, timestamp, nonce] = plain;
            let given = query.msg_signature.clone().unwrap_or_default();
            check(&given, &[token, timestamp, nonce, encrypt])?;
            signatures.push(given);
        }
        None => check(&query.signature, &plain)?,
    }
    fresh(query, now)?;
    Ok(SignedPush { signatures, encrypt })
}

/// Reads a message in whichever mode and format it comes: JSON or XML by its first character, because the Content-Type is
/// wrong since 2018. Where both are there, as in the compatible mode, only the encrypted message is believed.
pub fn open_push(app: &App, query: &PushQuery, signed: &SignedPush, body: &[u8]) -> Result<PushMessage, PushError> {
    let message = match (&signed.encrypt, &app.push_aes_key) {
        (Some(encrypt), Some(keys)) => PushMessage::read(&decrypt(keys, &app.appid, encrypt)?)?,
        (Some(_), None) => return Err(PushError::NoKey),
        (None, Some(_)) if !app.push_plain => return Err(PushError::NotEncrypted),
        (None, _) if query.encrypt_type.as_deref() == Some("aes") => {
            return Err(PushError::Unreadable("no field Encrypt"));
        }
        (None, _) => PushMessage::read(body)?,
    };
    if message.appid.as_ref().is_some_and(|appid| *appid != app.appid) {
        return Err(PushError::WrongApp);
    }
    Ok(message)
}

/// With the first of the configured keys that opens it: after the key is changed at WeChat, both are in use for a while.
fn decrypt(keys: &Secret, appid: &str, encrypt: &str) -> Result<Vec<u8>, PushError> {
    let mut error = PushError::NoKey;
    for key in keys.expose().split(',') {
        match crypto::decrypt(key.trim(), appid, encrypt) {
            Ok(message) => return Ok(message),
            Err(failed) => error = failed,
        }
    }
    Err(error)
}

fn fresh(query: &PushQuery, now: Millis) -> Result<(), PushError> {
    let timestamp: i64 = query.timestamp.parse().map_err(|_| PushError::Stale)?;
    let off = now.since(Millis(timestamp.saturating_mul(1000))).unsigned_abs();
    if off <= WINDOW_S.unsigned_abs() * 1000 { Ok(()) } else { Err(PushError::Stale) }
}

fn check(given: &str, parts: &[&str]) -> Result<(), PushError> {
    if signature(parts).as_bytes().ct_eq(given.as_bytes()).into() { Ok(()) } else { Err(PushError::Signature) }
}

/// SHA-1 in lower-case hex over the parts in the order of their bytes.
fn signature(parts: &[&str]) -> String {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    hex::encode(sorted.iter().fold(Sha1::new(), Digest::chain_update).finalize())
}
