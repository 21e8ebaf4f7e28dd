//! `POST /user`: log in and bind in one call.

use serde_json::{Value, json};

use crate::{
    databases::on_both,
    house::{APP_1, House},
};

on_both!(crate::house::House::new =>
    a_call_without_a_usable_phone_is_refused,
    its_fields_stand_at_both_places,
    a_user_is_new_until_an_answer_has_said_so,
);

async fn body(house: &House, user: &str) -> Value {
    let code = house.code(user, APP_1).await;
    let tap = house.tap(user, "encrypted").await;
    json!({ "code": code, "appid": APP_1, "encryptedData": tap["encryptedData"], "iv": tap["iv"] })
}

async fn a_call_without_a_usable_phone_is_refused(house: House) {
    let code = house.code("u1", APP_1).await;
    let none = house.post("/user", json!({ "code": code, "appid": APP_1 })).await;
    none.refused(400, "invalid_request", "stop");
    assert_eq!(none.json()["field"], "encryptedData");
    let mut damaged = body(&house, "u1").await;
    damaged["iv"] = json!("AAAAAAAAAAAAAAAAAAAAAA==");
    house.post("/user", damaged).await.refused(422, "decrypt_failed", "relogin");
}

async fn a_user_is_new_until_an_answer_has_said_so(house: House) {
    let mut damaged = body(&house, "u1").await;
    damaged["iv"] = json!("AAAAAAAAAAAAAAAAAAAAAA==");
    house.post("/user", damaged.clone()).await.refused(422, "decrypt_failed", "relogin");
    damaged["code"] = json!(house.code("u1", APP_1).await);
    house.post("/user", damaged).await.refused(422, "decrypt_failed", "relogin");
    assert_eq!(house.count("users").await, 1);
    assert_eq!(house.post("/user", body(&house, "u1").await).await.data()["isNew"], true);
    assert_eq!(house.post("/user", body(&house, "u1").await).await.data()["isNew"], false);
    // A login that stands has said so, whatever became of the phone.
    let code = house.code("u2", APP_1).await;
    let login = json!({ "code": code, "appid": APP_1, "encryptedData": "AAAA", "iv": "AAAA" });
    assert_eq!(house.post("/api/login", login).await.data()["isNew"], true);
    assert_eq!(house.post("/user", body(&house, "u2").await).await.data()["isNew"], false);
}

async fn its_fields_stand_at_both_places(house: House) {
    house.sim("users", json!({ "user": "u1", "phone": "13580006666" })).await;
    let answer = house.post("/user", body(&house, "u1").await).await;
    let (json, data) = (answer.json(), answer.data());
    for field in ["openId", "userId", "phone", "token", "isNew", "expiresAt", "userInfo"] {
        assert!(!data[field].is_null() && json[field] == data[field], "{field}: {json}");
    }
    assert_eq!((&data["phone"], &data["isNew"]), (&json!("13580006666"), &json!(true)));
    let me = house.me(data["token"].as_str().unwrap()).await.data();
    assert_eq!((&me["userId"], &me["openId"]), (&data["userId"], &data["openId"]));

    // The same phone changes nothing, another one replaces it and stays as history.
    house.post("/user", body(&house, "u1").await).await.data();
    assert_eq!(house.count("phone_changes").await, 1);
    house.sim("users", json!({ "user": "u1", "phone": "13900000000" })).await;
    assert_eq!(house.post("/user", body(&house, "u1").await).await.data()["phone"], "13900000000");
    assert_eq!((house.count("phone_changes").await, house.count("users").await), (2, 1));
}
