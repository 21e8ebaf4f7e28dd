//! What each cause rests on, through the API: the case that proves it, and the like of it that proves nothing.

use axum::http::{Request, header};
use futures::future::join_all;
use latchkey_app::types::{ButtonSaid, Cause, Failure, Field, Proof, Repair, Sent, Stage};
use serde_json::{Value, json};

use crate::{
    databases::{on_both, sqlite_url},
    failures::{bind, records, rotate},
    house::{APP_1, APP_2, House},
};

on_both!(crate::house::House::new =>
    a_client_that_logs_in_again_leaves_it_unknown,
    a_key_of_another_back_end_is_proved_by_the_minute,
    a_key_that_comes_later_and_opens_it_is_the_proof,
    a_login_is_asked_about_by_its_own_key,
    what_was_sent_in_place_of_data_is_named,
    data_of_another_mini_program_is_not_another_users,
    a_code_that_was_only_tried_is_no_login_code,
    a_refused_secret_is_told_by_the_token,
    a_changed_character_is_told_by_what_still_opens,
    lines_that_were_joined_are_healed,
    each_request_with_the_same_bad_code_has_a_record,
    a_mini_program_that_is_not_configured_is_recorded,
    user_info_signed_before_the_last_login_is_told,
    the_first_use_of_data_is_named,
    what_the_button_said_is_kept_by_its_kind,
);

async fn record(house: &House) -> Failure {
    records(house).await.remove(0)
}

async fn refused(house: &House, token: &str, body: Value) -> Failure {
    bind(house, token, body).await.refused(422, "decrypt_failed", "relogin");
    record(house).await
}

/// A minute passes, and the job comes round.
async fn a_minute_later(house: &House) -> Failure {
    house.server.accounts.reports_written().await;
    house.clock.advance(61);
    house.server.accounts.conclude_waiting().await.unwrap();
    record(house).await
}

async fn a_client_that_logs_in_again_leaves_it_unknown(house: House) {
    let token = house.token("u1").await;
    house.token("u2").await;
    house.clock.advance(90);
    let foreign = house.tap("u2", "encrypted").await;
    // The login that `relogin` asks for changes the key before WeChat is asked about the old one.
    house.sim("faults", json!({ "latencyMs": 100, "path": "checksession" })).await;
    house.code("u1", APP_1).await;
    bind(&house, &token, foreign).await.refused(422, "decrypt_failed", "relogin");
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.asked[0].key_valid), (Cause::Unknown, Some(false)));
    house.token("u1").await;
    assert_eq!(a_minute_later(&house).await.cause, Cause::Unknown);
}

async fn a_key_of_another_back_end_is_proved_by_the_minute(house: House) {
    let token = house.token("u1").await;
    rotate(&house, "u1").await;
    house.code("u1", APP_1).await;
    let tap = house.tap("u1", "encrypted").await;
    assert_eq!(refused(&house, &token, tap).await.cause, Cause::Unknown, "a newer key may be on its way");
    house.clock.advance(30);
    house.server.accounts.conclude_waiting().await.unwrap();
    assert_eq!(record(&house).await.cause, Cause::Unknown);
    let failure = a_minute_later(&house).await;
    assert_eq!((failure.cause, failure.evidence.proof), (Cause::KeyRotatedElsewhere, Proof::NewestKeyInvalid(1)));
    let counted = "(SELECT SUM(total) AS n FROM rollups WHERE cause = 'key_rotated_elsewhere') AS sums WHERE n = 1";
    assert_eq!(house.count(counted).await, 1, "recounted");
}

async fn a_key_that_comes_later_and_opens_it_is_the_proof(house: House) {
    let token = house.token("u1").await;
    rotate(&house, "u1").await;
    house.code("u1", APP_1).await;
    let tap = house.tap("u1", "encrypted").await;
    assert_eq!(refused(&house, &token, tap).await.cause, Cause::Unknown);
    // Within a minute, WeChat gives the same key once more.
    house.token("u1").await;
    let failure = a_minute_later(&house).await;
    assert_eq!((failure.cause, failure.evidence.proof), (Cause::KeyRotatedElsewhere, Proof::LaterKeyOpens));
}

