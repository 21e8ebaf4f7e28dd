use std::sync::Arc;

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
    /// Whether pushes in plain text are taken although there is a `push_aes_key`.
    pub push_plain: bool,
}

impl App {
    /// A mini program with the defaults: named by its appid, without message push.
    pub fn new(appid: impl Into<String>, secret: Secret) -> Self {
        let appid = appid.into();
        Self { name: appid.clone(), appid, secret, push_token: None, push_aes_key: None, phone_code_openid: true, push_plain: false }
    }
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

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of an app, or its appid when it is no longer configured.
    pub fn name_of<'a>(&'a self, appid: &'a str) -> &'a str {
        self.find(appid).map_or(appid, |app| &app.name)
    }
}
