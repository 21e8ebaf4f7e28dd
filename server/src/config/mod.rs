//! The configuration: defaults, then a TOML file, then the environment; the later wins.
//!
//! What is read here is checked here: a program that has a [`Config`] has a whole and plausible one.

mod apps;
mod data_keys;
mod environment;
mod file;
mod origin;
mod print;
mod secrets;
mod settings;
mod warnings;

use std::{net::SocketAddr, path::PathBuf};

pub use apps::{App, Apps};
pub use data_keys::DataKeyPlace;
pub use environment::Environment;
use ipnet::IpNet;
pub use origin::origin;
pub use print::print;
use serde::{Deserialize, Serialize};
pub use warnings::{open_to_others, warnings};

use crate::{sealed::DataKeyError, secret::Secret};

/// WeChat's own host; any other is worth a warning.
pub const WECHAT: &str = "https://api.weixin.qq.com";

/// The effective configuration.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub metrics_listen: SocketAddr,
    /// Without a slash at the end.
    pub public_url: String,
    /// `sqlite://PATH` or `postgres://…`; may hold a password.
    pub database_url: Secret,
    /// Base64 keys, newest first; absent: made beside the SQLite file.
    pub data_keys: Option<Secret>,
    pub apps: Apps,
    pub wechat: WeChatConfig,
    /// Sliding life of an API token, in seconds.
    pub token_ttl_s: i64,
    /// How long after and before its watermark's time data is accepted, in seconds.
    pub watermark_max_age_s: i64,
    pub watermark_max_ahead_s: i64,
    /// How long records of failures are kept.
    pub failures_kept_days: i64,
    pub limits: Limits,
    /// Only from these is `X-Forwarded-For` believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins whose pages may call the mini-program API from a browser, as browsers write them.
    pub cors_origins: Vec<String>,
    pub phone_conflict: PhoneConflict,
    /// Whether administrators must use a second factor.
    pub require_admin_totp: bool,
    /// Whether the older routes (contract §4) are there.
    pub compat: bool,
    /// A `tracing` filter.
    pub log: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeChatConfig {
    /// Without a slash at the end.
    pub base_url: String,
    /// For one whole call, in milliseconds.
    pub timeout_ms: u64,
}

/// Per client address and minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub login_per_minute: u32,
    pub failed_per_minute: u32,
}

/// What happens when a number that a user proves belongs to another user already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhoneConflict {
    /// Both have it.
    #[default]
    Allow,
    /// The newcomer does not get it.
    Reject,
    /// The newcomer gets it and the other user loses it.
    Move,
}

/// The configuration cannot be used. The text says which key or variable and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}: {message}")]
    File { path: PathBuf, message: String },
    #[error("{}: {problem}", settings::full_name(key))]
    Value { key: String, problem: String },
    #[error("this configuration was printed by `latchkey config print`: put the secrets back where it says ***")]
    Masked,
    #[error("{place}: {source}")]
    DataKeys { place: String, source: DataKeyError },
    #[error(
        "LATCHKEY_DATA_KEYS is not set. Postgres keeps no key beside it: make one with \
         `head -c 32 /dev/urandom | base64`, give the same one to every node, and keep a copy apart from the database"
    )]
    NoDataKeys,
}

impl ConfigError {
    fn value(key: &str, problem: impl Into<String>) -> Self {
        Self::Value { key: key.to_owned(), problem: problem.into() }
    }
}

impl Config {
    /// From `path` (`--config`), else `latchkey.toml` where there is one, and the environment.
    pub fn load(path: Option<PathBuf>, environment: &Environment) -> Result<Self, ConfigError> {
        file::load(path, environment)
    }

    pub fn https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The path of the SQLite file. `None`: the database is Postgres.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        sqlite_file(self.database_url.expose()).map(PathBuf::from)
    }

    /// An error when secrets are masked: such a configuration can be looked at, not used.
    pub fn check_unmasked(&self) -> Result<(), ConfigError> {
        let of_apps =
            self.apps.iter().flat_map(|app| [Some(&app.secret), app.push_token.as_ref(), app.push_aes_key.as_ref()]);
        let masked = of_apps.chain([self.data_keys.as_ref()]).flatten().any(|secret| secret.expose() == secrets::MASK);
        if masked { Err(ConfigError::Masked) } else { Ok(()) }
    }
}

/// The path in `sqlite://PATH?…`.
fn sqlite_file(url: &str) -> Option<&str> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    Some(path.split_once('?').map_or(path, |(path, _)| path))
}

#[cfg(test)]
mod tests;
