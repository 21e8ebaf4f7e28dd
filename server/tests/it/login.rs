//! `POST /api/login`, `GET /api/me`, `POST /api/logout`.

use std::{collections::BTreeSet, time::Duration};

use axum::http::{Method, Request, header};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    databases::on_both,
    house::{APP_1, APP_2, House},
};

on_both!(crate::house::House::new =>
    a_code_that_wechat_does_not_know_is_refused,
    a_code_is_good_once,
    a_code_that_wechat_was_too_busy_for_may_come_again,
    a_dead_token_is_refused,
    a_blocked_user_is_refused_everywhere,
    a_login_makes_a_user_once,
    a_code_that_comes_twenty_times_at_once_is_exchanged_once,
    fifty_first_logins_at_once_make_one_user,
    one_person_in_two_mini_programs_is_one_user,
    a_token_lives_on_while_it_is_used,
    a_failing_login_leaves_nothing_behind,
);

async fn a_code_that_wechat_does_not_know_is_refused(house: House) {
    let unknown = json!({ "code": "0".repeat(32), "appid": APP_1 });
    house.post("/api/login", unknown).await.refused(401, "login_code_invalid", "relogin");
    let of_another_app = json!({ "code": house.code("u1", APP_2).await, "appid": APP_1 });
    house.post("/api/login", of_another_app).await.refused(401, "login_code_invalid", "relogin");
    let expired = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    house.clock.advance(301);
    house.post("/api/login", expired).await.refused(401, "login_code_invalid", "relogin");

    // What the developer tools give without an appid is not worth a call.
    let calls = house.calls("/sns/jscode2session").await;
    let mock = json!({ "code": "the code is a mock one", "appid": APP_1 });
    house.post("/api/login", mock).await.refused(401, "login_code_invalid", "relogin");
    assert_eq!(house.calls("/sns/jscode2session").await, calls);
}

async fn a_code_is_good_once(house: House) {
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    house.post("/api/login", body.clone()).await.data();
    house.post("/api/login", body.clone()).await.refused(401, "login_code_used", "relogin");
    house.second_node().await.post("/api/login", body).await.refused(401, "login_code_used", "relogin");
    assert_eq!(house.calls("/sns/jscode2session").await, 1);

    // Exchanged by somebody else's server: WeChat says 40163.
    let code = house.code("u1", APP_1).await;
    let secret = "1".repeat(32);
    let query = format!("appid={APP_1}&secret={secret}&js_code={code}&grant_type=authorization_code");
    assert!(house.wechat(&format!("/sns/jscode2session?{query}")).await["openid"].is_string());
    let body = json!({ "code": code, "appid": APP_1 });
    house.post("/api/login", body).await.refused(401, "login_code_used", "relogin");
}

async fn a_code_that_wechat_was_too_busy_for_may_come_again(house: House) {
    house.sim("faults", json!({ "busy": true, "times": 2 })).await;
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    house.post("/api/login", body.clone()).await.refused(503, "wechat_unavailable", "retry");
    assert_eq!(house.calls("/sns/jscode2session").await, 2, "one retry");
    house.post("/api/login", body).await.data();

    // Busy once: nobody notices.
    house.sim("faults", json!({ "busy": true })).await;
    house.log_in("u2").await;
}

async fn a_dead_token_is_refused(house: House) {
    let token = house.token("u1").await;
    let other = house.token("u1").await;
    for dead in ["", "lk_", &token[..token.len() - 1], &format!("{token}x")] {
        house.me(dead).await.refused(401, "unauthorized", "relogin");
    }
    let no_header = house.call(Method::GET, "/api/me", None, "").await;
    no_header.refused(401, "unauthorized", "relogin");
    house.post_as(&token, "/api/logout", Value::Null).await.data();
    house.me(&token).await.refused(401, "unauthorized", "relogin");
    house.post_as(&token, "/api/logout", Value::Null).await.data();
    house.post_as("", "/api/logout", Value::Null).await.refused(401, "unauthorized", "relogin");
    house.me(&other).await.data();
    house.clock.advance(house.config.token_ttl_s);
    house.me(&other).await.refused(401, "unauthorized", "relogin");
}

