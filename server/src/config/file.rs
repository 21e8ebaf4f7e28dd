use std::{fs, path::PathBuf};

use ipnet::IpNet;
use serde::Deserialize;
use toml::Table;

use super::{App, Apps, Config, ConfigError, Environment, Limits, PhoneConflict, WECHAT, WeChatConfig};
use crate::secret::Secret;

const DEFAULT_FILE: &str = "latchkey.toml";
/// From what a stand-in on the same machine needs to what a mini program waits at most (protocol §8).
const TIMEOUT_MS: std::ops::RangeInclusive<u64> = 50..=60_000;
/// A day to ten years.
const FAILURES_KEPT_DAYS: std::ops::RangeInclusive<i64> = 1..=3650;
/// One minute to ten years.
const TOKEN_TTL_S: std::ops::RangeInclusive<i64> = 60..=315_360_000;

/// The file as it is written. A key that is not here is an error that names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    listen: String,
    metrics_listen: String,
    public_url: Option<String>,
    database_url: String,
    data_keys: Option<Secret>,
    apps: Vec<RawApp>,
    wechat: RawWeChat,
    token_ttl_s: i64,
    failures_kept_days: i64,
    limits: RawLimits,
    trusted_proxies: Vec<String>,
    phone_conflict: PhoneConflict,
    require_admin_totp: bool,
    compat: bool,
    log: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawApp {
    appid: String,
    secret: Secret,
    name: Option<String>,
    push_token: Option<Secret>,
    push_aes_key: Option<Secret>,
    phone_code_openid: Option<bool>,
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
            database_url: "sqlite://latchkey.db".into(),
            data_keys: None,
            apps: Vec::new(),
            wechat: RawWeChat::default(),
            token_ttl_s: 2_592_000,
            failures_kept_days: 30,
            limits: RawLimits::default(),
            trusted_proxies: Vec::new(),
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
    let mut table = read(path)?;
    environment.apply(&mut table)?;
    let raw = Raw::deserialize(table)
        .map_err(|error| ConfigError::Value { key: "configuration".into(), problem: error.message().to_owned() })?;
    check(raw, environment)
}

/// The file's table. It is read twice: the first reading is the one whose errors know their line.
fn read(path: Option<PathBuf>) -> Result<Table, ConfigError> {
    let named = path.is_some();
    let path = path.unwrap_or_else(|| DEFAULT_FILE.into());
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => return Ok(Table::new()),
        Err(source) => return Err(ConfigError::Read { path, source }),
    };
    let located = |error: toml::de::Error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        // The message alone: the error's own rendering quotes the line, which may hold a secret.
        ConfigError::File { path: path.clone(), message: format!("{place}{}", error.message()) }
    };
    toml::from_str::<Raw>(&text).map_err(located)?;
    toml::from_str::<Table>(&text).map_err(located)
}

fn check(raw: Raw, environment: &Environment) -> Result<Config, ConfigError> {
    let listen = address("listen", &raw.listen)?;
    let public_url = raw.public_url.unwrap_or_else(|| format!("http://{listen}"));
    Ok(Config {
        listen,
        metrics_listen: address("metrics_listen", &raw.metrics_listen)?,
        public_url: url("public_url", &public_url)?,
        database_url: secret("database_url", Secret::new(raw.database_url))?,
        data_keys: raw.data_keys.map(|keys| secret("data_keys", keys)).transpose()?,
        apps: apps(raw.apps, environment)?,
        wechat: WeChatConfig {
            base_url: url("wechat.base_url", &raw.wechat.base_url)?,
            timeout_ms: within("wechat.timeout_ms", raw.wechat.timeout_ms, &TIMEOUT_MS)?,
        },
        token_ttl_s: within("token_ttl_s", raw.token_ttl_s, &TOKEN_TTL_S)?,
        failures_kept_days: within("failures_kept_days", raw.failures_kept_days, &FAILURES_KEPT_DAYS)?,
        limits: Limits {
            login_per_minute: within("limits.login_per_minute", raw.limits.login_per_minute, &(1..=u32::MAX))?,
            failed_per_minute: within("limits.failed_per_minute", raw.limits.failed_per_minute, &(1..=u32::MAX))?,
        },
        trusted_proxies: raw.trusted_proxies.iter().map(|text| network(text)).collect::<Result<_, _>>()?,
        phone_conflict: raw.phone_conflict,
        require_admin_totp: raw.require_admin_totp,
        compat: raw.compat,
        log: raw.log,
    })
}

