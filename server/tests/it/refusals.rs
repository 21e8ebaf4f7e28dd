//! Bodies, paths and methods that no client of ours sends.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::json;

use crate::{
    databases::sqlite_url,
    house::{APP_1, House},
};

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_and_its_field_named() {
    let house = House::new(&sqlite_url()).await;
    for (body, field) in [
        ("", None),
        ("code", None),
        ("{\"code\":", None),
        ("[]", None),
        ("null", None),
        ("{\"code\":\"a\"} trailing", None),
        ("\u{0}", None),
        ("{}", Some("code")),
        ("{\"code\":null}", Some("code")),
        ("{\"code\":7}", Some("code")),
        ("{\"code\":{\"a\":1}}", Some("code")),
        ("{\"code\":\"\"}", Some("code")),
        ("{\"code\":\"汉字\"}", Some("code")),
        ("{\"code\":\"a\",\"iv\":[]}", Some("iv")),
        ("{\"code\":\"a\",\"appid\":1}", Some("appid")),
        ("{\"code\":\"a\",\"encryptedData\":\"AAAA\"}", Some("iv")),
        ("{\"code\":\"a\",\"iv\":\"AAAA\"}", Some("encryptedData")),
        ("{\"code\":\"a\",\"code\":\"b\"}", None),
    ] {
        // The app is not what is wrong with them.
        let body = body.replacen("{\"", &format!("{{\"appid\":\"{APP_1}\",\""), usize::from(!body.contains("appid")));
        let answer = house.call(Method::POST, "/api/login", None, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        answer.refused(400, "invalid_request", "stop");
        if let Some(field) = field {
            assert_eq!(answer.json()["field"], field, "{body}");
        }
    }
    let deep = "[".repeat(50_000);
    house.call(Method::POST, "/api/login", None, deep).await.refused(400, "invalid_request", "stop");
    let long_code = json!({ "code": "a".repeat(129), "appid": APP_1 });
    house.post("/api/login", long_code).await.refused(400, "invalid_request", "stop");
    assert_eq!(house.count("login_codes").await, 0, "none of these is worth a row");
}

#[tokio::test]
async fn a_body_of_65_kib_is_too_large() {
    let house = House::new(&sqlite_url()).await;
    for path in ["/api/login", "/user"] {
        let answer = house.post(path, json!({ "code": "a".repeat(65 * 1024), "appid": APP_1 })).await;
        answer.refused(413, "invalid_request", "stop");
    }
    let token = house.token("u1").await;
    let answer = house.post_as(&token, "/api/bindPhone", json!({ "code": "a".repeat(65 * 1024) })).await;
    answer.refused(413, "invalid_request", "stop");
}

#[tokio::test]
async fn bind_phone_needs_a_token_and_something_to_bind() {
    let house = House::new(&sqlite_url()).await;
    house.post("/api/bindPhone", json!({})).await.refused(401, "unauthorized", "relogin");
    let token = house.token("u1").await;
    for (body, field) in [
        (json!({}), "encryptedData"),
        (json!({ "encryptedData": "AAAA" }), "iv"),
        (json!({ "iv": "AAAA" }), "encryptedData"),
        (json!({ "code": 1 }), "code"),
        (json!({ "code": "汉字" }), "code"),
    ] {
        let answer = house.post_as(&token, "/api/bindPhone", body).await;
        answer.refused(400, "invalid_request", "stop");
        assert_eq!(answer.json()["field"], field);
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_refused_in_the_apis_shape() {
    let house = House::new(&sqlite_url()).await;
    house.call(Method::GET, "/api/nothing", None, Body::empty()).await.refused(404, "invalid_request", "stop");
    for (method, path) in [(Method::GET, "/api/login"), (Method::POST, "/api/me"), (Method::GET, "/user")] {
        house.call(method, path, None, Body::empty()).await.refused(405, "invalid_request", "stop");
    }
}

#[tokio::test]
async fn a_byte_order_mark_and_a_wrong_content_type_do_no_harm() {
    let house = House::new(&sqlite_url()).await;
    let code = house.code("u1", APP_1).await;
    let body = format!("\u{FEFF}{}", json!({ "code": code, "appid": APP_1 }));
    let request = Request::post("/api/login").header("content-type", "text/plain").body(body.into());
    house.send(request.unwrap()).await.data();
}