/// The key of the login itself is asked about, and not the one before it.
async fn a_login_is_asked_about_by_its_own_key(house: House) {
    house.token("u1").await;
    house.token("u2").await;
    house.clock.advance(90);
    let foreign = house.tap("u2", "encrypted").await;
    let body = json!({ "appid": APP_1, "code": house.code("u1", APP_1).await, "encryptedData": foreign["encryptedData"],
        "iv": foreign["iv"] });
    assert_eq!(house.post("/api/login", body).await.data()["phoneError"]["error"], "decrypt_failed");
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.asked[0].key_valid), (Cause::Unknown, Some(true)));
    assert_eq!(a_minute_later(&house).await.cause, Cause::Unknown);
}

async fn what_was_sent_in_place_of_data_is_named(house: House) {
    let login = house.log_in("u1").await;
    let token = login["token"].as_str().unwrap();
    let tap = house.tap("u1", "both").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cloud_id = "38_PMScUUyGmzVbGfYHZKlAQR6bcxyWbXJmgnE7hqGtcAzQy4uv9L".to_owned();
    for (data, sent) in [
        (cloud_id, Sent::CloudId),
        ("encryptedData".to_owned(), Sent::Name("encryptedData".into())),
        (text(&login["userInfo"]["openId"]), Sent::Openid),
        (house.code("u1", APP_1).await, Sent::LoginCode),
        (text(&tap["code"]), Sent::PhoneCode),
        (token.to_owned(), Sent::Token),
        (text(&tap["iv"]), Sent::Iv),
    ] {
        let failure = refused(&house, token, json!({ "encryptedData": data, "iv": tap["iv"] })).await;
        let proof = Proof::SentInstead { field: Field::EncryptedData, sent };
        assert_eq!((failure.cause, failure.evidence.proof), (Cause::NotBase64, proof), "{data}");
    }
    // A part of somebody else's data proves nothing.
    house.token("u2").await;
    let foreign = text(&house.tap("u2", "encrypted").await["encryptedData"]);
    for length in [50, 65, 100] {
        let failure = refused(&house, token, json!({ "encryptedData": &foreign[..length], "iv": tap["iv"] })).await;
        assert_eq!(failure.cause, Cause::Unknown, "{length}: {failure:?}");
    }
}

async fn data_of_another_mini_program_is_not_another_users(house: House) {
    house.sim("openplatform", json!({ "appid": APP_2, "linked": false })).await;
    let token = house.token("u1").await;
    let login = json!({ "code": house.code("u1", APP_2).await, "appid": APP_2 });
    let second = house.post("/api/login", login).await.data();
    let tap = house.sim("phone", json!({ "user": "u1", "appid": APP_2, "mode": "encrypted" })).await;
    bind(&house, second["token"].as_str().unwrap(), tap.clone()).await.data();
    let failure = refused(&house, &token, tap).await;
    assert_eq!((failure.cause, failure.evidence.proof), (Cause::WrongApp, Proof::UsedInOtherApp(APP_2.into())));
}

async fn a_code_that_was_only_tried_is_no_login_code(house: House) {
    let token = house.token("u1").await;
    let phone = async |code: &str, error: &str| {
        bind(&house, &token, json!({ "code": code })).await.refused(422, error, "reauthorize");
        let failure = record(&house).await;
        (failure.cause, failure.evidence.proof)
    };
    let expired = (Cause::PhoneCodeExpired, Proof::PhoneCodeUnknown);
    let made_up = "0123456789abcdef".repeat(4);
    house.post("/api/login", json!({ "code": made_up, "appid": APP_1 })).await;
    assert_eq!(record(&house).await.cause, Cause::PhoneCodeInLoginField);
    assert_eq!(phone(&made_up, "phone_code_invalid").await, expired);
    // A phone code that was cut to 32 characters, and an MD5.
    assert_eq!(phone(&made_up[..32], "phone_code_invalid").await, expired);
    assert_eq!(phone("d41d8cd98f00b204e9800998ecf8427e", "phone_code_invalid").await, expired);
    // Good as a login code, or with the form of one.
    let form = (Cause::LoginCodeInPhoneField, Proof::LoginCodeForm);
    assert_eq!(phone(&house.code("u1", APP_1).await, "login_code_in_phone_field").await, form);
    let code = house.code("u1", APP_1).await;
    house.post("/api/login", json!({ "code": code, "appid": APP_1 })).await.data();
    let spent = (Cause::LoginCodeInPhoneField, Proof::LoginCodeSpent);
    assert_eq!(phone(&code, "login_code_in_phone_field").await, spent);
}

