//! The HTTP edge: one router over the API, the console and the health checks, with what all of them share around it.
//!
//! Knows neither the store's tables nor WeChat; what a path means is said in `api` and in the console's app.

mod arrival;
mod assets;
mod client_address;
mod connection;
mod connections;
mod console;
mod cors;
mod headers;
mod health;
mod live;
mod methods;
mod person_export;
mod request_body;
mod serve;
mod stream;
mod streams;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use ipnet::IpNet;
use tower_http::catch_panic::CatchPanicLayer;

pub use client_address::Peer;
pub use connections::{ConnectionLimits, Patience};
pub use serve::{serve, serve_within};

use latchkey_app::{error::ConsoleError, routes::Site};

use self::{arrival::Reception, console::PageReader, request_body::RequestPatience};
use crate::{
    api,
    arrival::Arrival,
    config::{Config, Limits},
    console::ConsoleServer,
    metrics::Metrics,
};

/// How the site presents itself, and whom it believes.
#[derive(Debug, Clone)]
pub struct SiteOptions {
    /// Where mini programs reach this server.
    pub public_url: String,
    /// The public URL is https.
    pub https: bool,
    /// `latchkey demo`.
    pub demo: bool,
    /// With the calls of older mini programs (contract §4).
    pub compat: bool,
    pub limits: Limits,
    pub trusted_proxies: Arc<[IpNet]>,
    /// Origins of pages that may call the API from a browser.
    pub cors_origins: Arc<[HeaderValue]>,
}

impl SiteOptions {
    pub fn of(config: &Config) -> Self {
        Self {
            public_url: config.public_url.trim_end_matches('/').to_owned(),
            https: config.https(),
            demo: false,
            compat: config.compat,
            limits: config.limits,
            trusted_proxies: config.trusted_proxies.as_slice().into(),
            cors_origins: config.cors_origins.iter().filter_map(|origin| origin.parse().ok()).collect(),
        }
    }
}

/// Everything that is served. The layers stand in the order in which an answer passes them.
pub fn router(server: &ConsoleServer, site: &SiteOptions) -> Router {
    let (https, patience) = (site.https, RequestPatience::default());
    let reception = Reception {
        clock: server.accounts.clock.clone(),
        random: server.accounts.random.clone(),
        trusted_proxies: site.trusted_proxies.clone(),
        untrusted_proxies: server.accounts.untrusted_proxies.clone(),
        metrics: server.accounts.metrics.clone(),
    };
    Router::new()
        .route("/", get(|| async { Redirect::to("/console") }))
        .merge(health::router(server.accounts.db.clone(), server.accounts.clock.clone()))
        .merge(api::router(server.accounts.clone(), site.compat, site.limits))
        .merge(console::router(&server.for_console(), site))
        .fallback(nowhere)
        .layer(middleware::from_fn(methods::refuse_unknown))
        .layer(CatchPanicLayer::custom(|_| panicked()))
        .layer(middleware::from_fn_with_state(patience, request_body::in_time))
        .layer(middleware::from_fn_with_state(console::site_of(site), clothed))
        .layer(middleware::from_fn_with_state(cors::Cors::of(&site.cors_origins), cors::cors))
        .layer(middleware::from_fn_with_state(patience, request_body::settle))
        .layer(middleware::map_response(move |response| headers::secure(https, response)))
        .layer(middleware::from_fn_with_state(reception, arrival::announce))
}

/// `/metrics`, on a listener of its own: it is nobody's business outside.
pub fn metrics_router(metrics: Metrics) -> Router {
    let text = move || {
        let text = metrics.text();
        async move { ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text) }
    };
    Router::new().route("/metrics", get(text))
}

/// A path that belongs to nobody; most likely typed by hand.
async fn nowhere() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "404 · 这里什么都没有，控制台在 /console · Nothing here; the console is at /console\n")
}

/// The panic itself is in the log already.
fn panicked() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, Extension(Bare)).into_response()
}

