//! How much one address, and one user, may ask for.

use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::{
    databases::sqlite_url,
    house::{APP_1, Answer, House},
};

const GUESSER: &str = "198.51.100.7";
const OTHERS: &str = "203.0.113.9";

async fn guess(house: &House, from: &str, number: u32) -> Answer {
    house.post_from(from, "/api/login", json!({ "appid": APP_1, "code": format!("{number:032}") })).await
}

async fn honest(house: &House, from: &str, user: &str) -> Answer {
    let code = house.code(user, APP_1).await;
    house.post_from(from, "/api/login", json!({ "appid": APP_1, "code": code })).await
}

#[tokio::test]
async fn who_guesses_is_stopped_and_others_are_not() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 10).await;
    for number in 0..10 {
        guess(&house, GUESSER, number).await.refused(401, "login_code_invalid", "relogin");
    }
    let stopped = guess(&house, GUESSER, 10).await;
    stopped.refused(429, "rate_limited", "retry");
    assert_eq!(stopped.header("retry-after"), "6");
    honest(&house, GUESSER, "u1").await.refused(429, "rate_limited", "retry");
    honest(&house, OTHERS, "u1").await.data();
    // No exchange was spent on what was refused.
    assert_eq!(house.calls("/sns/jscode2session").await, 11);
    house.clock.advance(6);
    guess(&house, GUESSER, 11).await.refused(401, "login_code_invalid", "relogin");
    guess(&house, GUESSER, 12).await.refused(429, "rate_limited", "retry");
}

#[tokio::test]
async fn a_carriers_address_with_honest_users_passes() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 10).await;
    for number in 0..200 {
        honest(&house, OTHERS, &format!("u{}", number % 40 + 1)).await.data();
        if number % 25 == 0 {
            guess(&house, OTHERS, number).await.refused(401, "login_code_invalid", "relogin");
        }
    }
}

#[tokio::test]
async fn more_calls_than_the_limit_wait() {
    let house = House::with(&sqlite_url(), |config| config.limits.login_per_minute = 5).await;
    for number in 1..=5 {
        honest(&house, OTHERS, &format!("u{number}")).await.data();
    }
    let waits = honest(&house, OTHERS, "u6").await;
    waits.refused(429, "rate_limited", "retry");
    assert_eq!(waits.header("retry-after"), "12");
    house.clock.advance(12);
    honest(&house, OTHERS, "u7").await.data();
}

#[tokio::test]
async fn a_phone_that_fails_inside_a_good_login_counts_too() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 2).await;
    for _ in 0..2 {
        let code = house.code("u1", APP_1).await;
        let body = json!({ "appid": APP_1, "code": code, "encryptedData": "AAAA", "iv": "AAAA" });
        let data = house.post_from(GUESSER, "/api/login", body).await.data();
        assert_eq!(data["phoneError"]["error"], "decrypt_failed");
    }
    honest(&house, GUESSER, "u1").await.refused(429, "rate_limited", "retry");
}

#[tokio::test]
async fn calls_that_cost_nothing_are_not_counted() {
    let house = House::with(&sqlite_url(), |config| config.limits.login_per_minute = 1).await;
    let token = honest(&house, OTHERS, "u1").await.data()["token"].as_str().unwrap().to_owned();
    for _ in 0..20 {
        house.me(&token).await.data();
    }
}

#[tokio::test]
async fn one_ipv6_client_is_his_whole_network() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 3).await;
    for number in 0..3 {
        guess(&house, &format!("2001:db8::{number:x}"), number).await.refused(401, "login_code_invalid", "relogin");
    }
    guess(&house, "2001:db8::ffff", 4).await.refused(429, "rate_limited", "retry");
    guess(&house, "2001:db8:0:1::1", 5).await.refused(401, "login_code_invalid", "relogin");
}

#[tokio::test]
async fn forwarded_addresses_count_only_behind_a_trusted_proxy() {
    let change = |config: &mut latchkey::config::Config| {
        config.limits.failed_per_minute = 1;
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    };
    let house = House::with(&sqlite_url(), change).await;
    let guess = async |proxy: &str, client: &str, code: u32| {
        let body = json!({ "appid": APP_1, "code": format!("{code:032}") }).to_string();
        let request = Request::builder().method(Method::POST).uri("/api/login").header("x-forwarded-for", client);
        let mut request = request.body(body.into()).unwrap();
        request.extensions_mut().insert(latchkey::http::Peer(proxy.parse().unwrap()));
        house.send(request).await
    };
    guess("10.0.0.1", "198.51.100.1", 1).await.refused(401, "login_code_invalid", "relogin");
    guess("10.0.0.1", "198.51.100.1", 2).await.refused(429, "rate_limited", "retry");
    guess("10.0.0.1", "198.51.100.2", 3).await.refused(401, "login_code_invalid", "relogin");
    // Whoever is no proxy of ours may write what he likes: he is counted as himself.
    guess("192.0.2.1", "198.51.100.3", 4).await.refused(401, "login_code_invalid", "relogin");
    guess("192.0.2.1", "198.51.100.4", 5).await.refused(429, "rate_limited", "retry");
}

/// A call with this in its Authorization header.
async fn call_from(house: &House, from: &str, token: &str, path: &str, body: Value) -> Answer {
    let method = if path == "/api/me" { Method::GET } else { Method::POST };
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
    let mut request = request.body(body.into()).unwrap();
    request.extensions_mut().insert(latchkey::http::Peer(from.parse().unwrap()));
    house.send(request).await
}

