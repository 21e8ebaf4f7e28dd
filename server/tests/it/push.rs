//! What WeChat pushes, from the simulator over HTTP.

use axum::http::Request;
use serde_json::{Value, json};

use latchkey::config::{App, Apps, Config};
use latchkey_app::types::{Cause, Stage};

use crate::{
    databases::on_both,
    failures::newest,
    house::{APP_1, APP_2, House},
};

on_both!(crate::push::house_that_takes_plain =>
    what_is_not_from_wechat_is_refused,
    the_address_is_verified,
    a_revoked_phone_is_gone_in_every_mode_and_format,
    other_revocations_take_what_they_name,
    a_modified_profile_is_forgotten,
    a_cancelled_account_is_erased_and_comes_back_as_a_new_user,
    repeats_change_nothing,
    plain_messages_are_refused_where_a_key_is_configured,
    a_signature_is_good_for_one_content,
);

/// A node whose mini programs take plain messages beside encrypted ones.
async fn house_that_takes_plain(database_url: &str) -> House {
    House::with(database_url, |config| push_plain(config, true)).await
}

fn push_plain(config: &mut Config, push_plain: bool) {
    config.apps = Apps::new(config.apps.iter().map(|app| App { push_plain, ..app.clone() }).collect());
}

async fn push(house: &House, body: Value) -> Value {
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    let mut push = json!({ "appid": APP_1, "user": "u1", "url": url });
    push.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    house.sim("push", push).await
}

async fn with_phone(house: &House) -> String {
    let token = house.token("u1").await;
    house.post_as(&token, "/api/bindPhone", house.tap("u1", "code").await).await.data();
    token
}

async fn phone_rows(house: &House, condition: &str) -> i64 {
    house.count(&format!("phone_changes WHERE {condition}")).await
}

async fn what_is_not_from_wechat_is_refused(house: House) {
    let token = with_phone(&house).await;
    let revoke = |knob: Value| {
        let mut body = json!({ "event": "user_authorization_revoke" });
        body.as_object_mut().unwrap().extend(knob.as_object().unwrap().clone());
        body
    };
    let old = house.clock.now().seconds() - 700;
    for (knob, status) in [
        (json!({ "wrongSignature": true }), 403),
        (json!({ "wrongSignature": true, "mode": "plain" }), 403),
        (json!({ "wrongReceiver": true }), 403),
        (json!({ "garbagePadding": true }), 403),
        (json!({ "token": "pushtoken9" }), 403),
        (json!({ "aesKey": "9".repeat(43) }), 403),
        (json!({ "timestamp": old }), 403),
        (json!({ "timestamp": old, "mode": "plain" }), 403),
    ] {
        let answer = push(&house, revoke(knob.clone())).await;
        assert_eq!((&answer["status"], &answer["accepted"]), (&json!(status), &json!(false)), "{knob}");
    }
    let url = format!("{}/wechat/push/wx0000000000000009", house.listen().await);
    assert_eq!(push(&house, json!({ "event": "verify", "url": url })).await["status"], 404);
    assert!(!house.me(&token).await.data()["phone"].is_null());
    for (query, body) in [("", "{}"), ("?signature=1&timestamp=x&nonce=", "<xml>"), ("?timestamp=1", "\u{0}")] {
        let path = format!("/wechat/push/{APP_1}{query}");
        assert_eq!(house.send(Request::post(path).body(body.into()).unwrap()).await.status, 403, "{query}");
    }
}

async fn the_address_is_verified(house: House) {
    let answer = push(&house, json!({ "event": "verify" })).await;
    assert_eq!((&answer["status"], &answer["accepted"]), (&json!(200), &json!(true)), "{answer}");
    let answer = push(&house, json!({ "event": "verify", "wrongSignature": true })).await;
    assert_eq!((&answer["status"], &answer["accepted"]), (&json!(403), &json!(false)), "{answer}");
}

