use super::*;

#[tokio::test]
async fn the_exchange_checks_its_parameters_in_wechats_order() {
    let simulator = simulator();
    let code = simulator.login("u1").await;
    let right = exchange_uri(APP_1, &secret(APP_1), &code);
    for (uri, errcode) in [
        ("/sns/jscode2session".to_owned(), 41002),
        (exchange_uri("nobody", "", ""), 41004),
        (exchange_uri("nobody", "x", ""), 41008),
        (right.replace("authorization_code", "client_credential"), 40002),
        (exchange_uri("nobody", "x", &code), 40013),
        (exchange_uri(APP_1, "x", &code), 40125),
        (exchange_uri(APP_1, &secret(APP_1), "the%20code%20is%20a%20mock%20one"), 40029),
    ] {
        assert_eq!(simulator.get(&uri).await["errcode"], errcode, "{uri}");
    }
    assert_eq!(simulator.send("POST", &right, "").await.json()["errcode"], 43001);
    assert!(simulator.get(&right).await["errcode"].is_null(), "none of these consumed the code");
}

#[tokio::test]
async fn a_code_works_once_and_for_five_minutes() {
    let simulator = simulator();
    let code = simulator.login("u1").await;
    simulator.clock().advance(300);
    assert!(simulator.exchange(&code).await["openid"].is_string());
    assert_eq!(simulator.exchange(&code).await["errcode"], 40163);
    simulator.clock().advance(1);
    assert_eq!(simulator.exchange(&code).await["errcode"], 40029);
    let late = simulator.login("u1").await;
    simulator.clock().advance(301);
    assert_eq!(simulator.exchange(&late).await["errcode"], 40029);
}

#[tokio::test]
async fn the_wrong_app_burns_the_code() {
    let simulator = simulator();
    let code = simulator.login("u1").await;
    assert_eq!(simulator.exchange_as(APP_2, &code).await["errcode"], 40029);
    assert_eq!(simulator.exchange(&code).await["errcode"], 40163);
}

#[tokio::test]
async fn a_risky_user_is_blocked_and_a_busy_one_slowed() {
    let simulator = simulator();
    let risky = simulator.sim("users", json!({ "risk": true })).await;
    let refused = simulator.exchange(&simulator.login(text(&risky, "user")).await).await;
    assert_eq!(refused["errcode"], 40226);
    for _ in 0..100 {
        assert!(simulator.exchange(&simulator.login("busy").await).await["openid"].is_string());
    }
    let code = simulator.login("busy").await;
    assert_eq!(simulator.exchange(&code).await["errcode"], 45011);
    simulator.clock().advance(60);
    assert!(simulator.exchange(&code).await["openid"].is_string(), "the code was not consumed");
}

#[tokio::test]
async fn answers_look_like_wechats() {
    let simulator = simulator();
    let refused = simulator.send("GET", &exchange_uri(APP_1, &secret(APP_1), "x"), "").await;
    assert_eq!((refused.status, refused.content_type()), (StatusCode::OK, "text/plain"));
    let errmsg = refused.json()["errmsg"].as_str().unwrap().to_owned();
    assert!(errmsg.starts_with(&format!("invalid code, rid: {NOW_S:08x}-")), "{errmsg}");
    let refused = simulator.send("GET", "/cgi-bin/token", "").await;
    assert_eq!(refused.content_type(), "application/json; encoding=utf-8");
    assert!(text(&refused.json(), "errmsg").starts_with("appid missing rid: "));
    let token = text(&simulator.normal_token(APP_1).await, "access_token").to_owned();
    let refused = simulator.phone_number(&token, json!({ "code": "x" })).await;
    assert!(text(&refused, "errmsg").starts_with("invalid code hint: ["), "{refused}");

    let mut escaped = false;
    for number in 0..40 {
        let code = simulator.login(&format!("u{number}")).await;
        let answer = simulator.send("GET", &exchange_uri(APP_1, &secret(APP_1), &code), "").await;
        assert_eq!(STANDARD.decode(text(&answer.json(), "session_key")).unwrap().len(), 16);
        escaped |= answer.text.unwrap().contains("\\/");
    }
    assert!(escaped, "some session_key holds a slash");
}

#[tokio::test]
async fn names_have_wechats_formats_and_outlive_a_restart() {
    let (first, second) = (simulator(), simulator());
    second.login("other").await;
    let code = first.login("u1").await;
    assert!(code.len() == 32 && code.starts_with('0'));
    let one = first.exchange(&code).await;
    let again = second.exchange(&second.login("u1").await).await;
    assert_eq!((&one["openid"], &one["unionid"]), (&again["openid"], &again["unionid"]));
    let other = first.exchange(&first.login("u2").await).await;
    assert_eq!(text(&one, "openid")[..5], text(&other, "openid")[..5]);
    let code = text(&first.sim("login", json!({ "user": "u1", "appid": APP_2 })).await, "code").to_owned();
    let elsewhere = first.exchange_as(APP_2, &code).await;
    assert_ne!(one["openid"], elsewhere["openid"]);
    assert_eq!(one["unionid"], elsewhere["unionid"]);
    assert_eq!((text(&one, "openid").len(), text(&one, "unionid").len()), (28, 28));
}
