use serde::Deserialize;

use super::{WeChat, WeChatError};
use crate::open_data::SessionKey;

#[derive(Deserialize)]
struct Answer {
    session_key: String,
}

impl WeChat {
    /// `GET /wxa/resetusersessionkey` (ResetUserSessionKey, protocol §2.3): the key is dead at once, and the new one
    /// inherits its end. Refused with 87007 or 87009 when `key` is no longer the user's.
    pub async fn reset_session(&self, appid: &str, openid: &str, key: &SessionKey) -> Result<SessionKey, WeChatError> {
        let url = format!("{}/wxa/resetusersessionkey", self.base_url);
        let answer: Answer = self.call_signed("resetusersessionkey", &url, appid, openid, key).await?;
        SessionKey::new(&answer.session_key).ok_or(WeChatError::Unavailable("a session_key that is none"))
    }
}
