use std::{net::IpAddr, time::Duration};

use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Refusal, WeChat, WeChatError, repeats::Repeats};
use crate::metrics::Metrics;

/// Every answer of WeChat is far smaller; anything longer comes from somebody else.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Before the one repetition when WeChat is busy.
const PAUSE: Duration = Duration::from_millis(200);
const BUSY: i64 = -1;

impl WeChat {
    /// Sends, and once more when WeChat is busy, unless most calls end so. Nothing else is repeated: a lost answer may have spent the code. Counted
    /// as a call of `name`, also when nobody waits for its end.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        name: &'static str,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<T, WeChatError> {
        let mut counted = Counted { metrics: &self.metrics, name, outcome: "unavailable".to_owned() };
        let result = send(request, &self.repeats).await;
        counted.outcome = match &result {
            Ok(_) => "ok".to_owned(),
            Err(WeChatError::Refused(refusal) | WeChatError::OtherAppsCode(refusal)) => refusal.errcode.to_string(),
            Err(WeChatError::Busy(_)) => "busy".to_owned(),
            Err(WeChatError::Unavailable(_) | WeChatError::UnknownApp) => "unavailable".to_owned(),
        };
        result
    }
}

/// Counts the call when it ends, however it does.
struct Counted<'a> {
    metrics: &'a Metrics,
    name: &'static str,
    outcome: String,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.metrics.wechat_call(self.name, &self.outcome);
    }
}

async fn send<T: DeserializeOwned>(request: impl Fn() -> RequestBuilder, repeats: &Repeats) -> Result<T, WeChatError> {
    let mut result = send_once(request()).await;
    let busy = matches!(&result, Err(WeChatError::Refused(refusal)) if refusal.errcode == BUSY);
    if repeats.allow(busy) {
        tokio::time::sleep(PAUSE).await;
        result = send_once(request()).await.map_err(after_busy);
    } else if let Err(WeChatError::Refused(Refusal { rid, .. })) = &result
        && busy
    {
        result = Err(WeChatError::Busy(rid.clone()));
    }
    let fields = Value::Object(result?);
    T::deserialize(fields).map_err(|_| WeChatError::Unavailable("an answer without the promised fields"))
}

/// The second and last try.
fn after_busy(error: WeChatError) -> WeChatError {
    match error {
        WeChatError::Refused(refusal) if refusal.errcode == BUSY => WeChatError::Busy(refusal.rid),
        WeChatError::Refused(refusal) => WeChatError::Refused(Refusal { after_busy: true, ..refusal }),
        other => other,
    }
}

async fn send_once(request: RequestBuilder) -> Result<Map<String, Value>, WeChatError> {
    let response = request.send().await.map_err(|error| {
        let kind = if error.is_connect() { "no connection" } else { "the connection broke" };
        // Without the address: it holds the AppSecret or the access token.
        tracing::debug!(error = %error.without_url(), "WeChat call failed");
        WeChatError::Unavailable(kind)
    })?;
    if !response.status().is_success() {
        return Err(WeChatError::Unavailable("an HTTP status other than 200"));
    }
    let body = read(response).await?;
    // UTF-8 JSON whatever the Content-Type says: /sns/ answers text/plain (protocol §0).
    let fields: Map<String, Value> =
        serde_json::from_slice(&body).map_err(|_| WeChatError::Unavailable("an answer that is no JSON object"))?;
    match errcode(&fields)? {
        0 => Ok(fields),
        errcode => {
            let (rid, address) = (rid(&fields), address(errcode, &fields));
            Err(WeChatError::Refused(Refusal { errcode, rid, address, ..Refusal::default() }))
        }
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, WeChatError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| WeChatError::Unavailable("the answer broke off"))? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_ANSWER {
            return Err(WeChatError::Unavailable("an answer that does not end"));
        }
    }
    Ok(body)
}

/// A number, or in old answers its text; absent is success (protocol §0).
fn errcode(fields: &Map<String, Value>) -> Result<i64, WeChatError> {
    let errcode = match fields.get("errcode") {
        None | Some(Value::Null) => Some(0),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    errcode.ok_or(WeChatError::Unavailable("an errcode that is no number"))
}

/// The tail of `errmsg`: `rid: 66165fe0-612cb3df-20194ddf`.
fn rid(fields: &Map<String, Value>) -> Option<String> {
    let (_, tail) = fields.get("errmsg")?.as_str()?.rsplit_once("rid: ")?;
    let rid: String = tail.chars().take_while(|letter| letter.is_ascii_hexdigit() || *letter == '-').take(64).collect();
    (!rid.is_empty()).then_some(rid)
}

/// `invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist`: texts decide nothing, but this address is what the operator
/// has to enter at WeChat.
fn address(errcode: i64, fields: &Map<String, Value>) -> Option<IpAddr> {
    const NOT_IN_WHITELIST: i64 = 40164;
    let text = fields.get("errmsg").filter(|_| errcode == NOT_IN_WHITELIST)?.as_str()?;
    text.split([' ', ',']).find_map(|word| word.parse().ok())
}
