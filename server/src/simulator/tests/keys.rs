use super::*;

#[tokio::test]
async fn the_key_rotates_when_a_code_is_issued() {
    let simulator = simulator();
    let key = simulator.session_key("u1").await;
    simulator.clock().advance(59);
    assert_eq!(simulator.session_key("u1").await, key, "too soon to rotate");
    let tapped = simulator.sim("phone", json!({ "user": "u1", "appid": APP_1, "mode": "encrypted" })).await;
    assert_eq!(text(&decrypt(&key, &tapped).unwrap(), "phoneNumber"), "13800000001");

    simulator.clock().advance(1);
    let code = simulator.login("u1").await;
    let tapped = simulator.sim("phone", json!({ "user": "u1", "appid": APP_1, "mode": "encrypted" })).await;
    assert_eq!(decrypt(&key, &tapped), None, "rotated before anybody exchanged the code");
    let second = text(&simulator.exchange(&code).await, "session_key").to_owned();
    assert!(decrypt(&second, &tapped).is_some());

    let early = simulator.login("u1").await;
    simulator.sim("rotate", json!({ "user": "u1", "appid": APP_1 })).await;
    let third = text(&simulator.exchange(&early).await, "session_key").to_owned();
    assert_ne!(third, second, "the current key, not that of the code's time");
}

#[tokio::test]
async fn the_key_dies_three_days_after_the_last_activity_or_at_once() {
    let simulator = simulator();
    let tap = json!({ "user": "u1", "appid": APP_1, "mode": "encrypted" });
    simulator.login("u1").await;
    simulator.clock().advance(3 * 86_400 - 1);
    simulator.sim("phone", tap.clone()).await;
    simulator.clock().advance(3 * 86_400);
    let refused = simulator.send("POST", "/sim/phone", tap.to_string()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(text(&refused.json(), "error").contains("session_key"));
    simulator.login("u1").await;
    simulator.sim("expire", json!({ "user": "u1", "appid": APP_1 })).await;
    assert_eq!(simulator.send("POST", "/sim/phone", tap.to_string()).await.status, StatusCode::BAD_REQUEST);
    let code_only = simulator.sim("phone", json!({ "user": "u1", "appid": APP_1 })).await;
    assert!(code_only["code"].is_string() && code_only["iv"].is_null());
}
