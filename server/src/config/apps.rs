use std::sync::Arc;

use serde::Deserialize;

use super::{ConfigError, Environment, secrets};
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
        Self {
            name: appid.clone(),
            appid,
            secret,
            push_token: None,
            push_aes_key: None,
            phone_code_openid: true,
            push_plain: false,
        }
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

/// An entry of `[[apps]]` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawApp {
    appid: String,
    secret: Secret,
    name: Option<String>,
    push_token: Option<Secret>,
    push_aes_key: Option<Secret>,
    phone_code_openid: Option<bool>,
    #[serde(default)]
    push_plain: bool,
}

/// The configured apps, and the one of `LATCHKEY_APPID` and `LATCHKEY_SECRET`, which wins over a namesake.
pub(super) fn read(raw: Vec<RawApp>, environment: &Environment) -> Result<Apps, ConfigError> {
    let mut apps = (1..).zip(raw).map(|(number, raw)| app(number, raw)).collect::<Result<Vec<_>, _>>()?;
    match (environment.get("LATCHKEY_APPID")?, environment.get("LATCHKEY_SECRET")?) {
        (None, None) => {}
        (Some(appid), Some(text)) => {
            check_appid("LATCHKEY_APPID", appid)?;
            let secret = secrets::read("LATCHKEY_SECRET", &Secret::new(text), &secrets::APP_SECRET)?;
            match apps.iter_mut().find(|app| app.appid == appid) {
                Some(app) => app.secret = secret,
                None => apps.push(App::new(appid, secret)),
            }
        }
        (Some(_), None) => {
            return Err(ConfigError::value(
                "LATCHKEY_SECRET",
                "is missing, and LATCHKEY_APPID is set: set both or neither",
            ));
        }
        (None, Some(_)) => {
            return Err(ConfigError::value(
                "LATCHKEY_APPID",
                "is missing, and LATCHKEY_SECRET is set: set both or neither",
            ));
        }
    }
    for (index, app) in apps.iter().enumerate() {
        if apps[..index].iter().any(|earlier| earlier.appid == app.appid) {
            return Err(ConfigError::value("apps.appid", format!("{} is there twice", app.appid)));
        }
    }
    Ok(Apps::new(apps))
}

/// `number`: of the entry, from 1. An error says it in place of the appid: someone may have put the secret there.
fn app(number: usize, raw: RawApp) -> Result<App, ConfigError> {
    let key = |name: &str| format!("apps.{name} (entry {number} of [[apps]])");
    let read = |name: &str, value: Secret, form| secrets::read(&key(name), &value, form);
    let appid = secrets::clean(&raw.appid);
    check_appid(&key("appid"), appid)?;
    let app = App {
        name: raw.name.filter(|name| !name.is_empty()).unwrap_or_else(|| appid.to_owned()),
        push_token: raw.push_token.map(|token| read("push_token", token, &secrets::PUSH_TOKEN)).transpose()?,
        push_aes_key: raw.push_aes_key.map(|value| read("push_aes_key", value, &secrets::PUSH_AES_KEY)).transpose()?,
        phone_code_openid: raw.phone_code_openid.unwrap_or(true),
        push_plain: raw.push_plain,
        ..App::new(appid, read("secret", raw.secret, &secrets::APP_SECRET)?)
    };
    let problem = match (&app.push_token, &app.push_aes_key) {
        (None, Some(_)) => Some("push_aes_key"),
        (None, None) if app.push_plain => Some("push_plain"),
        _ => None,
    };
    match problem {
        None => Ok(app),
        Some(set) => {
            let problem = format!("is missing, and {set} is set: without the Token no push is taken");
            Err(ConfigError::value(&key("push_token"), problem))
        }
    }
}

fn check_appid(key: &str, appid: &str) -> Result<(), ConfigError> {
    let right = (1..=64).contains(&appid.len()) && appid.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let problem = "must be letters and digits, such as wx0123456789abcdef";
    if right { Ok(()) } else { Err(ConfigError::value(key, problem)) }
}
