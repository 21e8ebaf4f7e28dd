use std::{collections::BTreeMap, ffi::OsString};

use toml::Table;

use super::{
    ConfigError,
    secrets::clean,
    settings::{self, SETTINGS},
};

/// The short form of one `[[apps]]`.
const SHORT_FORM: [&str; 2] = ["LATCHKEY_APPID", "LATCHKEY_SECRET"];

/// The `LATCHKEY_…` variables, taken once: tests pass their own. Their texts may be any bytes.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// The process's own.
    pub fn of_process() -> Self {
        std::env::vars_os().collect()
    }

    /// The text of a variable, without what stands around it by accident. A variable that is set but empty is an error:
    /// in most cases another tool was to fill it, and the default in its place would be a surprise.
    pub fn get(&self, name: &str) -> Result<Option<&str>, ConfigError> {
        match self.text(name)? {
            Some("") => Err(ConfigError::value(name, "is set but empty: give it a value, or unset it")),
            text => Ok(text),
        }
    }

    fn text(&self, name: &str) -> Result<Option<&str>, ConfigError> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let text = value.to_str().ok_or_else(|| ConfigError::value(name, "holds bytes that are not UTF-8"))?;
        Ok(Some(clean(text)))
    }

    /// Puts every variable that is set into `table`, over what the file says.
    pub(super) fn apply(&self, table: &mut Table) -> Result<(), ConfigError> {
        for setting in SETTINGS {
            let text = if setting.may_be_empty() { self.text(setting.variable) } else { self.get(setting.variable) };
            if let Some(text) = text? {
                setting.set(table, text);
            }
        }
        settings::check(table)
    }

    /// Variables that look like ours and are not: most likely a slip of the pen.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        let known = |name: &str| {
            SETTINGS.iter().any(|setting| setting.variable == name)
                || SHORT_FORM.contains(&name)
                || name.starts_with("LATCHKEY_TEST_")
        };
        self.0.keys().map(String::as_str).filter(move |name| !known(name))
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let named = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        // A name that is not UTF-8 is none of ours; in the worst case it is warned about as an unknown one.
        let named = named.map(|(name, value): (OsString, OsString)| (name.to_string_lossy().into_owned(), value));
        Self(named.filter(|(name, _)| name.starts_with("LATCHKEY_")).collect())
    }
}

impl std::fmt::Debug for Environment {
    /// Names only: the values are secrets, some of them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
