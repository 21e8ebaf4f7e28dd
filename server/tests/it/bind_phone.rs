//! `POST /api/bindPhone`, and the phone in the same step as the login.

use futures::future::join_all;
use latchkey::{
    accounts::{Failure, PhoneProof},
    arrival::{Arrival, Client},
    config::PhoneConflict,
    sealed::Column,
    store::phone_changes::{self, PhoneChangeRow},
};
use latchkey_app::types::Role;
use serde_json::{Value, json};

use crate::{
    databases::{on_both, sqlite_url},
    desk::Desk,
    house::{APP_1, APP_2, House, phone_conflict},
    resets::person,
};

on_both!(crate::house::House::new =>
    encrypted_data_that_cannot_be_used_is_refused_in_one_way,
    a_phone_code_that_wechat_does_not_know_is_refused,
    both_ways_bind_the_same_phone_once,
    another_phone_replaces_the_first_and_stands_in_the_history,
    data_made_before_the_last_login_still_opens,
    a_phone_that_fails_leaves_a_good_login,
    binds_that_race_leave_a_whole_history,
    an_access_token_that_wechat_no_longer_takes_is_renewed_once,
    a_call_from_before_a_reset_binds_nothing,
    logins_and_binds_of_one_user_do_not_wait_for_each_other,
);

async fn history(house: &House) -> Vec<PhoneChangeRow> {
    let mut tx = house.server.accounts.db.read().await.unwrap();
    phone_changes::list(&mut tx, latchkey::store::Start::Newest, 100).await.unwrap().rows
}

async fn encrypted_data_that_cannot_be_used_is_refused_in_one_way(house: House) {
    let token = house.token("u1").await;
    let good = house.tap("u1", "encrypted").await;
    house.log_in("u2").await;
    let of_another_user = house.tap("u2", "encrypted").await;
    let tap = |extra: Value| {
        let mut body = json!({ "user": "u1", "appid": APP_1, "mode": "encrypted" });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        house.sim("phone", body)
    };
    let wrong_app = tap(json!({ "watermarkAppid": APP_2 })).await;
    let stale = tap(json!({ "watermarkAgeS": 601 })).await;
    let early = tap(json!({ "watermarkAgeS": -301 })).await;
    let user_info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    let (data, iv) = (good["encryptedData"].as_str().unwrap(), good["iv"].as_str().unwrap());
    let cases = [
        ("bad base64", json!({ "encryptedData": "!!!", "iv": iv })),
        ("cut off", json!({ "encryptedData": &data[..data.len() - 8], "iv": iv })),
        ("short iv", json!({ "encryptedData": data, "iv": "AAAA" })),
        ("bad iv", json!({ "encryptedData": data, "iv": "!!!" })),
        ("another iv", json!({ "encryptedData": data, "iv": of_another_user["iv"] })),
        ("another user's", json!({ "encryptedData": of_another_user["encryptedData"], "iv": of_another_user["iv"] })),
        ("another app's", json!({ "encryptedData": wrong_app["encryptedData"], "iv": wrong_app["iv"] })),
        ("stale", json!({ "encryptedData": stale["encryptedData"], "iv": stale["iv"] })),
        ("from the future", json!({ "encryptedData": early["encryptedData"], "iv": early["iv"] })),
        ("no phone in it", json!({ "encryptedData": user_info["encryptedData"], "iv": user_info["iv"] })),
    ];
    let mut texts = std::collections::BTreeSet::new();
    for (case, body) in cases {
        let answer = house.post_as(&token, "/api/bindPhone", body).await;
        assert_eq!(answer.status, 422, "{case}: {}", answer.text);
        answer.refused(422, "decrypt_failed", "relogin");
        let request_id = answer.header("x-request-id");
        let of_request = latchkey::support_code::of_request(request_id);
        texts.insert(answer.text.replace(request_id, "").replace(&of_request, ""));
    }
    assert_eq!(texts.len(), 1, "one text for every inner cause");
    assert_eq!(house.me(&token).await.data()["phone"], Value::Null);
    assert!(history(&house).await.is_empty());
    house.post_as(&token, "/api/bindPhone", good).await.data();
}

