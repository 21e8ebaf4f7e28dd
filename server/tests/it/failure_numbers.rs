//! Failures by the number: floods, and versions of a mini program.

use axum::http::{Method, Request, header};
use latchkey_app::types::Zone;
use serde_json::json;

use crate::{
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
    house.post("/api/login", json!({ "code": "9".repeat(32), "appid": APP_1 })).await;
    house.server.accounts.reports_written().await;
    assert_eq!(house.count("failures WHERE times = 51").await, 1, "those left out are counted");
}

#[tokio::test]
async fn a_version_that_fails_more_is_named() {
    let house = House::with(&sqlite_url(), |config| config.limits.failed_per_minute = 10_000).await;
    let fail = async |version: u32, times: u32| {
        for number in 0..times {
            let body = json!({ "code": format!("{version:016}{number:016}"), "appid": APP_1 }).to_string();
            let referer = format!("https://servicewechat.com/{APP_1}/{version}/page-frame.html");
            let request = Request::builder().method(Method::POST).uri("/api/login").header(header::REFERER, referer);
            house.send(request.body(body.into()).unwrap()).await;
        }
        house.server.accounts.reports_written().await;
    };
    fail(11, 5).await;
    house.clock.advance(86_400);
    fail(12, 40).await;
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    let versions = viewer.dashboard(7, &Zone::default()).await.unwrap().versions;
    let told: Vec<_> = versions.iter().map(|trend| (trend.version.as_str(), trend.failed, trend.rise)).collect();
    assert_eq!(told, [("12", 40, Some(8)), ("11", 5, None)]);
}
