//! Every single setting but those of `[[apps]]`: its variable, its place in the file, and the values it may have.

use std::ops::RangeInclusive;

use toml::{Table, Value};

use super::ConfigError;

/// One setting. A value from the file and one from the environment pass the same check.
pub(super) struct Setting {
    pub variable: &'static str,
    /// The key, behind the name of its section where it has one.
    path: &'static [&'static str],
    kind: Kind,
}

/// The values that a setting may have.
enum Kind {
    Text,
    /// A whole number, and its unit.
    Number(RangeInclusive<i64>, &'static str),
    Flag,
    Choice(&'static [&'static str]),
    /// Texts; in a variable, separated by commas.
    List,
}

macro_rules! settings {
    ($($variable:literal = $($path:literal).+ : $kind:expr;)*) => {
        &[$(Setting { variable: $variable, path: &[$($path),+], kind: $kind }),*]
    };
}

/// `LATCHKEY_APPID` and `LATCHKEY_SECRET` are the short form of one `[[apps]]` and read apart.
pub(super) const SETTINGS: &[Setting] = settings![
    "LATCHKEY_LISTEN" = "listen": Kind::Text;
    "LATCHKEY_METRICS_LISTEN" = "metrics_listen": Kind::Text;
    "LATCHKEY_PUBLIC_URL" = "public_url": Kind::Text;
    "LATCHKEY_DATABASE_URL" = "database_url": Kind::Text;
    "LATCHKEY_DATA_KEYS" = "data_keys": Kind::Text;
    "LATCHKEY_WECHAT_BASE_URL" = "wechat"."base_url": Kind::Text;
    // From what a stand-in on the same machine needs to what a mini program waits at most.
    "LATCHKEY_WECHAT_TIMEOUT_MS" = "wechat"."timeout_ms": Kind::Number(50..=60_000, "milliseconds");
    "LATCHKEY_FAILURES_KEPT_DAYS" = "failures_kept_days": Kind::Number(1..=3650, "days");
    // One minute to ten years.
    "LATCHKEY_TOKEN_TTL_S" = "token_ttl_s": Kind::Number(60..=315_360_000, "seconds");
    // A minute to a day; nothing to an hour.
    "LATCHKEY_WATERMARK_MAX_AGE_S" = "watermark_max_age_s": Kind::Number(60..=86_400, "seconds");
    "LATCHKEY_WATERMARK_MAX_AHEAD_S" = "watermark_max_ahead_s": Kind::Number(0..=3600, "seconds");
    "LATCHKEY_LOGIN_RATE_PER_MIN" = "limits"."login_per_minute": Kind::Number(1..=4_294_967_295, "calls");
    "LATCHKEY_FAILED_RATE_PER_MIN" = "limits"."failed_per_minute": Kind::Number(1..=4_294_967_295, "calls");
    "LATCHKEY_TRUSTED_PROXIES" = "trusted_proxies": Kind::List;
    "LATCHKEY_CORS_ORIGINS" = "cors_origins": Kind::List;
    "LATCHKEY_PHONE_CONFLICT" = "phone_conflict": Kind::Choice(&["allow", "reject", "move"]);
    "LATCHKEY_REQUIRE_ADMIN_TOTP" = "require_admin_totp": Kind::Flag;
    "LATCHKEY_COMPAT" = "compat": Kind::Flag;
    "LATCHKEY_LOG" = "log": Kind::Text;
];

/// A key or a variable as an error names it: with the other of the two, where it has one.
pub(super) fn full_name(name: &str) -> String {
    let setting = SETTINGS.iter().find(|setting| setting.variable == name || setting.key() == name);
    setting.map_or_else(|| name.to_owned(), |setting| format!("{} ({})", setting.key(), setting.variable))
}

/// Checks every value of `table` that is a setting's.
pub(super) fn check(table: &Table) -> Result<(), ConfigError> {
    SETTINGS.iter().try_for_each(|setting| setting.check(table))
}

impl Setting {
    fn key(&self) -> String {
        self.path.join(".")
    }

    /// Puts the text of the variable into `table`, over the value of the file. A text of the wrong kind is left to
    /// [`check`], which says what is allowed.
    pub fn set(&self, table: &mut Table, text: &str) {
        let value = self.kind.value(text);
        let [section, key] = self.path else {
            table.insert(self.path[0].to_owned(), value);
            return;
        };
        let section = table.entry((*section).to_owned()).or_insert_with(|| Table::new().into());
        if let Value::Table(section) = section {
            section.insert((*key).to_owned(), value);
        }
    }

    /// Whether an empty variable is a value, not a slip: a list may have no entries.
    pub const fn may_be_empty(&self) -> bool {
        matches!(self.kind, Kind::List)
    }

    fn check(&self, table: &Table) -> Result<(), ConfigError> {
        let value = match self.path {
            [section, key] => match table.get(*section) {
                Some(Value::Table(section)) => section.get(*key),
                Some(_) => return Err(ConfigError::value(section, format!("must be a section: [{section}]"))),
                None => None,
            },
            path => table.get(path[0]),
        };
        let problem = value.and_then(|value| self.kind.problem(value));
        problem.map_or(Ok(()), |problem| Err(ConfigError::value(self.variable, problem)))
    }
}

impl Kind {
    /// The text of a variable as the file would have it.
    fn value(&self, text: &str) -> Value {
        let as_text = || Value::String(text.to_owned());
        match self {
            Self::Text | Self::Choice(_) => as_text(),
            Self::Number(..) => text.parse().map_or_else(|_| as_text(), Value::Integer),
            Self::Flag => match text {
                "true" | "1" => Value::Boolean(true),
                "false" | "0" => Value::Boolean(false),
                _ => as_text(),
            },
            Self::List => {
                let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
                entries.map(|entry| Value::String(entry.to_owned())).collect::<Vec<_>>().into()
            }
        }
    }

    /// Describes the fault of `value`, if it has one. Shows the value only where a secret cannot stand.
    fn problem(&self, value: &Value) -> Option<String> {
        match (self, value) {
            (Self::Text, Value::String(_)) | (Self::Flag, Value::Boolean(_)) => None,
            (Self::Number(range, _), Value::Integer(number)) if range.contains(number) => None,
            (Self::Choice(choices), Value::String(text)) if choices.contains(&text.as_str()) => None,
            (Self::List, Value::Array(entries)) if entries.iter().all(Value::is_str) => None,
            (Self::Text, _) => Some("must be a text in quotes".to_owned()),
            (Self::Flag, _) => Some("must be true or false".to_owned()),
            (Self::Number(range, unit), _) => {
                Some(format!("must be a whole number from {} to {} ({unit})", range.start(), range.end()))
            }
            (Self::Choice(choices), Value::String(text)) => {
                Some(format!("must be one of {}, not {text:?}", choices.join(", ")))
            }
            (Self::Choice(choices), _) => Some(format!("must be one of {}", choices.join(", "))),
            (Self::List, _) => Some("must be a list of texts, such as [\"127.0.0.1\"]".to_owned()),
        }
    }
}
