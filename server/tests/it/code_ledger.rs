//! The ledger of login codes when clocks differ and nodes die.

use latchkey::{
    accounts::{Failure, LogIn},
    arrival::{Arrival, Client},
    sealed::sha256,
    store::login_codes::{self, Claim},
};
use serde_json::{Value, json};

use crate::{
    databases::{by_hand, on_both},
    house::{APP_1, House},
};

on_both!(crate::house::House::new =>
    a_spent_code_stays_spent_when_the_clock_is_set_back,
    a_spent_code_stays_spent_on_a_node_with_another_clock,
    a_failed_code_may_come_again_whatever_the_clock_says,
    a_caller_who_came_before_the_outcome_shares_it,
    a_code_whose_node_died_is_exchanged_by_the_next_one,
    a_code_that_a_dead_node_had_spent_is_used,
);

async fn login_body(house: &House) -> Value {
    json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 })
}

async fn a_spent_code_stays_spent_when_the_clock_is_set_back(house: House) {
    let body = login_body(&house).await;
    house.post("/api/login", body.clone()).await.data();
    for seconds in [-1, -3600, -48 * 3600] {
        house.clock.advance(seconds);
        house.post("/api/login", body.clone()).await.refused(401, "login_code_used", "relogin");
        house.clock.advance(-seconds);
    }
    // The database's clock, too.
    by_hand(&house.server.accounts.db, "UPDATE login_codes SET state_since = state_since + 3600000").await;
    house.post("/api/login", body).await.refused(401, "login_code_used", "relogin");
}

async fn a_spent_code_stays_spent_on_a_node_with_another_clock(house: House) {
    for seconds in [-30, -3600, 30] {
        let other = house.node_ahead_by(seconds).await;
        let body = login_body(&house).await;
        house.post("/api/login", body.clone()).await.data();
        other.post("/api/login", body.clone()).await.refused(401, "login_code_used", "relogin");
        house.post("/api/login", body).await.refused(401, "login_code_used", "relogin");
    }
    assert_eq!(house.calls("/sns/jscode2session").await, 3);
}

async fn a_failed_code_may_come_again_whatever_the_clock_says(house: House) {
    for seconds in [-60, 60] {
        house.sim("faults", json!({ "busy": true, "times": 2 })).await;
        let body = login_body(&house).await;
        house.post("/api/login", body.clone()).await.refused(503, "wechat_unavailable", "retry");
        let other = house.node_ahead_by(seconds).await;
        other.post("/api/login", body).await.data();
    }
}

/// The same code from a caller who has been there since a second.
async fn log_in_since_a_second(house: &House, code: &Value) -> Result<bool, Failure> {
    let (accounts, at) = (&house.server.accounts, house.clock.now().plus_seconds(-1));
    let (appid, code) = (APP_1.to_owned(), code.as_str().unwrap().to_owned());
    let request_id = accounts.random.id(at);
    let arrival = Arrival { request_id, at, address: [203, 0, 113, 1].into(), client: Client::default() };
    accounts
        .log_in(LogIn { appid, code, phone: None, profile: None, whole: false }, arrival)
        .await
        .map(|login| login.is_new)
}

async fn a_caller_who_came_before_the_outcome_shares_it(house: House) {
    let body = login_body(&house).await;
    house.post("/api/login", body.clone()).await.data();
    // Its connection was accepted while the exchange ran, and read only afterwards.
    by_hand(&house.server.accounts.db, "UPDATE login_codes SET state_since = state_since - 1000").await;
    let late = log_in_since_a_second(&house, &body["code"]).await;
    assert!(matches!(late, Err(Failure::LoginCodeUsed)), "at most a second");
    by_hand(&house.server.accounts.db, "UPDATE login_codes SET state_since = state_since + 5000").await;
    let before = log_in_since_a_second(&house, &body["code"]).await;
    assert!(matches!(before, Err(Failure::LoginCodeUsed)), "the database's clock was set back");

    // A busy machine may need longer than a second for this.
    for _ in 0..10 {
        let body = login_body(&house).await;
        house.post("/api/login", body.clone()).await.data();
        if log_in_since_a_second(&house, &body["code"]).await.is_ok() {
            return;
        }
    }
    panic!("the outcome was never shared");
}

/// The row that a node leaves behind when it dies while it asks WeChat.
async fn die_exchanging(house: &House, code: &Value, lease_ms: i64) {
    let hash = sha256(&[b"login code/", APP_1.as_bytes(), b"/", code.as_str().unwrap().as_bytes()]);
    let mut tx = house.server.accounts.db.write().await.unwrap();
    let claim = Claim { hash, appid: APP_1, now: house.clock.now(), waited_ms: 0, lease_ms };
    assert!(login_codes::claim(&mut tx, claim, "").await.unwrap());
    tx.commit().await.unwrap();
}

async fn a_code_whose_node_died_is_exchanged_by_the_next_one(house: House) {
    let body = login_body(&house).await;
    die_exchanging(&house, &body["code"], 0).await;
    by_hand(&house.server.accounts.db, "UPDATE login_codes SET state_since = state_since - 42000").await;
    house.post("/api/login", body).await.data();
}

async fn a_code_that_a_dead_node_had_spent_is_used(house: House) {
    let quick = house.node_with(|config| config.wechat.timeout_ms = 1_000).await;
    let body = login_body(&house).await;
    let (secret, code) = ("1".repeat(32), body["code"].as_str().unwrap());
    let query = format!("appid={APP_1}&secret={secret}&js_code={code}&grant_type=authorization_code");
    assert!(house.wechat(&format!("/sns/jscode2session?{query}")).await["openid"].is_string());
    die_exchanging(&house, &body["code"], 0).await;
    // It waits until the dead node would have been done, at most, and asks WeChat itself.
    quick.post("/api/login", body).await.refused(401, "login_code_used", "relogin");
    assert_eq!(house.calls("/sns/jscode2session").await, 2);
}
