//! The names that WeChat gives: openids, unionids and the texts of codes and tokens, in the formats of protocol §0.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::random::Random;

/// The simulator's own name for a person, the same in every app: 1 to 64 of `[0-9A-Za-z_-]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct UserId(String);

impl TryFrom<String> for UserId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(is_url_safe);
        if fits { Ok(Self(text)) } else { Err("a user id is 1 to 64 of 0-9 A-Z a-z _ -") }
    }
}

impl UserId {
    pub fn numbered(number: u64) -> Self {
        Self(format!("u{number}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// N of `uN`; `u07` is a name like any other, or it would share its phone with `u7`.
    fn number(&self) -> Option<u64> {
        self.0.strip_prefix('u')?.parse().ok().filter(|number| *self == Self::numbered(*number))
    }
}

fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// The user's name in one app. All openids of an app start with the same five characters.
pub(super) fn openid(appid: &str, user: &UserId) -> String {
    let app = digest(&format!("app/{appid}"));
    let person = digest(&format!("openid/{appid}/{}", user.0));
    format!("o{}{}", &app[..4], &person[..23])
}

/// The user's name under the Open Platform account that both apps are bound to (protocol §7).
pub(super) fn unionid(user: &UserId) -> String {
    format!("o{}", &digest(&format!("unionid/open-platform/{}", user.0))[..27])
}

/// The app's name as a receiver of messages: `gh_` and twelve hex digits.
pub(super) fn original_id(appid: &str) -> String {
    format!("gh_{}", hex::encode(&Sha256::digest(format!("original/{appid}"))[..6]))
}

/// Who sends an app the events about its users: WeChat's push service, which looks like a user (protocol §6.5).
pub(super) fn push_sender(appid: &str) -> String {
    format!("o{}", &digest(&format!("push-service/{appid}"))[..27])
}

/// `u7` has 13800000007; a user with another name has a number that follows from the name. So a user keeps the number
/// over a restart, in whatever order the users come back.
pub(super) fn default_phone(user: &UserId) -> String {
    if let Some(number) = user.number() {
        return format!("138{:08}", number % 100_000_000);
    }
    let digits = Sha256::digest(format!("phone/{}", user.0));
    let digits = digits.iter().take(8).map(|byte| char::from(b'0' + byte % 10));
    format!("139{}", digits.collect::<String>())
}

/// 43 characters of the URL-safe alphabet.
fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// What wx.login gives: 32 characters, the first a `0`.
pub(super) fn login_code(random: &Random) -> String {
    let text = URL_SAFE_NO_PAD.encode(random.bytes::<24>());
    format!("0{}", &text[..31])
}

/// What the phone button gives: 64 lower-case hex digits.
pub(super) fn phone_code(random: &Random) -> String {
    hex::encode(random.bytes::<32>())
}

/// 136 characters.
pub(super) fn access_token(random: &Random) -> String {
    let text = URL_SAFE_NO_PAD.encode(random.bytes::<100>());
    format!("95_{}", &text[..133])
}

/// Two digits, `_`, and text of about the right length: what is not is refused as malformed (40014), not as wrong.
pub(super) fn has_token_shape(text: &str) -> bool {
    let Some((version, rest)) = text.split_once('_') else { return false };
    let digits = version.len() == 2 && version.bytes().all(|byte| byte.is_ascii_digit());
    digits && rest.len() >= 100 && rest.bytes().all(is_url_safe)
}

pub(super) fn has_openid_shape(text: &str) -> bool {
    text.len() == 28 && text.starts_with('o') && text.bytes().all(is_url_safe)
}
