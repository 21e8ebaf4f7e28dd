//! The mini-program API (contract §3): one operation per file. What they share is beside them: the body and bearer
//! extractors, the envelope, and the table that turns a failure into an answer.
//!
//! Translates between HTTP and [`crate::accounts`]; decides nothing.

mod app;
mod arrival;
mod bearer;
mod bind_phone;
mod body;
mod caller;
mod check_session;
mod compat;
mod error;
mod given;
mod introspect;
mod limits;
mod login;
mod logout;
mod me;
mod openapi;
mod phone_fields;
mod profile;
mod push;
mod reply;
mod user;

use std::{collections::BTreeSet, sync::Arc};

use axum::{Router, extract::DefaultBodyLimit, middleware};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::error::{ApiError, body_missing, method_not_allowed, panicked, too_slow};
use self::{caller::Cost, limits::Limits};
use crate::{accounts::Accounts, clock::Clock, config};

/// The longest body any call needs is a few kilobytes (contract §3).
const LONGEST_BODY: usize = 64 * 1024;

/// Every call, with its description.
fn calls(compat: bool, limits: &Arc<Limits>) -> OpenApiRouter<Accounts> {
    let older = |calls: fn() -> OpenApiRouter<Accounts>| if compat { calls() } else { OpenApiRouter::new() };
    let by_caller = |cost| middleware::from_fn_with_state((limits.clone(), cost), caller::by_caller);
    let logins = OpenApiRouter::new()
        .routes(routes!(login::login))
        .routes(routes!(user::user))
        .merge(older(compat::router))
        .route_layer(middleware::from_fn_with_state(limits.clone(), limits::by_address));
    let of_users = OpenApiRouter::new()
        .routes(routes!(bind_phone::bind_phone))
        .routes(routes!(profile::profile))
        .routes(routes!(check_session::check_session))
        .merge(older(compat::with_token))
        .route_layer(by_caller(Cost::Something));
    let others = OpenApiRouter::new()
        .routes(routes!(me::me))
        .routes(routes!(logout::logout))
        .routes(routes!(introspect::introspect))
        .routes(routes!(push::verify, push::take))
        .route_layer(by_caller(Cost::Nothing));
    OpenApiRouter::with_openapi(openapi::Document::openapi()).merge(logins).merge(of_users).merge(others)
}

/// The OpenAPI 3.1 document of the whole API, as JSON.
pub fn document() -> Result<String, serde_json::Error> {
    description().to_pretty_json()
}

/// The paths that a mini program calls, without those of older clients.
pub fn paths_of_mini_programs() -> BTreeSet<String> {
    openapi::paths_tagged(&description(), "mini program")
}

fn description() -> utoipa::openapi::OpenApi {
    let limits = Limits::new(config::Limits { login_per_minute: 1, failed_per_minute: 1 }, &Clock::system());
    openapi::tidy(calls(true, &limits).into_openapi())
}

/// `compat`: with the calls of older mini programs.
pub fn router(accounts: Accounts, compat: bool, limits: config::Limits) -> Router {
    let limits = Limits::new(limits, &accounts.clock);
    let (calls, document) = calls(compat, &limits).split_for_parts();
    Router::new()
        .merge(calls)
        .merge(openapi::router(openapi::tidy(document)))
        .route("/api/{*unknown}", axum::routing::any(error::not_found))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(accounts)
}
