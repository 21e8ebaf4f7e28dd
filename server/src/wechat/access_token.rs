use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use super::{WeChat, WeChatError};
use crate::{clock::Millis, secret::Secret};

/// WeChat hands out the next token in the last five minutes of the current one; both work meanwhile (protocol §5.2).
const RENEW_BEFORE_S: i64 = 300;
/// A token that is renewed a little early costs one call.
const MOST_JITTER_S: i64 = 60;
/// The answers that say "this access_token is no good (any more)".
const BAD_TOKEN: [i64; 3] = [40001, 40014, 42001];

/// An app's access_token. The lock is held while it is fetched, so that there is one fetch at a time.
pub(super) type TokenCell = Mutex<Held>;

#[derive(Debug, Default)]
pub(super) struct Held {
    token: Option<AccessToken>,
    /// When the last fetch was in vain, and why.
    failed: Option<(Millis, WeChatError)>,
}

#[derive(Debug, Clone)]
pub(super) struct AccessToken {
    token: Secret,
    times: TokenTimes,
}

/// When an access_token came, and from when on the next call asks for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenTimes {
    pub fetched_at: Millis,
    pub renew_at: Millis,
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
        if let Some(held) = &cell.token
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

    async fn fetch(&self, appid: &str, cell: &mut Held) -> Result<Secret, WeChatError> {
        let answer = match self.stable_token(appid).await {
            Ok(answer) => answer,
            Err(error) => {
                cell.failed = Some((self.clock.now(), error.clone()));
                return Err(error);
            }
        };
        let life = answer.expires_in.saturating_sub(RENEW_BEFORE_S + self.jitter_s()).max(0);
        let fetched_at = self.clock.now();
        let times = TokenTimes { fetched_at, renew_at: fetched_at.plus_seconds(life) };
        *cell = Held { token: Some(AccessToken { token: answer.access_token.clone(), times }), failed: None };
        Ok(answer.access_token)
    }

    /// Nodes that fetched the same token must not all come back for the next one in the same second.
    fn jitter_s(&self) -> i64 {
        let [byte] = self.random.bytes();
        i64::from(byte) * MOST_JITTER_S / 255
    }

    /// The times of the access_token that this node holds; `None` without one, and while one is being fetched.
    pub fn token_times(&self, appid: &str) -> Option<TokenTimes> {
        let held = self.access_tokens.get(appid)?.try_lock().ok()?;
        held.token.as_ref().map(|held| held.times)
    }

    /// When this node asked for an access_token in vain, and what it was told, if none came since.
    pub fn token_failure(&self, appid: &str) -> Option<(Millis, WeChatError)> {
        self.access_tokens.get(appid)?.try_lock().ok()?.failed.clone()
    }

    /// `POST /cgi-bin/stable_token` in its normal mode (protocol §5.2): nodes that ask side by side get the same token.
    /// Never `force_refresh`, which would take the token away from everybody else.
    async fn stable_token(&self, appid: &str) -> Result<Answer, WeChatError> {
        let app = self.apps.find(appid).ok_or(WeChatError::UnknownApp)?;
        let url = format!("{}/cgi-bin/stable_token", self.base_url);
        let body = json!({ "grant_type": "client_credential", "appid": appid, "secret": app.secret.expose() });
        self.send("stable_token", || self.http.post(&url).json(&body)).await
    }
}