async fn a_refused_secret_is_told_by_the_token(house: House) {
    let token = house.token("u1").await;
    house.sim("faults", json!({ "errcode": 40001, "path": "stable_token" })).await;
    bind(&house, &token, house.tap("u1", "code").await).await.refused(500, "misconfigured", "stop");
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.evidence.errcode), (Cause::AppSecretWrong, Some(40001)));
    assert_eq!(house.count("alerts WHERE kind = 'secret_wrong'").await, 1);
    // Of the call itself it is the access_token that WeChat does not take.
    house.sim("faults", json!({ "errcode": 40001, "path": "getuserphonenumber", "times": 2 })).await;
    bind(&house, &token, house.tap("u1", "code").await).await.refused(500, "misconfigured", "stop");
    assert_eq!(record(&house).await.cause, Cause::AppMisconfigured);
}

async fn a_changed_character_is_told_by_what_still_opens(house: House) {
    let token = house.token("u1").await;
    let tap = house.tap("u1", "encrypted").await;
    let text = tap["encryptedData"].as_str().unwrap();
    for at in [3, 40, 100, text.len() - 10] {
        let other = if &text[at..=at] == "A" { "Q" } else { "A" };
        let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        let failure = refused(&house, &token, json!({ "encryptedData": changed, "iv": tap["iv"] })).await;
        assert_eq!((failure.cause, failure.healed), (Cause::ChangedInTransit, false), "{at}: {failure:?}");
    }
    let proof = record(&house).await.evidence.proof;
    assert!(matches!(proof, Proof::OpensInPart { from: 2.., .. }), "{proof:?}");
}

async fn lines_that_were_joined_are_healed(house: House) {
    let token = house.token("u1").await;
    let tap = house.tap("u1", "encrypted").await;
    let text = tap["encryptedData"].as_str().unwrap();
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    bind(&house, &token, json!({ "encryptedData": lines.join(" "), "iv": tap["iv"] })).await.data();
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.healed), (Cause::LineBreaks, true));
    let Proof::Repairs(repairs) = failure.evidence.proof else { panic!("{failure:?}") };
    let times = i64::try_from(lines.len() - 1).unwrap();
    assert_eq!(
        (repairs[0].field, repairs[0].repair, repairs[0].times),
        (Field::EncryptedData, Repair::BlanksBetweenLines, times)
    );
}

async fn each_request_with_the_same_bad_code_has_a_record(house: House) {
    house.sim("faults", json!({ "latencyMs": 200, "path": "jscode2session" })).await;
    let body = json!({ "code": "0123456789abcdefghijklmnopqrstuv", "appid": APP_1 });
    let answers = join_all((0..3).map(|_| house.post("/api/login", body.clone()))).await;
    let records = records(&house).await;
    for answer in answers {
        answer.refused(401, "login_code_invalid", "relogin");
        let id = answer.json()["requestId"].as_str().unwrap().to_owned();
        let found = records.iter().find(|record| record.request_id == id).unwrap();
        assert_eq!((found.cause, found.evidence.errcode), (Cause::CodeExpired, Some(40029)));
    }
    assert!(house.calls("/sns/jscode2session").await < 3, "asked for all of them");
}

