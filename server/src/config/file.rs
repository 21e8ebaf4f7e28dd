use std::{fs, path::PathBuf};

use ipnet::IpNet;
use serde::Deserialize;
use toml::Table;

use super::{
    Config, ConfigError, Environment, Limits, PhoneConflict, WECHAT, WeChatConfig,
    apps::{self, RawApp},
    origin, secrets,
};
use crate::secret::Secret;

const DEFAULT_FILE: &str = "latchkey.toml";

/// The file as it is written. A key that is not here is an error that names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    listen: String,
    metrics_listen: String,
    public_url: Option<String>,
    database_url: Secret,
    data_keys: Option<Secret>,
    apps: Vec<RawApp>,
    wechat: RawWeChat,
    token_ttl_s: i64,
    watermark_max_age_s: i64,
    watermark_max_ahead_s: i64,
    failures_kept_days: i64,
    limits: RawLimits,
    trusted_proxies: Vec<String>,
    cors_origins: Vec<String>,
    phone_conflict: PhoneConflict,
    require_admin_totp: bool,
    compat: bool,
    log: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawWeChat {
    base_url: String,
    timeout_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawLimits {
    login_per_minute: u32,
    failed_per_minute: u32,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:3000".into(),
            metrics_listen: "127.0.0.1:3001".into(),
            public_url: None,
            database_url: Secret::new("sqlite://latchkey.db"),
            data_keys: None,
            apps: Vec::new(),
            wechat: RawWeChat::default(),
            token_ttl_s: 2_592_000,
            watermark_max_age_s: 600,
            watermark_max_ahead_s: 300,
            failures_kept_days: 30,
            limits: RawLimits::default(),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            phone_conflict: PhoneConflict::default(),
            require_admin_totp: false,
            compat: true,
            log: "info".into(),
        }
    }
}

impl Default for RawWeChat {
    fn default() -> Self {
        Self { base_url: WECHAT.into(), timeout_ms: 5_000 }
    }
}

impl Default for RawLimits {
    fn default() -> Self {
        Self { login_per_minute: 600, failed_per_minute: 30 }
    }
}

pub(super) fn load(path: Option<PathBuf>, environment: &Environment) -> Result<Config, ConfigError> {
    let named = path.is_some();
    let path = path.unwrap_or_else(|| DEFAULT_FILE.into());
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => String::new(),
        Err(source) => return Err(ConfigError::Read { path, source }),
    };
    check(parse(&text, environment).map_err(|error| error.into_config_error(path, &text))?, environment)
}

/// An error of the file, or one of a setting that may come from either side.
enum ParseError {
    /// The error, and the key it is about.
    File(toml::de::Error, String),
    Setting(ConfigError),
}

impl From<ConfigError> for ParseError {
    fn from(error: ConfigError) -> Self {
        Self::Setting(error)
    }
}

impl ParseError {
    /// The message of a syntax error alone: the error's own rendering quotes the line, which may hold a secret.
    fn into_config_error(self, path: PathBuf, text: &str) -> ConfigError {
        let (error, key) = match self {
            Self::File(error, key) => (error, key),
            Self::Setting(error) => return error,
        };
        let line = error.span().map(|span| text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1);
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let key = if key.is_empty() || key == "." { key } else { format!("{key}: ") };
        let message = match error.message() {
            // The parser quotes the number, which may be a secret without its quotes.
            message if message.contains(" as i128") || message.contains(" as u128") => "a number is too large",
            message => message,
        };
        ConfigError::File { path, message: format!("{place}{key}{message}") }
    }
}

/// The file is read twice: as a table, which takes the environment, and as it stands, because only these errors know
/// their line.
fn parse(text: &str, environment: &Environment) -> Result<Raw, ParseError> {
    let mut table: Table = toml::from_str(text).map_err(|error| ParseError::File(error, String::new()))?;
    environment.apply(&mut table)?;
    let file = toml::Deserializer::parse(text).map_err(|error| ParseError::File(error, String::new()))?;
    raw(file)?;
    raw(table)
}

fn raw<'de, D: serde::Deserializer<'de, Error = toml::de::Error>>(deserializer: D) -> Result<Raw, ParseError> {
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let key = error.path().to_string();
        ParseError::File(error.into_inner(), key)
    })
}

fn check(raw: Raw, environment: &Environment) -> Result<Config, ConfigError> {
    let listen = address("listen", &raw.listen)?;
    let public_url = raw.public_url.unwrap_or_else(|| format!("http://{listen}"));
    let proxies = raw.trusted_proxies.iter().map(|text| network(text));
    Ok(Config {
        listen,
        metrics_listen: address("metrics_listen", &raw.metrics_listen)?,
        public_url: url("public_url", &public_url)?,
        database_url: database_url(&raw.database_url)?,
        data_keys: raw.data_keys.map(|keys| secrets::read("data_keys", &keys, &secrets::ANY)).transpose()?,
        apps: apps::read(raw.apps, environment)?,
        wechat: WeChatConfig {
            base_url: url("wechat.base_url", &raw.wechat.base_url)?,
            timeout_ms: raw.wechat.timeout_ms,
        },
        token_ttl_s: raw.token_ttl_s,
        watermark_max_age_s: raw.watermark_max_age_s,
        watermark_max_ahead_s: raw.watermark_max_ahead_s,
        failures_kept_days: raw.failures_kept_days,
        limits: Limits {
            login_per_minute: raw.limits.login_per_minute,
            failed_per_minute: raw.limits.failed_per_minute,
        },
        trusted_proxies: proxies.collect::<Result<_, _>>()?,
        cors_origins: raw
            .cors_origins
            .iter()
            .map(|text| origin::exact("cors_origins", text))
            .collect::<Result<_, _>>()?,
        phone_conflict: raw.phone_conflict,
        require_admin_totp: raw.require_admin_totp,
        compat: raw.compat,
        log: raw.log,
    })
}

fn database_url(value: &Secret) -> Result<Secret, ConfigError> {
    let url = secrets::read("database_url", value, &secrets::ANY)?;
    let right = match super::sqlite_file(url.expose()) {
        // A database in memory ends with each of its connections.
        Some(path) => !path.is_empty() && path != ":memory:" && !url.expose().contains("mode=memory"),
        None => ["postgres://", "postgresql://"].iter().any(|scheme| url.expose().starts_with(scheme)),
    };
    let problem = "must be sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE";
    if right { Ok(url) } else { Err(ConfigError::value("database_url", problem)) }
}

fn address(key: &str, text: &str) -> Result<std::net::SocketAddr, ConfigError> {
    let problem = "must be an address and a port, such as 127.0.0.1:3000 or [::1]:3000";
    text.parse().map_err(|_| ConfigError::value(key, problem))
}

fn network(text: &str) -> Result<IpNet, ConfigError> {
    let one = || text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
    let problem = "must be addresses or networks, such as 10.0.0.0/8";
    text.parse().or_else(|_| one()).map_err(|_| ConfigError::value("trusted_proxies", problem))
}

/// An address of http or https, without the slash at its end.
fn url(key: &str, text: &str) -> Result<String, ConfigError> {
    let problem = || ConfigError::value(key, "must be an http or https address, such as https://login.example.com");
    let parsed: http::Uri = text.parse().map_err(|_| problem())?;
    let web = matches!(parsed.scheme_str(), Some("http" | "https"));
    let plain = parsed.query().is_none() && !text.contains(['#', '@']);
    if web && plain && parsed.host().is_some_and(|host| !host.is_empty()) {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(problem())
    }
}
