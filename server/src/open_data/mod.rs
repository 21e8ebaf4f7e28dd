//! Open data (protocol §3): decryption and signatures of what a mini program brings from WeChat. Pure: no I/O, no
//! clock, no database, so that every rule can be shown by a table of cases.

mod decrypt;
pub mod diagnosis;
mod session_key;
mod transport;
pub mod trial;

pub use decrypt::{Checks, Encrypted, Flaw, Opened, Window, open};
pub use session_key::SessionKey;
pub use transport::{Damage, lenient as lenient_base64, readings};

use serde::Deserialize;
use serde_json::Value;

use crate::phone::PhoneNumber;

/// The phone in decrypted data or in WeChat's answer to a phone code: both have the same fields (protocol §3.2, §4).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_debug_implementations, reason = "it holds a phone number in plain text")]
pub struct PhoneInfo {
    pure_phone_number: String,
    /// A string in reality, a number in older documents.
    country_code: Value,
}

impl PhoneInfo {
    /// `None` when the fields hold no phone number.
    pub fn phone(&self) -> Option<PhoneNumber> {
        let country_code = match &self.country_code {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        PhoneNumber::new(&country_code, &self.pure_phone_number)
    }
}