/// The configured apps, and the one of `LATCHKEY_APPID` and `LATCHKEY_SECRET`, which wins over a namesake.
fn apps(raw: Vec<RawApp>, environment: &Environment) -> Result<Apps, ConfigError> {
    let mut apps = raw.into_iter().map(app).collect::<Result<Vec<_>, _>>()?;
    match (environment.get("LATCHKEY_APPID"), environment.get("LATCHKEY_SECRET")) {
        (None, None) => {}
        (Some(appid), Some(text)) => {
            let secret = secret("LATCHKEY_SECRET", Secret::new(text))?;
            match apps.iter_mut().find(|app| app.appid == appid) {
                Some(app) => app.secret = secret,
                None => apps.push(App {
                    appid: appid.to_owned(),
                    secret,
                    name: appid.to_owned(),
                    push_token: None,
                    push_aes_key: None,
                    phone_code_openid: true,
                }),
            }
        }
        _ => return Err(ConfigError::value("LATCHKEY_APPID, LATCHKEY_SECRET", "set both or neither")),
    }
    for (index, app) in apps.iter().enumerate() {
        if app.appid.is_empty() || app.appid.len() > 64 || !app.appid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ConfigError::value("apps.appid", "must be letters and digits, such as wx0123456789abcdef"));
        }
        if apps[..index].iter().any(|earlier| earlier.appid == app.appid) {
            return Err(ConfigError::value("apps.appid", format!("{} is there twice", app.appid)));
        }
    }
    Ok(Apps::new(apps))
}

fn app(raw: RawApp) -> Result<App, ConfigError> {
    Ok(App {
        name: raw.name.filter(|name| !name.is_empty()).unwrap_or_else(|| raw.appid.clone()),
        appid: raw.appid,
        secret: secret("apps.secret", raw.secret)?,
        push_token: raw.push_token.map(|token| secret("apps.push_token", token)).transpose()?,
        push_aes_key: raw.push_aes_key.map(|key| secret("apps.push_aes_key", key)).transpose()?,
        phone_code_openid: raw.phone_code_openid.unwrap_or(true),
    })
}

/// `file:PATH` reads a file, without the line break at its end.
fn secret(key: &str, value: Secret) -> Result<Secret, ConfigError> {
    let value = match value.expose().strip_prefix("file:") {
        None => value,
        Some(path) => {
            let path = PathBuf::from(path);
            let text = fs::read_to_string(&path).map_err(|source| ConfigError::Read { path, source })?;
            Secret::new(text.trim())
        }
    };
    if value.expose().is_empty() { Err(ConfigError::value(key, "is empty")) } else { Ok(value) }
}

fn address(key: &str, text: &str) -> Result<std::net::SocketAddr, ConfigError> {
    text.parse().map_err(|_| ConfigError::value(key, "must be an address and a port, such as 127.0.0.1:3000"))
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
    if web && parsed.host().is_some() && parsed.query().is_none() {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(problem())
    }
}

fn within<T: PartialOrd + std::fmt::Display>(
    key: &str,
    value: T,
    range: &std::ops::RangeInclusive<T>,
) -> Result<T, ConfigError> {
    let problem = || ConfigError::value(key, format!("must be from {} to {}", range.start(), range.end()));
    if range.contains(&value) { Ok(value) } else { Err(problem()) }
}
