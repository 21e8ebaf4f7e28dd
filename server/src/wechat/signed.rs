use serde::de::DeserializeOwned;

use super::{WeChat, WeChatError};
use crate::open_data::SessionKey;

impl WeChat {
    /// A call that proves, by a signature over the empty text, that the caller holds the user's session_key (protocol
    /// §2.1).
    pub(super) async fn call_signed<T: DeserializeOwned>(
        &self,
        name: &'static str,
        url: &str,
        appid: &str,
        openid: &str,
        key: &SessionKey,
    ) -> Result<T, WeChatError> {
        let signature = key.login_state_signature("");
        self.with_access_token(appid, |token| {
            let signature = &signature;
            async move {
                let query = [
                    ("access_token", token.expose()),
                    ("openid", openid),
                    ("signature", signature),
                    ("sig_method", "hmac_sha256"),
                ];
                self.send(name, || self.http.get(url).query(&query)).await
            }
        })
        .await
    }
}
