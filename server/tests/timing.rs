//! A program of its own, so that nothing runs beside it: how long a refusal takes must not tell why. The causes are tried in
//! turns, so that whatever else the machine does befalls all of them alike; only their medians are compared, and
//! generously: an oracle would need microseconds of difference where a request takes milliseconds.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test says what failed by failing")]

#[path = "it/databases.rs"]
#[allow(dead_code, unused_imports, unused_macros, reason = "shared with the other test program, which uses all of it")]
mod databases;
#[path = "it/house.rs"]
#[allow(dead_code, reason = "shared with the other test program, which uses all of it")]
mod house;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use axum::http::Method;
use house::{APP_1, APP_2, House};
use serde_json::{Value, json};

const TRIES: usize = 200;

/// A call with a body of its own.
struct Call {
    token: Option<String>,
    path: &'static str,
    body: Value,
}

impl Call {
    fn bind(token: &str, body: Value) -> Self {
        Self { token: Some(token.to_owned()), path: "/api/bindPhone", body }
    }

    /// Without a token: whose openid it is must not tell whether it is known.
    fn two_calls(openid: &str, data: &Value) -> Self {
        let body =
            json!({ "appid": APP_1, "openid": openid, "encryptedData": data["encryptedData"], "iv": data["iv"] });
        Self { token: None, path: "/getWXUserPhone", body }
    }

    async fn refused(&self, house: &House) {
        let method = Method::POST;
        let answer = house.call(method, self.path, self.token.as_deref(), self.body.to_string()).await;
        answer.refused(422, "decrypt_failed", "relogin");
    }
}

/// What came too late for every key, made before any other cause is; and somebody whose keys are gone.
async fn old_times(house: &House) -> BTreeMap<&'static str, Call> {
    let (old, token) = (house.token("old").await, house.token("u1").await);
    let used = house.tap("u1", "encrypted").await;
    house.post_as(&token, "/api/bindPhone", used.clone()).await.data();
    let expired = house.tap("old", "encrypted").await;
    house.clock.advance(72 * 3600 + 1);
    let token = house.token("u1").await;
    BTreeMap::from([("key expired", Call::bind(&old, expired)), ("replayed", Call::bind(&token, used))])
}

/// One call per inner cause, with data of the same length or nearly so.
async fn causes(house: &House) -> BTreeMap<&'static str, Call> {
    let mut calls = old_times(house).await;
    let login = house.log_in("u1").await;
    let (token, openid) = (login["token"].as_str().unwrap(), login["userInfo"]["openId"].as_str().unwrap());
    house.token("u2").await;
    let foreign = house.tap("u2", "encrypted").await;
    let info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    let known = Call::two_calls(openid, &foreign);
    calls.extend([("known openid", known), ("no session", Call::two_calls(&openid.replace('o', "x"), &foreign))]);
    let bodies = bodies(house).await;
    calls.extend(bodies.into_iter().map(|(name, body)| (name, Call::bind(token, body))));
    let info = json!({ "encryptedData": info["encryptedData"], "iv": info["iv"] });
    calls.extend([("foreign", Call::bind(token, foreign)), ("wrong kind", Call::bind(token, info))]);
    calls
}

async fn bodies(house: &House) -> BTreeMap<&'static str, Value> {
    let tap = async |more: Value| {
        let mut body = json!({ "user": "u1", "appid": APP_1, "mode": "encrypted" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        house.sim("phone", body).await
    };
    let whole = tap(json!({})).await;
    let text = whole["encryptedData"].as_str().unwrap();
    let with = |data: String| json!({ "encryptedData": data, "iv": whole["iv"] });
    let flip = |at: usize| {
        let other = if &text[at..=at] == "A" { "B" } else { "A" };
        with(format!("{}{other}{}", &text[..at], &text[at + 1..]))
    };
    BTreeMap::from([
        ("no base64", with(format!("!{}", &text[1..]))),
        ("length", with(text[..text.len() - 4].trim_end_matches('=').to_owned())),
        ("padding", flip(text.len() - 6)),
        ("utf8 or json", flip(2)),
        ("watermark", tap(json!({ "watermarkAppid": APP_2 })).await),
        ("stale", tap(json!({ "watermarkAgeS": 700 })).await),
    ])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(
    clippy::disallowed_methods,
    reason = "this is about the time that passes outside, not about the product's clock"
)]
async fn a_refusal_takes_as_long_whatever_its_cause() {
    let change = |config: &mut latchkey::config::Config| {
        config.limits.login_per_minute = 1_000_000;
        config.limits.failed_per_minute = 1_000_000;
    };
    let house = House::with(&databases::sqlite_url(), change).await;
    let causes = causes(&house).await;
    let mut times = BTreeMap::<&str, Vec<Duration>>::new();
    for _ in 0..TRIES {
        for (name, call) in &causes {
            let began = Instant::now();
            call.refused(&house).await;
            times.entry(name).or_default().push(began.elapsed());
            // Beside the request, its record is written; the next one must not wait for it.
            house.server.accounts.reports_written().await;
        }
    }
    let medians = times.into_iter().map(|(name, mut times)| {
        times.sort_unstable();
        (name, times[TRIES / 2])
    });
    let medians: BTreeMap<_, _> = medians.collect();
    let near = |medians: &[Duration]| {
        let (least, most) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
        *most < *least * 3 / 2 + Duration::from_micros(300)
    };
    // Calls are compared with calls of their own path.
    for path in ["/api/bindPhone", "/getWXUserPhone"] {
        let of_path = medians.iter().filter(|(name, _)| causes[*name].path == path);
        let of_path: Vec<_> = of_path.map(|(_, median)| *median).collect();
        assert!(of_path.len() > 1 && near(&of_path), "medians differ: {medians:?}");
    }
}
