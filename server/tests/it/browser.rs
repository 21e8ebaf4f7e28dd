//! A browser without JavaScript: keeps the session's cookie, gets pages, sends forms.

use axum::{
    body::Body,
    http::{Request, header},
};
use latchkey::{http::Peer, secret::Secret};
use latchkey_app::types::Role;

use crate::house::{Answer, House};

pub const PASSWORD: &str = "correct horse battery";

pub struct Browser<'h> {
    house: &'h House,
    pub cookie: String,
    address: &'static str,
}

impl<'h> Browser<'h> {
    pub fn new(house: &'h House) -> Self {
        Self::at(house, "198.51.100.7")
    }

    pub fn at(house: &'h House, address: &'static str) -> Self {
        Self { house, cookie: String::new(), address }
    }

    /// Signed in as an operator who was made for it.
    pub async fn of(house: &'h House, username: &str, role: Role) -> Self {
        house.server.operators.create(username, role, &Secret::new(PASSWORD)).await.unwrap();
        let mut browser = Self::new(house);
        assert_eq!(browser.sign_in(username, PASSWORD).await, "/console");
        browser
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let headers = request.headers_mut();
        headers.insert(header::COOKIE, self.cookie.parse().unwrap());
        headers.insert(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0".parse().unwrap());
        request.extensions_mut().insert(Peer(self.address.parse().unwrap()));
        let answer = self.house.send(request).await;
        if let Some(pair) = answer.header("set-cookie").split(';').next().filter(|pair| !pair.is_empty()) {
            pair.clone_into(&mut self.cookie);
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Where the form leads to.
    pub async fn post(&mut self, name: &str, fields: &[(&str, &str)]) -> String {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(format!("/console/fn/{name}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, form.len())
            .header(header::ACCEPT, "text/html");
        let answer = self.send(request.body(Body::from(form)).unwrap()).await;
        assert_eq!(answer.status, 302, "{name}: {}", answer.text);
        answer.header("location").to_owned()
    }

    pub async fn sign_in(&mut self, username: &str, password: &str) -> String {
        self.post("sign_in", &[("username", username), ("password", password)]).await
    }

    pub async fn is_in(&mut self) -> bool {
        self.get("/console/users").await.status == 200
    }

    /// The operators page, and the link that it shows this once.
    pub async fn new_link(&mut self) -> Option<String> {
        let page = self.get("/console/operators").await.text;
        let (_, rest) = page.split_once("/console/invite/")?;
        Some(format!("/console/invite/{}", rest.get(..64)?))
    }
}

/// The id of an operator.
pub async fn id_of(house: &House, username: &str) -> String {
    let rows = house.server.operators.list().await.unwrap();
    rows.iter().find(|row| row.username == username).unwrap().id.to_string()
}

/// What the app on a phone shows at the house's time, moved by some steps.
pub fn totp(house: &House, secret: &str, steps: i64) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let key = totp_rs::Secret::try_from_base32(secret).unwrap();
    let counter = house.clock.now().seconds() / 30 + steps;
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key.as_ref()).unwrap();
    mac.update(&counter.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let word = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

/// Turns the second factor on: its secret and the recovery codes.
pub async fn turn_on(house: &House, browser: &mut Browser<'_>) -> (String, Vec<String>) {
    assert_eq!(browser.post("begin_second_factor", &[]).await, "/console/account#second-factor");
    let page = browser.get("/console/account").await.text;
    let secret =
        page.split("<dd>").nth(1).unwrap().split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let code = totp(house, &secret, 0);
    assert_eq!(browser.post("confirm_second_factor", &[("code", &code)]).await, "/console/account");
    let page = browser.get("/console/account").await.text;
    let list = page.split("class=\"codes\"").nth(1).unwrap().split("</ul>").next().unwrap();
    let codes = list.split("<code>").skip(1).map(|code| code.split('<').next().unwrap().to_owned()).collect();
    (secret, codes)
}
