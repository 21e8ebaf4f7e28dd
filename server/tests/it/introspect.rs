//! Tokens that the business's own back ends ask about (RFC 7662).

use axum::http::Request;
use latchkey::accounts::Actor;
use serde_json::{Value, json};

use crate::{
    databases::on_both,
    house::{APP_1, Answer, House},
};

on_both!(crate::house::House::new =>
    without_a_living_key_nothing_is_told,
    a_living_token_says_whose_it_is,
    what_is_not_active_says_nothing_else,
    asking_does_not_prolong_a_tokens_life,
);

fn admin() -> Actor {
    Actor::operator("admin", None)
}

async fn ask(house: &House, key: Option<&str>, form: &str) -> Answer {
    let mut request = Request::post("/api/introspect").header("content-type", "application/x-www-form-urlencoded");
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    house.send(request.body(form.to_owned().into()).unwrap()).await
}

async fn key(house: &House) -> String {
    house.server.accounts.create_api_key("orders", &admin()).await.unwrap().expose().to_owned()
}

async fn without_a_living_key_nothing_is_told(house: House) {
    let token = house.token("u1").await;
    let form = format!("token={token}");
    for wrong in [None, Some("lka_wrong"), Some(token.as_str())] {
        ask(&house, wrong, &form).await.refused(401, "unauthorized", "relogin");
    }
    let key = key(&house).await;
    let keys = house.server.accounts.api_keys().await.unwrap();
    assert!(!format!("{keys:?}").contains(&key));
    assert!(house.server.accounts.create_api_key("orders", &admin()).await.is_err(), "the name is taken");
    assert!(house.server.accounts.revoke_api_key(keys[0].id, &admin()).await.unwrap());
    assert!(!house.server.accounts.revoke_api_key(keys[0].id, &admin()).await.unwrap());
    ask(&house, Some(&key), &form).await.refused(401, "unauthorized", "relogin");
    assert_eq!(house.server.accounts.verify_audit().await.unwrap(), Ok(3), "both acts are in the audit log");
}

async fn a_living_token_says_whose_it_is(house: House) {
    let key = key(&house).await;
    let login = house.log_in("u1").await;
    let answer =
        ask(&house, Some(&key), &format!("token={}&token_type_hint=x", login["token"].as_str().unwrap())).await;
    let expected = json!({
        "active": true,
        "sub": login["userInfo"]["userId"],
        "appid": APP_1,
        "openid": login["userInfo"]["openId"],
        "unionid": login["userInfo"]["unionId"],
        "exp": house.clock.now().seconds() + 2_592_000,
    });
    assert_eq!((answer.status, answer.json()), (200, expected));
    assert!(house.server.accounts.api_keys().await.unwrap()[0].last_used_at.is_some());
    ask(&house, Some(&key), "nothing=here").await.refused(400, "invalid_request", "stop");
}

async fn what_is_not_active_says_nothing_else(house: House) {
    let key = key(&house).await;
    let (gone, expired) = (house.token("u1").await, house.token("u2").await);
    house.post_as(&gone, "/api/logout", json!({})).await.data();
    let inactive = |answer: Answer| assert_eq!((answer.status, answer.json()), (200, json!({ "active": false })));
    for token in [gone.as_str(), "lk_unknown", ""] {
        inactive(ask(&house, Some(&key), &format!("token={token}")).await);
    }
    house.clock.advance(2_592_000);
    inactive(ask(&house, Some(&key), &format!("token={expired}")).await);
}

async fn asking_does_not_prolong_a_tokens_life(house: House) {
    let key = key(&house).await;
    let form = format!("token={}", house.token("u1").await);
    let first: Value = ask(&house, Some(&key), &form).await.json();
    house.clock.advance(1_000_000);
    assert_eq!(ask(&house, Some(&key), &form).await.json()["exp"], first["exp"]);
}
