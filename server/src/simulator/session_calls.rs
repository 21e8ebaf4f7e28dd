//! The two calls that speak about a session_key which the server holds (protocol §2.2, §2.3).

use serde_json::json;

use super::{
    identity,
    reply::{Outcome, Refusal},
    serve::Call,
    session::Session,
    state::World,
};

/// Resets of one user in a minute; "frequent" resets are refused, how frequent is not published.
const RESETS_PER_MINUTE: u32 = 10;

/// `GET /wxa/checksession`: a wrong signature and a dead key are the same 87009.
pub(super) fn check(world: &mut World, call: &Call<'_>) -> Outcome {
    let session = addressed(world, call)?.ok_or(Refusal::code(87009))?;
    signed(session, call)?;
    Ok(json!({ "errcode": 0, "errmsg": "ok" }))
}

/// `GET /wxa/resetusersessionkey`: signed with the key that it ends.
pub(super) fn reset(world: &mut World, call: &Call<'_>) -> Outcome {
    let session = addressed(world, call)?.ok_or(Refusal::code(87007))?;
    signed(session, call)?;
    if !session.resets.take_of_minute(call.now, RESETS_PER_MINUTE) {
        return Err(Refusal::code(45011));
    }
    session.rotate(call.now, call.random);
    Ok(json!({ "errcode": 0, "errmsg": "ok", "openid": call.parameter("openid"), "session_key": session.key.text() }))
}

/// The live session that the call speaks about. A well-formed openid without one is not told from a dead key: a user who
/// never logged in has no openid in the app.
fn addressed<'a>(world: &'a mut World, call: &Call<'_>) -> Result<Option<&'a mut Session>, Refusal> {
    let (_, app) = call.app_of_token(world)?;
    call.injected()?;
    let openid = call.parameter("openid");
    if openid.is_empty() || call.parameter("signature").is_empty() {
        return Err(Refusal::code(40097));
    }
    if call.parameter("sig_method") != "hmac_sha256" {
        return Err(Refusal::code(87008));
    }
    if !identity::has_openid_shape(openid) {
        return Err(Refusal::code(40003));
    }
    Ok(app.live_session(openid, call.now))
}

fn signed(session: &Session, call: &Call<'_>) -> Result<(), Refusal> {
    if call.parameter("signature") == session.key.login_state_signature() { Ok(()) } else { Err(Refusal::code(87009)) }
}
