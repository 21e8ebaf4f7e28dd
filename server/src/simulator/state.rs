use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::{
    codes::Codes,
    faults::Faults,
    identity::{self, UserId},
    login::LoginCode,
    phone::PhoneCode,
    push,
    reply::Refusal,
    session::Session,
    token::{NormalTokens, StableTokens},
};
use crate::clock::Millis;

/// All there is, behind the simulator's one lock.
pub(super) struct World {
    pub apps: BTreeMap<String, App>,
    pub users: HashMap<UserId, User>,
    pub login_codes: Codes<LoginCode>,
    pub phone_codes: Codes<PhoneCode>,
    /// By SHA-256 in hex: the phone ciphertexts that were made, and when.
    pub ciphertexts: HashMap<String, Millis>,
    pub faults: Faults,
    /// Calls per path of WeChat's side since the start, refused and spoilt ones included.
    pub calls: BTreeMap<String, u64>,
    users_made: u64,
}

/// A mini program that is registered here.
pub(super) struct App {
    secret: String,
    /// Under the Open Platform account: only then do its logins have a unionid (protocol §7).
    pub linked: bool,
    pub push: push::Settings,
    pub normal_tokens: NormalTokens,
    pub stable_tokens: StableTokens,
    /// By openid: the one session_key of each user who ever logged in (protocol §2).
    pub sessions: HashMap<String, Session>,
}

pub(super) struct User {
    pub phone: Phone,
    pub nick_name: String,
    /// Of a high risk level: WeChat refuses the login with 40226.
    pub risk: bool,
}

#[derive(Clone)]
pub(super) struct Phone {
    /// Digits, without the country code.
    pub number: String,
    /// Digits, without `+`.
    pub country_code: String,
}

/// The two apps of contract §7.
impl Default for World {
    fn default() -> Self {
        let app = |digit: &str| (format!("wx{digit:0>16}"), App::new(digit));
        Self {
            apps: ["1", "2"].map(app).into(),
            users: HashMap::new(),
            login_codes: Codes::default(),
            phone_codes: Codes::default(),
            ciphertexts: HashMap::new(),
            faults: Faults::default(),
            calls: BTreeMap::new(),
            users_made: 0,
        }
    }
}

impl World {
    /// The user, made on the fly when unknown, so that one call is enough to try a login.
    pub fn user(&mut self, id: &UserId) -> &mut User {
        self.users.entry(id.clone()).or_insert_with(|| User::new(id))
    }

    /// The next of `u1`, `u2`, … that nobody has taken.
    pub fn unused_user_id(&mut self) -> UserId {
        loop {
            self.users_made += 1;
            let id = UserId::numbered(self.users_made);
            if !self.users.contains_key(&id) {
                return id;
            }
        }
    }

    /// The app that these credentials prove: 40013, then 40125 (protocol §9.1, row 2).
    pub fn authenticated(&mut self, appid: &str, secret: &str) -> Result<&mut App, Refusal> {
        let app = self.apps.get_mut(appid).ok_or(Refusal::code(40013))?;
        if app.secret == secret { Ok(app) } else { Err(Refusal::code(40125)) }
    }
}

impl App {
    fn new(digit: &str) -> Self {
        Self {
            secret: digit.repeat(32),
            linked: true,
            push: push::Settings { token: format!("pushtoken{digit}"), aes_key: digit.repeat(43) },
            normal_tokens: NormalTokens::default(),
            stable_tokens: StableTokens::default(),
            sessions: HashMap::new(),
        }
    }
}

impl User {
    fn new(id: &UserId) -> Self {
        let phone = Phone { number: identity::default_phone(id), country_code: "86".into() };
        Self { phone, nick_name: "微信用户".into(), risk: false }
    }
}

impl Phone {
    /// The fields of a phone answer and of decrypted phone data alike (protocol §3.2, §4).
    pub fn info(&self, appid: &str, at: Millis) -> Value {
        json!({
            "phoneNumber": self.with_country(),
            "purePhoneNumber": self.number,
            "countryCode": self.country_code,
            "watermark": { "timestamp": at.seconds(), "appid": appid },
        })
    }

    /// Foreign numbers carry their country code (protocol §4).
    fn with_country(&self) -> String {
        if self.country_code == "86" { self.number.clone() } else { format!("+{}{}", self.country_code, self.number) }
    }
}
