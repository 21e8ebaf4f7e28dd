use super::*;

#[tokio::test]
async fn faults_meet_the_next_calls_and_then_end() {
    let simulator = simulator();
    let code = simulator.login("u1").await;
    let uri = exchange_uri(APP_1, &secret(APP_1), &code);
    simulator.sim("faults", json!({ "busy": true, "times": 2, "path": "jscode2session" })).await;
    assert_eq!(simulator.normal_token(APP_1).await["expires_in"], 7200, "another path");
    assert_eq!(simulator.exchange(&code).await["errcode"], -1);
    assert_eq!(simulator.exchange(&code).await["errcode"], -1);
    simulator.sim("faults", json!({ "status": 502 })).await;
    let answer = simulator.send("GET", &uri, "").await;
    assert_eq!((answer.status, answer.content_type()), (StatusCode::BAD_GATEWAY, "text/html; charset=utf-8"));
    for (kind, length) in [(json!(true), 28), (json!("empty"), 0), (json!("html"), 37), (json!("huge"), 1_048_590)] {
        simulator.sim("faults", json!({ "garbage": kind })).await;
        let answer = simulator.send("GET", &uri, "").await;
        assert_eq!((answer.status, answer.text.unwrap().len()), (StatusCode::OK, length), "{kind}");
    }
    simulator.sim("faults", json!({ "errcode": 48001, "errmsg": "no", "times": 9 })).await;
    let answer = simulator.exchange(&code).await;
    assert!(answer["errcode"] == 48001 && text(&answer, "errmsg").starts_with("no, rid: "));
    simulator.sim("faults", json!({})).await;
    simulator.sim("faults", json!({ "dropAfter": true })).await;
    assert_eq!(simulator.send("GET", &uri, "").await.text, None);
    assert_eq!(simulator.exchange(&code).await["errcode"], 40163, "consumed, the answer lost");
    assert_eq!(simulator.get("/sim/calls").await, json!({ "/cgi-bin/token": 1, "/sns/jscode2session": 10 }));
}

#[tokio::test]
async fn a_late_answer_is_whole() {
    let simulator = simulator();
    simulator.sim("faults", json!({ "latencyMs": 1 })).await;
    assert!(simulator.exchange(&simulator.login("u1").await).await["openid"].is_string());
}

#[tokio::test]
async fn the_controls_say_what_they_do_not_understand() {
    let simulator = simulator();
    for (path, body, status, word) in [
        ("login", json!({ "appid": APP_1 }), 400, "user"),
        ("login", json!({ "user": "a b", "appid": APP_1 }), 400, "user"),
        ("login", json!({ "user": "u1", "appid": "wx" }), 404, "appid"),
        ("phone", json!({ "user": "u1", "appid": "wx" }), 404, "appid"),
        ("phone", json!({ "user": "u1", "appid": APP_1, "mode": "x" }), 400, "mode"),
        ("phone", json!({ "user": "u1", "appid": APP_1, "phone": "+1" }), 400, "phone"),
        ("rotate", json!({ "user": "nobody", "appid": APP_1 }), 404, "user"),
        ("users", json!({ "risk": 1 }), 400, "risk"),
        ("users", json!({ "age": 1 }), 400, "age"),
        ("faults", json!({ "garbage": "x" }), 400, "garbage"),
        ("faults", json!({ "status": 100 }), 400, "status"),
        ("faults", json!({ "times": 3 }), 400, "nothing"),
        ("clock", json!({ "advanceS": i64::MAX }), 400, "advanceS"),
        ("nothing", json!({}), 404, "/sim/nothing"),
    ] {
        let answer = simulator.send("POST", &format!("/sim/{path}"), body.to_string()).await;
        assert_eq!(answer.status, status, "{path} {body}");
        assert!(text(&answer.json(), "error").contains(word), "{path} {body}: {:?}", answer.text);
    }
    assert_eq!(simulator.send("GET", "/sim/login", "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(simulator.send("GET", "/cgi-bin/nothing", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn users_are_made_numbered_and_changed() {
    let simulator = simulator();
    simulator.login("u1").await;
    let made = simulator.send("POST", "/sim/users", "").await.json();
    assert_eq!(made, json!({ "user": "u2", "phone": "13800000002", "countryCode": "86" }));
    let changed = simulator.sim("users", json!({ "user": "u2", "phone": "12066600001" })).await;
    assert_eq!(changed["phone"], "12066600001");
    let moved = simulator.sim("clock", json!({ "advanceS": -3600 })).await;
    assert_eq!(moved, json!({ "now": "2026-11-21T02:40:00.000Z" }));
    assert!(!format!("{simulator:?}").contains("12066600001"));
}

/// What the router's own tests cannot show: that a client on a real connection sees it break.
#[tokio::test]
async fn a_dropped_answer_breaks_the_connection() {
    let simulator = simulator();
    simulator.sim("faults", json!({ "dropAfter": true })).await;
    let uri = exchange_uri(APP_1, &secret(APP_1), &simulator.login("u1").await);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let server = tokio::spawn(axum::serve(listener, simulator.router()).into_future());
    client.write_all(format!("GET {uri} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    let mut received = String::new();
    // The connection is kept alive by default: reading to its end returns only because the server broke it.
    client.read_to_string(&mut received).await.unwrap_or_default();
    assert!(!received.ends_with("0\r\n\r\n") && !received.contains("openid"), "{received:?}");
    server.abort();
}
