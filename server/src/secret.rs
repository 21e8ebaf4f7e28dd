use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};
use zeroize::Zeroizing;

/// A text that must not be seen: no `Display`, no `Serialize`, and a `Debug` of `***`. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(SecretVisitor)
    }
}

struct SecretVisitor;

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in quotes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }

    // The errors that serde makes for these would quote the value.

    fn visit_bool<E: Error>(self, _: bool) -> Result<Secret, E> {
        no_text()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Secret, E> {
        no_text()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Secret, E> {
        no_text()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Secret, E> {
        no_text()
    }
}

fn no_text<E: Error>() -> Result<Secret, E> {
    Err(E::custom("must be a text in quotes"))
}
