//! Whether WeChat made a ciphertext (checkEncryptedData, protocol §3.5). Over which of its two forms the hash is taken is
//! written nowhere; both are known here.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    reply::{Outcome, Refusal},
    serve::Call,
    state::World,
};
use crate::clock::Millis;

const REMEMBERED_S: i64 = 3 * 86_400;

/// The phone button has made this ciphertext.
pub(super) fn remember(world: &mut World, data: &str, now: Millis) {
    let bytes = STANDARD.decode(data).unwrap_or_default();
    for hash in [Sha256::digest(data), Sha256::digest(bytes)] {
        world.ciphertexts.insert(hex::encode(hash), now);
    }
}

/// `POST /wxa/business/checkencryptedmsg`.
pub(super) fn check(world: &mut World, call: &Call<'_>) -> Outcome {
    call.app_of_token(world)?;
    let body = call.json()?;
    call.injected()?;
    let hash = body.get("encrypted_msg_hash").and_then(Value::as_str).ok_or(Refusal::code(40097))?;
    let made = world.ciphertexts.get(hash).filter(|made| call.now.since(**made) < REMEMBERED_S * 1000);
    let made = made.ok_or(Refusal::code(1))?;
    Ok(json!({ "errcode": 0, "errmsg": "ok", "vaild": true, "create_time": made.seconds() }))
}
