//! The phone button's code and its exchange (protocol §4). It needs no login and no session_key.

use serde_json::{Value, json};

use super::{
    identity::{self, UserId},
    reply::{Outcome, Refusal},
    serve::Call,
    state::World,
};
use crate::{clock::Millis, random::Random};

pub(super) struct PhoneCode {
    pub appid: String,
    pub user: UserId,
    /// As it was when the button was tapped: number and watermark do not move with the exchange.
    pub phone_info: Value,
}

pub(super) fn issue(world: &mut World, code: PhoneCode, now: Millis, random: &Random) -> String {
    let text = identity::phone_code(random);
    world.phone_codes.issue(&text, now, code);
    text
}

/// `POST /wxa/business/getuserphonenumber`. A used code is 40029 like an unknown one; a login code is simply unknown
/// here. What is refused for its app or openid stays unused: whether WeChat burns it is not known.
pub(super) fn exchange(world: &mut World, call: &Call<'_>) -> Outcome {
    let (appid, _) = call.app_of_token(world)?;
    let body = call.json()?;
    call.injected()?;
    let code = body.get("code").and_then(Value::as_str).unwrap_or_default();
    let issued = world.phone_codes.fresh(code, call.now).filter(|issued| !issued.used);
    let issued = issued.ok_or(Refusal::code(40029))?;
    if issued.is.appid != appid {
        return Err(Refusal::code(40013));
    }
    if let Some(openid) = body.get("openid")
        && *openid != identity::openid(&appid, &issued.is.user)
    {
        return Err(Refusal::code(40003));
    }
    issued.used = true;
    Ok(json!({ "errcode": 0, "errmsg": "ok", "phone_info": issued.is.phone_info }))
}
