mod receiver;

use axum::http::Method;

use self::receiver::{REVOKE, Receiver, field, key_of_app_1, open};
use super::*;
use crate::simulator::push::seal::{AesKey, Plain, signature};

#[test]
fn signatures_and_encryption_are_those_of_the_published_vectors() {
    let verification = signature(["AAAAA", "1714036504", "1514711492"]);
    assert_eq!(verification, "f464b24fc39322e44b38aa78f5edd27bd1441696");
    assert!(AesKey::parse("abc").is_none() && AesKey::parse(&"1".repeat(44)).is_none());
    let key = AesKey::parse("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
    let plain = Plain {
        random: *b"aaaabbbbccccdddd",
        message: "我是中文abcd123",
        receiver: "wxb11529c136998cb6",
        garbage_padding: false,
    };
    let expected = "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==";
    assert_eq!(key.encrypt(&plain), expected);
}

#[test]
fn garbage_padding_is_wrong_at_every_length() {
    let key = AesKey::parse(&"1".repeat(43)).unwrap();
    for length in 0..32 {
        let message = "x".repeat(length);
        let open = |garbage_padding| {
            let plain = Plain { random: [0; 16], message: &message, receiver: "r", garbage_padding };
            open(key_of_app_1(), &key.encrypt(&plain))
        };
        assert_eq!(open(false), Some((message.clone(), "r".into())));
        assert_eq!(open(true), None, "{length}");
    }
}

#[tokio::test]
async fn controls_that_make_no_sense_send_nothing() {
    let (simulator, receiver) = (simulator(), Receiver::start().await);
    for (more, status, word) in [
        (json!({ "url": "http://example.com/" }), 400, "url"),
        (json!({ "url": "http://10.0.0.1/" }), 400, "url"),
        (json!({ "url": "http://127.0.0.1.example.com/" }), 400, "url"),
        (json!({ "url": "https://127.0.0.1/" }), 400, "url"),
        (json!({ "url": "file:///etc/hosts" }), 400, "url"),
        (json!({ "url": "/wechat" }), 400, "url"),
        (json!({ "appid": "wx" }), 404, "appid"),
        (json!({ "user": null }), 400, "user"),
        (json!({ "event": "x" }), 400, "event"),
        (json!({ "mode": "x" }), 400, "mode"),
        (json!({ "format": "x" }), 400, "format"),
        (json!({ "mode": "plain", "wrongReceiver": true }), 400, "wrongReceiver"),
        (json!({ "mode": "plain", "garbagePadding": true }), 400, "garbagePadding"),
        (json!({ "times": 0 }), 400, "times"),
        (json!({ "aesKey": "1" }), 400, "aesKey"),
        (json!({ "openid": "o" }), 400, "openid"),
    ] {
        let answer = simulator.send("POST", "/sim/push", receiver.wanted(REVOKE, &more).to_string()).await;
        assert_eq!(answer.status, status, "{more}");
        assert!(text(&answer.json(), "error").contains(word), "{more}: {:?}", answer.text);
    }
    assert!(receiver.take().is_empty());
}

#[tokio::test]
async fn a_url_is_verified_by_what_it_echoes() {
    let (simulator, receiver) = (simulator(), Receiver::start().await);
    let wanted = json!({ "appid": APP_1, "event": "verify", "url": receiver.url });
    let reply = simulator.sim("push", wanted.clone()).await;
    let got = receiver.take_one();
    let echo = got.query["echostr"].as_str();
    assert!(got.method == Method::GET && echo.len() == 19 && echo.bytes().all(|byte| byte.is_ascii_digit()));
    assert!(got.signed("signature", "pushtoken1", []) && got.query["own"] == "1");
    assert_eq!(reply, json!({ "status": 200, "body": echo, "accepted": true, "attempts": 1 }));

    receiver.answers(&[(200, "success"), (403, "")]);
    let reply = simulator.sim("push", wanted.clone()).await;
    assert_eq!(reply, json!({ "status": 200, "body": "success", "accepted": false, "attempts": 1 }));
    assert_eq!(simulator.sim("push", wanted).await["accepted"], false);
    receiver.take();
    simulator.sim("push", receiver.wanted("verify", &json!({ "wrongSignature": true }))).await;
    assert!(!receiver.take_one().signed("signature", "pushtoken1", []));
}

#[tokio::test]
async fn every_event_arrives_in_every_mode_and_format() {
    let (simulator, receiver) = (simulator(), Receiver::start().await);
    let openid = text(&simulator.exchange(&simulator.login("u1").await).await, "openid").to_owned();
    for event in [REVOKE, "user_authorization_cancellation", "user_info_modified"] {
        for (mode, format) in ["plain", "compatible", "safe"].map(|mode| [(mode, "json"), (mode, "xml")]).concat() {
            let knobs = json!({ "mode": mode, "format": format });
            let reply = simulator.sim("push", receiver.wanted(event, &knobs)).await;
            assert_eq!(reply, json!({ "status": 200, "body": "success", "accepted": true, "attempts": 1 }));
            let got = receiver.take_one();
            assert_eq!((&got.method, &got.headers[CONTENT_TYPE]), (&Method::POST, &"text/xml".parse().unwrap()));
            assert_eq!(got.body.as_bytes()[0], if format == "xml" { b'<' } else { b'{' });
            assert!(got.signed("signature", "pushtoken1", []));
            assert_eq!(got.query["timestamp"], NOW_S.to_string());
            assert_eq!(field(&got.body, "Event").is_some(), mode != "safe", "{mode}");
            let message = if mode == "plain" {
                assert!(!got.query.contains_key("encrypt_type") && field(&got.body, "Encrypt").is_none());
                got.body
            } else {
                let encrypted = got.encrypted();
                assert!(got.query["encrypt_type"] == "aes" && got.signed("msg_signature", "pushtoken1", [&encrypted]));
                let (message, receiver) = open(key_of_app_1(), &encrypted).unwrap();
                assert_eq!(receiver, APP_1);
                assert_eq!(field(&message, "ToUserName"), field(&got.body, "ToUserName"));
                assert_eq!(field(&message, "FromUserName").as_ref(), got.query.get("openid"), "the sender");
                message
            };
            let all = ["Event", "MsgType", "OpenID", "AppID", "CreateTime"].map(|name| field(&message, name).unwrap());
            assert_eq!(all, [event, "event", &openid, APP_1, &NOW_S.to_string()], "{mode} {format}");
            assert_eq!(field(&message, "RevokeInfo").as_deref(), (event == REVOKE).then_some("8"));
        }
    }
}

#[tokio::test]
async fn an_event_can_be_spoilt_in_each_way() {
    let (simulator, receiver) = (simulator(), Receiver::start().await);
    let push = async |more: Value| {
        simulator.sim("push", receiver.wanted(REVOKE, &more)).await;
        receiver.take_one()
    };
    let got = push(json!({ "wrongSignature": true })).await;
    assert!(!got.signed("msg_signature", "pushtoken1", [&got.encrypted()]));
    assert!(got.signed("signature", "pushtoken1", []), "which must not count");
    let got = push(json!({ "wrongSignature": true, "mode": "plain" })).await;
    assert!(!got.signed("signature", "pushtoken1", []));
    let got = push(json!({ "wrongReceiver": true })).await;
    let (message, receiver) = open(key_of_app_1(), &got.encrypted()).unwrap();
    assert_eq!((receiver.as_str(), field(&message, "AppID").as_deref()), (APP_2, Some(APP_1)));
    assert_eq!(open(key_of_app_1(), &push(json!({ "garbagePadding": true })).await.encrypted()), None);
    let got = push(json!({ "mode": "plain", "withoutOpenId": true, "revokeInfo": "6]]>", "createTime": 5 })).await;
    assert_eq!([field(&got.body, "OpenID"), field(&got.body, "CreateTime")], [None, Some("5".into())]);
    assert_eq!(field(&got.body, "RevokeInfo").unwrap(), "6]]>");
    let got = push(json!({ "mode": "plain", "format": "xml", "revokeInfo": "6]]>" })).await;
    assert!(got.body.contains("<RevokeInfo><![CDATA[6]]]]><![CDATA[>]]></RevokeInfo>"));
    let got = push(json!({ "timestamp": 7, "nonce": "8", "token": "mine", "aesKey": "A".repeat(43) })).await;
    assert_eq!((got.query["timestamp"].as_str(), got.query["nonce"].as_str()), ("7", "8"));
    assert!(got.signed("msg_signature", "mine", [&got.encrypted()]) && open([0; 32], &got.encrypted()).is_some());
    let app_2 = push(json!({ "appid": APP_2, "mode": "plain" })).await;
    assert!(app_2.signed("signature", "pushtoken2", []));
    assert_eq!(field(&app_2.body, "AppID").as_deref(), Some(APP_2));
}

#[tokio::test]
async fn an_event_is_repeated_until_the_answer_is_success_or_empty() {
    let (simulator, receiver) = (simulator(), Receiver::start().await);
    let revoke = receiver.wanted(REVOKE, &json!({}));
    receiver.answers(&[(500, ""), (200, "ok"), (200, "")]);
    let reply = simulator.sim("push", revoke.clone()).await;
    assert_eq!(reply, json!({ "status": 200, "body": "", "accepted": true, "attempts": 3 }));
    let got = receiver.take();
    assert!(got.iter().all(|one| one.body == got[0].body), "the very same event");
    assert!(got[0].query["nonce"] != got[1].query["nonce"] && got[1].query["nonce"] != got[2].query["nonce"]);
    assert!(got.iter().all(|one| one.signed("msg_signature", "pushtoken1", [&one.encrypted()])));

    receiver.answers(&[(302, ""), (200, "success\n"), (200, r#""success""#), (200, "not asked for")]);
    let reply = simulator.sim("push", revoke).await;
    assert_eq!(reply, json!({ "status": 200, "body": "\"success\"", "accepted": false, "attempts": 3 }));
    assert_eq!(receiver.take().len(), 3, "neither a fourth time nor where the redirect points");

    receiver.answers.lock().unwrap().clear();
    receiver.answers(&[(200, ""), (500, ""), (200, "success"), (200, "success")]);
    let reply = simulator.sim("push", receiver.wanted(REVOKE, &json!({ "times": 3 }))).await;
    assert_eq!(reply, json!({ "status": 200, "body": "success", "accepted": true, "attempts": 4 }));
    let got = receiver.take();
    assert!(got.len() == 4 && got.iter().all(|one| one.body == got[0].body));
}

#[tokio::test]
async fn a_receiver_that_cannot_be_reached_has_status_0() {
    let simulator = simulator();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let reply = simulator.sim("push", json!({ "appid": APP_1, "event": REVOKE, "user": "u1", "url": url })).await;
    assert_eq!(reply, json!({ "status": 0, "body": "no connection", "accepted": false, "attempts": 3 }));
}
