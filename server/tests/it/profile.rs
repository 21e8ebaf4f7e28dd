//! `POST /api/profile` and `POST /api/checkSession`.

use latchkey_app::types::{Cause, Stage};
use serde_json::{Value, json};

use crate::{
    databases::on_both,
    failures::{newest, records},
    house::{APP_1, House},
};

on_both!(crate::house::House::new =>
    a_profile_that_cannot_be_kept_is_refused_and_its_field_named,
    a_signature_of_another_key_is_refused,
    the_fields_that_are_there_are_kept_and_the_others_stay,
    signed_user_info_fills_the_profile,
    percent_encoded_raw_data_is_proved_by_its_signature,
    the_anonymous_user_of_wechat_takes_nobodys_place,
    wechat_says_whether_the_key_is_still_good,
);

async fn user_info(house: &House, user: &str) -> Value {
    house.sim("userinfo", json!({ "user": user, "appid": APP_1 })).await
}

async fn a_profile_that_cannot_be_kept_is_refused_and_its_field_named(house: House) {
    house.post("/api/profile", json!({})).await.refused(401, "unauthorized", "relogin");
    let token = house.token("u1").await;
    for (body, field) in [
        (json!({ "nickName": "x".repeat(129) }), "nickName"),
        (json!({ "nickName": 7 }), "nickName"),
        (json!({ "city": "a\u{0}" }), "city"),
        (json!({ "gender": 3 }), "gender"),
        (json!({ "gender": "1" }), "gender"),
        (json!({ "avatarUrl": "javascript:alert(1)" }), "avatarUrl"),
        (json!({ "avatarUrl": "http://tmp/0a1b.jpeg" }), "avatarUrl"),
        (json!({ "avatarUrl": "https://tmp/0a1b.jpeg" }), "avatarUrl"),
        (json!({ "avatarUrl": " HTTP://TMP./0a1b.jpeg" }), "avatarUrl"),
        (json!({ "avatarUrl": "http://usr/a.png" }), "avatarUrl"),
        (json!({ "avatarUrl": "http://store/a.png" }), "avatarUrl"),
        (json!({ "avatarUrl": "wxfile://tmp_0a1b.jpg" }), "avatarUrl"),
        (json!({ "avatarUrl": "http://127.0.0.1:47692/__tmp__/a.jpeg" }), "avatarUrl"),
        (json!({ "avatarUrl": "http://localhost/a.png" }), "avatarUrl"),
        (json!({ "avatarUrl": "blob:https://example.com/0a1b" }), "avatarUrl"),
        (json!({ "avatarUrl": "file:///a.png" }), "avatarUrl"),
        (json!({ "avatarUrl": "data:image/png;base64,AAAA" }), "avatarUrl"),
        (json!({ "rawData": "{}" }), "signature"),
        (json!({ "rawData": "{}", "signature": "" }), "signature"),
        (json!({ "signature": "x" }), "rawData"),
        (json!({ "rawData": "{}", "signature": "x", "encryptedData": "AAAA" }), "iv"),
    ] {
        let answer = house.post_as(&token, "/api/profile", body).await;
        answer.refused(400, "invalid_request", "stop");
        assert_eq!(answer.json()["field"], field);
    }
    assert_eq!(house.me(&token).await.data()["nickName"], Value::Null);
}

async fn a_signature_of_another_key_is_refused(house: House) {
    let token = house.token("u1").await;
    house.log_in("u2").await;
    let (own, other) = (user_info(&house, "u1").await, user_info(&house, "u2").await);
    let profile = |body: Value| house.post_as(&token, "/api/profile", body);
    let mut cases = vec![other.clone()];
    cases.push(json!({ "rawData": own["rawData"], "signature": other["signature"] }));
    cases.push(json!({ "rawData": format!("{} ", own["rawData"].as_str().unwrap()), "signature": own["signature"] }));
    cases.push(json!({ "rawData": own["rawData"], "signature": "x" }));
    for body in cases {
        profile(body).await.refused(422, "signature_mismatch", "relogin");
    }
    let mixed = json!({
        "rawData": own["rawData"], "signature": own["signature"],
        "encryptedData": other["encryptedData"], "iv": other["iv"],
    });
    profile(mixed).await.refused(422, "decrypt_failed", "relogin");
}

async fn the_fields_that_are_there_are_kept_and_the_others_stay(house: House) {
    let token = house.token("u1").await;
    let profile = |body: Value| house.post_as(&token, "/api/profile", body);
    let first = json!({ "nickName": "陈晓", "avatarUrl": "https://wx.qlogo.cn/1", "gender": 2, "city": "广州" });
    profile(first).await.data();
    let info = profile(json!({ "nickName": "陈小晓", "city": "", "province": "广东", "country": null })).await.data();
    let expected = json!({ "nickName": "陈小晓", "avatarUrl": "https://wx.qlogo.cn/1", "gender": 2, "city": "广州", "province": "广东" });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(info[field], *value, "{field}");
    }
    assert_eq!(house.me(&token).await.data(), info);
}

