//! What goes wrong in a small shop in two weeks: the records that the console explains. Version 12 of the mini program,
//! out for three days, calls wx.login inside the phone button's callback.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Stage, text};
use crate::{
    accounts::{ButtonRefusal, Failure, LogIn, PhoneProof},
    arrival::{Arrival, Client},
    cli::{Failed, Outcome},
    open_data::Encrypted,
    random::Random,
};

const DAY_S: i64 = 86_400;
pub(super) const SPAN_S: i64 = 14 * DAY_S;
const RELEASED_S: i64 = 3 * DAY_S;
/// Between two mishaps, before and after the release.
const CALM_S: i64 = 5 * 3600;
const BUSY_S: i64 = 3600;

const APP: &str = "wx0000000000000001";
const OTHER_APP: &str = "wx0000000000000002";
const NAMES: [&str; 12] =
    ["沈星", "江南", "Mia", "陆离", "苏苏", "顾北", "云朵", "阿强", "Leo", "小满", "白鹿", "秦岭"];
const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) MicroMessenger/8.0.54(0x18003631) NetType/WIFI",
    "Mozilla/5.0 (Linux; Android 15; V2309A) MicroMessenger/8.0.54.2760(0x28003653) MiniProgramEnv/android",
    "Mozilla/5.0 (Linux; Android 14; 2312DRA50C) MicroMessenger/8.0.49.2600(0x28003133) MiniProgramEnv/android",
];

#[derive(Clone, Copy)]
enum Mishap {
    LoginAfterButton,
    PlusLost,
    Truncated,
    Stale,
    CodeExpired,
    CodeUsed,
    LoginElsewhere,
    PhoneCodeExpired,
    LoginCodeAsPhoneCode,
    Denied,
}

use Mishap::{
    CodeExpired, CodeUsed, Denied, LoginAfterButton, LoginCodeAsPhoneCode, LoginElsewhere, PhoneCodeExpired, PlusLost,
    Stale, Truncated,
};

const BEFORE: [Mishap; 9] =
    [CodeExpired, PlusLost, Denied, LoginAfterButton, PhoneCodeExpired, CodeUsed, Stale, LoginElsewhere, Truncated];
const AFTER: [Mishap; 10] = [
    LoginAfterButton,
    LoginAfterButton,
    PlusLost,
    LoginAfterButton,
    LoginAfterButton,
    LoginElsewhere,
    LoginAfterButton,
    Denied,
    LoginAfterButton,
    LoginCodeAsPhoneCode,
];

/// Plays all of it, up to now.
pub(super) async fn play(stage: &Stage) -> Outcome {
    conflict(stage).await?;
    one_number(stage).await?;
    let (end, mut number) = (stage.begin.plus_seconds(SPAN_S), 0);
    let left = || end.since(stage.clock.now()) / 1000;
    while left() > BUSY_S {
        let released = left() <= RELEASED_S;
        stage.clock.advance(if released { BUSY_S } else { CALM_S });
        stage.accounts.conclude_waiting().await?;
        let mishap = if released { AFTER[number % AFTER.len()] } else { BEFORE[number % BEFORE.len()] };
        let visitor = Visitor { stage, number, version: if released { 12 } else { 11 } };
        visitor.suffer(mishap).await?;
        stage.accounts.reports_written().await;
        number += 1;
    }
    stage.accounts.secret_leaked(OTHER_APP).await;
    Ok(())
}

/// One person in both mini programs, before they were linked to an Open Platform account.
async fn conflict(stage: &Stage) -> Outcome {
    let who = Visitor { stage, number: 4, version: 11 };
    stage.press("openplatform", json!({ "appid": APP, "linked": false })).await?;
    for appid in [APP, OTHER_APP] {
        let user = who.log_in(appid, None).await?;
        stage.name(user, NAMES[who.number]).await?;
        stage.clock.advance(3600);
    }
    stage.press("openplatform", json!({ "appid": APP, "linked": true })).await?;
    who.log_in(APP, None).await?;
    Ok(())
}

/// A number that the telephone company gave to somebody else.
async fn one_number(stage: &Stage) -> Outcome {
    for number in [1, 5] {
        let who = Visitor { stage, number, version: 11 };
        stage.press("users", json!({ "user": who.user(), "phone": "19900000055", "countryCode": "86" })).await?;
        who.log_in(APP, None).await?;
        let encrypted = who.tap(json!({})).await?;
        let user = who.log_in(APP, Some(encrypted)).await?;
        stage.name(user, NAMES[who.number]).await?;
        stage.clock.advance(3600);
    }
    Ok(())
}

/// Somebody with a phone in the hand.
struct Visitor<'a> {
    stage: &'a Stage,
    number: usize,
    version: u32,
}

