//! The support code: what a user reads from a screenshot leads support to the failure.

use axum::{body::Body, http::Method};
use latchkey::{
    store::failures::{self, FailureRow},
    support_code,
};
use latchkey_app::types::{FailureQuery, Role};
use serde_json::json;

use crate::{
    browser::Browser,
    databases::{NOW, on_both, sqlite_url},
    house::{APP_1, House},
};

on_both!(crate::house::House::new =>
    a_code_of_no_record_says_which_failures_leave_none,
    a_mistyped_code_is_told_apart,
    a_code_opens_the_failure_however_it_is_typed,
    several_hits_are_listed_and_never_opened,
    an_erasure_takes_the_code,
);

/// Where the search box leads.
async fn search(browser: &Browser<'_>, q: &str) -> String {
    let answer = browser.post("search", &[("q", q)]).await;
    assert_eq!(answer.status, 302, "{q}: {}", answer.text);
    answer.header("location").to_owned()
}

/// The page that the search box leads to.
async fn found(browser: &Browser<'_>, q: &str) -> String {
    let to = search(browser, q).await;
    assert!(to.starts_with("/console/users?"), "{q}: {to}");
    browser.get(&to).await.text
}

/// The support code of a login that failed, once its record is written.
async fn failed_login(house: &House) -> String {
    let answer = house.post("/api/login", json!({ "code": "0".repeat(32), "appid": APP_1 })).await;
    answer.refused(401, "login_code_invalid", "relogin");
    house.server.accounts.reports_written().await;
    answer.json()["supportCode"].as_str().unwrap().to_owned()
}

async fn a_code_of_no_record_says_which_failures_leave_none(house: House) {
    let answer = house.post("/api/login", json!({ "appid": APP_1 })).await;
    answer.refused(400, "invalid_request", "stop");
    let browser = Browser::of(&house, Role::Viewer).await;
    let page = found(&browser, answer.json()["supportCode"].as_str().unwrap()).await;
    assert!(page.contains("没有与此支持码对应的记录") && page.contains("429"), "{page}");
}

async fn a_mistyped_code_is_told_apart(house: House) {
    let code = failed_login(&house).await;
    let browser = Browser::of(&house, Role::Viewer).await;
    let wrong = if code.ends_with('2') { '3' } else { '2' };
    let wrong = format!("{}{wrong}", &code[..8]);
    for typed in [wrong.as_str(), "OIL0-1234"] {
        let page = found(&browser, typed).await;
        assert!(page.contains("支持码有误"), "{typed}: {page}");
    }
    assert!(!found(&browser, "jonathan").await.contains("支持码有误"), "a name is no code");
}

async fn a_code_opens_the_failure_however_it_is_typed(house: House) {
    let token = house.token("u1").await;
    let spoilt = json!({ "encryptedData": "AAAA", "iv": "AAAAAAAAAAAAAAAAAAAAAA==" });
    let refused = house.post_as(&token, "/api/bindPhone", spoilt).await;
    refused.refused(422, "decrypt_failed", "relogin");
    let of_user = refused.json()["supportCode"].as_str().unwrap().to_owned();
    let of_nobody = failed_login(&house).await;
    let browser = Browser::of(&house, Role::Viewer).await;
    for code in [of_user, of_nobody] {
        let to = search(&browser, &code).await;
        assert!(to.starts_with("/console/failures/"), "{code}: {to}");
        let bare = code.replace('-', "");
        for typed in [code.to_lowercase(), bare.clone(), format!(" {} {} ", &bare[..4], &bare[4..])] {
            assert_eq!(search(&browser, &typed).await, to, "{typed:?}");
        }
    }
}

async fn several_hits_are_listed_and_never_opened(house: House) {
    let code = failed_login(&house).await;
    let mut tx = house.server.accounts.db.write().await.unwrap();
    let like = failures::by_support_code(&mut tx, &code, 9).await.unwrap().remove(0);
    let id = house.server.accounts.random.id(NOW);
    let other = FailureRow { id, request_id: "another".into(), ..like.clone() };
    failures::insert(&mut tx, &other).await.unwrap();
    tx.commit().await.unwrap();
    let browser = Browser::of(&house, Role::Viewer).await;
    let page = found(&browser, &code).await;
    for id in [like.id, id] {
        assert!(page.contains(&format!("/console/failures/{id}")), "{page}");
    }
    // A person whose nickname reads like a code: both are listed.
    let code = failed_login(&house).await;
    let token = house.token("u1").await;
    house.post_as(&token, "/api/profile", json!({ "nickName": code })).await.data();
    let page = found(&browser, &code).await;
    assert!(page.contains("/console/failures/") && page.contains("/console/users/"), "{page}");
}

async fn an_erasure_takes_the_code(house: House) {
    let token = house.token("u1").await;
    let spoilt = json!({ "encryptedData": "AAAA", "iv": "AAAAAAAAAAAAAAAAAAAAAA==" });
    let code = house.post_as(&token, "/api/bindPhone", spoilt).await.json()["supportCode"].as_str().unwrap().to_owned();
    house.server.accounts.reports_written().await;
    assert_eq!(house.count(&format!("failures WHERE support_code = '{code}'")).await, 1);
    let console = house.console("viewer").await;
    let list = console.viewer().await.unwrap().failures(FailureQuery::default()).await.unwrap();
    let user = list.page.items[0].user.as_ref().unwrap().id.parse().unwrap();
    let mut tx = house.server.accounts.db.write().await.unwrap();
    failures::erase_of(&mut tx, user).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(house.count("failures WHERE support_code IS NOT NULL").await, 0);
}

#[tokio::test]
async fn every_failure_answer_has_a_code() {
    let house = House::new(&sqlite_url()).await;
    house.call(Method::GET, "/api/nothing", None, Body::empty()).await.refused(404, "invalid_request", "stop");
    house.call(Method::GET, "/api/login", None, Body::empty()).await.refused(405, "invalid_request", "stop");
    house.post("/api/login", json!({ "code": "a".repeat(65 * 1024) })).await.refused(413, "invalid_request", "stop");
    house.post("/thirdSession", json!({})).await.refused(400, "invalid_request", "stop");
    house.me("nobody").await.refused(401, "unauthorized", "relogin");
    let code = house.code("u1", APP_1).await;
    let body = json!({ "appid": APP_1, "code": code, "encryptedData": "AAAA", "iv": "AAAA" });
    let login = house.post("/api/login", body).await;
    let of_request = support_code::of_request(login.header("x-request-id"));
    assert_eq!(login.data()["phoneError"]["supportCode"], of_request);
    house.server.accounts.reports_written().await;
    let mut tx = house.server.accounts.db.read().await.unwrap();
    assert_eq!(failures::by_support_code(&mut tx, &of_request, 9).await.unwrap().len(), 1);
}
