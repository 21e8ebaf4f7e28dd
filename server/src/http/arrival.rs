use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use super::serve::AcceptedAt;
use crate::{arrival::Arrival, clock::Clock, random::Random};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives every request its id and time, and every answer its `X-Request-Id` and one line in the log.
///
/// The line names the route, never the path or query as they came: those are the client's to fill, with codes or
/// phones at worst.
pub async fn announce(State((clock, random)): State<(Clock, Random)>, mut request: Request, next: Next) -> Response {
    let now = clock.now();
    let at = request.extensions().get::<AcceptedAt>().map_or(now, |accepted| accepted.0.min(now));
    let arrival = Arrival { request_id: random.id(now), at };
    request.extensions_mut().insert(arrival);
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!("request", request_id = %arrival.request_id);
    async move {
        let mut response = next.run(request).await;
        let (status, ms) = (response.status().as_u16(), clock.now().since(now));
        if !route.starts_with("/console/assets") && route != "/healthz" {
            tracing::info!(%method, route, status, ms, "answered");
        }
        if let Ok(id) = HeaderValue::from_str(&arrival.request_id.to_string()) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
    .instrument(span)
    .await
}