async fn a_revoked_phone_is_gone_in_every_mode_and_format(house: House) {
    let token = with_phone(&house).await;
    for mode in ["plain", "compatible", "safe"] {
        for format in ["json", "xml"] {
            house.post_as(&token, "/api/bindPhone", house.tap("u1", "code").await).await.data();
            assert!(!house.me(&token).await.data()["phone"].is_null());
            house.clock.advance(2);
            let event = json!({ "event": "user_authorization_revoke", "mode": mode, "format": format });
            let answer = push(&house, event).await;
            assert_eq!((&answer["status"], &answer["body"]), (&json!(200), &json!("success")), "{mode} {format}");
            assert!(house.me(&token).await.data()["phone"].is_null(), "{mode} {format}");
            assert_eq!(phone_rows(&house, "old_sealed IS NOT NULL OR new_sealed IS NOT NULL").await, 0);
        }
    }
    // The lines of the history and the records of the erasures stay: a bind and a revocation each time.
    assert_eq!((house.count("phone_changes").await, house.count("erasures").await), (12, 6));
    assert_eq!(house.count("users WHERE phone_hash IS NOT NULL").await, 0);
}

async fn other_revocations_take_what_they_name(house: House) {
    let token = with_phone(&house).await;
    let profile = json!({ "nickName": "小明", "avatarUrl": "https://example.com/a.png", "city": "广州" });
    house.post_as(&token, "/api/profile", profile.clone()).await.data();
    for number in ["2", "13", "99", ""] {
        push(&house, json!({ "event": "user_authorization_revoke", "revokeInfo": number })).await;
    }
    assert_eq!(house.count("erasures").await, 0);
    for (number, nickname, avatar) in [("19", false, true), ("20", true, false), ("6", false, false)] {
        house.post_as(&token, "/api/profile", profile.clone()).await.data();
        push(&house, json!({ "event": "user_authorization_revoke", "revokeInfo": number })).await;
        let user = house.me(&token).await.data();
        assert_eq!((!user["nickName"].is_null(), !user["avatarUrl"].is_null()), (nickname, avatar), "{number}: {user}");
        assert!(!user["phone"].is_null() && user["city"] == "广州", "{number}: {user}");
    }
}

async fn a_modified_profile_is_forgotten(house: House) {
    let token = house.token("u1").await;
    house.post_as(&token, "/api/profile", json!({ "nickName": "小明" })).await.data();
    let answer = push(&house, json!({ "event": "user_info_modified", "withoutOpenId": true })).await;
    assert_eq!(answer["body"], "success", "it was seen without an openid");
    assert_eq!(house.me(&token).await.data()["nickName"], "小明");
    push(&house, json!({ "event": "user_info_modified" })).await;
    assert!(house.me(&token).await.data()["nickName"].is_null());
}

async fn a_cancelled_account_is_erased_and_comes_back_as_a_new_user(house: House) {
    let token = with_phone(&house).await;
    let elsewhere = house.code("u1", APP_2).await;
    house.post("/api/login", json!({ "code": elsewhere, "appid": APP_2 })).await.data();
    house.post_as(&token, "/api/profile", json!({ "nickName": "小明", "city": "广州", "gender": 1 })).await.data();
    let before = house.me(&token).await.data();
    push(&house, json!({ "event": "user_authorization_cancellation" })).await;
    house.me(&token).await.refused(401, "unauthorized", "relogin");
    for table in [
        "bindings",
        "session_keys",
        "tokens",
        "users WHERE nickname IS NOT NULL OR city IS NOT NULL OR phone_sealed IS NOT NULL OR gender <> 0",
        "phone_changes WHERE old_sealed IS NOT NULL OR new_sealed IS NOT NULL",
    ] {
        assert_eq!(house.count(table).await, 0, "{table}");
    }
    assert_eq!(house.count("erasures WHERE what = 'everything'").await, 1);
    let back = house.log_in("u1").await;
    assert_eq!((&back["isNew"], &back["userInfo"]["openId"]), (&json!(true), &before["openId"]));
    assert_ne!(back["userInfo"]["userId"], before["userId"]);
}