impl Visitor<'_> {
    fn user(&self) -> String {
        format!("mishap-{}", self.number % NAMES.len())
    }

    fn arrival(&self, call: &str) -> Arrival {
        let now = self.stage.clock.now();
        let referer = format!("https://servicewechat.com/{APP}/{}/page-frame.html", self.version);
        let client = Client::new(call, &referer, AGENTS[self.number % AGENTS.len()]);
        let last = u8::try_from(self.number % 250).unwrap_or_default();
        Arrival { request_id: Random::System.id(now), at: now, address: [203, 0, 113, last].into(), client }
    }

    async fn press(&self, button: &str, more: Value) -> Result<Value, Failed> {
        let mut body = json!({ "user": self.user(), "appid": APP });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        self.stage.press(button, body).await
    }

    async fn code(&self, appid: &str) -> Result<String, Failed> {
        Ok(text(&self.press("login", json!({ "appid": appid })).await?, "code").unwrap_or_default())
    }

    async fn tap(&self, more: Value) -> Result<Encrypted, Failed> {
        let mut body = json!({ "mode": "encrypted" });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let tap = self.press("phone", body).await?;
        let field = |name| text(&tap, name).unwrap_or_default();
        Ok(Encrypted { data: field("encryptedData"), iv: field("iv") })
    }

    /// The user's id.
    async fn log_in(&self, appid: &str, encrypted: Option<Encrypted>) -> Result<Uuid, Failed> {
        let phone = encrypted.map(|encrypted| PhoneProof { encrypted: Some(encrypted), code: None });
        let request =
            LogIn { appid: appid.to_owned(), code: self.code(appid).await?, phone, profile: None, whole: false };
        let done = self.stage.accounts.log_in(request, self.arrival("POST /api/login")).await?;
        Ok(done.user.user_id.parse()?)
    }

    /// A call that fails: the record is what counts.
    async fn bind(&self, proof: PhoneProof) -> Outcome {
        let token = self.token().await?;
        let session = self.stage.accounts.authenticate(&token).await?;
        let _: Result<_, Failure> =
            self.stage.accounts.bind_phone(session, proof, self.arrival("POST /api/bindPhone")).await;
        Ok(())
    }

    async fn token(&self) -> Result<String, Failed> {
        let request =
            LogIn { appid: APP.to_owned(), code: self.code(APP).await?, phone: None, profile: None, whole: false };
        let done = self.stage.accounts.log_in(request, self.arrival("POST /api/login")).await?;
        Ok(done.token.expose().to_owned())
    }

    async fn suffer(&self, mishap: Mishap) -> Outcome {
        let user = self.log_in(APP, None).await?;
        self.stage.name(user, NAMES[self.number % NAMES.len()]).await?;
        let digits = |length: usize| format!("{:0length$x}", self.number + 1);
        match mishap {
            LoginAfterButton => {
                let encrypted = self.tap(json!({})).await?;
                self.press("rotate", json!({})).await?;
                self.stage.clock.advance(2);
                self.log_in(APP, Some(encrypted)).await?;
            }
            PlusLost => {
                let mut encrypted = self.tap(json!({})).await?;
                encrypted.data = encrypted.data.replace('+', " ");
                self.log_in(APP, Some(encrypted)).await?;
            }
            Truncated => {
                let mut encrypted = self.tap(json!({})).await?;
                encrypted.data.truncate(128);
                self.bind(PhoneProof { encrypted: Some(encrypted), code: None }).await?;
            }
            Stale => {
                let encrypted = self.tap(json!({ "watermarkAgeS": 1260 })).await?;
                self.bind(PhoneProof { encrypted: Some(encrypted), code: None }).await?;
            }
            CodeExpired => self.fail_to_log_in(format!("0{}", digits(31))).await,
            CodeUsed => {
                let code = self.code(APP).await?;
                for _ in 0..2 {
                    self.fail_to_log_in(code.clone()).await;
                    self.stage.clock.advance(1);
                }
            }
            LoginElsewhere => {
                let token = self.token().await?;
                self.stage.clock.advance(40);
                self.press("rotate", json!({})).await?;
                self.code(APP).await?;
                self.stage.clock.advance(3);
                let encrypted = self.tap(json!({})).await?;
                let session = self.stage.accounts.authenticate(&token).await?;
                let (proof, arrival) =
                    (PhoneProof { encrypted: Some(encrypted), code: None }, self.arrival("POST /api/bindPhone"));
                let _: Result<_, Failure> = self.stage.accounts.bind_phone(session, proof, arrival).await;
            }
            PhoneCodeExpired => self.bind(PhoneProof { encrypted: None, code: Some(digits(64)) }).await?,
            LoginCodeAsPhoneCode => {
                let code = self.code(APP).await?;
                self.bind(PhoneProof { encrypted: None, code: Some(code) }).await?;
            }
            Denied => {
                let session = self.stage.accounts.authenticate(&self.token().await?).await?;
                let refusal = ButtonRefusal { errno: None, err_msg: Some("getPhoneNumber:fail user deny".to_owned()) };
                self.stage.accounts.report_button(self.arrival("POST /api/bindPhone"), &session, refusal).await;
            }
        }
        // WeChat is asked about it before the clock moves on.
        self.stage.accounts.reports_written().await;
        Ok(())
    }

    /// Whether it fails is not this function's business: a good code is good once.
    async fn fail_to_log_in(&self, code: String) {
        let request = LogIn { appid: APP.to_owned(), code, phone: None, profile: None, whole: false };
        let _: Result<_, Failure> = self.stage.accounts.log_in(request, self.arrival("POST /api/login")).await;
    }
}
