use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{
    accounts::{Accounts, Failure, MOCK_CODE},
    arrival::Arrival,
};

/// The developer tools say this of a project without an appid.
const GUEST: &str = "touristappid";

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
    /// The app of a login: as [`Self::or`]. Where no app can be told, the developer tools' mock code is nobody's: the
    /// login fails for the code's sake, which says more.
    pub fn of_login(self, body: Option<String>, code: &str, accounts: &Accounts) -> Result<String, Failure> {
        let mock = code == MOCK_CODE && Self::find(self.named(body.clone()).as_deref(), accounts).is_none();
        if mock { Ok(GUEST.to_owned()) } else { self.or(body, accounts) }
    }

    /// The app of a call: the body's appid, else the Referer's, else the only configured app. One that is not configured is
    /// recorded.
    pub fn or(self, body: Option<String>, accounts: &Accounts) -> Result<String, Failure> {
        let named = self.named(body);
        if let Some(appid) = Self::find(named.as_deref(), accounts) {
            return Ok(appid);
        }
        if let Some(arrival) = self.0 {
            accounts.report_unknown_app(arrival, named.as_deref());
        }
        Err(Failure::UnknownApp)
    }

    fn named(&self, body: Option<String>) -> Option<String> {
        let referer = self.0.and_then(|arrival| arrival.client.appid).map(|appid| appid.as_str().to_owned());
        let named = |appid: &String| appid != GUEST;
        body.filter(named).or(referer.filter(named))
    }

    fn find(named: Option<&str>, accounts: &Accounts) -> Option<String> {
        let app = match named {
            Some(appid) => accounts.apps.find(appid),
            None => accounts.apps.only(),
        };
        app.map(|app| app.appid.clone())
    }
}
