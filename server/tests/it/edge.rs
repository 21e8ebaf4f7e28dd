//! The edge: what every call has in common, whatever it does. Made-up methods, answers that leave before the body has come,
//! other origins, and proxies.

use crate::{
    browser::Browser,
    databases::{on_both, sqlite_url},
    house::{Answer, House},
    wire::Wire,
};
use axum::{
    body::Body,
    http::{Method, Request},
};
use latchkey_app::types::Role;

on_both!(crate::house::House::new => an_untrusted_proxy_is_told_to_admins_of_every_node_until_it_is_gone);

async fn metrics(house: &House) -> String {
    let router = latchkey::http::metrics_router(house.server.accounts.metrics.clone());
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    let text = axum::body::to_bytes(answer.into_body(), 10 << 20).await.unwrap();
    String::from_utf8(text.to_vec()).unwrap()
}

#[tokio::test]
async fn made_up_methods_are_refused_at_once_and_counted_together() {
    let house = House::new(&sqlite_url()).await;
    let method = |number: u32| Method::from_bytes(format!("{}{number}", "A".repeat(2000)).as_bytes()).unwrap();
    for number in 0..1000 {
        let path = ["/api/me", "/nothing", "/console/users"][number as usize % 3];
        let answer = house.call(method(number), path, None, Body::empty()).await;
        answer.refused(405, "invalid_request", "stop");
        assert!(answer.header("allow").contains("GET"), "{path}");
    }
    let text = metrics(&house).await;
    assert!(text.len() < 20_000 && !text.contains("AAAA"), "{}", text.len());
    assert!(text.contains("method=\"other\",status=\"405\"} 334"), "{text}");
    let page = Request::builder().method(method(0)).uri("/console").header("accept", "text/html");
    let page = house.send(page.body(Body::empty()).unwrap()).await;
    assert!(page.status == 405 && page.text.contains("<h1>"), "{}", page.text);
}

/// A request whose body comes after its head has been read, and the first line of what is expected.
struct Early<'a> {
    expected: u16,
    call: &'a str,
    headers: &'a str,
}

