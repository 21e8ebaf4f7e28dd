use serde::Deserialize;

use super::{WeChat, WeChatError, call};
use crate::open_data::SessionKey;

/// "invalid signature": wrong, or the key is no longer valid; WeChat does not tell the two apart (protocol §2.2).
const INVALID_SIGNATURE: i64 = 87009;

#[derive(Deserialize)]
struct Nothing {}

impl WeChat {
    /// `GET /wxa/checksession` (checkSessionKey, protocol §2.2): whether this very key is still the user's.
    pub async fn check_session(&self, appid: &str, openid: &str, key: &SessionKey) -> Result<bool, WeChatError> {
        let url = format!("{}/wxa/checksession", self.base_url);
        let signature = key.login_state_signature("");
        let answer: Result<Nothing, _> = self
            .with_access_token(appid, |token| {
                let (url, signature) = (&url, &signature);
                async move {
                    let query = [
                        ("access_token", token.expose()),
                        ("openid", openid),
                        ("signature", signature),
                        ("sig_method", "hmac_sha256"),
                    ];
                    call::send(|| self.http.get(url).query(&query)).await
                }
            })
            .await;
        match answer {
            Ok(Nothing {}) => Ok(true),
            Err(WeChatError::Refused(refusal)) if refusal.errcode == INVALID_SIGNATURE => Ok(false),
            Err(error) => Err(error),
        }
    }
}
