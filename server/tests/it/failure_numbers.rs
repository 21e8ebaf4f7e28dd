//! Failures by the number: floods, and versions of a mini program.

use axum::http::{Method, Request, header};
use latchkey::store::rollups::{self, HOUR_MS, Key};
use latchkey_app::types::{Cause, FailureQuery, Metric, Proof, Rise, Role, Zone};
use serde_json::json;

use crate::{
    browser::Browser,
    databases::sqlite_url,
    house::{APP_1, House},
};

#[tokio::test]
async fn a_flood_is_sampled_and_counted() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 10_000).await;
    for number in 0..150 {
        house.post("/api/login", json!({ "code": format!("{number:032}"), "appid": APP_1 })).await;
    }
    house.server.accounts.reports_written().await;
    assert_eq!(house.count("failures").await, 100);
    house.clock.advance(60);
    // What comes next stands for itself …
    house.post("/api/login", json!({ "code": "9".repeat(32), "appid": APP_1 })).await;
    house.server.accounts.reports_written().await;
    assert_eq!((house.count("failures").await, house.count("failures WHERE times = 1").await), (101, 101));
    // … and the others for nobody.
    house.server.accounts.file_left_out(false).await.unwrap();
    house.server.accounts.file_left_out(true).await.unwrap();
    let left_out = "failures WHERE times = 50 AND cause = 'unknown' AND user_id IS NULL AND stage = 'login_code'";
    assert_eq!((house.count("failures").await, house.count(left_out).await), (102, 1));
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    let numbers = viewer.dashboard(7, &Zone::default()).await.unwrap();
    assert_eq!(numbers.today.get(Metric::Failed), 151, "none is forgotten");
    let told = &viewer.failures(FailureQuery { cause: Some(Cause::Unknown), ..Default::default() }).await.unwrap();
    assert!(told.page.items[0].evidence.proof == Proof::LeftOut(50));
}

#[tokio::test]
async fn a_flood_is_counted_when_the_program_ends() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 10_000).await;
    for number in 0..103 {
        house.post("/api/login", json!({ "code": format!("{number:032}"), "appid": APP_1 })).await;
    }
    latchkey::jobs::finish(&house.server.accounts).await;
    assert_eq!(house.count("failures WHERE times = 3").await, 1);
}

#[tokio::test]
async fn a_version_that_fails_more_is_named() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 10_000).await;
    let login = async |version: &str, code: &str| {
        let body = json!({ "code": code, "appid": APP_1 }).to_string();
        let referer = format!("https://servicewechat.com/{APP_1}/{version}/page-frame.html");
        let request = Request::builder().method(Method::POST).uri("/api/login").header(header::REFERER, referer);
        house.send(request.body(body.into()).unwrap()).await.status
    };
    let fail = async |version: &str, times: u32| {
        for number in 0..times {
            assert_eq!(login(version, &format!("{version:0>16}{number:016}")).await, 401);
        }
        house.server.accounts.reports_written().await;
    };
    // Calls of a version are counted as they come, or here by the hundred.
    let accounts = &house.server.accounts;
    let calls = async |version: &str, number: i64| {
        assert_eq!(login(version, &house.code("u1", APP_1).await).await, 200);
        let hour = accounts.clock.now().0.div_euclid(HOUR_MS) * HOUR_MS;
        let key = Key { hour, appid: APP_1, metric: "phones_proven", cause: "", version };
        let mut tx = accounts.db.write().await.unwrap();
        rollups::add(&mut tx, 0, &mut [(key, number - 1)]).await.unwrap();
        tx.commit().await.unwrap();
    };
    calls("11", 990).await;
    fail("11", 10).await;
    house.clock.advance(86_400);
    calls("12", 160).await;
    fail("12", 40).await;
    // Few use the old version any more, and each of them fails as seldom as before.
    fail("11", 1).await;
    calls("11", 99).await;
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    let versions = viewer.dashboard(7, &Zone::default()).await.unwrap().versions;
    let told: Vec<_> = versions.iter().map(|trend| (trend.version.as_str(), trend.failed, trend.rise)).collect();
    let rise = Rise { times: 20, before: 10, after: 200 };
    assert_eq!(told, [("12", 40, Some(rise)), ("11", 11, None)]);
    assert_eq!(versions[1].over_time.failed, [0, 0, 0, 0, 0, 10, 1]);
    assert_eq!(house.count("rollups WHERE metric = 'logins' AND version = '12' AND total = 1").await, 1);
    let page = Browser::of(&house, Role::Viewer).await.page("/console").await;
    assert!(page.contains("自版本 12 起，失败率增至 20 倍：1.0% → 20.0%（含已自动修复的）"), "{page}");
    assert!(page.contains("<td>10 / 0</td>"), "the numbers of the bars are in a table");
}
