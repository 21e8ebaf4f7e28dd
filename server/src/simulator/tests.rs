//! Through the router, with a clock that stands still and seeded randomness. Refusals first.

use aes::Aes128;
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header::CONTENT_TYPE},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt;

use super::Simulator;
use crate::{
    clock::{Clock, Millis},
    random::Random,
};

const APP_1: &str = "wx0000000000000001";
const APP_2: &str = "wx0000000000000002";
const NOW_S: i64 = 1_795_232_400;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    /// `None`: the connection broke.
    text: Option<String>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(self.text.as_ref().unwrap()).unwrap()
    }

    fn content_type(&self) -> &str {
        self.headers[CONTENT_TYPE].to_str().unwrap()
    }
}

fn simulator() -> Simulator {
    Simulator::new(Clock::fixed(Millis(NOW_S * 1000)), Random::seeded(7))
}

fn secret(appid: &str) -> String {
    appid[17..].repeat(32)
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

impl Simulator {
    async fn send(&self, method: &str, uri: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder().method(method).uri(uri).body(body.into()).unwrap();
        let (head, body) = self.router().oneshot(request).await.unwrap().into_parts();
        assert_eq!(head.headers["x-simulator"], "1", "{uri}");
        let text = to_bytes(body, 1 << 22).await.ok().map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
        Answer { status: head.status, headers: head.headers, text }
    }

    async fn get(&self, uri: &str) -> Value {
        self.send("GET", uri, "").await.json()
    }

    async fn post(&self, uri: &str, body: Value) -> Value {
        self.send("POST", uri, body.to_string()).await.json()
    }

    /// A call under /sim that must work.
    async fn sim(&self, path: &str, body: Value) -> Value {
        let answer = self.send("POST", &format!("/sim/{path}"), body.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {:?}", answer.text);
        answer.json()
    }

    async fn login(&self, user: &str) -> String {
        text(&self.sim("login", json!({ "user": user, "appid": APP_1 })).await, "code").to_owned()
    }

    async fn exchange(&self, code: &str) -> Value {
        self.exchange_as(APP_1, code).await
    }

    async fn exchange_as(&self, appid: &str, code: &str) -> Value {
        self.get(&exchange_uri(appid, &secret(appid), code)).await
    }

    async fn session_key(&self, user: &str) -> String {
        text(&self.exchange(&self.login(user).await).await, "session_key").to_owned()
    }

    async fn stable_token(&self, force: bool) -> Value {
        let body = json!({
            "grant_type": "client_credential", "appid": APP_1, "secret": secret(APP_1), "force_refresh": force,
        });
        self.post("/cgi-bin/stable_token", body).await
    }

    async fn normal_token(&self, appid: &str) -> Value {
        let secret = secret(appid);
        self.get(&format!("/cgi-bin/token?grant_type=client_credential&appid={appid}&secret={secret}")).await
    }

    async fn phone_number(&self, token: &str, body: Value) -> Value {
        self.post(&format!("/wxa/business/getuserphonenumber?access_token={token}"), body).await
    }

    /// What a call with this token says; 40029 (there is no such code) when the token is good.
    async fn token_errcode(&self, token: &str) -> i64 {
        self.phone_number(token, json!({ "code": "none" })).await["errcode"].as_i64().unwrap()
    }
}

fn exchange_uri(appid: &str, secret: &str, code: &str) -> String {
    format!("/sns/jscode2session?appid={appid}&secret={secret}&js_code={code}&grant_type=authorization_code")
}

fn decrypt(key: &str, reply: &Value) -> Option<Value> {
    let [key, iv] = [key, text(reply, "iv")].map(|text| <[u8; 16]>::try_from(STANDARD.decode(text).unwrap()).unwrap());
    let mut data = STANDARD.decode(text(reply, "encryptedData")).unwrap();
    let cipher = cbc::Decryptor::<Aes128>::new(&key.into(), &iv.into());
    serde_json::from_slice(cipher.decrypt_padded::<Pkcs7>(&mut data).ok()?).ok()
}

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

#[tokio::test]
async fn a_session_is_checked_and_reset_with_its_signature() {
    let simulator = simulator();
    let token = text(&simulator.stable_token(false).await, "access_token").to_owned();
    let session = simulator.exchange(&simulator.login("u1").await).await;
    let openid = text(&session, "openid");
    let uri = |path: &str, key: &str, method: &str| {
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        let signature = hex::encode(mac.finalize().into_bytes());
        format!("/wxa/{path}?access_token={token}&openid={openid}&signature={signature}&sig_method={method}")
    };
    let call = async |path: &str, key: &str| simulator.get(&uri(path, key, "hmac_sha256")).await;
    assert_eq!(simulator.get(&uri("checksession", "x", "md5")).await["errcode"], 87008);
    assert_eq!(simulator.get(&format!("/wxa/checksession?access_token={token}")).await["errcode"], 40097);
    assert_eq!(call("checksession", "x").await["errcode"], 87009);
    assert_eq!(call("resetusersessionkey", "x").await["errcode"], 87009);

    let old = text(&session, "session_key");
    assert_eq!(call("checksession", old).await, json!({ "errcode": 0, "errmsg": "ok" }));
    simulator.clock().advance(86_400 - 60);
    assert_eq!(call("checksession", old).await["errcode"], 42001, "the token's life, not the key's");
    simulator.clock().advance(60 - 86_400);
    let reset = call("resetusersessionkey", old).await;
    assert_eq!((&reset["errcode"], text(&reset, "openid")), (&json!(0), openid));
    assert_eq!(call("checksession", old).await["errcode"], 87009);
    assert_eq!(call("checksession", text(&reset, "session_key")).await["errcode"], 0);
    simulator.sim("expire", json!({ "user": "u1", "appid": APP_1 })).await;
    assert_eq!(call("checksession", text(&reset, "session_key")).await["errcode"], 87009);
    assert_eq!(call("resetusersessionkey", text(&reset, "session_key")).await["errcode"], 87007);
}

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
