use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use super::{Refusal, TokenTimes, WeChat, WeChatError};
use crate::secret::Secret;

/// WeChat hands out the next token in the last five minutes of the current one; both work meanwhile (protocol §5.2).
const RENEW_BEFORE_S: i64 = 300;
/// A token that is renewed a little early costs one call.
const MOST_JITTER_S: i64 = 60;
/// The answers that say "this access_token is no good (any more)".
const BAD_TOKEN: [i64; 3] = [40001, 40014, 42001];

/// An app's access_token. The lock is held while it is fetched, so that there is one fetch at a time.
pub(super) type TokenCell = Mutex<Option<AccessToken>>;

#[derive(Debug, Clone)]
pub(super) struct AccessToken {
    token: Secret,
    times: TokenTimes,
}

#[derive(Deserialize)]
struct Answer {
    access_token: Secret,
    expires_in: i64,
}

impl WeChat {
    /// Runs `call` with the app's access_token. When WeChat does not take the token, it is fetched anew and the call
    /// repeated, once. All of it within the timeout.
    pub(super) async fn with_access_token<T, F>(
        &self,
        appid: &str,
        call: impl Fn(Secret) -> F,
    ) -> Result<T, WeChatError>
    where
        F: Future<Output = Result<T, WeChatError>>,
    {
        self.in_time(async {
            let token = self.access_token(appid, None).await?;
            match call(token.clone()).await {
                Err(WeChatError::Refused(refusal)) if BAD_TOKEN.contains(&refusal.errcode) => {
                    call(self.access_token(appid, Some(&token)).await?).await
                }
                result => result,
            }
        })
        .await
    }

    /// The token that is held, or a new one when there is none, its time is up, or it is the `bad` one.
    async fn access_token(&self, appid: &str, bad: Option<&Secret>) -> Result<Secret, WeChatError> {
        let mut cell = self.access_tokens.get(appid).ok_or(WeChatError::UnknownApp)?.lock().await;
        if let Some(held) = &*cell
            && self.clock.now() < held.times.renew_at
            // Somebody else may have replaced the bad one while this call waited.
            && bad != Some(&held.token)
        {
            return Ok(held.token.clone());
        }
        self.fetch(appid, &mut cell).await
    }

    /// Fetches a token whatever is held: WeChat says whether it takes the credentials. In the token's normal mode nobody else
    /// loses theirs.
    pub async fn check_credentials(&self, appid: &str) -> Result<(), WeChatError> {
        let mut cell = self.access_tokens.get(appid).ok_or(WeChatError::UnknownApp)?.lock().await;
        self.in_time(self.fetch(appid, &mut cell)).await.map(|_| ())
    }

    async fn fetch(&self, appid: &str, cell: &mut Option<AccessToken>) -> Result<Secret, WeChatError> {
        let answer = self.stable_token(appid).await.inspect_err(|error| self.note_token_refused(appid, error))?;
        let life = answer.expires_in.saturating_sub(RENEW_BEFORE_S + self.jitter_s()).max(0);
        let fetched_at = self.clock.now();
        let times = TokenTimes { fetched_at, renew_at: fetched_at.plus_seconds(life) };
        self.note_token(appid, times);
        *cell = Some(AccessToken { token: answer.access_token.clone(), times });
        Ok(answer.access_token)
    }

    /// Nodes that fetched the same token must not all come back for the next one in the same second.
    fn jitter_s(&self) -> i64 {
        let [byte] = self.random.bytes();
        i64::from(byte) * MOST_JITTER_S / 255
    }

    /// `POST /cgi-bin/stable_token` in its normal mode (protocol §5.2): nodes that ask side by side get the same token.
    /// Never `force_refresh`, which would take the token away from everybody else.
    async fn stable_token(&self, appid: &str) -> Result<Answer, WeChatError> {
        let app = self.apps.find(appid).ok_or(WeChatError::UnknownApp)?;
        let url = format!("{}/cgi-bin/stable_token", self.base_url);
        let body = json!({ "grant_type": "client_credential", "appid": appid, "secret": app.secret.expose() });
        let answer = self.send("stable_token", || self.http.post(&url).json(&body)).await;
        answer.map_err(|error| match error {
            WeChatError::Refused(refusal) => WeChatError::Refused(Refusal { of_token: true, ..refusal }),
            other => other,
        })
    }
}