async fn early(house: &House, url: &str, requests: &[Early<'_>]) {
    let (mut wire, mut other) = (Wire::to(url).await, Wire::to(url).await);
    for Early { expected, call, headers } in requests {
        let body = "{\"a\":1}";
        let length = body.len();
        wire.send(format!("{call} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n")).await;
        // Until the server has certainly seen the head, and would have answered.
        for _ in 0..3 {
            other.get("/healthz").await.unwrap();
        }
        wire.send(body).await;
        let answer = wire.answer().await.unwrap_or_else(|| panic!("{call}: no answer"));
        assert_eq!(answer.status, *expected, "{call}: {}{}", answer.head, answer.body);
        if answer.closes() {
            wire = Wire::to(url).await;
        }
        let next = wire.get("/healthz").await.unwrap_or_else(|| panic!("{call}: the next request is lost"));
        assert_eq!((next.status, next.body.as_str()), (200, "ok"), "{call}");
    }
    assert_eq!(house.call(Method::GET, "/healthz", None, Body::empty()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_needs_no_body_leaves_the_connection_usable() {
    let house = House::new(&sqlite_url()).await;
    let url = house.listen().await;
    let token = format!("Authorization: Bearer {}\r\n", house.token("u1").await);
    let dead = "Authorization: Bearer dead\r\n";
    let elsewhere = "Sec-Fetch-Site: cross-site\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let requests = [
        Early { expected: 401, call: "POST /api/bindPhone", headers: "" },
        Early { expected: 401, call: "POST /api/introspect", headers: "" },
        Early { expected: 401, call: "GET /api/me", headers: dead },
        Early { expected: 404, call: "POST /api/nothing", headers: "" },
        Early { expected: 404, call: "POST /nothing", headers: "" },
        Early { expected: 405, call: "PUT /console/assets/x/y.css", headers: "" },
        Early { expected: 405, call: "POST /api/me", headers: &token },
        Early { expected: 405, call: "PUT /api/login", headers: "" },
        Early { expected: 405, call: "DELETE /console/users", headers: "" },
        Early { expected: 405, call: "MAKEUP /api/login", headers: "" },
        Early { expected: 403, call: "POST /console/fn/sign_in", headers: elsewhere },
        Early { expected: 404, call: "POST /console/fn/nothing", headers: "" },
        Early { expected: 200, call: "POST /api/checkSession", headers: &token },
        Early { expected: 200, call: "POST /api/logout", headers: &token },
        Early { expected: 200, call: "POST /api/logout", headers: &token },
        Early { expected: 401, call: "POST /api/bindPhone", headers: dead },
    ];
    early(&house, &url, &requests).await;
    let house = House::with(&sqlite_url(), |config| config.limits.login_per_minute = 1).await;
    let login = |expected| Early { expected, call: "POST /api/login", headers: "" };
    early(&house, &house.listen().await, &[login(400), login(429), login(429)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_too_long_or_not_asked_for_ends_the_connection_and_the_answer_arrives() {
    let house = House::new(&sqlite_url()).await;
    let url = house.listen().await;
    let long = "x".repeat(2 << 20);
    for (call, expected) in [("POST /api/login", 413), ("POST /api/bindPhone", 401), ("POST /console/fn/sign_in", 413)]
    {
        let mut wire = Wire::to(&url).await;
        wire.send(format!("{call} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", long.len())).await;
        wire.send(&long).await;
        let answer = wire.answer().await.unwrap_or_else(|| panic!("{call}: the answer is lost"));
        assert!(answer.status == expected && answer.closes(), "{call}: {}", answer.head);
        assert!(wire.ends().await);
    }
    let mut wire = Wire::to(&url).await;
    let asks = "POST /api/bindPhone HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n";
    wire.send(asks).await;
    let answer = wire.answer().await.unwrap();
    assert!(answer.status == 401 && answer.closes(), "a body that was never asked for: {}", answer.head);
}

async fn preflight(house: &House, path: &str, origin: &str) -> Answer {
    let request = Request::builder()
        .method(Method::OPTIONS)
        .uri(path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    house.send(request.body(Body::empty()).unwrap()).await
}

const H5: &str = "https://h5.example.com";
const CALLS: [&str; 7] =
    ["/api/login", "/api/bindPhone", "/api/me", "/api/profile", "/api/checkSession", "/api/logout", "/user"];

#[tokio::test]
async fn only_listed_origins_may_call_and_only_the_mini_programs_calls() {
    let change = |config: &mut latchkey::config::Config| config.cors_origins = vec![H5.into()];
    let house = House::with(&sqlite_url(), change).await;
    for path in CALLS {
        let asked = preflight(&house, path, H5).await;
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (200, H5), "{path}");
        assert_eq!(asked.header("access-control-allow-headers"), "authorization,content-type");
        assert_eq!(asked.header("access-control-allow-methods"), "GET,POST");
        assert!(asked.header("vary").contains("origin"));
        for other in ["https://evil.example", "https://h5.example.com.evil.example", "http://h5.example.com", "null"] {
            assert_eq!(preflight(&house, path, other).await.header("access-control-allow-origin"), "", "{other}");
        }
    }
    for path in ["/api/introspect", "/api/openapi.json", "/console/login", "/getPhoneNumber", "/healthz"] {
        assert_eq!(preflight(&house, path, H5).await.header("access-control-allow-origin"), "", "{path}");
    }
    let mut request = Request::get("/api/me").header("origin", H5).body(Body::empty()).unwrap();
    request.headers_mut().insert("authorization", "Bearer dead".parse().unwrap());
    let answer = house.send(request).await;
    answer.refused(401, "unauthorized", "relogin");
    assert_eq!(answer.header("access-control-allow-origin"), H5, "a page reads refusals, too");
    assert!(answer.header("access-control-expose-headers").contains("retry-after"));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}

#[tokio::test]
async fn without_the_setting_no_other_origin_may_call() {
    let house = House::new(&sqlite_url()).await;
    for path in CALLS {
        let asked = preflight(&house, path, H5).await;
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (405, ""), "{path}");
    }
}

#[tokio::test]
async fn under_https_a_form_of_a_page_without_it_is_refused() {
    let house = House::with(&sqlite_url(), |config| config.public_url = "https://login.example.com".into()).await;
    let sign_in = async |origin: &str| {
        let request = Request::post("/console/fn/sign_in")
            .header("host", "login.example.com")
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded");
        house.send(request.body(Body::from("username=a&password=b")).unwrap()).await.status
    };
    assert_eq!(sign_in("http://login.example.com").await, 403);
    assert_ne!(sign_in("https://login.example.com").await, 403);
}

async fn forwarded(house: &House, peer: &str, header: &str) {
    let mut request = Request::get("/healthz").header(header, "203.0.113.9").body(Body::empty()).unwrap();
    request.extensions_mut().insert(latchkey::http::Peer(peer.parse().unwrap()));
    assert_eq!(house.send(request).await.status, 200);
    house.server.accounts.keep_untrusted_proxies().await.unwrap();
}

async fn an_untrusted_proxy_is_told_to_admins_of_every_node_until_it_is_gone(house: House) {
    let other = house.second_node().await;
    let page = async |house: &House, role: Role| Browser::of(house, role).await.get("/console/apps").await.text;
    forwarded(&house, "10.0.0.1", "x-forwarded-for").await;
    forwarded(&house, "198.51.100.7", "x-real-ip").await;
    let told = page(&other, Role::Admin).await;
    assert!(told.contains("LATCHKEY_TRUSTED_PROXIES=10.0.0.1") && told.contains("X-Forwarded-For"), "{told}");
    assert!(told.contains("198.51.100.0/24") && !told.contains("198.51.100.7"), "a stranger's address is not shown");
    assert!(!page(&other, Role::Viewer).await.contains("10.0.0.1"));
    house.clock.advance(86_000);
    forwarded(&house, "10.0.0.1", "x-forwarded-for").await;
    house.clock.advance(1000);
    let told = page(&house, Role::Admin).await;
    assert!(told.contains("10.0.0.1") && !told.contains("198.51.100.0/24"), "not seen for a day: {told}");
    let trust = |config: &mut latchkey::config::Config| config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    let configured = house.second_node_with(trust).await;
    forwarded(&configured, "10.0.0.1", "x-forwarded-for").await;
    assert!(!page(&configured, Role::Admin).await.contains("10.0.0.1"), "it is trusted now");
    latchkey::jobs::sweep(&configured.server.accounts).await.unwrap();
    assert_eq!(configured.count("untrusted_proxies").await, 1);
    configured.clock.advance(86_401);
    latchkey::jobs::sweep(&configured.server.accounts).await.unwrap();
    assert_eq!(configured.count("untrusted_proxies").await, 0);
}

#[tokio::test]
async fn no_page_lets_a_form_lead_elsewhere() {
    let house = House::new(&sqlite_url()).await;
    for path in ["/api/docs/", "/api/me", "/console/login", "/nothing"] {
        let answer = house.call(Method::GET, path, None, Body::empty()).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("form-action") && policy.contains("base-uri 'none'"), "{path}: {policy}");
    }
}
