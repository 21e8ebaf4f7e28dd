use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{
    accounts::{Accounts, Failure},
    arrival::Arrival,
};

/// The appid in the Referer that WeChat sets and scripts cannot: `https://servicewechat.com/{appid}/{version}/…`
/// (protocol §8). A hint, not a proof.
#[derive(Debug)]
pub struct RefererApp(Option<Arrival>);

impl<S: Sync> FromRequestParts<S> for RefererApp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().copied()))
    }
}

impl RefererApp {
    /// The app of a call: the body's appid, else the Referer's, else the only configured app. One that is not configured is
    /// recorded.
    pub fn or(self, body: Option<String>, accounts: &Accounts) -> Result<String, Failure> {
        let referer = self.0.and_then(|arrival| arrival.client.appid).map(|appid| appid.as_str().to_owned());
        let named = body.filter(|appid| !appid.is_empty()).or(referer);
        let app = match &named {
            Some(appid) => accounts.apps.find(appid),
            None => accounts.apps.only(),
        };
        if let Some(app) = app {
            return Ok(app.appid.clone());
        }
        if let Some(arrival) = self.0 {
            accounts.report_unknown_app(arrival, named.as_deref());
        }
        Err(Failure::UnknownApp)
    }
}
