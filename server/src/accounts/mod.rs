//! The use cases: what a mini program asks for, one operation per file.
//!
//! `log_in` and `bind_phone` are the two that matter; `exchange_code`, `prove_phone` and `key_ring` are what they are
//! made of. Each use case writes in one transaction or not at all. This room sees no HTTP types and no SQL text.

mod alerts;
mod api_keys;
mod app_signs;
mod audit;
mod audit_chain;
mod authenticate;
mod bind_phone;
mod calls;
mod check_app;
mod check_session;
mod conflicts;
mod damage;
mod erase;
mod erase_person;
mod exchange_code;
mod export;
mod export_person;
mod failure;
mod first_use;
mod get_me;
mod introspect;
mod key_ring;
mod log_in;
mod log_out;
mod profile;
mod prove_phone;
mod reports;
mod resets;
mod reveal;
mod rollups;
mod seen;
mod startup;
mod take_push;
mod untrusted_proxies;
mod update_profile;
mod user_info;
mod user_quota;

use std::{sync::Arc, time::Duration};

use tokio_util::task::TaskTracker;

pub use api_keys::ApiKeyError;
pub use audit::Actor;
pub use authenticate::{Session, TokenPart};
pub use bind_phone::BoundPhone;
pub use damage::Damaged;
pub use erase_person::{EraseError, ErasePlan};
pub use exchange_code::MOCK_CODE;
pub use export::{ExportError, InFull};
pub use failure::{Failure, Fault};
pub use introspect::Introspection;
pub use key_ring::KEPT_S as SESSION_KEYS_KEPT_S;
pub use log_in::{LogIn, LoggedIn, ProfileClaim};
pub use profile::Profile;
pub use prove_phone::PhoneProof;
pub use reports::{AskError, ButtonRefusal};
pub use resets::{
    AccountPart, BindingPart, ComesBack, Fate, HandedPhone, KEPT_S as RESETS_KEPT_S, Order, Part, PhonePart, Plan,
    ResetError, UndoPlan, UnionidPart, What,
};
pub use reveal::{DISCLOSURES, MOST as MOST_DISCLOSURES, RevealError};
pub use startup::StartupError;
pub use take_push::PushFailure;
pub use untrusted_proxies::{KEPT_S as UNTRUSTED_PROXIES_KEPT_S, UntrustedProxies};
pub use update_profile::ProfileSource;
pub use user_info::UserInfo;

pub use crate::wechat::{PushError, PushQuery, WeChatError};

use crate::{
    clock::{Clock, Millis},
    config::{Apps, PhoneConflict},
    metrics::Metrics,
    open_data::{Checks, Window},
    random::Random,
    sealed::{BlindIndex, Vault},
    store::Db,
    wechat::WeChat,
};

/// The rules that an installation chooses.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Sliding life of an API token, in seconds.
    pub token_ttl_s: i64,
    pub phone_conflict: PhoneConflict,
    /// How long records of failures are kept.
    pub failures_kept_s: i64,
    /// How old decrypted data may be.
    pub window: Window,
}

/// Everything the use cases work with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// The database, through the connections of API calls; of [`Accounts::for_console`], through those of the console.
    pub db: Db,
    parts: Arc<Parts>,
}

#[derive(Debug)]
pub struct Parts {
    console_db: Db,
    pub vault: Vault,
    pub index: BlindIndex,
    pub clock: Clock,
    pub random: Random,
    pub wechat: WeChat,
    pub apps: Apps,
    pub rules: Rules,
    pub metrics: Metrics,
    pub untrusted_proxies: UntrustedProxies,
    raised: alerts::Raised,
    user_quota: user_quota::UserQuota,
    sampler: reports::Sampler,
    waiting: reports::WaitingList,
    reports: TaskTracker,
    seen_chain: audit_chain::SeenChain,
    kept_signs: app_signs::KeptSigns,
}

impl std::ops::Deref for Accounts {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

/// How long a call waits until its use of a token or key is written down.
const NOTE: Duration = Duration::from_secs(1);

impl Accounts {
    /// What data of a mini program is checked against.
    fn checks<'a>(&self, appid: &'a str, now: Millis) -> Checks<'a> {
        Checks { appid, now, window: self.rules.window }
    }

    /// The same use cases, through the database connections of the console.
    #[must_use]
    pub fn for_console(&self) -> Self {
        Self { db: self.console_db.clone(), parts: self.parts.clone() }
    }

    /// Waits for running transactions, then closes every connection to the database.
    pub async fn close(&self) {
        self.console_db.close_console().await;
        self.db.close().await;
    }

    /// Runs a use case on a task of its own: a client that hangs up does not leave a code spent and nothing kept.
    pub async fn run<T, F>(&self, use_case: impl FnOnce(Self) -> F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Failure>> + Send + 'static,
    {
        let span = tracing::Span::current();
        let task = tracing::Instrument::instrument(use_case(self.clone()), span);
        tokio::spawn(task).await.unwrap_or(Err(Failure::Internal(Fault::Panicked)))
    }
}

/// Writes down that a token or key was used. `None` when that fails, or takes too long: a database that takes no writes at
/// the moment does not cost the answer.
async fn noted<T>(note: impl Future<Output = Result<T, Failure>>) -> Option<T> {
    match tokio::time::timeout(NOTE, note).await {
        Ok(Ok(noted)) => return Some(noted),
        Ok(Err(error)) => tracing::warn!(%error, "the use of a token or key could not be written down"),
        Err(_) => tracing::warn!("the use of a token or key could not be written down in time"),
    }
    None
}

/// 43 characters that nobody guesses: the random part of tokens and keys.
fn base64_url(bytes: &[u8; 32]) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(bytes)
}