async fn a_phone_code_that_wechat_does_not_know_is_refused(house: House) {
    let token = house.token("u1").await;
    let bind = |code: Value| house.post_as(&token, "/api/bindPhone", json!({ "code": code }));
    bind(json!("a".repeat(64))).await.refused(422, "phone_code_invalid", "reauthorize");
    let tap = house.tap("u1", "code").await;
    bind(tap["code"].clone()).await.data();
    bind(tap["code"].clone()).await.refused(422, "phone_code_invalid", "reauthorize");
    let late = house.tap("u1", "code").await;
    house.clock.advance(301);
    bind(late["code"].clone()).await.refused(422, "phone_code_invalid", "reauthorize");
    let login_code = house.code("u1", APP_1).await;
    bind(json!(login_code)).await.refused(422, "login_code_in_phone_field", "reauthorize");
    // It was not lost by that: it still logs in.
    house.post("/api/login", json!({ "code": login_code, "appid": APP_1 })).await.data();
}

async fn both_ways_bind_the_same_phone_once(house: House) {
    house.sim("users", json!({ "user": "u1", "phone": "13580006666" })).await;
    let token = house.token("u1").await;
    let bound = house.post_as(&token, "/api/bindPhone", house.tap("u1", "encrypted").await).await.data();
    let expected = ("13580006666", "13580006666", "86", true);
    let found = (&bound["phoneNumber"], &bound["purePhoneNumber"], &bound["countryCode"], &bound["changed"]);
    assert_eq!(found, (&json!(expected.0), &json!(expected.1), &json!(expected.2), &json!(expected.3)));
    assert_eq!((&bound["userInfo"]["phone"], &bound["userInfo"]["countryCode"]), (&json!("13580006666"), &json!("86")));
    let again = house.post_as(&token, "/api/bindPhone", house.tap("u1", "code").await).await.data();
    assert_eq!(again["changed"], false);
    let both = house.post_as(&token, "/api/bindPhone", house.tap("u1", "both").await).await.data();
    assert_eq!(both["changed"], false);
    assert_eq!(history(&house).await.len(), 1);
    assert_eq!(house.me(&token).await.data()["phone"], "13580006666");
}

async fn another_phone_replaces_the_first_and_stands_in_the_history(house: House) {
    let token = house.token("u1").await;
    for (phone, country_code, shown) in
        [("13580006666", "86", "13580006666"), ("91234567", "852", "+85291234567"), ("91234567", "853", "+85391234567")]
    {
        house.clock.advance(1);
        house.sim("users", json!({ "user": "u1", "phone": phone, "countryCode": country_code })).await;
        let bound = house.post_as(&token, "/api/bindPhone", house.tap("u1", "code").await).await.data();
        assert_eq!((&bound["changed"], &bound["phoneNumber"]), (&json!(true), &json!(shown)));
        assert_eq!((&bound["purePhoneNumber"], &bound["countryCode"]), (&json!(phone), &json!(country_code)));
    }
    let rows = history(&house).await;
    let steps: Vec<_> =
        rows.iter().map(|row| (row.old_sealed.is_some(), row.new_sealed.is_some(), &*row.source)).collect();
    assert_eq!(steps, [(true, true, "code"), (true, true, "code"), (false, true, "code")]);
}

async fn data_made_before_the_last_login_still_opens(house: House) {
    let token = house.token("u1").await;
    let tap = house.tap("u1", "encrypted").await;
    // wx.login inside the phone callback: a minute later it makes a new key.
    house.clock.advance(61);
    house.log_in("u1").await;
    assert_eq!(house.count("session_keys").await, 2);
    house.post_as(&token, "/api/bindPhone", tap).await.data();
}

