use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::{Failure, PhoneProof, UserInfo},
    open_data::Encrypted,
    phone::PhoneNumber,
};

/// No field of the phone button is longer; a phone's ciphertext has 300 characters.
const LONGEST_CODE: usize = 128;

/// A phone as every call answers it.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhoneData {
    phone_number: String,
    pure_phone_number: String,
    country_code: String,
    user_info: UserInfo,
}

impl PhoneData {
    pub fn new(phone: &PhoneNumber, user_info: UserInfo) -> Self {
        Self {
            phone_number: phone.display(),
            pure_phone_number: phone.national().to_owned(),
            country_code: phone.country_code().to_owned(),
            user_info,
        }
    }
}

/// What the phone button gave, from a body's fields; `None` when none of them is there. `code_field` is what the call
/// names its phone code.
pub fn proof(
    encrypted_data: Option<String>,
    iv: Option<String>,
    code: Option<String>,
    code_field: &'static str,
) -> Result<Option<PhoneProof>, Failure> {
    let encrypted = encrypted(encrypted_data, iv)?;
    let code = code.map(|code| self::code(code, code_field)).transpose()?;
    Ok((encrypted.is_some() || code.is_some()).then_some(PhoneProof { encrypted, code }))
}

/// encryptedData and iv: both or neither.
pub fn encrypted(data: Option<String>, iv: Option<String>) -> Result<Option<Encrypted>, Failure> {
    match (data, iv) {
        (Some(data), Some(iv)) => Ok(Some(Encrypted { data, iv })),
        (Some(_), None) => Err(Failure::NotSent("iv")),
        (None, Some(_)) => Err(Failure::NotSent("encryptedData")),
        (None, None) => Ok(None),
    }
}

/// A code of WeChat, of either kind: 1 to 128 printable ASCII characters (protocol §0).
pub fn code(code: String, field: &'static str) -> Result<String, Failure> {
    let plausible = (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plausible { Ok(code) } else { Err(Failure::InvalidRequest(field)) }
}
