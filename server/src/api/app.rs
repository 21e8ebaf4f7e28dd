use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{accounts::Failure, arrival::Arrival, config::Apps};

/// The appid in the Referer that WeChat sets and scripts cannot: `https://servicewechat.com/{appid}/{version}/…`
/// (protocol §8). A hint, not a proof.
#[derive(Debug)]
pub struct RefererApp(Option<String>);

impl<S: Sync> FromRequestParts<S> for RefererApp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let arrival: Option<&Arrival> = parts.extensions.get();
        Ok(Self(arrival.and_then(|arrival| arrival.client.appid).map(|appid| appid.as_str().to_owned())))
    }
}

impl RefererApp {
    /// The app of a call: the body's appid, else the Referer's, else the only configured app (contract §3).
    pub fn or(self, body: Option<String>, apps: &Apps) -> Result<String, Failure> {
        let named = body.filter(|appid| !appid.is_empty()).or(self.0);
        let app = match &named {
            Some(appid) => apps.find(appid),
            None => apps.only(),
        };
        app.map(|app| app.appid.clone()).ok_or(Failure::UnknownApp)
    }
}
