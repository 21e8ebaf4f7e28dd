//! The mini-program API (contract §3): one operation per file. What they share is beside them: the body and bearer
//! extractors, the envelope, and the table that turns a failure into an answer.
//!
//! Translates between HTTP and [`crate::accounts`]; decides nothing.

mod app;
mod arrival;
mod bearer;
mod bind_phone;
mod body;
mod check_session;
mod compat;
mod error;
mod introspect;
mod limits;
mod login;
mod logout;
mod me;
mod phone_fields;
mod profile;
mod push;
mod reply;
mod user;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};

pub use self::error::ApiError;
use self::limits::Limits;
use crate::{accounts::Accounts, config};

/// The longest body any call needs is a few kilobytes (contract §3).
const LONGEST_BODY: usize = 64 * 1024;

/// `compat`: with the calls of older mini programs.
pub fn router(accounts: Accounts, compat: bool, limits: config::Limits) -> Router {
    let limits = Limits::new(limits, &accounts.clock);
    let older = if compat { compat::router() } else { Router::new() };
    let limited = Router::new()
        .route("/api/login", post(login::login))
        .route("/api/bindPhone", post(bind_phone::bind_phone))
        .route("/api/profile", post(profile::profile))
        .route("/api/checkSession", post(check_session::check_session))
        .route("/user", post(user::user))
        .merge(older)
        .route_layer(middleware::from_fn_with_state(limits, limits::guard));
    Router::new()
        .merge(limited)
        .route("/api/me", get(me::me))
        .route("/api/logout", post(logout::logout))
        .route("/api/introspect", post(introspect::introspect))
        .route("/wechat/push/{appid}", get(push::verify).post(push::take))
        .route("/api/{*unknown}", axum::routing::any(error::not_found))
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(accounts)
}