async fn a_phone_that_fails_leaves_a_good_login(house: House) {
    let code = house.code("u1", APP_1).await;
    let body = json!({ "code": code, "appid": APP_1, "phoneCode": "a".repeat(64) });
    let data = house.post("/api/login", body).await.data();
    assert_eq!(
        (&data["phoneError"]["error"], &data["phoneError"]["nextStep"]),
        (&json!("phone_code_invalid"), &json!("reauthorize"))
    );
    house.me(data["token"].as_str().unwrap()).await.data();

    let code = house.code("u1", APP_1).await;
    let tap = house.tap("u1", "both").await;
    let body = json!({ "code": code, "appid": APP_1, "encryptedData": tap["encryptedData"], "iv": tap["iv"], "phoneCode": tap["code"] });
    let data = house.post("/api/login", body).await.data();
    assert!(data.get("phoneError").is_none() && data["userInfo"]["phone"].is_string(), "{data}");
    assert_eq!(house.calls("/wxa/business/getuserphonenumber").await, 1, "what decrypts costs no call");
}

async fn binds_that_race_leave_a_whole_history(house: House) {
    let token = house.token("u1").await;
    let mut taps = Vec::new();
    for number in 0..10 {
        let phone = format!("1358000{number:04}");
        taps.push(house.sim("phone", json!({ "user": "u1", "appid": APP_1, "mode": "code", "phone": phone })).await);
    }
    let second_node = house.second_node().await;
    let nodes = [&house, &second_node];
    let calls =
        taps.into_iter().enumerate().map(|(number, tap)| nodes[number % 2].post_as(&token, "/api/bindPhone", tap));
    for answer in join_all(calls).await {
        answer.data();
    }
    let rows = history(&house).await;
    assert_eq!(rows.len(), 10);
    let open = |column, row: &PhoneChangeRow, sealed: &Option<Vec<u8>>| {
        let vault = &house.server.accounts.vault;
        sealed.as_ref().map(|sealed| vault.open_text(column, row.id, sealed).unwrap().to_string())
    };
    // Newest first: each change starts from what the one before it ended with.
    for (later, earlier) in rows.iter().zip(&rows[1..]) {
        let before = open(Column::NewPhone, earlier, &earlier.new_sealed);
        assert_eq!(open(Column::OldPhone, later, &later.old_sealed), before);
    }
    assert!(rows[9].old_sealed.is_none());
}

async fn an_access_token_that_wechat_no_longer_takes_is_renewed_once(house: House) {
    let token = house.token("u1").await;
    let bind = |tap: Value| house.post_as(&token, "/api/bindPhone", tap);
    bind(house.tap("u1", "code").await).await.data();
    bind(house.tap("u1", "code").await).await.data();
    assert_eq!(house.calls("/cgi-bin/stable_token").await, 1, "kept");
    let force =
        json!({ "grant_type": "client_credential", "appid": APP_1, "secret": "1".repeat(32), "force_refresh": true });
    assert!(house.wechat_post("/cgi-bin/stable_token", force).await["access_token"].is_string());
    bind(house.tap("u1", "code").await).await.data();
    assert_eq!(house.calls("/cgi-bin/stable_token").await, 3, "ours, the other server's, and ours once more");
    // In its last five minutes it is renewed without being asked.
    house.clock.advance(6901);
    bind(house.tap("u1", "code").await).await.data();
    assert_eq!(house.calls("/cgi-bin/stable_token").await, 4);
}

/// Two users with the same number, the second by `rule`; the second's answer and both tokens.
async fn second_owner(rule: PhoneConflict) -> (House, [String; 2], crate::house::Answer) {
    let house = House::with(&sqlite_url(), phone_conflict(rule)).await;
    let mut tokens = Vec::new();
    for user in ["u1", "u2"] {
        house.sim("users", json!({ "user": user, "phone": "13580006666" })).await;
        tokens.push(house.token(user).await);
    }
    house.post_as(&tokens[0], "/api/bindPhone", house.tap("u1", "code").await).await.data();
    let answer = house.post_as(&tokens[1], "/api/bindPhone", house.tap("u2", "code").await).await;
    (house, tokens.try_into().unwrap(), answer)
}