async fn a_blocked_user_is_refused_everywhere(house: House) {
    let token = house.token("u1").await;
    house.log_in("u2").await;
    let sql = "UPDATE users SET blocked_at = 1 WHERE id IN (SELECT user_id FROM tokens WHERE hash = $1)";
    let hash = latchkey::sealed::sha256(&[token.as_bytes()]);
    match &house.server.accounts.db {
        latchkey::store::Db::Sqlite { writer, .. } => {
            sqlx::query(sql).bind(hash.as_slice()).execute(writer).await.map(drop).unwrap();
        }
        latchkey::store::Db::Postgres(pool) => {
            sqlx::query(sql).bind(hash.as_slice()).execute(pool).await.map(drop).unwrap();
        }
    }
    house.me(&token).await.refused(403, "user_blocked", "stop");
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    house.post("/api/login", body.clone()).await.refused(403, "user_blocked", "stop");
    house.post("/api/login", body).await.refused(401, "login_code_used", "relogin");

    // Blocked by WeChat itself: 40226.
    house.sim("users", json!({ "user": "risky", "risk": true })).await;
    let body = json!({ "code": house.code("risky", APP_1).await, "appid": APP_1 });
    house.post("/api/login", body).await.refused(403, "user_blocked", "stop");
}

async fn a_login_makes_a_user_once(house: House) {
    let first = house.log_in("u1").await;
    assert_eq!(first["isNew"], true);
    assert_eq!(first["expiresAt"], house.clock.now().plus_seconds(house.config.token_ttl_s).rfc3339());
    let info = &first["userInfo"];
    assert_eq!((info["openId"].as_str().unwrap().len(), info["unionId"].as_str().unwrap().len()), (28, 28));
    assert_eq!((&info["phone"], &info["nickName"], &info["gender"]), (&Value::Null, &Value::Null, &json!(0)));
    assert_eq!(info["createdAt"], "2026-11-21T03:40:00.000Z");
    house.clock.advance(60);
    let second = house.log_in("u1").await;
    assert_eq!((&second["isNew"], &second["userInfo"]), (&json!(false), info));
    assert_ne!(second["token"], first["token"]);
    assert_eq!(house.me(first["token"].as_str().unwrap()).await.data(), *info);
    assert_eq!((house.count("users").await, house.count("bindings").await), (1, 1));
}

async fn a_code_that_comes_twenty_times_at_once_is_exchanged_once(house: House) {
    // Long enough for all twenty to be there before the first is answered.
    house.sim("faults", json!({ "latencyMs": 2_000 })).await;
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    let second_node = house.second_node().await;
    let nodes = [&house, &second_node];
    let calls = (0..20).map(|number| nodes[number % 2].post("/api/login", body.clone()));
    let answers: Vec<Value> = join_all(calls).await.iter().map(crate::house::Answer::data).collect();
    let of = |field: &str| answers.iter().map(|data| data[field].to_string()).collect::<BTreeSet<_>>();
    assert_eq!((of("userInfo").len(), of("isNew").len(), of("token").len()), (1, 1, 20));
    assert_eq!(house.calls("/sns/jscode2session").await, 1);

    // A bad end is shared as well.
    house.sim("faults", json!({ "latencyMs": 2_000, "busy": true, "times": 2 })).await;
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    for answer in join_all((0..20).map(|number| nodes[number % 2].post("/api/login", body.clone()))).await {
        answer.refused(503, "wechat_unavailable", "retry");
    }
    assert_eq!(house.calls("/sns/jscode2session").await, 3);
}

