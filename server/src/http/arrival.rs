use std::{sync::Arc, time::Duration};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{REFERER, USER_AGENT},
    },
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;
use tracing::Instrument;

use super::{
    client_address::{Peer, client_address, is_local, unheeded},
    connection::AcceptedAt,
    methods,
};
use crate::{
    accounts::UntrustedProxies,
    arrival::{Arrival, Client},
    clock::Clock,
    metrics::Metrics,
    random::Random,
    support_code,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What an arrival is made with.
#[derive(Debug, Clone)]
pub struct Reception {
    pub clock: Clock,
    pub random: Random,
    pub trusted_proxies: Arc<[IpNet]>,
    pub untrusted_proxies: UntrustedProxies,
    pub metrics: Metrics,
}

/// Gives every request its id, time and address, and every answer its `X-Request-Id` and one line in the log.
///
/// The line names the route and a standard method, never what came in their place: those are the client's to fill, with
/// codes or phones at worst.
pub async fn announce(State(reception): State<Reception>, mut request: Request, next: Next) -> Response {
    let Reception { clock, random, trusted_proxies, untrusted_proxies, metrics } = reception;
    let now = clock.now();
    let at = request.extensions().get::<AcceptedAt>().map_or(now, |accepted| accepted.0.min(now));
    let peer = request.extensions().get::<Peer>().copied();
    let address = client_address(peer, request.headers(), &trusted_proxies);
    if let Some(Peer(peer)) = peer
        && let Some(header) = unheeded(peer, request.headers(), &trusted_proxies)
    {
        untrusted_proxies.note(peer.to_canonical(), is_local(peer), header, now);
    }
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let method = methods::name(request.method());
    let client = client(method, &route, request.headers());
    let arrival = Arrival { request_id: random.id(now), at, address, client };
    request.extensions_mut().insert(arrival);
    let span = tracing::info_span!("request", request_id = %arrival.request_id);
    async move {
        let mut response = next.run(request).await;
        let (status, ms) = (response.status().as_u16(), clock.now().since(now));
        metrics.request(method, &route, status, Duration::from_millis(ms.unsigned_abs()));
        if !route.starts_with("/console/assets") && route != "/healthz" {
            let failed = status >= 400;
            let support_code = failed.then(|| support_code::of_request(&arrival.request_id.to_string()));
            tracing::info!(method, route, status, ms, support_code, "answered");
        }
        if let Ok(id) = HeaderValue::from_str(&arrival.request_id.to_string()) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
    .instrument(span)
    .await
}

fn client(method: &str, route: &str, headers: &HeaderMap) -> Client {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Client::new(&format!("{method} {route}"), header(REFERER), header(USER_AGENT))
}
