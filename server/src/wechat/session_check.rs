use serde::Deserialize;

use super::{WeChat, WeChatError};
use crate::open_data::SessionKey;

/// "invalid signature": wrong, or the key is no longer valid; WeChat does not tell the two apart (protocol §2.2).
const INVALID_SIGNATURE: i64 = 87009;

#[derive(Deserialize)]
struct Nothing {}

impl WeChat {
    /// `GET /wxa/checksession` (checkSessionKey, protocol §2.2): whether this very key is still the user's.
    pub async fn check_session(&self, appid: &str, openid: &str, key: &SessionKey) -> Result<bool, WeChatError> {
        let url = format!("{}/wxa/checksession", self.base_url);
        match self.call_signed("checksession", &url, appid, openid, key).await {
            Ok(Nothing {}) => Ok(true),
            Err(WeChatError::Refused(refusal)) if refusal.errcode == INVALID_SIGNATURE => Ok(false),
            Err(error) => Err(error),
        }
    }
}