async fn fifty_first_logins_at_once_make_one_user(house: House) {
    let mut codes = Vec::new();
    for _ in 0..50 {
        codes.push(house.code("u1", APP_1).await);
    }
    let second_node = house.second_node().await;
    let nodes = [&house, &second_node];
    let calls = codes
        .iter()
        .enumerate()
        .map(|(number, code)| nodes[number % 2].post("/api/login", json!({ "code": code, "appid": APP_1 })));
    let answers: Vec<Value> = join_all(calls).await.iter().map(crate::house::Answer::data).collect();
    assert_eq!(answers.iter().filter(|data| data["isNew"] == true).count(), 1);
    assert_eq!((house.count("users").await, house.count("bindings").await), (1, 1));
    assert_eq!(house.count("session_keys").await, 1, "the same key fifty times is one key");
}

async fn one_person_in_two_mini_programs_is_one_user(house: House) {
    let codes = [(house.code("u1", APP_1).await, APP_1), (house.code("u1", APP_2).await, APP_2)];
    let calls = codes.iter().map(|(code, appid)| house.post("/api/login", json!({ "code": code, "appid": appid })));
    let answers: Vec<Value> = join_all(calls).await.iter().map(crate::house::Answer::data).collect();
    let info = |number: usize, field: &str| answers[number]["userInfo"][field].clone();
    assert_eq!((info(0, "userId"), info(0, "unionId")), (info(1, "userId"), info(1, "unionId")));
    assert_ne!(info(0, "openId"), info(1, "openId"));
    assert_eq!((house.count("users").await, house.count("bindings").await), (1, 2));
}

async fn a_token_lives_on_while_it_is_used(house: House) {
    let token = house.token("u1").await;
    for _ in 0..3 {
        house.clock.advance(house.config.token_ttl_s - 1);
        house.me(&token).await.data();
    }
}

async fn a_failing_login_leaves_nothing_behind(house: House) {
    house.sim("faults", json!({ "errcode": 40125 })).await;
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    house.post("/api/login", body).await.refused(500, "misconfigured", "stop");
    for table in ["users", "bindings", "session_keys", "tokens"] {
        assert_eq!(house.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn the_app_is_the_bodys_else_the_referers_else_the_only_one() {
    let house = House::new(&crate::databases::sqlite_url()).await;
    let code = house.code("u1", APP_1).await;
    house.post("/api/login", json!({ "code": code })).await.refused(400, "unknown_app", "stop");
    house.post("/api/login", json!({ "code": code, "appid": "wx0" })).await.refused(400, "unknown_app", "stop");
    let with_referer = |referer: &str, body: Value| {
        let request = Request::post("/api/login").header(header::REFERER, referer);
        house.send(request.body(body.to_string().into()).unwrap())
    };
    let devtools = "https://servicewechat.com/touristappid/devtools/page-frame.html";
    with_referer(devtools, json!({ "code": code })).await.refused(400, "unknown_app", "stop");
    let referer = format!("https://servicewechat.com/{APP_2}/12/page-frame.html");
    // The body wins, or this code of app 1 would be app 2's.
    with_referer(&referer, json!({ "code": code, "appid": APP_1 })).await.data();
    with_referer(&referer, json!({ "code": house.code("u1", APP_2).await })).await.data();

    let url = crate::databases::sqlite_url();
    let one_app = House::with(&url, |config| {
        config.apps = latchkey::config::Apps::new(config.apps.iter().take(1).cloned().collect());
    });
    let one_app = one_app.await;
    one_app.post("/api/login", json!({ "code": one_app.code("u1", APP_1).await })).await.data();
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_lose_its_login() {
    let house = House::new(&crate::databases::sqlite_url()).await;
    house.sim("faults", json!({ "latencyMs": 2_000 })).await;
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    let call = house.post("/api/login", body.clone());
    assert!(tokio::time::timeout(Duration::from_millis(200), call).await.is_err(), "the answer came too soon");
    // Whoever comes while the first exchange runs shares its outcome, whether its caller is still there or not.
    house.post("/api/login", body).await.data();
    assert_eq!(house.calls("/sns/jscode2session").await, 1);
}
