use super::*;

#[tokio::test]
async fn tokens_are_refused_for_what_they_are() {
    let simulator = simulator();
    assert_eq!(simulator.post("/wxa/business/getuserphonenumber", json!({})).await["errcode"], 41001);
    assert_eq!(simulator.token_errcode("95_short").await, 40014);
    assert_eq!(simulator.token_errcode(&format!("95_{}", "A".repeat(133))).await, 40001);
    assert_eq!(simulator.get("/cgi-bin/stable_token").await["errcode"], 43002);
    assert_eq!(simulator.send("POST", "/cgi-bin/stable_token", "a=b").await.json()["errcode"], 47001);
    let wrong = json!({ "grant_type": "client_credential", "appid": APP_1, "secret": "x" });
    assert_eq!(simulator.post("/cgi-bin/stable_token", wrong).await["errcode"], 40125);
    let wrong = format!("/cgi-bin/token?grant_type=x&appid={APP_1}&secret=x");
    assert_eq!(simulator.get(&wrong).await["errcode"], 40002);
}

#[tokio::test]
async fn a_new_normal_token_leaves_the_last_one_five_minutes() {
    let simulator = simulator();
    let mut tokens = vec![];
    for _ in 0..3 {
        let granted = simulator.normal_token(APP_1).await;
        assert_eq!(granted["expires_in"], 7200);
        tokens.push(text(&granted, "access_token").to_owned());
    }
    assert_eq!(tokens[0].len(), 136);
    assert_eq!(simulator.token_errcode(&tokens[0]).await, 40001);
    assert_eq!(simulator.token_errcode(&tokens[1]).await, 40029);
    simulator.clock().advance(300);
    assert_eq!(simulator.token_errcode(&tokens[1]).await, 40001);
    assert_eq!(simulator.token_errcode(&tokens[2]).await, 40029);
    simulator.clock().advance(6900);
    assert_eq!(simulator.token_errcode(&tokens[2]).await, 42001);
}

#[tokio::test]
async fn a_stable_token_stays_until_its_last_five_minutes() {
    let simulator = simulator();
    let first = simulator.stable_token(false).await;
    simulator.normal_token(APP_1).await;
    simulator.clock().advance(6900);
    let same = simulator.stable_token(false).await;
    assert_eq!((&same["access_token"], &same["expires_in"]), (&first["access_token"], &json!(300)));
    simulator.clock().advance(1);
    let second = simulator.stable_token(false).await;
    assert_eq!(second["expires_in"], 7200);
    assert_eq!(simulator.token_errcode(text(&first, "access_token")).await, 40029, "until its own end");
    simulator.clock().advance(299);
    assert_eq!(simulator.token_errcode(text(&first, "access_token")).await, 42001);
    assert_eq!(simulator.token_errcode(text(&second, "access_token")).await, 40029);
}

#[tokio::test]
async fn a_forced_refresh_ends_the_token_at_once_but_not_twice_in_thirty_seconds() {
    let simulator = simulator();
    let first = simulator.stable_token(false).await;
    let forced = simulator.stable_token(true).await;
    assert_eq!(simulator.token_errcode(text(&first, "access_token")).await, 40001);
    simulator.clock().advance(29);
    assert_eq!(simulator.stable_token(true).await["access_token"], forced["access_token"]);
    for _ in 1..20 {
        simulator.clock().advance(30);
        assert!(simulator.stable_token(true).await["access_token"].is_string());
    }
    simulator.clock().advance(30);
    assert_eq!(simulator.stable_token(true).await["errcode"], 45009);
    assert!(simulator.stable_token(false).await["access_token"].is_string());
}
