use std::net::IpAddr;

use axum::{
    Router,
    extract::Request,
    http::{
        HeaderMap, StatusCode, Uri,
        header::{HOST, HeaderName, ORIGIN},
        uri::Authority,
    },
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};

const REFUSED: &str =
    "only for this machine: Host and Origin must be localhost or a loopback address, such as 127.0.0.1\n";

/// Refuses requests that a page of another site makes: its browser runs on this machine, so listening on a loopback
/// address alone does not keep it out. `Host` shows a foreign name that was made to lead here, `Origin` a foreign page.
pub fn local_only(router: Router) -> Router {
    router.layer(from_fn(refuse_foreign))
}

async fn refuse_foreign(request: Request, next: Next) -> Response {
    if is_from_here(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, REFUSED).into_response()
}

fn is_from_here(uri: &Uri, headers: &HeaderMap) -> bool {
    let every = |name, fits: fn(&str) -> bool| every(headers, &name, fits);
    every(HOST, is_loopback) && every(ORIGIN, is_loopback_page) && uri.host().is_none_or(is_loopback)
}

/// Whether every value of the header fits; a program on this machine may leave it out.
fn every(headers: &HeaderMap, name: &HeaderName, fits: fn(&str) -> bool) -> bool {
    headers.get_all(name).into_iter().all(|value| value.to_str().is_ok_and(fits))
}

fn is_loopback_page(origin: &str) -> bool {
    let page = origin.parse::<Uri>();
    page.is_ok_and(|page| page.authority().is_some_and(|authority| is_loopback(authority.as_str())))
}

/// Whether a host, with or without its port, is this machine by its name or a loopback address.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_matches(['[', ']']);
    let address = name.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    !host.contains('@') && (address || name.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing::get};
    use tower::ServiceExt;

    use super::*;

    async fn status(uri: &str, headers: &[(&str, &str)]) -> u16 {
        let router = local_only(Router::new().route("/", get(|| async {})));
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn this_machine_is_served_and_pages_of_others_are_not() {
        assert_eq!(status("/", &[]).await, 200);
        for host in ["localhost:3999", "LOCALHOST", "127.0.0.1:3999", "127.8.8.8", "[::1]:3999"] {
            assert_eq!(status("/", &[("host", host)]).await, 200, "{host}");
            let origin = format!("http://{host}");
            assert_eq!(status("/", &[("host", "localhost"), ("origin", &origin)]).await, 200, "{origin}");
        }
        for host in
            ["rebound.example:3999", "localhost.example", "127.0.0.1.example", "10.0.0.1", "0.0.0.0", "x@localhost", ""]
        {
            assert_eq!(status("/", &[("host", host)]).await, 403, "{host}");
            let origin = format!("http://{host}");
            assert_eq!(status("/", &[("host", "localhost"), ("origin", &origin)]).await, 403, "{origin}");
        }
        assert_eq!(status("/", &[("host", "localhost"), ("origin", "null")]).await, 403);
        assert_eq!(status("/", &[("host", "localhost"), ("host", "rebound.example")]).await, 403);
        assert_eq!(status("http://rebound.example/", &[("host", "localhost")]).await, 403);
    }
}
