//! A whole Latchkey in process, with a simulated WeChat that it reaches over HTTP like the real one, and a clock that
//! stands still until a test moves it.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, header},
};
use latchkey::{
    clock::Clock,
    config::{App, Apps, Config, Environment, PhoneConflict, WeChatConfig},
    console::{ConsoleServer, OperatorSessions, Visit},
    http::{self, SiteOptions},
    random::Random,
    secret::Secret,
    simulator::Simulator,
    start,
};
use latchkey_app::{port::Console, types::Role};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::databases::NOW;

pub const APP_1: &str = "wx0000000000000001";
pub const APP_2: &str = "wx0000000000000002";
/// Of every operator that a test makes.
pub const PASSWORD: &str = "correct horse battery";

pub struct House {
    pub router: Router,
    pub server: ConsoleServer,
    pub clock: Clock,
    pub wechat: String,
    pub config: Config,
    http: reqwest::Client,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `data` of a success.
    pub fn data(&self) -> Value {
        let json = self.json();
        assert_eq!((self.status, &json["code"], &json["msg"]), (200, &json!(0), &json!("ok")), "{json}");
        json["data"].clone()
    }

    /// Asserts a whole row of contract §3's error table.
    pub fn refused(&self, status: u16, error: &str, next_step: &str) {
        let json = self.json();
        assert_eq!(
            (self.status, &json["code"], &json["error"], &json["nextStep"]),
            (status, &json!(status), &json!(error), &json!(next_step)),
            "{json}"
        );
        assert_eq!(json["requestId"], self.header("x-request-id"));
        assert_eq!(json["supportCode"], latchkey::support_code::of_request(self.header("x-request-id")));
        assert!(json["msg"].as_str().is_some_and(|msg| !msg.is_ascii()), "{json}");
        assert_eq!(!self.header("retry-after").is_empty(), next_step == "retry");
        assert_eq!(self.header("www-authenticate"), if status == 401 { "Bearer" } else { "" });
    }
}

fn app(appid: &str, digit: &str) -> App {
    App {
        name: format!("App {digit}"),
        push_token: Some(Secret::new(format!("pushtoken{digit}"))),
        push_aes_key: Some(Secret::new(digit.repeat(43))),
        ..App::new(appid, Secret::new(digit.repeat(32)))
    }
}

/// With both of the simulator's apps; the key is any. The time-out is one that a busy machine does not reach: tests of it
/// choose their own.
pub fn config(database_url: &str, wechat: &str) -> Config {
    let defaults = Config::load(Some("/dev/null".into()), &Environment::default()).unwrap();
    Config {
        database_url: Secret::new(database_url),
        data_keys: Some(Secret::new("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")),
        apps: Apps::new(vec![app(APP_1, "1"), app(APP_2, "2")]),
        wechat: WeChatConfig { base_url: wechat.into(), timeout_ms: 20_000 },
        ..defaults
    }
}

impl House {
    pub async fn new(database_url: &str) -> Self {
        Self::with(database_url, |_| {}).await
    }

    pub async fn with(database_url: &str, change: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::fixed(NOW);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wechat = format!("http://{}", listener.local_addr().unwrap());
        let simulator = Simulator::new(clock.clone(), Random::System);
        tokio::spawn(http::serve(listener, simulator.router(), clock.clone(), std::future::pending()));
        let mut config = config(database_url, &wechat);
        change(&mut config);
        Self::node(config, wechat, clock).await
    }

    /// Another node on the same database and the same WeChat.
    pub async fn second_node(&self) -> Self {
        self.second_node_with(|_| {}).await
    }

    /// Another node whose configuration differs.
    pub async fn second_node_with(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.config.clone();
        change(&mut config);
        Self::node(config, self.wechat.clone(), self.clock.clone()).await
    }

    /// As [`Self::second_node`], configured otherwise.
    pub async fn node_with(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.config.clone();
        change(&mut config);
        Self::node(config, self.wechat.clone(), self.clock.clone()).await
    }

    /// As [`Self::second_node`], on a machine whose clock is `seconds` ahead.
    pub async fn node_ahead_by(&self, seconds: i64) -> Self {
        let clock = Clock::fixed(self.clock.now().plus_seconds(seconds));
        Self::node(self.config.clone(), self.wechat.clone(), clock).await
    }

