use serde::Deserialize;

use super::{WeChat, WeChatError};
use crate::open_data::SessionKey;

/// Who a login code belongs to.
#[derive(Debug, Clone)]
pub struct WeChatSession {
    pub openid: String,
    /// Only when the mini program is bound to an Open Platform account (protocol §7).
    pub unionid: Option<String>,
    pub session_key: SessionKey,
}

#[derive(Deserialize)]
struct Answer {
    openid: String,
    unionid: Option<String>,
    session_key: String,
}

impl WeChat {
    /// `GET /sns/jscode2session` (code2Session, protocol §1): spends the code.
    pub async fn code2session(&self, appid: &str, code: &str) -> Result<WeChatSession, WeChatError> {
        let app = self.apps.find(appid).ok_or(WeChatError::UnknownApp)?;
        let url = format!("{}/sns/jscode2session", self.base_url);
        let query = [
            ("appid", appid),
            ("secret", app.secret.expose()),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        ];
        let answer: Answer = self.in_time(self.send("code2session", || self.http.get(&url).query(&query))).await?;
        self.note_proven(appid);
        let session_key = SessionKey::new(&answer.session_key);
        Ok(WeChatSession {
            openid: identity(answer.openid).ok_or(WeChatError::Unavailable("an answer without an openid"))?,
            unionid: answer.unionid.and_then(identity),
            session_key: session_key.ok_or(WeChatError::Unavailable("a session_key that is none"))?,
        })
    }
}

/// openids and unionids have 28 characters (protocol §0); something much longer is none.
fn identity(text: String) -> Option<String> {
    ((1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(text)
}
