//! WeChat at its worst: slow, down, dropping, talking nonsense.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    databases::sqlite_url,
    house::{APP_1, Answer, House},
};

async fn impatient() -> House {
    House::with(&sqlite_url(), |config| config.wechat.timeout_ms = 300).await
}

async fn log_in(house: &House) -> Answer {
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    house.post("/api/login", body).await
}

#[tokio::test]
async fn a_slow_wechat_is_given_up_in_time() {
    let house = impatient().await;
    let token = house.token("u1").await;
    // Far below what WeChat takes, far above what a busy machine adds to the 300 ms.
    let in_time = Duration::from_secs(10);
    house.sim("faults", json!({ "latencyMs": 30_000, "times": 9 })).await;
    let answer = tokio::time::timeout(in_time, log_in(&house)).await.expect("an answer before WeChat's");
    answer.refused(503, "wechat_unavailable", "retry");
    let bind = house.post_as(&token, "/api/bindPhone", house.tap("u1", "code").await);
    let answer = tokio::time::timeout(in_time, bind).await.expect("an answer before WeChat's");
    answer.refused(503, "wechat_unavailable", "retry");
}

#[tokio::test]
async fn nonsense_from_wechat_is_no_decision_about_the_login() {
    let house = impatient().await;
    for fault in [
        json!({ "dropAfter": true }),
        json!({ "status": 502 }),
        json!({ "status": 404 }),
        json!({ "garbage": "html" }),
        json!({ "garbage": "truncated" }),
        json!({ "garbage": "empty" }),
        json!({ "garbage": "huge" }),
    ] {
        house.sim("faults", fault).await;
        log_in(&house).await.refused(503, "wechat_unavailable", "retry");
    }
    log_in(&house).await.data();
}

#[tokio::test]
async fn a_wechat_that_is_down_is_unavailable() {
    let house = House::with(&sqlite_url(), |config| config.wechat.base_url = "http://127.0.0.1:1".into()).await;
    let body = json!({ "code": "0".repeat(32), "appid": APP_1 });
    house.post("/api/login", body).await.refused(503, "wechat_unavailable", "retry");
}

#[tokio::test]
async fn every_errcode_of_the_contract_has_its_row() {
    let house = impatient().await;
    for (errcode, status, error, next_step) in [
        (40029, 401, "login_code_invalid", "relogin"),
        (41008, 401, "login_code_invalid", "relogin"),
        (40163, 401, "login_code_used", "relogin"),
        (40226, 403, "user_blocked", "stop"),
        (45011, 429, "rate_limited", "retry"),
        (40013, 500, "misconfigured", "stop"),
        (40125, 500, "misconfigured", "stop"),
        (40164, 500, "misconfigured", "stop"),
        (40243, 500, "misconfigured", "stop"),
        (41002, 500, "misconfigured", "stop"),
        (41004, 500, "misconfigured", "stop"),
        (99999, 500, "internal", "retry"),
    ] {
        house.sim("faults", json!({ "errcode": errcode })).await;
        log_in(&house).await.refused(status, error, next_step);
    }
}

#[tokio::test]
async fn an_answer_of_an_older_wechat_is_understood() {
    // errcode as text, rid and hint in the message, a number for the country code: a stand-in of our own says so.
    use axum::{Router, routing::any};
    let answers = Router::new()
        .route("/sns/jscode2session", any(|| async { r#"{"errcode":"40029","errmsg":"invalid code, hints: [ req_id: x ]"}"# }))
        .route("/cgi-bin/stable_token", any(|| async { r#"{"access_token":"T","expires_in":7200,"new":1}"# }))
        .route(
            "/wxa/business/getuserphonenumber",
            any(|| async {
                r#"{"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":"13580006666","purePhoneNumber":"13580006666","countryCode":86,"watermark":{"timestamp":1,"appid":"wx0000000000000001"}}}"#
            }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, answers).await });

    let url = sqlite_url();
    let house = House::new(&url).await;
    let token = house.token("u1").await;
    let old = House::with(&url, |config| config.wechat.base_url = address).await;
    let body = json!({ "code": "0".repeat(32), "appid": APP_1 });
    old.post("/api/login", body).await.refused(401, "login_code_invalid", "relogin");
    let bound = old.post_as(&token, "/api/bindPhone", json!({ "code": "a".repeat(64) })).await.data();
    assert_eq!(bound["countryCode"], Value::from("86"));
}
