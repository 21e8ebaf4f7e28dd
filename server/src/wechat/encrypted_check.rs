use serde::Deserialize;
use serde_json::json;

use super::{WeChat, WeChatError};

/// "data not exit": WeChat made no such ciphertext (protocol §3.5).
const NO_SUCH_DATA: i64 = 1;

#[derive(Deserialize)]
struct Answer {
    /// Really spelled like this.
    vaild: bool,
    #[serde(default)]
    create_time: Option<i64>,
}

/// A ciphertext that WeChat has made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// In seconds, when WeChat says so.
    pub at: Option<i64>,
}

impl WeChat {
    /// `POST /wxa/business/checkencryptedmsg` (checkEncryptedData, protocol §3.5): whether WeChat made this phone
    /// ciphertext in the last three days. `hash` is SHA-256 in hex.
    pub async fn check_encrypted(&self, appid: &str, hash: &str) -> Result<Option<Made>, WeChatError> {
        let url = format!("{}/wxa/business/checkencryptedmsg", self.base_url);
        let body = json!({ "encrypted_msg_hash": hash });
        let answer: Result<Answer, _> = self
            .with_access_token(appid, |token| {
                let (url, body) = (&url, &body);
                async move {
                    let query = [("access_token", token.expose())];
                    self.send("checkencryptedmsg", || self.http.post(url).query(&query).json(body)).await
                }
            })
            .await;
        match answer {
            Ok(Answer { vaild, create_time }) => Ok(vaild.then_some(Made { at: create_time })),
            Err(WeChatError::Refused(refusal)) if refusal.errcode == NO_SUCH_DATA => Ok(None),
            Err(error) => Err(error),
        }
    }
}
