//! A program of its own, because it takes all logs there are: one full run at `trace`, and nothing secret in it.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test says what failed by failing")]

#[path = "it/databases.rs"]
#[allow(dead_code, unused_imports, unused_macros, reason = "shared with the other test program, which uses all of it")]
mod databases;
#[path = "it/house.rs"]
#[allow(dead_code, reason = "shared with the other test program, which uses all of it")]
mod house;

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use axum::http::{Request, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use house::{APP_1, House};
use latchkey::{logging, secret::Secret};
use latchkey_app::types::Role;
use serde_json::{Value, json};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const PHONES: [&str; 2] = ["13580006666", "91234567"];
const PASSWORD: &str = "an operator's password";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_line_and_no_database_page_holds_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(logging::filter("trace").unwrap())
        .with_writer(move || writer.clone())
        .init();
    let url = databases::sqlite_url();
    let house = House::with(&url, |config| config.wechat.timeout_ms = 2_000).await;
    let mut secrets = full_run(&house).await;
    secrets.extend(["1".repeat(32), "2".repeat(32), PASSWORD.into()]);
    secrets.extend(PHONES.map(str::to_owned));
    house.server.accounts.close().await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("answered") && log.contains("a failure is recorded"), "the log was not caught");
    let path = url.strip_prefix("sqlite://").unwrap();
    let database = std::fs::read(path).unwrap();
    assert!(database.windows(5).any(|part| part == b"users"), "the database was not read");
    for secret in &secrets {
        for form in [secret.clone(), STANDARD.encode(secret), hex::encode(secret)] {
            let lines: Vec<_> = log.lines().filter(|line| line.contains(&form)).collect();
            assert!(lines.is_empty(), "{form} in {lines:?}");
            let stored = database.windows(form.len()).any(|part| part == form.as_bytes());
            assert!(!stored, "{form} in the database");
        }
    }
}

/// Everything that goes well and much that does not; every secret that was in play.
async fn full_run(house: &House) -> Vec<String> {
    let mut secrets = Vec::new();
    let mut tokens = Vec::new();
    for (user, phone, country_code) in [("u1", PHONES[0], "86"), ("u2", PHONES[1], "852")] {
        house.sim("users", json!({ "user": user, "phone": phone, "countryCode": country_code })).await;
        let code = house.code(user, APP_1).await;
        let tap = house.tap(user, "both").await;
        let body = json!({ "code": code, "appid": APP_1, "encryptedData": tap["encryptedData"], "iv": tap["iv"] });
        let token = house.post("/api/login", body).await.data()["token"].as_str().unwrap().to_owned();
        house.post_as(&token, "/api/bindPhone", json!({ "code": tap["code"] })).await.data();
        house.me(&token).await.data();
        secrets.extend([code, tap["code"].as_str().unwrap().to_owned(), token.clone()]);
        secrets.push(tap["encryptedData"].as_str().unwrap().to_owned());
        tokens.push(token);
    }
    secrets.push(session_key(house).await);
    let ask = json!({ "grant_type": "client_credential", "appid": APP_1, "secret": "1".repeat(32) });
    secrets.push(house.wechat_post("/cgi-bin/stable_token", ask).await["access_token"].as_str().unwrap().into());
    failures(house, &tokens[0]).await;
    secrets.push(operator(house).await);
    house.post_as(&tokens[1], "/api/logout", Value::Null).await.data();
    secrets
}

/// The key that the product holds for u1: WeChat gives the same one to whoever exchanges another code at once.
async fn session_key(house: &House) -> String {
    let code = house.code("u1", APP_1).await;
    let query = format!("appid={APP_1}&secret={}&js_code={code}&grant_type=authorization_code", "1".repeat(32));
    house.wechat(&format!("/sns/jscode2session?{query}")).await["session_key"].as_str().unwrap().into()
}

async fn failures(house: &House, token: &str) {
    let tap = house.tap("u2", "both").await;
    for body in [
        tap.clone(),
        json!({ "code": "a".repeat(64) }),
        json!({ "encryptedData": tap["encryptedData"], "iv": tap["iv"] }),
    ] {
        house.post_as(token, "/api/bindPhone", body).await;
    }
    // A report asks WeChat by itself, and would meet a fault that is meant for somebody else.
    house.server.accounts.reports_written().await;
    for fault in [
        json!({ "busy": true, "times": 2 }),
        json!({ "dropAfter": true }),
        json!({ "status": 502 }),
        json!({ "garbage": "huge" }),
        json!({ "latencyMs": 3_000 }),
        json!({ "errcode": 40125 }),
        json!({ "errcode": 12345 }),
    ] {
        house.sim("faults", fault).await;
        let code = house.code("u1", APP_1).await;
        assert_ne!(house.post("/api/login", json!({ "code": code, "appid": APP_1 })).await.status, 200);
    }
    house.me("lk_nobody").await;
}

async fn operator(house: &House) -> String {
    house.server.operators.create("anna", Role::Admin, &Secret::new(PASSWORD)).await.unwrap();
    let form = format!("username=anna&password={}", PASSWORD.replace(' ', "+").replace('\'', "%27"));
    let request = Request::post("/console/fn/sign_in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html");
    let signed_in = house.send(request.body(form.into()).unwrap()).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(!cookie.is_empty());
    for path in ["/console/users?q=13580006666", "/console/phone-changes"] {
        let page =
            house.send(Request::get(path).header(header::COOKIE, &cookie).body(String::new().into()).unwrap()).await;
        assert_eq!(page.status, 200);
    }
    see_in_full(house, &cookie).await;
    invitation(house, &cookie).await
}

/// A number that an operator sees is in his answer, and in no log.
async fn see_in_full(house: &House, cookie: &str) {
    let get = async |path: &str| {
        let request = Request::get(path).header(header::COOKIE, cookie);
        house.send(request.body(String::new().into()).unwrap()).await.text
    };
    let found = get("/console/users?q=91234567").await;
    let user = found.split("href=\"/console/users/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let post = async |name: &str| {
        let request = Request::post(format!("/console/fn/{name}"))
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html");
        house.send(request.body(format!("user={user}&reason=why").into()).unwrap()).await
    };
    assert_eq!(post("reveal_phone").await.status, 302);
    assert!(get(&format!("/console/users/{user}")).await.contains(PHONES[1]));
    assert!(post("export_user").await.text.contains(PHONES[1]));
}

/// Somebody is invited and opens his link: its secret.
async fn invitation(house: &House, cookie: &str) -> String {
    let post = |name: &str, form: String| {
        Request::post(format!("/console/fn/{name}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookie)
            .body(form.into())
            .unwrap()
    };
    house.send(post("invite_operator", "username=bert&role=viewer".into())).await;
    let get = |path: &str| Request::get(path).header(header::COOKIE, cookie).body(String::new().into()).unwrap();
    let page = house.send(get("/console/operators")).await.text;
    let token = page.split_once("/console/invite/").unwrap().1[..64].to_owned();
    assert_eq!(house.send(get(&format!("/console/invite/{token}"))).await.status, 200);
    let form = format!("token={token}&password=three+blue+teapots&repeat=three+blue+teapots");
    let chosen = house.send(post("accept_invitation", form)).await;
    assert_eq!(chosen.header("location"), "/console/login?done=password_chosen");
    token
}