/// Gives the answers that a layer makes without knowing the request the shape of all others.
async fn clothed(State(site): State<Site>, arrival: Arrival, request: Request, next: Next) -> Response {
    let reader = PageReader::of(&request);
    let mut bare = next.run(request).await;
    if bare.extensions_mut().remove::<Bare>().is_none() {
        return bare;
    }
    let mut clothed = match (reader, bare.status()) {
        (Some(reader), status) => reader.read(refusal(status), site).await,
        (None, StatusCode::METHOD_NOT_ALLOWED) => api::method_not_allowed(arrival).await.into_response(),
        (None, StatusCode::REQUEST_TIMEOUT) => api::body_missing(arrival),
        (None, StatusCode::SERVICE_UNAVAILABLE) => api::too_slow(arrival),
        (None, _) => api::panicked(arrival),
    };
    *clothed.status_mut() = bare.status();
    clothed.headers_mut().extend(std::mem::take(bare.headers_mut()));
    clothed
}

fn refusal(status: StatusCode) -> ConsoleError {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => ConsoleError::BadRequest,
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => ConsoleError::TimedOut,
        _ => ConsoleError::Internal,
    }
}

/// Marks an answer that is only a status, and perhaps headers.
#[derive(Debug, Clone, Copy)]
struct Bare;

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::{
        body::{Body, to_bytes},
        routing::post,
    };
    use tower::ServiceExt;
    use uuid::Uuid;

    use super::*;
    use crate::{arrival::Client, clock::Millis};

    #[expect(clippy::panic, reason = "what the layer is there for")]
    async fn broken() -> StatusCode {
        panic!("a handler of the test panics")
    }

    /// Never answers.
    async fn hangs() -> StatusCode {
        std::future::pending().await
    }

    async fn reads(_: String) -> StatusCode {
        StatusCode::OK
    }

    async fn answer(path: &str, accept: &str) -> (u16, String) {
        let _ = any_spawner::Executor::init_tokio();
        let site = Site { assets: "/a".into(), public_url: "http://x".into(), https: false, demo: false };
        let patience = RequestPatience::hasty();
        let router = Router::new();
        let router = ["/console", "/api"].into_iter().fold(router, |router, place| {
            router
                .route(&format!("{place}/hangs"), post(hangs))
                .route(&format!("{place}/reads"), post(reads))
                .route(&format!("{place}/broken"), post(broken))
        });
        let router = router
            .layer(CatchPanicLayer::custom(|_| panicked()))
            .layer(middleware::from_fn_with_state(patience, request_body::in_time))
            .layer(middleware::from_fn_with_state(site, clothed))
            .layer(middleware::from_fn_with_state(patience, request_body::settle));
        let address = [127, 0, 0, 1].into();
        let arrival = Arrival { request_id: Uuid::nil(), at: Millis(0), address, client: Client::default() };
        let never = Body::from_stream(futures::stream::pending::<Result<&str, Infallible>>());
        let request = Request::post(path).header("accept", accept).extension(arrival).body(never).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.headers()["connection"], "close", "the body is still to come");
        let (status, body) = (response.status().as_u16(), to_bytes(response.into_body(), 1 << 20).await.unwrap());
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn what_a_layer_answers_is_a_page_for_people_and_json_for_programs() {
        for (call, status, text, error) in [
            ("reads", 408, "超时了", "invalid_request"),
            ("hangs", 503, "超时了", "unavailable"),
            ("broken", 500, "href=\"/console\"", "internal"),
        ] {
            let (said, page) = answer(&format!("/console/{call}"), "text/html,*/*").await;
            assert!(said == status && page.contains("<h1>") && page.contains(text), "{said} {page}");
            for (path, accept) in [(format!("/console/{call}"), "*/*"), (format!("/api/{call}"), "text/html")] {
                let (said, json) = answer(&path, accept).await;
                let error = format!("\"error\":\"{error}\"");
                assert!(said == status && json.starts_with('{') && json.contains(&error), "{said} {json}");
            }
        }
    }
}
