//! wx.login on one side, code2Session on the other (protocol §1).

use serde_json::json;

use super::{
    codes::Issued,
    identity::{self, UserId},
    reply::{Outcome, Refusal},
    serve::Call,
    state::World,
};
use crate::{clock::Millis, random::Random};

/// Exchanges of one user in a minute (protocol §1, 45011).
const EXCHANGES_PER_MINUTE: u32 = 100;

pub(super) struct LoginCode {
    pub appid: String,
    pub user: UserId,
}

/// wx.login. `None` when there is no such app. The key may change here, not when the code is exchanged.
pub(super) fn issue(world: &mut World, code: LoginCode, now: Millis, random: &Random) -> Option<String> {
    let app = world.apps.get_mut(&code.appid)?;
    app.session_at_login(&identity::openid(&code.appid, &code.user), now, random);
    world.user(&code.user);
    let text = identity::login_code(random);
    world.login_codes.issue(&text, now, code);
    Some(text)
}

/// `GET /sns/jscode2session`, with the checks in the order of protocol §9.1, row 2.
pub(super) fn exchange(world: &mut World, call: &Call<'_>) -> Outcome {
    let appid = call.required("appid", 41002)?;
    let secret = call.required("secret", 41004)?;
    let code = call.required("js_code", 41008)?;
    call.grant("authorization_code")?;
    world.authenticated(appid, secret)?;
    call.injected()?;

    let issued = world.login_codes.fresh(code, call.now).ok_or(Refusal::code(40029))?;
    let openid = identity::openid(&issued.is.appid, &issued.is.user);
    let app = world.apps.get_mut(&issued.is.appid).ok_or(Refusal::code(40029))?;
    let session = app.session(&openid, call.now, call.random);
    if !session.exchanges.take_of_minute(call.now, EXCHANGES_PER_MINUTE) {
        return Err(Refusal::code(45011));
    }
    spend(issued, appid)?;
    if world.users.get(&issued.is.user).is_some_and(|user| user.risk) {
        return Err(Refusal::code(40226));
    }
    // The current key, whatever it was when this code was issued: which of the two WeChat gives is unknown.
    let mut answer = json!({ "session_key": session.key.text(), "openid": openid });
    if app.linked {
        answer["unionid"] = identity::unionid(&issued.is.user).into();
    }
    Ok(answer)
}

/// A code is gone after one try, even when the wrong app tried it (protocol §9.1, row 5).
fn spend(issued: &mut Issued<LoginCode>, appid: &str) -> Result<(), Refusal> {
    if issued.used {
        return Err(Refusal::code(40163));
    }
    issued.used = true;
    if issued.is.appid == appid { Ok(()) } else { Err(Refusal::code(40029)) }
}
