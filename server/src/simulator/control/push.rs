use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Answer, Asked, Refused};
use crate::simulator::{
    Simulator,
    identity::{self, UserId},
    push::{
        Content, Encrypted, Format, Message, Mode, Push, Settings, on_this_machine,
        seal::{AesKey, Plain},
    },
};

/// More than any test of repeats needs.
const MOST_TIMES: u32 = 100;
/// The phone number (protocol §6.5).
const REVOKES: &str = "8";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the body")]
pub(super) struct Wanted {
    appid: String,
    event: Event,
    /// Needed by every event but `verify`.
    user: Option<UserId>,
    url: String,
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    format: Format,
    revoke_info: Option<String>,
    create_time: Option<i64>,
    timestamp: Option<i64>,
    nonce: Option<String>,
    encrypt_type: Option<String>,
    #[serde(default)]
    wrong_signature: bool,
    #[serde(default)]
    wrong_receiver: bool,
    #[serde(default)]
    garbage_padding: bool,
    #[serde(default)]
    without_open_id: bool,
    times: Option<u32>,
    token: Option<String>,
    aes_key: Option<String>,
}

#[derive(Deserialize, Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Event {
    /// No event, but the verification of the URL.
    Verify,
    UserAuthorizationRevoke,
    UserAuthorizationCancellation,
    UserInfoModified,
}

/// `POST /sim/push`: sends a push and tells what the receiver answered last.
pub(super) async fn push(State(simulator): State<Simulator>, Asked(wanted): Asked<Wanted>) -> Answer {
    let push = wanted.push(&simulator)?;
    let delivered = push.deliver(&simulator).await;
    let delivered = delivered.map_err(|why| Refused(StatusCode::INTERNAL_SERVER_ERROR, why.to_string()))?;
    let answer = delivered.answer;
    Ok(Json(json!({
        "status": answer.status,
        "body": answer.body,
        "accepted": answer.accepted,
        "attempts": delivered.attempts,
    })))
}

impl Wanted {
    fn push(self, simulator: &Simulator) -> Result<Push, Refused> {
        let url = on_this_machine(&self.url);
        let url = url.ok_or_else(|| Refused::bad("url: http:// and a loopback address, as all of this is"))?;
        let times = self.times()?;
        let settings = self.settings(simulator)?;
        let content = self.content(&settings, simulator)?;
        Ok(Push {
            url,
            token: settings.token,
            timestamp: self.timestamp,
            nonce: self.nonce,
            encrypt_type: self.encrypt_type,
            wrong_signature: self.wrong_signature,
            times,
            content,
        })
    }

    fn times(&self) -> Result<u32, Refused> {
        let times = self.times.unwrap_or(1);
        if (1..=MOST_TIMES).contains(&times) { Ok(times) } else { Err(Refused::bad("times: 1 to 100")) }
    }

    /// The app's own, unless others were given.
    fn settings(&self, simulator: &Simulator) -> Result<Settings, Refused> {
        let world = simulator.world();
        let app = world.apps.get(&self.appid).ok_or_else(|| Refused::no_app(&self.appid))?;
        let Settings { token, aes_key } = app.push.clone();
        Ok(Settings { token: self.token.clone().unwrap_or(token), aes_key: self.aes_key.clone().unwrap_or(aes_key) })
    }

    fn content(&self, settings: &Settings, simulator: &Simulator) -> Result<Option<Content>, Refused> {
        if self.event == Event::Verify {
            return Ok(None);
        }
        let message = self.message(simulator)?;
        if self.mode == Mode::Plain {
            if self.wrong_receiver || self.garbage_padding {
                return Err(Refused::bad("wrongReceiver, garbagePadding: mode plain encrypts nothing"));
            }
            return Ok(Some(Content { body: message.render(self.format), encrypted: None }));
        }
        let text = self.encrypt(&message, settings, simulator)?;
        let shown = if self.mode == Mode::Safe { Message::to(&self.appid) } else { message };
        let body = shown.with("Encrypt", text.as_str()).render(self.format);
        let sender = identity::push_sender(&self.appid);
        Ok(Some(Content { body, encrypted: Some(Encrypted { text, sender }) }))
    }

    /// The user need not be known here: the openid follows from the name, and receivers outlive a simulator's restart.
    fn message(&self, simulator: &Simulator) -> Result<Message, Refused> {
        let user = self.user.as_ref().ok_or_else(|| Refused::bad("user: missing; every event is about one"))?;
        let openid = identity::openid(&self.appid, user);
        let created = self.create_time.unwrap_or_else(|| simulator.clock.now().seconds());
        Ok(Message::event(&self.appid, json!(self.event), created)
            .with_some("OpenID", (!self.without_open_id).then_some(openid))
            .with("AppID", self.appid.as_str())
            .with_some("RevokeInfo", self.revoke_info()))
    }

    /// Other events carry it only when asked to: it means nothing there.
    fn revoke_info(&self) -> Option<String> {
        let default = (self.event == Event::UserAuthorizationRevoke).then(|| REVOKES.to_owned());
        self.revoke_info.clone().or(default)
    }

    fn encrypt(&self, message: &Message, settings: &Settings, simulator: &Simulator) -> Result<String, Refused> {
        let key = AesKey::parse(&settings.aes_key);
        let key = key.ok_or_else(|| Refused::bad("aesKey: 43 characters of base64"))?;
        let receiver = if self.wrong_receiver { other_app(simulator, &self.appid) } else { self.appid.clone() };
        let mut random = [0; 16];
        // WeChat's sixteen bytes are legible, too.
        random.copy_from_slice(hex::encode(simulator.random.bytes::<8>()).as_bytes());
        let message = message.render(self.format);
        let garbage_padding = self.garbage_padding;
        Ok(key.encrypt(&Plain { random, message: &message, receiver: &receiver, garbage_padding }))
    }
}

fn other_app(simulator: &Simulator, appid: &str) -> String {
    simulator.world().apps.keys().find(|other| *other != appid).cloned().unwrap_or_default()
}
