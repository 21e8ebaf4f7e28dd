//! Every word of the console, in both languages. A text without a translation does not compile.

/// Texts without parameters: a name, the Chinese, the English.
macro_rules! texts {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        impl T {
            $(pub const fn $name(self) -> &'static str {
                match self.0 { Lang::Zh => $zh, Lang::En => $en }
            })*
        }
    };
}

mod admin;
mod alerts;
mod audit;
mod causes;
mod conflicts;
mod console;
mod dashboard;
mod durations;
mod failures;
mod lists;
mod operators;
mod privacy;
mod proofs;
mod proofs_found;
mod report;
mod resets;
mod snippets;
mod zones;

use http::{HeaderMap, header::COOKIE};
use leptos::prelude::use_context;

pub use causes::Explanation;
pub use console::T;
pub use snippets::Snippet;
pub use zones::ZONES;

use crate::types::Zone;

/// The operator's language. Chinese until he chooses otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    pub const COOKIE: &str = "latchkey_lang";

    pub const fn name(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The value of the `lang` attribute.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Zh, Self::En].into_iter().find(|lang| lang.name() == name)
    }
}

/// Light, dark, or as the operator's device says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const COOKIE: &str = "latchkey_theme";
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

/// How the operator wants to see the console: read from his cookies once per request.
#[derive(Debug, Clone, Default)]
pub struct Preferences {
    pub lang: Lang,
    pub theme: Theme,
    pub zone: Zone,
}

impl Preferences {
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let cookie = |name: &str| {
            let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
            let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
            pairs.find_map(|(key, value)| (key == name).then(|| value.to_owned()))
        };
        Self {
            lang: cookie(Lang::COOKIE).and_then(|name| Lang::from_name(&name)).unwrap_or_default(),
            theme: cookie(Theme::COOKIE).and_then(|name| Theme::from_name(&name)).unwrap_or_default(),
            zone: cookie(Zone::COOKIE).and_then(|name| Zone::from_name(&name)).unwrap_or_default(),
        }
    }
}

/// The request's preferences; the defaults outside a request.
pub fn preferences() -> Preferences {
    use_context::<Preferences>().unwrap_or_default()
}

/// Where the days of the request's viewer begin.
pub fn zone() -> Zone {
    preferences().zone
}

/// The request's texts.
pub fn t() -> T {
    T(preferences().lang)
}
