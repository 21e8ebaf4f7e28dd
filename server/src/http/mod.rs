//! The HTTP edge: one router over the API, the console and the health checks, with what all of them share around it.
//!
//! Knows neither the store's tables nor WeChat; what a path means is said in `api` and in the console's app.

mod arrival;
mod assets;
mod console;
mod headers;
mod health;
mod serve;

use std::time::Duration;

use axum::{
    Router,
    http::{StatusCode, header::CONTENT_TYPE},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

pub use serve::serve;

use crate::{api, console::ConsoleServer};

/// Longer than any call of ours may take; what is still there by then is a client that does not send its body.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// How the site presents itself.
#[derive(Debug, Clone, Copy)]
pub struct SiteOptions {
    /// The public URL is https.
    pub https: bool,
    /// `latchkey demo`.
    pub demo: bool,
    /// With the calls of older mini programs (contract §4).
    pub compat: bool,
}

/// Everything that is served.
pub fn router(server: &ConsoleServer, site: SiteOptions) -> Router {
    let clock = server.accounts.clock.clone();
    let random = server.accounts.random.clone();
    Router::new()
        .route("/", get(|| async { Redirect::to("/console") }))
        .merge(health::router(server.accounts.db.clone()))
        .merge(api::router(server.accounts.clone(), site.compat))
        .merge(console::router(server, site))
        .fallback(nowhere)
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, LONGEST_REQUEST))
        .layer(CatchPanicLayer::custom(|_| panicked()))
        .layer(middleware::map_response(move |response| headers::secure(site.https, response)))
        .layer(middleware::from_fn_with_state((clock, random), arrival::announce))
}

/// A path that belongs to nobody; most likely typed by hand.
async fn nowhere() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "404 · 这里什么都没有，控制台在 /console · Nothing here; the console is at /console\n")
}

/// In the shape of the API's errors; the panic itself is in the log already.
fn panicked() -> Response {
    const BODY: &str = r#"{"code":500,"msg":"服务器出错了，请稍后再试","error":"internal","nextStep":"retry"}"#;
    (StatusCode::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, "application/json")], BODY).into_response()
}
