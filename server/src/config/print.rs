use std::fmt::Write;

use super::{Config, secrets::MASK};

/// The effective configuration as TOML, every secret masked (`latchkey config print`).
pub fn print(config: &Config) -> String {
    let mut toml = toml::Table::new();
    let mut set = |key: &str, value: toml::Value| drop(toml.insert(key.to_owned(), value));
    set("listen", config.listen.to_string().into());
    set("metrics_listen", config.metrics_listen.to_string().into());
    set("public_url", config.public_url.clone().into());
    set("database_url", without_password(config.database_url.expose()).into());
    if config.data_keys.is_some() {
        set("data_keys", MASK.into());
    }
    set("failures_kept_days", config.failures_kept_days.into());
    set("token_ttl_s", config.token_ttl_s.into());
    set("watermark_max_age_s", config.watermark_max_age_s.into());
    set("watermark_max_ahead_s", config.watermark_max_ahead_s.into());
    let proxies = config.trusted_proxies.iter().map(|network| network.to_string().into());
    set("trusted_proxies", proxies.collect::<Vec<toml::Value>>().into());
    set("cors_origins", config.cors_origins.clone().into());
    set("phone_conflict", format!("{:?}", config.phone_conflict).to_lowercase().into());
    set("require_admin_totp", config.require_admin_totp.into());
    set("compat", config.compat.into());
    set("log", config.log.clone().into());
    let mut text = toml.to_string();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n[wechat]");
    let _ = writeln!(text, "base_url = {}", toml::Value::from(config.wechat.base_url.clone()));
    let _ = writeln!(text, "timeout_ms = {}", config.wechat.timeout_ms);
    let _ = writeln!(text, "\n[limits]");
    let _ = writeln!(text, "login_per_minute = {}", config.limits.login_per_minute);
    let _ = writeln!(text, "failed_per_minute = {}", config.limits.failed_per_minute);
    for app in config.apps.iter() {
        let _ = writeln!(text, "\n[[apps]]");
        let _ = writeln!(text, "appid = {}", toml::Value::from(app.appid.clone()));
        let _ = writeln!(text, "name = {}", toml::Value::from(app.name.clone()));
        let _ = writeln!(text, "phone_code_openid = {}", app.phone_code_openid);
        let _ = writeln!(text, "push_plain = {}", app.push_plain);
        let secrets = [
            ("secret", Some(&app.secret)),
            ("push_token", app.push_token.as_ref()),
            ("push_aes_key", app.push_aes_key.as_ref()),
        ];
        for (key, secret) in secrets {
            if secret.is_some() {
                let _ = writeln!(text, "{key} = \"{MASK}\"");
            }
        }
    }
    text
}

/// `postgres://user:password@host/db` keeps all but the password, wherever in the address it stands.
fn without_password(url: &str) -> String {
    let url = match url.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((login, rest)) => {
                let user = login.split(':').next().unwrap_or_default();
                format!("{scheme}://{user}:{MASK}@{rest}")
            }
            None => url.to_owned(),
        },
        None => url.to_owned(),
    };
    match url.split_once('?') {
        Some((base, query)) if query.contains("password") => format!("{base}?{MASK}"),
        _ => url,
    }
}