#[tokio::test]
async fn who_fails_with_a_good_token_stops_only_himself() {
    let house = House::with(&sqlite_url(), |config| config.limits.login_per_minute = 60).await;
    let (bad, good) = (house.token("u1").await, house.token("u2").await);
    for (path, body) in [
        ("/api/bindPhone", json!({ "encryptedData": "undefined", "iv": "undefined" })),
        ("/api/profile", json!({ "rawData": "{}", "signature": "x" })),
        ("/userInfo", json!({ "third_Session": bad, "code": [] })),
    ] {
        let mut served = 0;
        for _ in 0..100 {
            served += i32::from(call_from(&house, OTHERS, &bad, path, body.clone()).await.status != 429);
        }
        assert_eq!(served, 30, "{path}");
        honest(&house, OTHERS, "u3").await.data();
        let tap = house.tap("u2", "code").await;
        call_from(&house, OTHERS, &good, "/api/bindPhone", tap).await.data();
        call_from(&house, OTHERS, &bad, "/api/me", json!({})).await.data();
        house.clock.advance(60);
    }
}

#[tokio::test]
async fn guessed_tokens_and_keys_stop_no_good_ones() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 5).await;
    let token = house.token("u1").await;
    for (path, body) in [
        ("/api/me", ""),
        ("/api/logout", ""),
        ("/api/introspect", "token=x"),
        ("/api/bindPhone", "{\"code\":\"x\"}"),
        ("/api/profile", "{}"),
        ("/api/checkSession", "{}"),
    ] {
        let guess = async || call_from(&house, GUESSER, "lk_guess", path, Value::String(body.to_owned())).await;
        for _ in 0..5 {
            assert_eq!(guess().await.status, if path == "/api/logout" { 200 } else { 401 }, "{path}");
        }
        let stopped = guess().await;
        stopped.refused(429, "rate_limited", "retry");
        assert_eq!(stopped.header("retry-after"), "12", "{path}");
        call_from(&house, GUESSER, &token, "/api/me", json!({})).await.data();
        honest(&house, GUESSER, "u2").await.data();
        house.clock.advance(61);
    }
    // Tokens whose life has ended are no guesses: their clients must hear that they have to log in.
    let dead = format!("lk_{}", "a".repeat(43));
    for _ in 0..20 {
        call_from(&house, OTHERS, &dead, "/api/me", json!({})).await.refused(401, "unauthorized", "relogin");
    }
}

#[tokio::test]
async fn forged_pushes_are_refused_unseen_and_good_ones_pass() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 6).await;
    house.token("u1").await;
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    let push = async |wrong: bool| {
        let event = "user_info_modified";
        let body = json!({ "appid": APP_1, "user": "u1", "url": url, "event": event, "wrongSignature": wrong });
        house.sim("push", body).await["status"].clone()
    };
    // Each comes three times, as WeChat repeats what is not answered.
    for _ in 0..2 {
        assert_eq!(push(true).await, 403);
    }
    for _ in 0..20 {
        assert_eq!(push(true).await, 429);
        assert_eq!(push(false).await, 200, "good ones come through the same proxy");
    }
    house.server.accounts.reports_written().await;
    assert_eq!(house.count("failures").await, 6);
}

#[tokio::test]
async fn who_sends_nothing_guesses_nothing() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 3).await;
    for _ in 0..10 {
        let answer = house.post_from(OTHERS, "/api/login", json!({ "appid": APP_1, "code": "undefined" })).await;
        answer.refused(400, "invalid_request", "stop");
    }
    honest(&house, OTHERS, "u1").await.data();
}

#[tokio::test]
async fn a_wall_clock_that_is_set_shuts_nobody_out() {
    let house = House::with(&sqlite_url(), |config| config.limits.login_per_minute = 5).await;
    for hours in [1, 48] {
        house.clock.set_wall(hours * 3600);
        honest(&house, OTHERS, "u1").await.data();
        house.clock.set_wall(-hours * 3600);
        honest(&house, OTHERS, "u1").await.data();
    }
    honest(&house, OTHERS, "u1").await.data();
    for hours in [-1, 1, 48, -48] {
        house.clock.set_wall(hours * 3600);
        let waits = honest(&house, OTHERS, "u1").await;
        waits.refused(429, "rate_limited", "retry");
        assert_eq!(waits.header("retry-after"), "12", "{hours} h");
        house.clock.set_wall(-hours * 3600);
    }
}

#[tokio::test]
async fn a_user_who_loops_is_stopped_before_wechat_stops_the_mini_program() {
    let house = House::with(&sqlite_url(), |config| config.limits.login_per_minute = 10_000).await;
    let token = house.token("u1").await;
    for _ in 0..100 {
        let valid: Value = house.post_as(&token, "/api/checkSession", json!({})).await.data();
        assert_eq!(valid, json!({ "valid": true }));
    }
    house.post_as(&token, "/api/checkSession", json!({})).await.refused(429, "rate_limited", "retry");
    assert_eq!(house.calls("/wxa/checksession").await, 100);
    let other = house.token("u2").await;
    house.post_as(&other, "/api/checkSession", json!({})).await.data();
}
