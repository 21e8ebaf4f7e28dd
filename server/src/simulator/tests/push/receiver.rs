//! What WeChat's push comes to, and what a server can make of it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use aes::Aes256;
use axum::{
    Router,
    extract::{Query, State},
    http::{Method, header::LOCATION},
    response::{IntoResponse, Response},
};
use cbc::cipher::block_padding::NoPadding;

use super::super::*;

pub(super) const REVOKE: &str = "user_authorization_revoke";

/// A server that listens to WeChat's push: keeps what it gets, and answers as it was told, else as it should.
#[derive(Clone, Default)]
pub(super) struct Receiver {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    pub answers: Arc<Mutex<VecDeque<(u16, &'static str)>>>,
}

pub(super) struct Received {
    pub method: Method,
    pub query: HashMap<String, String>,
    pub headers: HeaderMap,
    pub body: String,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/wechat?own=1", listener.local_addr().unwrap());
        let receiver = Self { url, ..Self::default() };
        let router = Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        receiver
    }

    pub fn answers(&self, answers: &[(u16, &'static str)]) {
        self.answers.lock().unwrap().extend(answers);
    }

    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }

    pub fn take_one(&self) -> Received {
        let mut all = self.take();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    pub fn wanted(&self, event: &str, more: &Value) -> Value {
        let mut wanted = json!({ "appid": APP_1, "event": event, "user": "u1", "url": self.url });
        wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        wanted
    }
}

async fn receive(
    State(receiver): State<Receiver>,
    method: Method,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let echo = query.get("echostr").cloned().unwrap_or("success".into());
    receiver.received.lock().unwrap().push(Received { method, query, headers, body });
    let answer = receiver.answers.lock().unwrap().pop_front();
    let (status, body) = answer.map_or((200, echo), |(status, body)| (status, body.to_owned()));
    (StatusCode::from_u16(status).unwrap(), [(LOCATION, receiver.url)], body).into_response()
}

impl Received {
    /// Whether the query's `name` is the signature of Token, timestamp, nonce and these.
    pub fn signed<const N: usize>(&self, name: &str, token: &str, more: [&str; N]) -> bool {
        let mut parts = [&[token, &self.query["timestamp"], &self.query["nonce"]], &more[..]].concat();
        parts.sort_unstable();
        self.query[name] == hex::encode(Sha1::digest(parts.concat()))
    }

    pub fn encrypted(&self) -> String {
        field(&self.body, "Encrypt").unwrap()
    }
}

/// Of JSON or XML, texts and numbers alike.
pub(super) fn field(body: &str, name: &str) -> Option<String> {
    if let Ok(json) = serde_json::from_str::<Value>(body) {
        return json.get(name).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
    }
    let inside = body.strip_prefix("<xml>")?.strip_suffix("</xml>")?;
    let text = inside.split_once(&format!("<{name}>"))?.1.split_once(&format!("</{name}>"))?.0;
    Some(text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(text).to_owned())
}

/// Message and appid; `None` when the padding is not what it must be.
pub(super) fn open(key: [u8; 32], encrypted: &str) -> Option<(String, String)> {
    let mut data = STANDARD.decode(encrypted).unwrap();
    let iv = <[u8; 16]>::try_from(&key[..16]).unwrap();
    let cipher = cbc::Decryptor::<Aes256>::new(&key.into(), &iv.into());
    let padded = cipher.decrypt_padded::<NoPadding>(&mut data).unwrap();
    assert_eq!(padded.len() % 32, 0);
    let padding = padded.last().filter(|padding| (1..=32).contains(*padding))?;
    let (plain, tail) = padded.split_at(padded.len() - usize::from(*padding));
    let length = u32::from_be_bytes(plain[16..20].try_into().unwrap()) as usize;
    let (message, receiver) = plain[20..].split_at(length);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    tail.iter().all(|byte| byte == padding).then(|| (text(message), text(receiver)))
}

/// 43 × `1` in base64, decoded by hand: the digit stands for 53.
pub(super) fn key_of_app_1() -> [u8; 32] {
    let bits = "110101".repeat(43);
    std::array::from_fn(|index| u8::from_str_radix(&bits[index * 8..index * 8 + 8], 2).unwrap())
}
