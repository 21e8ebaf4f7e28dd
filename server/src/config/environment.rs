use std::collections::BTreeMap;

use toml::{Table, Value};

use super::ConfigError;

/// The `LATCHKEY_…` variables, taken once: tests pass their own.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

/// How the text of a variable is read.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Flag,
    /// Separated by commas.
    List,
}

/// Each variable, where its value stands in the file, and what it is. `LATCHKEY_APPID` and `LATCHKEY_SECRET` are
/// the short form of one `[[apps]]` and read apart.
const VARIABLES: &[(&str, &[&str], Kind)] = &[
    ("LATCHKEY_LISTEN", &["listen"], Kind::Text),
    ("LATCHKEY_METRICS_LISTEN", &["metrics_listen"], Kind::Text),
    ("LATCHKEY_PUBLIC_URL", &["public_url"], Kind::Text),
    ("LATCHKEY_DATABASE_URL", &["database_url"], Kind::Text),
    ("LATCHKEY_DATA_KEYS", &["data_keys"], Kind::Text),
    ("LATCHKEY_WECHAT_BASE_URL", &["wechat", "base_url"], Kind::Text),
    ("LATCHKEY_WECHAT_TIMEOUT_MS", &["wechat", "timeout_ms"], Kind::Number),
    ("LATCHKEY_FAILURES_KEPT_DAYS", &["failures_kept_days"], Kind::Number),
    ("LATCHKEY_TOKEN_TTL_S", &["token_ttl_s"], Kind::Number),
    ("LATCHKEY_LOGIN_RATE_PER_MIN", &["limits", "login_per_minute"], Kind::Number),
    ("LATCHKEY_FAILED_RATE_PER_MIN", &["limits", "failed_per_minute"], Kind::Number),
    ("LATCHKEY_TRUSTED_PROXIES", &["trusted_proxies"], Kind::List),
    ("LATCHKEY_PHONE_CONFLICT", &["phone_conflict"], Kind::Text),
    ("LATCHKEY_REQUIRE_ADMIN_TOTP", &["require_admin_totp"], Kind::Flag),
    ("LATCHKEY_COMPAT", &["compat"], Kind::Flag),
    ("LATCHKEY_LOG", &["log"], Kind::Text),
];

impl Environment {
    /// The process's own. A variable that is set but empty counts as not set, as in most container tools.
    pub fn of_process() -> Self {
        std::env::vars().collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Puts every variable that is set into `table`, over what the file says.
    pub(super) fn apply(&self, table: &mut Table) -> Result<(), ConfigError> {
        for (name, path, kind) in VARIABLES {
            if let Some(text) = self.get(name) {
                set(table, path, kind.value(name, text)?);
            }
        }
        Ok(())
    }

    /// Variables that look like ours and are not: most likely a slip of the pen.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        let known = |name: &str| {
            VARIABLES.iter().any(|(known, ..)| *known == name)
                || ["LATCHKEY_APPID", "LATCHKEY_SECRET"].contains(&name)
                || name.starts_with("LATCHKEY_TEST_")
        };
        self.0.keys().map(String::as_str).filter(move |name| !known(name))
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        let ours = variables.into_iter().filter(|(name, text)| name.starts_with("LATCHKEY_") && !text.is_empty());
        Self(ours.collect())
    }
}

impl std::fmt::Debug for Environment {
    /// Names only: the values are secrets, some of them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Kind {
    fn value(self, name: &str, text: &str) -> Result<Value, ConfigError> {
        Ok(match self {
            Self::Text => Value::String(text.to_owned()),
            Self::Number => {
                Value::Integer(text.trim().parse().map_err(|_| ConfigError::value(name, "must be a whole number"))?)
            }
            Self::Flag => match text.trim() {
                "true" | "1" => Value::Boolean(true),
                "false" | "0" => Value::Boolean(false),
                _ => return Err(ConfigError::value(name, "must be true or false")),
            },
            Self::List => text.split(',').map(|part| Value::String(part.trim().to_owned())).collect::<Vec<_>>().into(),
        })
    }
}

fn set(table: &mut Table, path: &[&str], value: Value) {
    let [section, key] = path else {
        table.insert(path[0].to_owned(), value);
        return;
    };
    let section = table.entry((*section).to_owned()).or_insert_with(|| Table::new().into());
    if let Value::Table(section) = section {
        section.insert((*key).to_owned(), value);
    }
}
