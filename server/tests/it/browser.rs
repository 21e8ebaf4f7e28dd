//! A browser without JavaScript: keeps its cookies, gets pages, sends forms.

use std::{collections::BTreeMap, sync::Mutex};

use axum::{
    body::Body,
    http::{Request, header},
};
use latchkey::{http::Peer, secret::Secret};
use latchkey_app::types::Role;

use crate::house::{Answer, House, PASSWORD};

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0";

pub struct Browser<'h> {
    pub house: &'h House,
    cookies: Mutex<BTreeMap<String, String>>,
    address: &'static str,
}

impl<'h> Browser<'h> {
    /// Nobody is signed in.
    pub fn new(house: &'h House) -> Self {
        Self::from(house, "198.51.100.7")
    }

    /// With the cookie of a session.
    pub fn of_cookie(house: &'h House, pair: &str) -> Self {
        let browser = Self::new(house);
        browser.take_cookie(pair);
        browser
    }

    pub fn from(house: &'h House, address: &'static str) -> Self {
        Self { house, cookies: Mutex::default(), address }
    }

    /// A new session of the operator who is named as his role; the first time he is made for it.
    pub async fn of(house: &'h House, role: Role) -> Self {
        Self::named(house, role.name(), role).await
    }

    /// A new session of an operator; the first time he is made for it.
    pub async fn named(house: &'h House, username: &str, role: Role) -> Self {
        let _ = house.server.operators.create(username, role, &Secret::new(PASSWORD)).await;
        let browser = Self::new(house);
        assert_eq!(browser.sign_in(username, PASSWORD).await, "/console");
        browser
    }

    /// The same cookies, sent to another node.
    pub fn at(&self, house: &'h House) -> Self {
        Self { house, cookies: Mutex::new(self.cookies.lock().unwrap().clone()), address: self.address }
    }

    pub fn in_english(&self) -> Self {
        let english = self.at(self.house);
        english.take_cookie("latchkey_lang=en");
        english
    }

    /// As the header says them.
    pub fn cookie(&self) -> String {
        let pairs =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        pairs.join("; ")
    }

    /// One `name=value`.
    pub fn take_cookie(&self, pair: &str) {
        let (name, value) = pair.split_once('=').unwrap();
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        let headers = request.headers_mut();
        headers.insert(header::HOST, "login.example".parse().unwrap());
        headers.insert(header::COOKIE, self.cookie().parse().unwrap());
        headers.insert(header::USER_AGENT, AGENT.parse().unwrap());
        request.extensions_mut().insert(Peer(self.address.parse().unwrap()));
        let answer = self.house.send(request).await;
        if let Some(pair) = answer.header("set-cookie").split(';').next().filter(|pair| !pair.is_empty()) {
            self.take_cookie(pair);
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// A page that must be there, and that nobody may keep.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{path}");
        answer.text
    }

    /// Sends a form to any path.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.submit_with(path, fields, &[]).await
    }

    async fn submit_with(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, form.len())
            .header(header::ACCEPT, "text/html");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::from(form)).unwrap()).await
    }

    /// Sends a server function's form.
    pub async fn post(&self, name: &str, fields: &[(&str, &str)]) -> Answer {
        self.submit(&format!("/console/fn/{name}"), fields).await
    }

    pub async fn post_with(&self, name: &str, fields: &[(&str, &str)], header: (&str, &str)) -> Answer {
        self.submit_with(&format!("/console/fn/{name}"), fields, &[header]).await
    }

    /// Where a server function's form leads to.
    pub async fn led(&self, name: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(name, fields).await;
        assert_eq!(answer.status, 302, "{name}: {}", answer.text);
        answer.header("location").to_owned()
    }

    pub async fn sign_in(&self, username: &str, password: &str) -> String {
        self.led("sign_in", &[("username", username), ("password", password)]).await
    }

    pub async fn is_in(&self) -> bool {
        self.get("/console/users").await.status == 200
    }

    /// The operators page, and the link that it shows this once.
    pub async fn new_link(&self) -> Option<String> {
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
pub async fn turn_on(house: &House, browser: &Browser<'_>) -> (String, Vec<String>) {
    assert_eq!(browser.led("begin_second_factor", &[]).await, "/console/account#second-factor");
    let page = browser.get("/console/account").await.text;
    let secret =
        page.split("<dd>").nth(1).unwrap().split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let code = totp(house, &secret, 0);
    assert_eq!(browser.led("confirm_second_factor", &[("code", &code)]).await, "/console/account");
    let page = browser.get("/console/account").await.text;
    let list = page.split("class=\"codes\"").nth(1).unwrap().split("</ul>").next().unwrap();
    let codes = list.split("<code>").skip(1).map(|code| code.split('<').next().unwrap().to_owned()).collect();
    (secret, codes)
}

/// The user ids of a list's rows, in order.
pub fn listed(page: &str) -> Vec<String> {
    let rows = page.split("class=\"cell-user\"").skip(1);
    rows.filter_map(|row| Some(row.split_once("href=\"/console/users/")?.1.split('"').next()?.to_owned())).collect()
}

/// Where a link of a page leads, by its `rel`.
pub fn link(page: &str, rel: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("rel=\"{rel}\" href=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}
