//! What all answers have in common, and the paths that belong to nobody.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::json;

use crate::{
    databases::{on_both, sqlite_url},
    house::{APP_1, House},
};

on_both!(crate::house::House::new => health_is_the_databases);

async fn health_is_the_databases(house: House) {
    let get = |path: &'static str| house.call(Method::GET, path, None, Body::empty());
    assert_eq!((get("/healthz").await.status, get("/readyz").await.status), (200, 200));
    house.server.accounts.db.close().await;
    assert_eq!(get("/healthz").await.status, 200);
    let not_ready = get("/readyz").await;
    assert_eq!(not_ready.status, 503);
    assert!(not_ready.text.contains("database"), "{}", not_ready.text);
    let body = json!({ "code": "0".repeat(32), "appid": APP_1 });
    house.post("/api/login", body).await.refused(503, "unavailable", "retry");
}

#[tokio::test]
async fn every_answer_carries_its_request_id_and_the_security_headers() {
    let house = House::with(&sqlite_url(), |config| config.public_url = "https://login.example.com".into()).await;
    for path in ["/", "/healthz", "/api/me", "/console/login", "/nothing"] {
        let answer = house.call(Method::GET, path, None, Body::empty()).await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="), "{path}");
    }
    let given = Request::get("/healthz").header("x-request-id", "mine").body(Body::empty()).unwrap();
    assert_ne!(house.send(given).await.header("x-request-id"), "mine", "ids are ours to give");
}

#[tokio::test]
async fn a_path_of_nobody_says_so() {
    let house = House::new(&sqlite_url()).await;
    let answer = house.call(Method::GET, "/nope", None, Body::empty()).await;
    assert!(answer.status == 404 && answer.text.contains("/console"), "{}", answer.text);
}

#[tokio::test]
async fn the_root_leads_to_the_console() {
    let house = House::new(&sqlite_url()).await;
    let answer = house.call(Method::GET, "/", None, Body::empty()).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/console"));
}

#[tokio::test]
async fn assets_are_served_compressed_and_for_ever() {
    let house = House::new(&sqlite_url()).await;
    let page = house.call(Method::GET, "/console/login", None, Body::empty()).await.text;
    let (_, rest) = page.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let style = rest.split('"').next().unwrap();
    let get = |encoding: &str| {
        let request = Request::get(style).header("accept-encoding", encoding).body(Body::empty());
        house.send(request.unwrap())
    };
    let (brotli, plain) = (get("gzip, br").await, get("br;q=0, gzip").await);
    assert_eq!((brotli.header("content-encoding"), plain.header("content-encoding")), ("br", ""));
    assert!(plain.header("cache-control").contains("immutable"));
    assert_eq!((plain.header("content-type"), plain.text.contains("--")), ("text/css; charset=utf-8", true));
    // Of the page of a node that runs another version.
    let old = |name: &str| style.replace("/assets/", "/assets/0").replace("latchkey.css", name);
    let get = async |name: &str| house.call(Method::GET, &old(name), None, Body::empty()).await;
    let styles = get("latchkey.css").await;
    assert_eq!((styles.status, styles.header("cache-control")), (200, "no-store"));
    assert_eq!(get("favicon.svg").await.status, 200);
    assert_eq!((get("wake.js").await.status, get("nothing.css").await.status), (404, 404));
}

#[tokio::test]
async fn what_was_counted_can_be_read() {
    let house = House::new(&sqlite_url()).await;
    house.token("u1").await;
    house.post("/api/login", json!({ "code": "0".repeat(32), "appid": APP_1 })).await;
    house.server.accounts.reports_written().await;
    let router = latchkey::http::metrics_router(house.server.accounts.metrics.clone());
    let answer =
        tower::ServiceExt::oneshot(router, Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    let text = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    for line in [
        "latchkey_requests_total{route=\"/api/login\",method=\"POST\",status=\"200\"} 1",
        "latchkey_requests_total{route=\"/api/login\",method=\"POST\",status=\"401\"} 1",
        "latchkey_wechat_calls_total{call=\"code2session\",outcome=\"40029\"} 1",
        "latchkey_failures_total{appid=\"wx0000000000000001\",cause=\"code_expired\",healed=\"false\"} 1",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
