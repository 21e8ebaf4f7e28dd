//! What an operator has to put right, seen where he looks for it.

use latchkey::secret::Secret;
use latchkey_app::{
    error::ConsoleError,
    types::{AlertKind, MiniProgram, Role},
};
use serde_json::json;

use crate::{
    databases::{on_both, sqlite_url},
    desk::{Desk, Filled, seen},
    house::{APP_1, House},
};

on_both!(crate::house::House::new =>
    a_leaked_secret_is_an_alert_until_it_is_settled,
    quota_and_settings_are_alerts_and_a_clients_mistakes_are_not,
    a_reset_ends_the_old_key_here_and_at_wechat,
);

async fn alerts(house: &House) -> Vec<(AlertKind, i64, Option<i64>)> {
    let programs: Vec<MiniProgram> =
        house.console("viewer").await.viewer().await.unwrap().mini_programs().await.unwrap();
    let program = programs.into_iter().find(|program| program.app.appid == APP_1).unwrap();
    program.alerts.into_iter().map(|alert| (alert.kind, alert.times, alert.errcode)).collect()
}

async fn a_leaked_secret_is_an_alert_until_it_is_settled(house: House) {
    let leak = async || {
        let code = house.code("u1", APP_1).await;
        let tap = house.tap("u1", "encrypted").await;
        let body = json!({ "appid": APP_1, "secret": "1".repeat(32), "code": code,
            "encryptedData": tap["encryptedData"], "iv": tap["iv"] });
        house.post("/getPhoneNumber", body).await.data();
    };
    leak().await;
    leak().await;
    assert_eq!(alerts(&house).await, [(AlertKind::SecretLeaked, 1, None)], "a flood is not written call by call");
    house.clock.advance(61);
    leak().await;
    assert_eq!(alerts(&house).await, [(AlertKind::SecretLeaked, 3, None)]);
    let admin = house.console("admin").await.admin().await.unwrap();
    let settle = |last_at| admin.settle_alert(APP_1, AlertKind::SecretLeaked, last_at);
    let seen = house.clock.now();
    // What happened after the page was read is not settled with it.
    assert_eq!(settle(seen.plus_seconds(-61)).await, Err(ConsoleError::Stale));
    settle(seen).await.unwrap();
    assert_eq!(alerts(&house).await, []);
    assert_eq!(settle(seen).await, Err(ConsoleError::NotFound));
    leak().await;
    assert_eq!(alerts(&house).await, [(AlertKind::SecretLeaked, 1, None)], "it comes back with its cause");
}

async fn quota_and_settings_are_alerts_and_a_clients_mistakes_are_not(house: House) {
    let token = house.token("u1").await;
    house.post("/api/login", json!({ "appid": APP_1, "code": "0".repeat(32) })).await;
    house.post_as(&token, "/api/bindPhone", json!({ "code": "0".repeat(64) })).await;
    assert_eq!(alerts(&house).await, []);
    for (errcode, error, kind) in [
        (45009, "rate_limited", AlertKind::DayQuota),
        (45011, "rate_limited", AlertKind::MinuteQuota),
        (48001, "misconfigured", AlertKind::NotPermitted),
        (40243, "misconfigured", AlertKind::SecretFrozen),
        (89503, "misconfigured", AlertKind::AddressUnconfirmed),
        (40164, "misconfigured", AlertKind::AddressNotListed),
    ] {
        house.sim("faults", json!({ "errcode": errcode, "times": 1 })).await;
        let code = house.code("u1", APP_1).await;
        let answer = house.post("/api/login", json!({ "appid": APP_1, "code": code })).await;
        assert_eq!(answer.json()["error"], error, "{errcode}");
        assert!(alerts(&house).await.contains(&(kind, 1, Some(errcode))), "{errcode}");
    }
}

async fn a_reset_ends_the_old_key_here_and_at_wechat(house: House) {
    let login = house.log_in("u1").await;
    let token = login["token"].as_str().unwrap();
    let old = house.tap("u1", "encrypted").await;
    let user = login["userInfo"]["userId"].as_str().unwrap();
    let support = Desk::of(&house, Role::Support).await;
    let binding = support.user(user).await.bindings[0].id.clone();
    let preview = support.reset(user, "wechat_session", &binding).await;
    assert!(preview.contains("不能撤销"), "{preview}");
    house.me(token).await.data();
    house.post_as(token, "/api/bindPhone", old).await.refused(422, "decrypt_failed", "relogin");
    let new = house.tap("u1", "encrypted").await;
    house.post_as(token, "/api/bindPhone", new).await.data();
    assert!(house.server.accounts.verify_audit().await.unwrap().is_ok());
    assert_eq!(house.count("audit WHERE action = 'reset_wechat_session'").await, 1);
    // A key that WeChat no longer takes cannot be reset.
    house.sim("rotate", json!({ "user": "u1", "appid": APP_1 })).await;
    let shown = seen(&support.preview(user, "wechat_session", &binding).await.text);
    let again = Filled { reason: "once more", typed: user };
    let to = support.confirm(user, "wechat_session", &binding, &shown, &again).await;
    assert_eq!(to, format!("/console/users/{user}?problem=NoSession"));
}

#[tokio::test]
async fn a_wrong_secret_is_told_with_its_rid() {
    let change = |config: &mut latchkey::config::Config| {
        let mut app = config.apps.find(APP_1).unwrap().clone();
        app.secret = Secret::new("9".repeat(32));
        config.apps = latchkey::config::Apps::new(vec![app]);
    };
    let house = House::with(&sqlite_url(), change).await;
    let code = house.code("u1", APP_1).await;
    house.post("/api/login", json!({ "code": code })).await.refused(500, "misconfigured", "stop");
    let programs = house.console("viewer").await.viewer().await.unwrap().mini_programs().await.unwrap();
    let alert = &programs[0].alerts[0];
    assert_eq!((alert.kind, alert.errcode, alert.rid.is_some()), (AlertKind::SecretWrong, Some(40125), true));
}
