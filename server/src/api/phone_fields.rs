use crate::{
    accounts::{Failure, PhoneProof},
    open_data::Encrypted,
};

/// No field of the phone button is longer; a phone's ciphertext has 300 characters.
const LONGEST_CODE: usize = 128;

/// What the phone button gave, from a body's fields; `None` when none of them is there. `code_field` is what the call
/// names its phone code.
pub fn proof(
    encrypted_data: Option<String>,
    iv: Option<String>,
    code: Option<String>,
    code_field: &'static str,
) -> Result<Option<PhoneProof>, Failure> {
    let there = |text: Option<String>| text.filter(|text| !text.is_empty());
    let encrypted = match (there(encrypted_data), there(iv)) {
        (Some(data), Some(iv)) => Some(Encrypted { data, iv }),
        (Some(_), None) => return Err(Failure::InvalidRequest("iv")),
        (None, Some(_)) => return Err(Failure::InvalidRequest("encryptedData")),
        (None, None) => None,
    };
    let code = there(code).map(|code| self::code(code, code_field)).transpose()?;
    Ok((encrypted.is_some() || code.is_some()).then_some(PhoneProof { encrypted, code }))
}

/// A code of WeChat, of either kind: 1 to 128 printable ASCII characters (protocol §0).
pub fn code(code: String, field: &'static str) -> Result<String, Failure> {
    let plausible = (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plausible { Ok(code) } else { Err(Failure::InvalidRequest(field)) }
}
