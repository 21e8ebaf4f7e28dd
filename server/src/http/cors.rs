use std::{collections::BTreeSet, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue, Method,
        header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER},
    },
    middleware::Next,
    response::Response,
};
use tower::{Layer, ServiceExt};
use tower_http::cors::CorsLayer;

use crate::api;

/// A browser asks again after this, whether it may.
const ASKED_ANEW: Duration = Duration::from_hours(1);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The pages of other origins that may call the API of mini programs: builds of the same program for browsers.
#[derive(Debug, Clone)]
pub(super) struct Cors(Option<Arc<(CorsLayer, BTreeSet<String>)>>);

impl Cors {
    pub(super) fn of(origins: &[HeaderValue]) -> Self {
        let layer = CorsLayer::new()
            .allow_origin(origins.to_vec())
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([AUTHORIZATION, CONTENT_TYPE])
            .expose_headers([REQUEST_ID, RETRY_AFTER])
            .max_age(ASKED_ANEW);
        Self((!origins.is_empty()).then(|| Arc::new((layer, api::paths_of_mini_programs()))))
    }
}

/// Answers what a browser asks before a call, and tells it that the page may read the answer.
pub(super) async fn cors(State(cors): State<Cors>, request: Request, next: Next) -> Response {
    match &cors.0 {
        Some(cors) if cors.1.contains(request.uri().path()) => {
            cors.0.layer(next).oneshot(request).await.unwrap_or_else(|never: Infallible| match never {})
        }
        _ => next.run(request).await,
    }
}