    async fn node(config: Config, wechat: String, clock: Clock) -> Self {
        let server = start::start(&config, clock.clone(), Random::System).await.unwrap();
        let router = http::router(&server, &SiteOptions::of(&config));
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap();
        Self { router, server, clock, wechat, config, http }
    }

    /// The address at which this node can be reached from outside, as by WeChat's pushes.
    pub async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(http::serve(listener, self.router.clone(), self.clock.clone(), std::future::pending()));
        format!("http://{address}")
    }

    /// A call as from another machine.
    pub async fn post_from(&self, address: &str, path: &str, body: Value) -> Answer {
        let mut request = Request::post(path).body(Body::from(body.to_string())).unwrap();
        request.extensions_mut().insert(http::Peer(address.parse().unwrap()));
        self.send(request).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10 << 20).await.unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            // The renderer's marks between two texts are nobody's to read.
            text: String::from_utf8_lossy(&bytes).replace("<!>", ""),
        }
    }

    pub async fn call(&self, method: Method, path: &str, token: Option<&str>, body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, None, body.to_string()).await
    }

    pub async fn post_as(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(token), body.to_string()).await
    }

    pub async fn me(&self, token: &str) -> Answer {
        self.call(Method::GET, "/api/me", Some(token), Body::empty()).await
    }

    /// A button of the simulator.
    pub async fn sim(&self, button: &str, body: Value) -> Value {
        let answer = self.http.post(format!("{}/sim/{button}", self.wechat)).json(&body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "/sim/{button} {body}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// How often WeChat was called at `path`.
    pub async fn calls(&self, path: &str) -> u64 {
        let answer = self.http.get(format!("{}/sim/calls", self.wechat)).send().await.unwrap();
        answer.json::<Value>().await.unwrap()[path].as_u64().unwrap_or(0)
    }

    /// WeChat's own side, asked as if by another server with the same secrets.
    pub async fn wechat(&self, path_and_query: &str) -> Value {
        let answer = self.http.get(format!("{}{path_and_query}", self.wechat)).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    pub async fn wechat_post(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(format!("{}{path}", self.wechat)).json(&body).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// wx.login.
    pub async fn code(&self, user: &str, appid: &str) -> String {
        self.sim("login", json!({ "user": user, "appid": appid })).await["code"].as_str().unwrap().into()
    }

    /// wx.login and `POST /api/login`; the answer's data.
    pub async fn log_in(&self, user: &str) -> Value {
        let code = self.code(user, APP_1).await;
        self.post("/api/login", json!({ "code": code, "appid": APP_1 })).await.data()
    }

    /// [`Self::log_in`]; the token alone.
    pub async fn token(&self, user: &str) -> String {
        self.log_in(user).await["token"].as_str().unwrap().into()
    }

    /// The phone button: `mode` is encrypted, code or both.
    pub async fn tap(&self, user: &str, mode: &str) -> Value {
        self.sim("phone", json!({ "user": user, "appid": APP_1, "mode": mode })).await
    }

    /// The console as an operator of this role sees it, past the HTTP.
    pub async fn console(&self, role: &str) -> Arc<dyn Console> {
        let role = Role::from_name(role).unwrap();
        // The second time he is there already.
        let _ = self.server.operators.create(role.name(), role, &Secret::new(PASSWORD)).await;
        let accounts = &self.server.accounts;
        let store = OperatorSessions {
            db: accounts.db.clone(),
            clock: accounts.clock.clone(),
            random: accounts.random.clone(),
        };
        let session = tower_sessions::Session::new(None, Arc::new(store), None);
        let visit = Visit::begin(self.server.clone(), session, None);
        visit.sign_in(role.name().to_owned(), PASSWORD.to_owned()).await.unwrap();
        visit
    }

    /// How many rows a table has; behind its name, a condition may follow.
    pub async fn count(&self, table: &str) -> i64 {
        use latchkey::store::Db;
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        match &self.server.accounts.db {
            Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
        }
    }
}

/// The same installation with another rule for numbers that somebody else has.
pub fn phone_conflict(rule: PhoneConflict) -> impl FnOnce(&mut Config) {
    move |config| config.phone_conflict = rule
}
