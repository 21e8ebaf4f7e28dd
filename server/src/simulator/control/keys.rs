//! Direct changes of a user's session_key, for tests of what a server does about them.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::json;

use super::{Answer, Asked, Refused, Who};
use crate::simulator::{Simulator, identity, session::Session, state::World};

/// `POST /sim/rotate`: a new session_key now, the old one dead, as if another wx.login had been called a minute later.
pub(super) async fn rotate(State(simulator): State<Simulator>, Asked(who): Asked<Who>) -> Answer {
    let now = simulator.clock.now();
    let mut world = simulator.world();
    let session = session(&simulator, &mut world, &who)?;
    session.rotate(now, &simulator.random);
    session.touch(now);
    Ok(Json(json!({})))
}

/// `POST /sim/expire`: the key dies now, and there is none until the next wx.login.
pub(super) async fn expire(State(simulator): State<Simulator>, Asked(who): Asked<Who>) -> Answer {
    let mut world = simulator.world();
    session(&simulator, &mut world, &who)?.expire(simulator.clock.now());
    Ok(Json(json!({})))
}

/// Unlike the buttons, this makes no user: a mistyped name would pass for a change that was made.
fn session<'a>(simulator: &Simulator, world: &'a mut World, who: &Who) -> Result<&'a mut Session, Refused> {
    let app = world.apps.get_mut(&who.appid).ok_or_else(|| Refused::no_app(&who.appid))?;
    if !world.users.contains_key(&who.user) {
        return Err(Refused(StatusCode::NOT_FOUND, format!("user: there is no user {:?} here", who.user.as_str())));
    }
    let openid = identity::openid(&who.appid, &who.user);
    Ok(app.session(&openid, simulator.clock.now(), &simulator.random))
}