async fn signed_user_info_fills_the_profile(house: House) {
    house.sim("users", json!({ "user": "u1", "nickName": "陈晓" })).await;
    let token = house.token("u1").await;
    let signed = user_info(&house, "u1").await;
    // The login that came after it has made a new key; the older one still proves the signature.
    house.clock.advance(61);
    house.log_in("u1").await;
    let by_raw_data = json!({ "rawData": signed["rawData"], "signature": signed["signature"] });
    assert_eq!(house.post_as(&token, "/api/profile", by_raw_data).await.data()["nickName"], "陈晓");
    assert_eq!(house.post_as(&token, "/api/profile", signed).await.data()["nickName"], "陈晓");
}

async fn percent_encoded_raw_data_is_proved_by_its_signature(house: House) {
    house.sim("users", json!({ "user": "u1", "nickName": "陈 晓+1%" })).await;
    let token = house.token("u1").await;
    let signed = user_info(&house, "u1").await;
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let raw = signed["rawData"].as_str().unwrap();
    let form = form_urlencoded::byte_serialize(raw.as_bytes()).collect::<String>();
    for (number, encoded) in [encode(raw), encode(&encode(raw)), form].into_iter().enumerate() {
        let body = json!({ "rawData": encoded, "signature": signed["signature"] });
        assert_eq!(house.post_as(&token, "/api/profile", body).await.data()["nickName"], "陈 晓+1%", "{encoded}");
        assert_eq!(newest(&house).await, (Cause::DoubleEncoded, Stage::Done, true));
        assert_eq!(records(&house).await.len(), number + 1);
    }
    let other = json!({ "rawData": encode(&raw.replace("陈", "李")), "signature": signed["signature"] });
    house.post_as(&token, "/api/profile", other).await.refused(422, "signature_mismatch", "relogin");
}

/// Every call that reports a profile of WeChat's, when WeChat says 微信用户.
async fn report_anonymous(house: &House, token: &str) {
    let signed = user_info(house, "u1").await;
    let plain = json!({ "rawData": signed["rawData"], "signature": signed["signature"] });
    house.post_as(token, "/api/profile", plain).await.data();
    house.post_as(token, "/api/profile", signed.clone()).await.data();
    let code = async || house.code("u1", APP_1).await;
    let login =
        json!({ "appid": APP_1, "code": code().await, "encryptedData": signed["encryptedData"], "iv": signed["iv"] });
    house.post("/thirdLogin", login).await.data();
    let picture = "https://thirdwx.qlogo.cn/mmopen/vi_32/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/132";
    let older = json!({ "appid": APP_1, "code": code().await, "nick": "微信用户", "avaurl": picture, "sex": 0 });
    house.post("/getOpenid.html", older).await.data();
    let older = json!({ "third_Session": token, "nickName": "微信用户", "avatarUrl": picture, "gender": "0" });
    house.post("/userInfo", older).await.data();
    house.post("/userInfo", json!({ "third_Session": token, "avatarUrl": picture })).await.data();
}

async fn the_anonymous_user_of_wechat_takes_nobodys_place(house: House) {
    house.sim("users", json!({ "user": "u1", "nickName": "微信用户" })).await;
    let token = house.token("u1").await;
    report_anonymous(&house, &token).await;
    let info = house.me(&token).await.data();
    assert_eq!(info["nickName"], "微信用户", "whoever has no name may get this one");
    assert!(info["avatarUrl"].as_str().unwrap().starts_with("https://thirdwx.qlogo.cn/"));
    let chosen = json!({ "nickName": "林小满", "avatarUrl": "https://cdn.example.com/a.png" });
    house.post_as(&token, "/api/profile", chosen.clone()).await.data();
    report_anonymous(&house, &token).await;
    let info = house.me(&token).await.data();
    for (field, value) in chosen.as_object().unwrap() {
        assert_eq!(info[field], *value, "{field}");
    }
    // The user's own word is taken.
    house.post_as(&token, "/api/profile", json!({ "nickName": "微信用户" })).await.data();
    assert_eq!(house.me(&token).await.data()["nickName"], "微信用户");
}

async fn wechat_says_whether_the_key_is_still_good(house: House) {
    let call = Value::Null;
    house.post("/api/checkSession", call.clone()).await.refused(401, "unauthorized", "relogin");
    let token = house.token("u1").await;
    assert_eq!(house.post_as(&token, "/api/checkSession", call.clone()).await.data(), json!({ "valid": true }));
    // Several times within one millisecond: the newest key is the one that came last.
    for _ in 0..6 {
        house.sim("rotate", json!({ "user": "u1", "appid": APP_1 })).await;
        assert_eq!(house.post_as(&token, "/api/checkSession", call.clone()).await.data(), json!({ "valid": false }));
        house.log_in("u1").await;
        assert_eq!(house.post_as(&token, "/api/checkSession", call.clone()).await.data(), json!({ "valid": true }));
    }
    house.sim("expire", json!({ "user": "u1", "appid": APP_1 })).await;
    assert_eq!(house.post_as(&token, "/api/checkSession", call.clone()).await.data(), json!({ "valid": false }));
    house.sim("faults", json!({ "busy": true, "times": 2 })).await;
    house.post_as(&token, "/api/checkSession", call).await.refused(503, "wechat_unavailable", "retry");
}
