//! The HTTP edge: one router over the API, the console and the health checks, with what all of them share around it.
//!
//! Knows neither the store's tables nor WeChat; what a path means is said in `api` and in the console's app.

mod arrival;
mod assets;
mod client_address;
mod console;
mod headers;
mod health;
mod live;
mod person_export;
mod serve;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::{Request, State},
    http::{StatusCode, header::CONTENT_TYPE},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use ipnet::IpNet;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

pub use client_address::Peer;
pub use serve::serve;

use latchkey_app::{error::ConsoleError, routes::Site};

use self::{arrival::Reception, console::PageReader};
use crate::{
    api::{self, ApiError},
    arrival::Arrival,
    config::{Config, Limits},
    console::ConsoleServer,
    metrics::Metrics,
};

/// Longer than any call of ours may take; what is still there by then is a client that does not send its body.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

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
        }
    }
}

/// Everything that is served.
pub fn router(server: &ConsoleServer, site: &SiteOptions) -> Router {
    let https = site.https;
    let reception = Reception {
        clock: server.accounts.clock.clone(),
        random: server.accounts.random.clone(),
        trusted_proxies: site.trusted_proxies.clone(),
        metrics: server.accounts.metrics.clone(),
    };
    Router::new()
        .route("/", get(|| async { Redirect::to("/console") }))
        .merge(health::router(server.accounts.db.clone()))
        .merge(api::router(server.accounts.clone(), site.compat, site.limits))
        .merge(console::router(server, site))
        .fallback(nowhere)
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, LONGEST_REQUEST))
        .layer(CatchPanicLayer::custom(|_| panicked()))
        .layer(middleware::from_fn_with_state(console::site_of(site), clothed))
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

/// Answers that a layer makes know no request: they get the shape of all others.
async fn clothed(State(site): State<Site>, arrival: Arrival, request: Request, next: Next) -> Response {
    let reader = PageReader::of(&request);
    let response = next.run(request).await;
    let bare = response.extensions().get::<Bare>().is_some();
    let status = response.status();
    let late = status == StatusCode::REQUEST_TIMEOUT && response.headers().get(CONTENT_TYPE).is_none();
    match reader {
        _ if !late && !bare => response,
        Some(reader) => {
            let refusal = if late { ConsoleError::TimedOut } else { ConsoleError::Internal };
            (status, reader.read(refusal, site).await).into_response()
        }
        None if late => {
            ApiError::malformed(arrival, StatusCode::REQUEST_TIMEOUT, "请求体没有按时到达", None).into_response()
        }
        None => api::panicked(arrival),
    }
}

/// An answer without a body of its own.
#[derive(Debug, Clone, Copy)]
struct Bare;

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use tower::ServiceExt;
    use uuid::Uuid;

    use super::*;
    use crate::{arrival::Client, clock::Millis};

    #[expect(clippy::panic, reason = "what the layer is there for")]
    async fn broken() -> StatusCode {
        panic!("a handler of the test panics")
    }

    async fn late() -> StatusCode {
        StatusCode::REQUEST_TIMEOUT
    }

    async fn answer(path: &str, accept: &str) -> (u16, String) {
        let _ = any_spawner::Executor::init_tokio();
        let site = Site { assets: "/a".into(), public_url: "http://x".into(), https: false, demo: false };
        let router = Router::new()
            .route("/console/late", get(late))
            .route("/console/broken", get(broken))
            .route("/api/late", get(late))
            .layer(CatchPanicLayer::custom(|_| panicked()))
            .layer(middleware::from_fn_with_state(site, clothed));
        let address = [127, 0, 0, 1].into();
        let arrival = Arrival { request_id: Uuid::nil(), at: Millis(0), address, client: Client::default() };
        let request = Request::get(path).header("accept", accept).extension(arrival).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let (status, body) = (response.status().as_u16(), to_bytes(response.into_body(), 1 << 20).await.unwrap());
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn what_a_layer_answers_is_a_page_for_people_and_json_for_programs() {
        for (path, status, text) in [("/console/late", 408, "超时了"), ("/console/broken", 500, "href=\"/console\"")]
        {
            let (said, page) = answer(path, "text/html,*/*").await;
            assert!(said == status && page.contains("<h1>") && page.contains(text), "{said} {page}");
            let (said, json) = answer(path, "*/*").await;
            assert!(said == status && json.starts_with('{'), "{said} {json}");
        }
        assert!(answer("/api/late", "text/html").await.1.starts_with('{'), "the API's answers are always the same");
    }
}
