use super::*;

#[tokio::test]
async fn phone_codes_are_refused_with_40029_once_used_old_or_of_another_kind() {
    let simulator = simulator();
    let token = text(&simulator.normal_token(APP_1).await, "access_token").to_owned();
    let tap = json!({ "user": "u1", "appid": APP_1, "mode": "code" });
    let code = simulator.sim("phone", tap.clone()).await["code"].clone();
    assert_eq!(text(&json!({ "code": code }), "code").len(), 64);
    let uri = format!("/wxa/business/getuserphonenumber?access_token={token}");
    assert_eq!(simulator.get(&uri).await["errcode"], 43002);
    assert_eq!(simulator.send("POST", &uri, "").await.json()["errcode"], 44002);
    assert_eq!(simulator.send("POST", &uri, "code=x").await.json()["errcode"], 47001);
    assert_eq!(simulator.phone_number(&token, json!({ "code": code, "openid": "o" })).await["errcode"], 40003);
    let other = text(&simulator.normal_token(APP_2).await, "access_token").to_owned();
    let refused = simulator.phone_number(&other, json!({ "code": code })).await;
    assert!(refused["errcode"] == 40013 && text(&refused, "errmsg").starts_with("invalid appid hint: ["));
    assert_eq!(simulator.exchange(code.as_str().unwrap()).await["errcode"], 40029, "not a login code");

    simulator.clock().advance(300);
    let answer = simulator.phone_number(&token, json!({ "code": code })).await;
    let watermark = json!({ "timestamp": NOW_S, "appid": APP_1 });
    let info = json!({ "phoneNumber": "13800000001", "purePhoneNumber": "13800000001", "countryCode": "86",
        "watermark": watermark });
    assert_eq!(answer, json!({ "errcode": 0, "errmsg": "ok", "phone_info": info }));
    assert_eq!(simulator.phone_number(&token, json!({ "code": code })).await["errcode"], 40029);
    let late = simulator.sim("phone", tap).await["code"].clone();
    simulator.clock().advance(301);
    assert_eq!(simulator.phone_number(&token, json!({ "code": late })).await["errcode"], 40029);
    let login = simulator.login("u1").await;
    assert_eq!(simulator.phone_number(&token, json!({ "code": login })).await["errcode"], 40029);
    assert!(simulator.exchange(&login).await["openid"].is_string(), "still good where it belongs");
}

#[tokio::test]
async fn a_tap_can_show_another_number_app_or_time() {
    let simulator = simulator();
    let key = simulator.session_key("u1").await;
    let tap = json!({ "user": "u1", "appid": APP_1, "phone": "51234567", "countryCode": "852",
        "watermarkAppid": APP_2, "watermarkAgeS": 900 });
    let data = decrypt(&key, &simulator.sim("phone", tap).await).unwrap();
    assert_eq!((text(&data, "phoneNumber"), text(&data, "countryCode")), ("+85251234567", "852"));
    assert_eq!(data["watermark"], json!({ "timestamp": NOW_S - 900, "appid": APP_2 }));
    let data = decrypt(&key, &simulator.sim("phone", json!({ "user": "u1", "appid": APP_1 })).await).unwrap();
    assert_eq!(text(&data, "phoneNumber"), "13800000001", "for that once only");
}

#[tokio::test]
async fn user_info_is_signed_and_sealed() {
    let simulator = simulator();
    let who = json!({ "user": "u1", "appid": APP_1 });
    assert_eq!(simulator.send("POST", "/sim/userinfo", who.to_string()).await.status, StatusCode::BAD_REQUEST);
    simulator.sim("users", json!({ "user": "u1", "nickName": "小明" })).await;
    let session = simulator.exchange(&simulator.login("u1").await).await;
    let key = text(&session, "session_key");
    let reply = simulator.sim("userinfo", who).await;
    let expected = hex::encode(Sha1::digest(format!("{}{key}", text(&reply, "rawData"))));
    assert_eq!(text(&reply, "signature"), expected);
    let data = decrypt(key, &reply).unwrap();
    assert_eq!((&data["openId"], &data["unionId"]), (&session["openid"], &session["unionid"]));
    let raw = serde_json::from_str::<Value>(text(&reply, "rawData")).unwrap();
    assert_eq!((text(&raw, "nickName"), &raw["avatarUrl"]), ("小明", &data["avatarUrl"]));
}
