//! What clients of the field send: blanks, quotes, words of JavaScript, fields that stand twice.

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, header},
};
use latchkey::config::Apps;
use latchkey_app::types::{Cause, Stage};
use serde_json::{Value, json};

use crate::{
    databases::{on_both, sqlite_url},
    failures::newest,
    house::{APP_1, Answer, House},
};

on_both!(crate::house::House::new =>
    a_word_of_javascript_is_nothing_and_spends_nothing,
    optional_fields_that_were_not_sent_are_absent,
    what_was_put_around_a_text_is_taken_off,
    a_blank_around_a_ciphertext_is_no_part_of_it,
);

const WORDS: [&str; 8] = ["", " ", "undefined", "null", "NaN", "[object Object]", "\"undefined\"", "undefined\n"];

async fn form(house: &House, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    raw(house, Method::POST, path, &body).await
}

async fn raw(house: &House, method: Method, path: &str, body: &str) -> Answer {
    let request =
        Request::builder().method(method).uri(path).header("content-type", "application/x-www-form-urlencoded");
    house.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn me(house: &House, authorization: &[u8]) -> Answer {
    let value = HeaderValue::from_bytes(authorization).unwrap();
    house.send(Request::get("/api/me").header(header::AUTHORIZATION, value).body(Body::empty()).unwrap()).await
}

fn not_sent(answer: &Answer, field: &str, what: &str) {
    answer.refused(400, "invalid_request", "stop");
    let json = answer.json();
    assert_eq!(json["field"], field, "{what}");
    assert!(json["msg"].as_str().unwrap().starts_with("没有收到请求参数"), "{what}: {json}");
}

async fn a_word_of_javascript_is_nothing_and_spends_nothing(house: House) {
    let token = house.token("u1").await;
    let (code, asked) = (house.code("u1", APP_1).await, house.calls("/sns/jscode2session").await);
    let spent = house.count("login_codes").await;
    for word in WORDS {
        for (path, body, field) in [
            ("/api/login", json!({ "code": word }), "code"),
            ("/api/login", json!({ "code": code, "encryptedData": "AAAA", "iv": word }), "iv"),
            ("/user", json!({ "code": code, "encryptedData": word, "iv": word }), "encryptedData"),
            ("/user", json!({ "code": code, "phoneCode": word }), "encryptedData"),
            ("/code2Session", json!({ "jsCode": word }), "jsCode"),
            ("/getWXUserPhone", json!({ "openid": word, "encryptedData": "AAAA", "iv": "AAAA" }), "openid"),
            ("/getPhoneNumber", json!({ "code": code, "encryptedData": word, "iv": word }), "encryptedData"),
            ("/thirdLogin", json!({ "code": code, "encryptedData": "AAAA", "iv": word }), "iv"),
            ("/thirdSession", json!({ "code": word }), "code"),
            ("/userInfo", json!({ "third_Session": word }), "third_Session"),
        ] {
            let mut body = body;
            body["appid"] = json!(APP_1);
            not_sent(&house.post(path, body).await, field, &format!("{path} {word:?}"));
        }
        for (body, field) in [
            (json!({ "encryptedData": word, "iv": word }), "encryptedData"),
            (json!({ "encryptedData": "AAAA", "iv": word }), "iv"),
            (json!({ "code": word }), "encryptedData"),
        ] {
            not_sent(&house.post_as(&token, "/api/bindPhone", body).await, field, word);
        }
        let pairs = [("appid", APP_1), ("code", &code), ("encryptedData", word), ("iv", word)];
        not_sent(&form(&house, "/getPhoneNumber", &pairs).await, "encryptedData", word);
    }
    assert_eq!(house.calls("/sns/jscode2session").await, asked, "nobody asks WeChat about a word");
    assert_eq!(house.count("login_codes").await, spent);
    house.post("/api/login", json!({ "appid": APP_1, "code": code })).await.data();
}

async fn optional_fields_that_were_not_sent_are_absent(house: House) {
    for word in WORDS {
        let code = house.code("u1", APP_1).await;
        let body = json!({ "code": code, "appid": APP_1, "encryptedData": word, "iv": word, "phoneCode": word });
        let data = house.post("/api/login", body).await.data();
        assert!(data["phoneError"].is_null(), "{word:?}");
        let token = data["token"].as_str().unwrap();
        house.post_as(token, "/api/profile", json!({ "nickName": "林 \"小满\"", "gender": 2 })).await.data();
        let words = json!({ "nickName": word, "avatarUrl": word, "gender": word, "city": word, "rawData": word });
        let info = house.post_as(token, "/api/profile", words).await.data();
        assert_eq!((&info["nickName"], &info["gender"]), (&json!("林 \"小满\""), &json!(2)), "{word:?}");
    }
}

async fn what_was_put_around_a_text_is_taken_off(house: House) {
    for (before, after) in [
        ("", " "),
        ("", "\n"),
        (" ", "\r\n"),
        ("\"", "\""),
        ("\u{FEFF}", "\u{200B}"),
        ("\u{3000}", "\u{2028}"),
        ("'", "'"),
    ] {
        let around = |text: &str| format!("{before}{text}{after}");
        let code = house.code("u1", APP_1).await;
        let body = json!({ "code": around(&code), "appid": around(APP_1) });
        let token = house.post("/api/login", body).await.data()["token"].as_str().unwrap().to_owned();
        let code = house.code("u1", APP_1).await;
        let pairs = [("code", around(&code)), ("appid", around(APP_1))];
        let pairs = pairs.each_ref().map(|(name, value)| (*name, value.as_str()));
        form(&house, "/thirdSession", &pairs).await.data();
        house.post("/userInfo", json!({ "third_Session": around(&token) })).await.data();
        house.post("/userInfo", json!({ "third_Session": format!("Bearer {token}") })).await.data();
        let tap = house.tap("u1", "code").await;
        house.post_as(&token, "/api/bindPhone", json!({ "code": around(tap["code"].as_str().unwrap()) })).await.data();
    }
}

async fn a_blank_around_a_ciphertext_is_no_part_of_it(house: House) {
    let token = house.token("u1").await;
    for (before, after) in [("", " "), (" ", ""), ("  ", "\n"), ("\"", "\""), (" \"", "\" "), ("\u{FEFF}", "\u{2029}")]
    {
        let tap = house.tap("u1", "encrypted").await;
        let around = |field: &str| format!("{before}{}{after}", tap[field].as_str().unwrap());
        let body = json!({ "encryptedData": around("encryptedData"), "iv": around("iv") });
        house.post_as(&token, "/api/bindPhone", body).await.data();
        let pairs = [
            ("appid", APP_1.to_owned()),
            ("code", house.code("u1", APP_1).await),
            ("encryptedData", around("encryptedData")),
            ("iv", around("iv")),
        ];
        let pairs = pairs.each_ref().map(|(name, value)| (*name, value.as_str()));
        form(&house, "/getPhoneNumber", &pairs).await.data();
    }
}

#[tokio::test]
async fn a_token_is_read_however_it_is_sent() {
    let house = House::new(&sqlite_url()).await;
    let token = house.token("u1").await;
    for header in [
        token.clone(),
        format!("bearer {token}"),
        format!("Bearer  {token}"),
        format!("Bearer Bearer {token}"),
        format!("Bearer: {token}"),
        format!("Bearer \"{token}\""),
        format!("\u{FEFF}Bearer {token}\u{200B}"),
    ] {
        assert_eq!(me(&house, header.as_bytes()).await.status, 200, "{header:?}");
    }
    for header in
        ["Bearer", "Bearer undefined", "Bearer null", "undefined", "Bearer [object Object]", &format!("Basic {token}")]
    {
        me(&house, header.as_bytes()).await.refused(401, "unauthorized", "relogin");
    }
}

#[tokio::test]
async fn one_request_has_one_reading() {
    let house = House::new(&sqlite_url()).await;
    let code = house.code("u1", APP_1).await;
    let twice = |answer: Answer, what: &str| {
        answer.refused(400, "invalid_request", "stop");
        assert_eq!(answer.json()["field"], "code", "{what}");
    };
    let query = format!("appid={APP_1}&code={code}");
    for (method, path, body) in [
        (Method::GET, format!("/thirdSession?{query}&code=other"), String::new()),
        (Method::GET, format!("/thirdSession?{query}&code={code}"), String::new()),
        (Method::POST, "/thirdSession".to_owned(), format!("{query}&code=")),
        (Method::POST, "/thirdSession?code=other".to_owned(), query.clone()),
        (Method::POST, "/thirdSession?code=other".to_owned(), json!({ "code": code, "appid": APP_1 }).to_string()),
        (
            Method::POST,
            "/thirdSession".to_owned(),
            format!("{{\"code\":\"{code}\",\"appid\":\"{APP_1}\",\"code\":\"x\"}}"),
        ),
        (
            Method::POST,
            "/api/login".to_owned(),
            format!("{{\"code\":\"{code}\",\"appid\":\"{APP_1}\",\"code\":\"x\"}}"),
        ),
    ] {
        twice(raw(&house, method, &path, &body).await, &format!("{path} {body}"));
    }
    assert_eq!(house.calls("/sns/jscode2session").await, 0);
    // The same value in both is one reading, and nothing is no value.
    let body = json!({ "code": code }).to_string();
    raw(&house, Method::POST, &format!("/thirdSession?{query}&nick=x"), &body).await.data();
    let code = house.code("u1", APP_1).await;
    raw(&house, Method::POST, "/thirdSession?code=undefined", &format!("appid={APP_1}&code={code}")).await.data();
}

#[tokio::test]
async fn the_mock_code_is_told_where_the_developer_tools_have_no_appid() {
    let one_app = |config: &mut latchkey::config::Config| {
        let first = config.apps.iter().next().unwrap().clone();
        config.apps = Apps::new(vec![first]);
    };
    for house in [House::with(&sqlite_url(), one_app).await, House::new(&sqlite_url()).await] {
        for body in [
            json!({ "code": "the code is a mock one" }),
            json!({ "code": " the code is a mock one\n", "appid": "touristappid" }),
        ] {
            let request = Request::post("/api/login")
                .header(header::REFERER, "https://servicewechat.com/touristappid/devtools/page-frame.html");
            let answer = house.send(request.body(body.to_string().into()).unwrap()).await;
            answer.refused(401, "login_code_invalid", "relogin");
            assert_eq!(newest(&house).await, (Cause::MockCodeFromDevtools, Stage::LoginCode, false));
        }
        let older =
            house.post("/thirdSession", json!({ "code": "the code is a mock one", "appid": "touristappid" })).await;
        older.refused(401, "login_code_invalid", "relogin");
        assert_eq!(house.calls("/sns/jscode2session").await, 0);
        let other = json!({ "code": "0".repeat(32), "appid": "wx0000000000000009" });
        house.post("/api/login", other).await.refused(400, "unknown_app", "stop");
        let value: Value = house.post("/api/login", json!({ "code": "the code is a mock one" })).await.json();
        assert_eq!(value["error"], "login_code_invalid");
    }
}
