//! WeChat, as a mini program's server meets it: code exchange, phone numbers, access tokens and login-state checks with
//! the behaviour of protocol §9.1, and under `/sim` the phone's side of it (contract §7), where tests and the demo press
//! the buttons that only a user could press and have WeChat push its messages.
//!
//! It stands on the other side of the wire: it knows none of the product's rooms, least of all its cryptography, so that a
//! misreading of the protocol in one of the two shows as a disagreement. Everything is in memory; a restart forgets keys
//! and codes, but a user keeps the same openid and unionid, because both are derived from the user's id.
//!
//! Numbers that WeChat does not publish ("knobs" in the protocol) are named constants beside the rule they belong to.

mod codes;
mod control;
mod encrypted_check;
mod faults;
mod identity;
mod local_only;
mod login;
mod open_data;
mod phone;
mod push;
mod quota;
mod reply;
mod serve;
mod session;
mod session_calls;
mod state;
#[cfg(test)]
mod tests;
mod token;
mod token_calls;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    http::{HeaderValue, Method},
    middleware::map_response,
    response::Response,
};

pub use self::local_only::local_only;
use self::{reply::Family, serve::endpoint, state::World};
use crate::{clock::Clock, random::Random};

/// One simulated WeChat with its two apps. Clones share everything.
#[derive(Clone)]
pub struct Simulator {
    clock: Clock,
    random: Random,
    world: Arc<Mutex<World>>,
}

impl Simulator {
    /// `clock` becomes the simulator's own: `POST /sim/clock` moves it. Seeded `random` makes every answer repeatable.
    pub fn new(clock: Clock, random: Random) -> Self {
        Self { clock, random, world: Arc::default() }
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// WeChat's side and `/sim`, for programs on this machine. Whoever serves it binds to loopback only.
    pub fn router(&self) -> Router {
        let router = wechat().nest("/sim", control::router()).fallback(reply::unknown_path);
        local_only(router.with_state(self.clone())).layer(map_response(marked))
    }

    /// Never held over an await. A panic in one call must not end the simulation, so a poisoned lock is taken as it is.
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without the world: it can hold thousands of users, and their phone numbers.
impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").field("clock", &self.clock).finish_non_exhaustive()
    }
}

fn wechat() -> Router<Simulator> {
    Router::new()
        .route("/sns/jscode2session", endpoint(Method::GET, Family::Sns, login::exchange))
        .route("/cgi-bin/token", endpoint(Method::GET, Family::Api, token_calls::token))
        .route("/cgi-bin/stable_token", endpoint(Method::POST, Family::Api, token_calls::stable_token))
        .route("/wxa/business/getuserphonenumber", endpoint(Method::POST, Family::Phone, phone::exchange))
        .route("/wxa/business/checkencryptedmsg", endpoint(Method::POST, Family::Api, encrypted_check::check))
        .route("/wxa/checksession", endpoint(Method::GET, Family::Api, session_calls::check))
        .route("/wxa/resetusersessionkey", endpoint(Method::GET, Family::Api, session_calls::reset))
}

/// Nobody shall take an answer of this for one of WeChat's (protocol §9.3).
async fn marked(mut response: Response) -> Response {
    response.headers_mut().insert("x-simulator", HeaderValue::from_static("1"));
    response
}