async fn a_mini_program_that_is_not_configured_is_recorded(house: House) {
    let call = async |body: Value, referer: &str| {
        let request = Request::post("/api/login")
            .header(header::REFERER, format!("https://servicewechat.com/{referer}/12/page-frame.html"));
        let answer = house.send(request.body(body.to_string().into()).unwrap()).await;
        answer.refused(400, "unknown_app", "stop");
        record(&house).await
    };
    let code = "0".repeat(32);
    let failure = call(json!({ "code": code }), "wx00000000000000ff").await;
    assert_eq!((failure.cause, failure.stage), (Cause::UnknownApp, Stage::LoginCode));
    assert_eq!(failure.evidence.proof, Proof::NoSuchApp(Some("wx00000000000000ff".into())));
    let failure = call(json!({ "code": code, "appid": "wxelsewhere" }), APP_1).await;
    assert_eq!(failure.app.appid, "wxelsewhere");
    assert_eq!(failure.evidence.referer_appid.as_deref(), Some(APP_1));
    // Whatever a client claims: no more than an appid has, and nothing that is counted by its name.
    let failure = call(json!({ "code": code, "appid": "x".repeat(4000) }), "wx00000000000000ff").await;
    assert_eq!((failure.app.appid.as_str(), failure.evidence.proof), ("unknown", Proof::NoSuchApp(None)));
    let names = "(SELECT DISTINCT appid FROM rollups WHERE cause = 'unknown_app') AS names";
    assert_eq!(house.count(names).await, 1);
    assert!(!house.server.accounts.metrics.text().contains("wxelsewhere"));
}

async fn user_info_signed_before_the_last_login_is_told(house: House) {
    house.token("u1").await;
    let info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    let signed = json!({ "rawData": info["rawData"], "signature": info["signature"] });
    rotate(&house, "u1").await;
    house.clock.advance(2);
    let token = house.token("u1").await;
    house.post_as(&token, "/api/profile", signed).await.data();
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.healed), (Cause::LoginAfterPhoneButton, true));
    assert_eq!(failure.evidence.proof, Proof::SignedByOlder(2));
    let now = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    let signed = json!({ "rawData": now["rawData"], "signature": now["signature"] });
    house.post_as(&token, "/api/profile", signed).await.data();
    assert_eq!(records(&house).await.len(), 1, "the newest key is nothing to tell");
}

async fn the_first_use_of_data_is_named(house: House) {
    let token = house.token("u1").await;
    let tap = house.tap("u1", "encrypted").await;
    let first = bind(&house, &token, tap.clone()).await;
    house.clock.advance(700);
    let failure = refused(&house, &token, tap).await;
    let request_id = first.json()["requestId"].as_str().map(str::to_owned);
    assert_eq!(failure.evidence.proof, Proof::FirstUse { ago_s: 700, request_id, opens: true });
    assert_eq!(failure.cause, Cause::Replayed);
}

async fn what_the_button_said_is_kept_by_its_kind(house: House) {
    let token = house.token("u1").await;
    for (body, cause, errno, said) in [
        (json!({ "errMsg": "getPhoneNumber:fail user deny" }), Cause::UserDenied, None, ButtonSaid::Deny),
        (
            json!({ "errMsg": "getPhoneNumber:fail no permission 13800001234" }),
            Cause::ButtonNotPermitted,
            None,
            ButtonSaid::NoPermission,
        ),
        (json!({ "errMsg": "getPhoneNumber:fail", "errno": 108 }), Cause::Unknown, Some(108), ButtonSaid::Other),
    ] {
        bind(&house, &token, body).await.refused(400, "invalid_request", "stop");
        let failure = record(&house).await;
        assert_eq!((failure.cause, failure.evidence.proof), (cause, Proof::Button { errno, said }));
    }
    assert_eq!(house.count("failures WHERE evidence LIKE '%1380000%'").await, 0, "its words are not kept");
}

#[tokio::test]
async fn the_window_of_the_watermark_is_the_installations() {
    let wide = |config: &mut latchkey::config::Config| {
        (config.watermark_max_age_s, config.watermark_max_ahead_s) = (3600, 0);
    };
    let house = House::with(&sqlite_url(), wide).await;
    let token = house.token("u1").await;
    let tap = async |age_s: i64| {
        let body = json!({ "user": "u1", "appid": APP_1, "mode": "encrypted", "watermarkAgeS": age_s });
        house.sim("phone", body).await
    };
    bind(&house, &token, tap(3600).await).await.data();
    for (age_s, limit_s) in [(3601, 3600), (-1, 0)] {
        let failure = refused(&house, &token, tap(age_s).await).await;
        assert_eq!(
            (failure.cause, failure.evidence.proof),
            (Cause::StaleData, Proof::OutsideWindow { age_s, limit_s })
        );
    }
}
