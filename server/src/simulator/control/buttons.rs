//! What a user does in a mini program: wx.login, the phone button, wx.getUserInfo (protocol §9.2).

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Answer, Asked, Refused, Who, users::check_digits};
use crate::{
    clock::Millis,
    simulator::{
        Simulator, encrypted_check,
        identity::{self, UserId},
        login::{self, LoginCode},
        open_data::{Encrypted, Key},
        phone::{self, PhoneCode},
        state::{Phone, User, World},
    },
};

/// `POST /sim/login`: wx.login. The appid comes along, so that the reply is itself a body for a login call.
pub(super) async fn login(State(simulator): State<Simulator>, Asked(who): Asked<Who>) -> Answer {
    let code = LoginCode { appid: who.appid.clone(), user: who.user };
    let issued = login::issue(&mut simulator.world(), code, simulator.clock.now(), &simulator.random);
    let issued = issued.ok_or_else(|| Refused::no_app(&who.appid))?;
    Ok(Json(json!({ "code": issued, "appid": who.appid })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Tap {
    user: UserId,
    appid: String,
    #[serde(default)]
    mode: Mode,
    /// Another number for this once.
    phone: Option<String>,
    country_code: Option<String>,
    /// Data as another app would have got it.
    watermark_appid: Option<String>,
    /// Data as old as this; negative for data from the future.
    #[serde(default)]
    watermark_age_s: i64,
}

/// What the base library gives: old ones ciphertext alone, the realtime button the code alone (protocol §9.2).
#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Encrypted,
    Code,
    /// The code, and the ciphertext too if the user has logged in.
    #[default]
    Both,
}

/// `POST /sim/phone`: the phone button.
pub(super) async fn phone(State(simulator): State<Simulator>, Asked(tap): Asked<Tap>) -> Answer {
    check_digits("phone", tap.phone.as_deref(), 20)?;
    check_digits("countryCode", tap.country_code.as_deref(), 4)?;
    let now = simulator.clock.now();
    let mut world = simulator.world();
    let key = live_key(&mut world, &tap.appid, &tap.user, now)?;
    let info = tap.info(world.user(&tap.user), now);
    let mut reply = Map::new();
    if tap.mode != Mode::Code {
        match key {
            Some(key) => {
                let encrypted = key.encrypt(&info, &simulator.random);
                encrypted_check::remember(&mut world, &encrypted.data, now);
                insert(&mut reply, encrypted);
            }
            None if tap.mode == Mode::Encrypted => return Err(no_key()),
            None => {}
        }
    }
    if tap.mode != Mode::Encrypted {
        let code = PhoneCode { appid: tap.appid, user: tap.user, phone_info: info };
        reply.insert("code".into(), phone::issue(&mut world, code, now, &simulator.random).into());
    }
    Ok(Json(Value::Object(reply)))
}

impl Tap {
    fn info(&self, user: &User, now: Millis) -> Value {
        let number = self.phone.clone().unwrap_or_else(|| user.phone.number.clone());
        let country_code = self.country_code.clone().unwrap_or_else(|| user.phone.country_code.clone());
        let appid = self.watermark_appid.as_ref().unwrap_or(&self.appid);
        Phone { number, country_code }.info(appid, now.plus_seconds(self.watermark_age_s.saturating_neg()))
    }
}

/// `POST /sim/userinfo`: wx.getUserInfo as old mini programs use it, with more in it than WeChat gives today.
pub(super) async fn user_info(State(simulator): State<Simulator>, Asked(who): Asked<Who>) -> Answer {
    let now = simulator.clock.now();
    let mut world = simulator.world();
    let key = live_key(&mut world, &who.appid, &who.user, now)?.ok_or_else(no_key)?;
    let mut info = profile(&who.user, world.user(&who.user));
    let raw_data = Value::Object(info.clone()).to_string();
    let signature = key.raw_data_signature(&raw_data);
    info.insert("openId".into(), identity::openid(&who.appid, &who.user).into());
    if world.apps.get(&who.appid).is_some_and(|app| app.linked) {
        info.insert("unionId".into(), identity::unionid(&who.user).into());
    }
    info.insert("watermark".into(), json!({ "timestamp": now.seconds(), "appid": who.appid }));

    let mut reply = Map::new();
    reply.insert("rawData".into(), raw_data.into());
    reply.insert("signature".into(), signature.into());
    insert(&mut reply, key.encrypt(&Value::Object(info), &simulator.random));
    Ok(Json(Value::Object(reply)))
}

fn profile(id: &UserId, user: &User) -> Map<String, Value> {
    let fields = [
        ("nickName", user.nick_name.clone().into()),
        ("gender", 1.into()),
        ("language", "zh_CN".into()),
        ("city", "Guangzhou".into()),
        ("province", "Guangdong".into()),
        ("country", "China".into()),
        ("avatarUrl", format!("https://thirdwx.qlogo.cn/mmopen/vi_32/{}/132", id.as_str()).into()),
    ];
    fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

/// The key that data is encrypted with now; its life goes on, because the user did something.
fn live_key(world: &mut World, appid: &str, user: &UserId, now: Millis) -> Result<Option<Key>, Refused> {
    let app = world.apps.get_mut(appid).ok_or_else(|| Refused::no_app(appid))?;
    let session = app.live_session(&identity::openid(appid, user), now);
    Ok(session.map(|session| {
        session.touch(now);
        session.key
    }))
}

fn no_key() -> Refused {
    Refused::bad("user: no live session_key in this app, without which nothing can be encrypted; POST /sim/login first")
}

fn insert(reply: &mut Map<String, Value>, encrypted: Encrypted) {
    reply.insert("encryptedData".into(), encrypted.data.into());
    reply.insert("iv".into(), encrypted.iv.into());
}
