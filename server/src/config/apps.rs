use std::sync::Arc;

use super::ConfigError;
use crate::secret::Secret;

/// A configured mini program.
#[derive(Debug, Clone)]
pub struct App {
    pub appid: String,
    pub secret: Secret,
    /// What the console calls it; the appid when nobody named it.
    pub name: String,
    pub push_token: Option<Secret>,
    pub push_aes_key: Option<Secret>,
    /// Whether the user's openid goes to WeChat with a phone code, so that WeChat refuses somebody else's code.
    pub phone_code_openid: bool,
}

/// The mini programs, in the order of the configuration. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Apps(Arc<[App]>);

impl Apps {
    pub fn new(apps: Vec<App>) -> Self {
        Self(apps.into())
    }

    pub fn find(&self, appid: &str) -> Option<&App> {
        self.0.iter().find(|app| app.appid == appid)
    }

    /// The one app, when there is exactly one.
    pub fn only(&self) -> Option<&App> {
        if let [app] = &*self.0 { Some(app) } else { None }
    }

    pub fn iter(&self) -> impl Iterator<Item = &App> {
        self.0.iter()
    }

    /// Whether every push_aes_key is an EncodingAESKey, or two while the older one is in use, with a comma between them.
    /// Not asked while the configuration is read, which may be one whose secrets are masked.
    pub fn check_push_keys(&self) -> Result<(), ConfigError> {
        let right = |key: &str| key.len() == 43 && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let keys = self.iter().filter_map(|app| app.push_aes_key.as_ref());
        if keys.flat_map(|keys| keys.expose().split(',')).all(|key| right(key.trim())) {
            return Ok(());
        }
        Err(ConfigError::value("apps.push_aes_key", "must be the EncodingAESKey: 43 letters and digits"))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of an app, or its appid when it is no longer configured.
    pub fn name_of<'a>(&'a self, appid: &'a str) -> &'a str {
        self.find(appid).map_or(appid, |app| &app.name)
    }
}
