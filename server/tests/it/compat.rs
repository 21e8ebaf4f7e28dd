//! The calls of older mini programs, as their clients make them.

use axum::{
    body::Body,
    http::{Method, Request},
};
use latchkey::store::users;
use serde_json::{Value, json};

use crate::{
    databases::{blocks, on_both, postgres_url, sqlite_url},
    house::{APP_1, Answer, House},
};

on_both!(crate::house::House::new =>
    what_is_missing_is_named,
    the_two_calls_of_2019,
    only_data_of_that_openid_binds_its_phone,
    get_openid_takes_a_query_and_fills_the_profile,
    get_phone_number_ignores_a_secret,
    third_session_and_user_info,
    third_login_takes_what_forms_do_to_base64,
);

fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn form(house: &House, path: &str, body: String) -> Answer {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    house.send(request.body(Body::from(body)).unwrap()).await
}

async fn query(house: &House, path: &str, pairs: &[(&str, &str)]) -> Answer {
    house.call(Method::GET, &format!("{path}?{}", encode(pairs)), None, Body::empty()).await
}

/// The fields at the top level, which must also stand under `data`.
fn both_places(answer: &Answer, fields: &[&str]) -> Value {
    let (json, data) = (answer.json(), answer.data());
    for field in fields {
        assert!(!data[field].is_null() && json[field] == data[field], "{field}: {json}");
    }
    assert!(!answer.text.contains("session_key"), "{json}");
    json
}

async fn what_is_missing_is_named(house: House) {
    for (path, body, field) in [
        ("/code2Session", json!({ "appid": APP_1 }), "jsCode"),
        ("/getWXUserPhone", json!({ "appid": APP_1 }), "openid"),
        ("/getWXUserPhone", json!({ "appid": APP_1, "openid": "o", "iv": "x" }), "encryptedData"),
        ("/getOpenid.html", json!({ "appid": APP_1, "code": "" }), "code"),
        ("/getPhoneNumber", json!({ "appid": APP_1, "code": "x", "encryptedData": "x" }), "iv"),
        ("/thirdSession", json!({ "appid": APP_1, "code": [1] }), "code"),
        ("/userInfo", json!({}), "third_Session"),
        ("/thirdLogin", json!({ "appid": APP_1, "code": "x" }), "encryptedData"),
    ] {
        let answer = house.post(path, body).await;
        answer.refused(400, "invalid_request", "stop");
        assert_eq!(answer.json()["field"], field, "{path}");
    }
    house.post("/code2Session", json!({ "jsCode": "x" })).await.refused(400, "unknown_app", "stop");
    house.post("/userInfo", json!({ "third_Session": "lk_x" })).await.refused(401, "unauthorized", "relogin");
    house.post("/code2Session", json!({ "appid": APP_1, "jsCode": "x" })).await.refused(
        401,
        "login_code_invalid",
        "relogin",
    );
    house.call(Method::GET, "/code2Session", None, "").await.refused(405, "invalid_request", "stop");
    form(&house, "/code2Session", "a".repeat(65 * 1024)).await.refused(413, "invalid_request", "stop");
}

async fn the_two_calls_of_2019(house: House) {
    house.sim("users", json!({ "user": "u1", "phone": "13580006666" })).await;
    let code = house.code("u1", APP_1).await;
    let session = house.post("/code2Session", json!({ "appid": APP_1, "jsCode": code })).await;
    let openid = both_places(&session, &["openid"])["openid"].clone();
    let tap = house.tap("u1", "encrypted").await;
    let body = json!({ "appid": APP_1, "openid": openid, "encryptedData": tap["encryptedData"], "iv": tap["iv"] });
    let bound = both_places(
        &house.post("/getWXUserPhone", body).await,
        &["phoneNumber", "purePhoneNumber", "countryCode", "userInfo"],
    );
    assert_eq!((&bound["phoneNumber"], &bound["countryCode"]), (&json!("13580006666"), &json!("86")));
}

async fn only_data_of_that_openid_binds_its_phone(house: House) {
    let own = house.log_in("u1").await["userInfo"]["openId"].clone();
    house.log_in("u2").await;
    let tap = house.tap("u2", "encrypted").await;
    for openid in [own, json!("onobody")] {
        let body = json!({ "appid": APP_1, "openid": openid, "encryptedData": tap["encryptedData"], "iv": tap["iv"] });
        house.post("/getWXUserPhone", body).await.refused(422, "decrypt_failed", "relogin");
    }
    assert_eq!(house.count("phone_changes").await, 0);
}

async fn get_openid_takes_a_query_and_fills_the_profile(house: House) {
    let code = house.code("u1", APP_1).await;
    let fields =
        [("appid", APP_1), ("code", &code), ("nick", "陈晓"), ("avaurl", "https://wx.qlogo.cn/1"), ("sex", "2")];
    let openid = both_places(&query(&house, "/getOpenid.html", &fields).await, &["openid"])["openid"].clone();
    let me = house.log_in("u1").await["userInfo"].clone();
    assert_eq!((&me["openId"], &me["nickName"], &me["gender"]), (&openid, &json!("陈晓"), &json!(2)));
    // What cannot be kept does not keep the user out.
    let code = house.code("u1", APP_1).await;
    let body = encode(&[("appid", APP_1), ("code", &code), ("avaurl", "javascript:alert(1)"), ("sex", "many")]);
    form(&house, "/getOpenid.html", body).await.data();
    assert_eq!(house.log_in("u1").await["userInfo"]["avatarUrl"], "https://wx.qlogo.cn/1");
}