async fn plain_messages_are_refused_where_a_key_is_configured(house: House) {
    let token = with_phone(&house).await;
    let strict = House::with(house.config.database_url.expose(), |config| push_plain(config, false)).await;
    for knobs in [
        json!({ "mode": "plain" }),
        json!({ "mode": "plain", "format": "xml" }),
        json!({ "mode": "plain", "encryptType": "raw" }),
        json!({ "mode": "plain", "encryptType": "aes" }),
    ] {
        let mut event = json!({ "event": "user_authorization_cancellation" });
        event.as_object_mut().unwrap().extend(knobs.as_object().unwrap().clone());
        assert_eq!(push(&strict, event).await["status"], 403, "{knobs}");
        assert_eq!(newest(&strict).await, (Cause::PushNotEncrypted, Stage::Push, false), "{knobs}");
    }
    assert_eq!(strict.me(&token).await.status, 200);
    // The query says nothing that counts.
    for (mode, encrypt_type) in [("safe", "raw"), ("compatible", "raw"), ("safe", "")] {
        house.post_as(&token, "/api/bindPhone", house.tap("u1", "code").await).await.data();
        house.clock.advance(2);
        strict.clock.advance(2);
        let revoke = json!({ "event": "user_authorization_revoke", "mode": mode, "encryptType": encrypt_type });
        assert_eq!(push(&strict, revoke).await["body"], "success", "{mode} {encrypt_type}");
        assert!(strict.me(&token).await.data()["phone"].is_null(), "{mode} {encrypt_type}");
    }
}

/// Who reads the address of a verification or of a push in the log of a proxy must not be able to send anything else.
async fn a_signature_is_good_for_one_content(house: House) {
    let token = with_phone(&house).await;
    let at = house.clock.now().seconds();
    let second = house.second_node().await;
    let seen = |nonce: &str, event: &str| json!({ "event": event, "mode": "plain", "timestamp": at, "nonce": nonce, "createTime": at });
    assert_eq!(push(&house, seen("1", "verify")).await["status"], 200);
    for node in [&house, &second] {
        assert_eq!(push(node, seen("1", "user_authorization_cancellation")).await["status"], 403);
        assert_eq!(newest(node).await, (Cause::PushReplayed, Stage::Push, false));
    }
    assert_eq!(push(&second, seen("1", "verify")).await["status"], 403, "its echo is another one");
    // A message that is refused has used up its signature, too.
    let unreadable = json!({ "event": "user_info_modified", "mode": "safe", "timestamp": at, "nonce": "2",
        "aesKey": "9".repeat(43) });
    assert_eq!(push(&house, unreadable).await["status"], 403);
    assert_eq!(push(&second, seen("2", "user_authorization_cancellation")).await["status"], 403);
    assert_eq!(push(&house, seen("3", "user_info_modified")).await["status"], 200);
    assert_eq!(push(&second, seen("3", "verify")).await["status"], 403);
    assert_eq!(house.me(&token).await.status, 200);
}

async fn repeats_change_nothing(house: House) {
    let token = with_phone(&house).await;
    let at = house.clock.now().seconds();
    let revoke = json!({ "event": "user_authorization_revoke", "createTime": at, "times": 3 });
    assert_eq!(push(&house, revoke.clone()).await["body"], "success");
    assert!(house.me(&token).await.data()["phone"].is_null());
    // The user shares the phone again; a late repeat of the old event must not take it away.
    house.post_as(&token, "/api/bindPhone", house.tap("u1", "code").await).await.data();
    let second = house.second_node().await;
    for node in [&house, &second] {
        assert_eq!(push(node, revoke.clone()).await["body"], "success");
        assert!(!house.me(&token).await.data()["phone"].is_null());
    }
    // A signature that was seen vouches for nothing else.
    let seen = json!({ "timestamp": at, "nonce": "7", "mode": "plain", "event": "user_authorization_revoke" });
    let message = |create_time: i64| {
        let mut message = seen.clone();
        message["createTime"] = json!(create_time);
        message
    };
    assert_eq!(push(&house, message(at - 5)).await["status"], 200);
    assert_eq!(push(&second, message(at - 5)).await["status"], 200);
    assert_eq!(push(&second, message(at - 6)).await["status"], 403);
}
