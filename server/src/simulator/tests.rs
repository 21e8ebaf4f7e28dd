//! Through the router, with a clock that stands still and seeded randomness. Refusals first. One file per kind of call; what they share is here.

mod keys;
mod login;
mod phone;
mod push;
mod session;
mod stage;
mod token;

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