async fn get_phone_number_ignores_a_secret(house: House) {
    house.sim("users", json!({ "user": "u1", "phone": "91234567", "countryCode": "852" })).await;
    for method in [Method::GET, Method::POST] {
        let code = house.code("u1", APP_1).await;
        let tap = house.tap("u1", "encrypted").await;
        let (data, iv) = (tap["encryptedData"].as_str().unwrap(), tap["iv"].as_str().unwrap());
        let fields = [("appid", APP_1), ("secret", "wrong"), ("code", &code), ("encryptedData", data), ("iv", iv)];
        let answer = match method {
            Method::GET => query(&house, "/getPhoneNumber", &fields).await,
            _ => form(&house, "/getPhoneNumber", encode(&fields)).await,
        };
        let phone = both_places(&answer, &["phoneNumber", "purePhoneNumber", "countryCode"]);
        assert_eq!((&phone["phoneNumber"], &phone["purePhoneNumber"]), (&json!("+85291234567"), &json!("91234567")));
    }
}

async fn third_session_and_user_info(house: House) {
    let code = house.code("u1", APP_1).await;
    let answer = query(&house, "/thirdSession", &[("appid", APP_1), ("code", &code)]).await;
    let json = both_places(&answer, &["Data"]);
    let inner: Value = serde_json::from_str(json["Data"].as_str().unwrap()).unwrap();
    let token = inner["third_Session"].as_str().unwrap();
    let body = json!({ "third_Session": token, "nickName": "陈晓", "gender": 1, "city": "Guangzhou" });
    let info = both_places(&house.post("/userInfo", body).await, &["userInfo"])["userInfo"].clone();
    assert_eq!((&info["nickName"], &info["gender"], &info["city"]), (&json!("陈晓"), &json!(1), &json!("Guangzhou")));
    let again = query(&house, "/userInfo", &[("third_Session", token), ("city", "Shenzhen")]).await.data();
    assert_eq!((&again["userInfo"]["city"], &again["userInfo"]["nickName"]), (&json!("Shenzhen"), &json!("陈晓")));
    assert_eq!(house.me(token).await.data()["city"], "Shenzhen");
}

async fn third_login_takes_what_forms_do_to_base64(house: House) {
    house.sim("users", json!({ "user": "u1", "nickName": "陈晓" })).await;
    for damage in ["none", "plus", "percent"] {
        let code = house.code("u1", APP_1).await;
        let info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
        let (data, iv) = (info["encryptedData"].as_str().unwrap(), info["iv"].as_str().unwrap());
        let percent = encode(&[("", data)]).trim_start_matches('=').to_owned();
        let body = match damage {
            // Not encoded at all: `+` arrives as a blank.
            "plus" => format!("appid={APP_1}&code={code}&encryptedData={data}&iv={iv}"),
            "percent" => encode(&[("appid", APP_1), ("code", &code), ("encryptedData", &percent), ("iv", iv)]),
            _ => encode(&[("appid", APP_1), ("code", &code), ("encryptedData", data), ("iv", iv)]),
        };
        let login = both_places(&form(&house, "/thirdLogin", body).await, &["session_id", "uid"]);
        let me = house.me(login["session_id"].as_str().unwrap()).await.data();
        assert_eq!((&me["userId"], &me["nickName"]), (&login["uid"], &json!("陈晓")), "{damage}");
    }
    let code = house.code("u1", APP_1).await;
    house.log_in("u2").await;
    let others = house.sim("userinfo", json!({ "user": "u2", "appid": APP_1 })).await;
    let body = json!({ "appid": APP_1, "code": code, "encryptedData": others["encryptedData"], "iv": others["iv"] });
    house.post("/thirdLogin", body).await.refused(422, "decrypt_failed", "relogin");
}

/// A bind and a profile have the user's lock when they change his row. A login that had changed it before would wait for them,
/// and they for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_with_a_profile_waits_before_it_changes_the_user() {
    let house = House::new(&postgres_url().await).await;
    house.sim("users", json!({ "user": "u1", "nickName": "陈晓" })).await;
    let id = house.log_in("u1").await["userInfo"]["userId"].as_str().unwrap().to_owned();
    let code = house.code("u1", APP_1).await;
    let info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    let body = json!({ "appid": APP_1, "code": code, "encryptedData": info["encryptedData"], "iv": info["iv"] });
    let db = &house.server.accounts.db;
    let mut bind = db.write().await.unwrap();
    bind.lock(&format!("user {id}")).await.unwrap();
    let bound = async {
        blocks(db, &mut bind).await;
        users::set_phone(&mut bind, id.parse().unwrap(), None, house.clock.now()).await.unwrap();
        bind.commit().await.unwrap();
    };
    let (login, ()) = tokio::join!(house.post("/thirdLogin", body), bound);
    assert_eq!(login.status, 200, "{}", login.text);
    assert_eq!(house.log_in("u1").await["userInfo"]["nickName"], "陈晓");
}

#[tokio::test]
async fn without_compat_they_are_not_there() {
    let house = House::with(&sqlite_url(), |config| config.compat = false).await;
    for path in [
        "/code2Session",
        "/getWXUserPhone",
        "/getOpenid.html",
        "/getPhoneNumber",
        "/thirdSession",
        "/userInfo",
        "/thirdLogin",
    ] {
        assert_eq!(house.post(path, json!({ "appid": APP_1 })).await.status, 404, "{path}");
    }
    assert_ne!(house.post("/user", json!({})).await.status, 404, "POST /user is no older call");
}