#[tokio::test]
async fn a_number_of_somebody_else_is_refused_where_the_rule_says_so() {
    let (house, [first, second], answer) = second_owner(PhoneConflict::Reject).await;
    answer.refused(409, "phone_conflict", "stop");
    assert_eq!(house.me(&second).await.data()["phone"], Value::Null);
    assert_eq!(house.me(&first).await.data()["phone"], "13580006666");
    assert_eq!(history(&house).await.len(), 1);
    // At login the refusal is the phone's alone.
    let code = house.code("u2", APP_1).await;
    let tap = house.tap("u2", "code").await;
    let body = json!({ "code": code, "appid": APP_1, "phoneCode": tap["code"] });
    assert_eq!(house.post("/api/login", body).await.data()["phoneError"]["error"], "phone_conflict");
}

#[tokio::test]
async fn a_number_of_somebody_else_moves_where_the_rule_says_so() {
    let (house, [first, second], answer) = second_owner(PhoneConflict::Move).await;
    answer.data();
    assert_eq!(house.me(&first).await.data()["phone"], Value::Null);
    assert_eq!(house.me(&second).await.data()["phone"], "13580006666");
    let sources: std::collections::BTreeSet<_> =
        history(&house).await.into_iter().map(|row| (row.source, row.new_sealed.is_some())).collect();
    assert_eq!(sources, [("code".to_owned(), true), ("moved".to_owned(), false)].into());
}

#[tokio::test]
async fn a_number_may_be_shared_by_default() {
    let (house, [first, second], answer) = second_owner(PhoneConflict::Allow).await;
    answer.data();
    for token in [first, second] {
        assert_eq!(house.me(&token).await.data()["phone"], "13580006666");
    }
}

/// Support resets the user while WeChat is still being asked for the number.
async fn a_call_from_before_a_reset_binds_nothing(house: House) {
    let accounts = &house.server.accounts;
    let support = Desk::of(&house, Role::Support).await;
    let address = [203, 0, 113, 7].into();
    for what in ["phone", "sessions", "everything"] {
        let (user, token) = person(&house, what, "13580006666").await;
        let session = accounts.authenticate(&token).await.unwrap();
        support.reset(&user, what, "").await;
        house.sim("users", json!({ "user": what, "phone": "13580007777" })).await;
        let code = house.tap(what, "code").await["code"].as_str().map(str::to_owned);
        let at = house.clock.now();
        let arrival = Arrival { request_id: accounts.random.id(at), at, address, client: Client::default() };
        let bound = accounts.bind_phone(session, PhoneProof { encrypted: None, code }, arrival).await;
        assert!(matches!(bound.err(), Some(Failure::Unauthorized)), "{what}");
        assert!(!support.user(&user).await.phone_changes.iter().any(|line| line.new.as_deref() == Some("135******77")));
    }
}

async fn logins_and_binds_of_one_user_do_not_wait_for_each_other(house: House) {
    let token = house.token("u1").await;
    for round in 0..12 {
        house.sim("users", json!({ "user": "u1", "phone": format!("135800066{round:02}") })).await;
        let mut taps = Vec::new();
        for _ in 0..4 {
            taps.push((house.code("u1", APP_1).await, house.tap("u1", "code").await, house.tap("u1", "code").await));
        }
        let (house, token) = (&house, &token);
        let both = taps.into_iter().map(|(code, with_login, alone)| async move {
            let body = json!({ "code": code, "appid": APP_1, "phoneCode": with_login["code"] });
            tokio::join!(house.post("/api/login", body), house.post_as(token, "/api/bindPhone", alone))
        });
        for (login, bind) in join_all(both).await {
            assert_eq!((login.status, bind.status), (200, 200), "{round}: {} {}", login.text, bind.text);
        }
    }
}
