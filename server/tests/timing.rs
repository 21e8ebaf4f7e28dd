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

use house::{APP_1, APP_2, House};
use serde_json::{Value, json};

const TRIES: usize = 200;

/// One body per inner cause, all of the same length or nearly so.
async fn causes(house: &House) -> BTreeMap<&'static str, Value> {
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
    let token = house.token("u1").await;
    let causes = causes(&house).await;
    let mut times = BTreeMap::<&str, Vec<Duration>>::new();
    for _ in 0..TRIES {
        for (name, body) in &causes {
            let began = Instant::now();
            let answer = house.post_as(&token, "/api/bindPhone", body.clone()).await;
            times.entry(name).or_default().push(began.elapsed());
            answer.refused(422, "decrypt_failed", "relogin");
            // Beside the request, its record is written; the next one must not wait for it.
            house.server.accounts.reports_written().await;
        }
    }
    let medians = times.into_iter().map(|(name, mut times)| {
        times.sort_unstable();
        (name, times[TRIES / 2])
    });
    let medians: BTreeMap<_, _> = medians.collect();
    let (least, most) = (medians.values().min().unwrap(), medians.values().max().unwrap());
    let near = *most < *least * 3 / 2 + Duration::from_micros(300);
    assert!(near, "medians differ: {medians:?}");
}
