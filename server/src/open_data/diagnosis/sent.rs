//! Texts that stand where encryptedData or iv belongs, told by their shape.

use latchkey_app::types::Sent;

/// The words that scripts make of a value that is not there.
const WORDS: [&str; 8] = ["undefined", "null", "NaN", "true", "false", "None", "nil", "[object Object]"];
/// Names of fields and variables that were sent in place of their values.
const NAMES: [&str; 12] = [
    "encryptedData",
    "encrypteddata",
    "encrypted_data",
    "iv",
    "code",
    "phoneCode",
    "cloudID",
    "detail",
    "e.detail.encryptedData",
    "e.detail.iv",
    "res.encryptedData",
    "string",
];
/// WeChat's phone data has 216 characters at least; a cloudID has far fewer.
const LONGEST_CLOUD_ID: usize = 127;

/// What `text` is, when its shape tells; `None` for anything that may be a ciphertext, whole or not. `openid` is the
/// sender's.
pub(super) fn shape(text: &str, openid: Option<&str>) -> Option<Sent> {
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\''));
    if text.is_empty() {
        return Some(Sent::Nothing);
    }
    let listed =
        |list: &[&str]| list.iter().find(|known| known.eq_ignore_ascii_case(text)).map(|known| (*known).to_owned());
    if let Some(word) = listed(&WORDS) {
        return Some(Sent::Word(word));
    }
    if let Some(name) = listed(&NAMES) {
        return Some(Sent::Name(name));
    }
    if text.starts_with(['{', '[']) {
        return Some(Sent::Json);
    }
    if ["http://", "https://", "wxfile://"].iter().any(|scheme| text.starts_with(scheme)) {
        return Some(Sent::Address);
    }
    credential(text, openid)
}

/// An identity or a secret of WeChat, or a token. None has a `+`, `/` or `=` in it.
fn credential(text: &str, openid: Option<&str>) -> Option<Sent> {
    let url_safe = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let lower_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if openid == Some(text) {
        return Some(Sent::Openid);
    }
    if text.starts_with("eyJ") && text.matches('.').count() == 2 {
        return Some(Sent::Token);
    }
    match text.len() {
        _ if !url_safe => None,
        64 if lower_hex => Some(Sent::PhoneCode),
        40 if lower_hex => Some(Sent::Signature),
        18 if text.starts_with("wx") && lower_hex_after(text, 2) => Some(Sent::Appid),
        28 if text.starts_with('o') => Some(Sent::Openid),
        32 if is_login_code(text) => Some(Sent::LoginCode),
        length if is_numbered(text) => Some(if length <= LONGEST_CLOUD_ID { Sent::CloudId } else { Sent::Token }),
        43 => Some(Sent::Token),
        46 if text.starts_with("lk_") => Some(Sent::Token),
        _ => None,
    }
}

/// The shape of a wx.login code, which no phone code has: 32 characters of the URL-safe alphabet that begin with a `0`
/// and are more than hexadecimal digits.
pub fn is_login_code(text: &str) -> bool {
    let url_safe = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    text.len() == 32 && text.starts_with('0') && url_safe && !text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn lower_hex_after(text: &str, start: usize) -> bool {
    text.bytes().skip(start).all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Two or three digits and an underscore, as cloudIDs and access_tokens begin.
fn is_numbered(text: &str) -> bool {
    let Some((number, rest)) = text.split_once('_') else { return false };
    (2..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) && rest.len() >= 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_told_by_its_shape() {
        let word = |text: &str| Some(Sent::Word(text.to_owned()));
        for (text, sent) in [
            ("", Some(Sent::Nothing)),
            (" \n", Some(Sent::Nothing)),
            ("undefined", word("undefined")),
            ("\"null\"", word("null")),
            ("nan", word("NaN")),
            ("encryptedData", Some(Sent::Name("encryptedData".into()))),
            ("{\"encryptedData\":\"x\"}", Some(Sent::Json)),
            ("https://example.com/a", Some(Sent::Address)),
            ("38_PMScUUyGmzVbGfYHZKlAQR6bcxyWbXJmgnE7hqGtcAzQy4uv9L", Some(Sent::CloudId)),
            ("o6zAJszVKOmHZuIHKwC0Wx9G7h2Q", Some(Sent::Openid)),
            ("wx0123456789abcdef", Some(Sent::Appid)),
            ("043Musxy1eXJCc0FIYyy1dRvxy1Musxw", Some(Sent::LoginCode)),
            ("75e81ceda165f4ffa64f4068af58c64b8f54b88c", Some(Sent::Signature)),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", Some(Sent::Token)),
            // Base64, whole or cut off, and what has no shape of its own.
            ("r7BXXKkLb8qrSNn05n0qiA==", None),
            ("CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZM", None),
            ("d41d8cd98f00b204e9800998ecf8427e", None),
        ] {
            assert_eq!(shape(text, None), sent, "{text:?}");
        }
        assert_eq!(shape(&"0a".repeat(32), None), Some(Sent::PhoneCode));
        assert_eq!(shape(&format!("38_{}", "Ab1-".repeat(34)), None), Some(Sent::Token));
        assert_eq!(shape("x-the-openid", Some("x-the-openid")), Some(Sent::Openid));
    }
}
