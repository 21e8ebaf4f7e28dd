//! WeChat's server API, as a client sees it (protocol §0–§5). One file per call.
//!
//! Every call ends within the configured timeout, tries once more at most when WeChat says it is busy, and reads
//! nothing but `errcode`: texts change. This room knows no database and no user.

mod access_token;
mod call;
mod code2session;
mod encrypted_check;
mod phone_number;
mod push;
mod repeats;
mod session_check;
mod session_reset;
mod signed;
mod signs;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

pub use code2session::WeChatSession;
pub use encrypted_check::Made;
pub use push::{PushError, PushMessage, PushQuery, SignedPush, check_push, check_verification, open_push};
pub use signs::{Signs, TokenRefused, TokenTimes};

use self::{access_token::TokenCell, repeats::Repeats};
use crate::{
    clock::Clock,
    config::{Apps, WeChatConfig},
    metrics::Metrics,
    random::Random,
};

/// The client for all configured mini programs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct WeChat {
    http: reqwest::Client,
    base_url: Arc<str>,
    timeout: Duration,
    apps: Apps,
    clock: Clock,
    random: Random,
    metrics: Metrics,
    /// One per app, and in it at most one fetch at a time.
    access_tokens: Arc<HashMap<String, TokenCell>>,
    signs: Arc<HashMap<String, Mutex<Signs>>>,
    repeats: Arc<Repeats>,
}

/// Why WeChat gave no answer to work with. Holds neither codes nor keys nor addresses with secrets in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeChatError {
    #[error("WeChat refused: {0}")]
    Refused(Refusal),
    /// -1, with the rid of the last time: as a rule the second.
    #[error("WeChat is busy (rid {})", .0.as_deref().unwrap_or("none"))]
    Busy(Option<String>),
    /// No connection, no answer in time, a 5xx, or an answer that cannot be understood.
    #[error("WeChat cannot be used: {0}")]
    Unavailable(&'static str),
    /// 40013 for a phone code: the access_token was taken, but its mini program is not the code's (protocol §4).
    #[error("the phone code is another mini program's: {0}")]
    OtherAppsCode(Refusal),
    #[error("the mini program is not configured")]
    UnknownApp,
}

impl WeChatError {
    /// WeChat's code, when it gave one.
    pub fn errcode(&self) -> Option<i64> {
        match self {
            Self::Refused(refusal) | Self::OtherAppsCode(refusal) => Some(refusal.errcode),
            Self::Busy(_) => Some(-1),
            Self::Unavailable(_) | Self::UnknownApp => None,
        }
    }
}

/// An `errcode` other than 0 and -1.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("errcode {errcode} (rid {})", .rid.as_deref().unwrap_or("none"))]
pub struct Refusal {
    pub errcode: i64,
    /// The request id that WeChat's support asks for.
    pub rid: Option<String>,
    /// This server's address as WeChat sees it, when it is what WeChat objects to (40164).
    pub address: Option<IpAddr>,
    /// WeChat was asked for the second time, because it was busy the first time: that may have spent a code all the same.
    pub after_busy: bool,
    /// It came when an access_token was asked for, and is about the AppSecret and the account.
    pub of_token: bool,
}

impl WeChat {
    /// Fails when the machine has no certificates or no sockets to offer.
    pub fn new(
        config: &WeChatConfig,
        apps: Apps,
        clock: Clock,
        random: Random,
        metrics: Metrics,
    ) -> Result<Self, reqwest::Error> {
        // Fails only when a provider has been installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let timeout = Duration::from_millis(config.timeout_ms);
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("latchkey/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeout)
            // A redirect would carry the AppSecret to wherever it points.
            .redirect(reqwest::redirect::Policy::none());
        if loopback(&config.base_url) {
            http = http.no_proxy();
        }
        Ok(Self {
            http: http.build()?,
            base_url: config.base_url.as_str().into(),
            timeout,
            signs: Arc::new(apps.iter().map(|app| (app.appid.clone(), Mutex::default())).collect()),
            access_tokens: Arc::new(apps.iter().map(|app| (app.appid.clone(), TokenCell::default())).collect()),
            apps,
            clock,
            random,
            metrics,
            repeats: Arc::default(),
        })
    }

    /// How long one call may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Runs a whole call, retries and access token included, within the timeout.
    async fn in_time<T>(&self, call: impl Future<Output = Result<T, WeChatError>>) -> Result<T, WeChatError> {
        tokio::time::timeout(self.timeout, call).await.unwrap_or(Err(WeChatError::Unavailable("no answer in time")))
    }
}

/// A simulator or stand-in on this machine is never asked through a proxy.
fn loopback(base_url: &str) -> bool {
    let host = base_url.parse::<http::Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
