//! Secrets of a configuration: the places they come from, the blanks and quotes that are taken off around them, and the
//! forms they must have. No error shows one.

use std::{
    fs::File,
    io::{self, Read},
};

use super::ConfigError;
use crate::secret::Secret;

/// The place of a secret in what `latchkey config print` prints.
pub(super) const MASK: &str = "***";
/// Longer than any secret; `file:/dev/zero` has no end.
const LONGEST_FILE: u64 = 64 * 1024;
/// Quotes of every kind, and marks without a width that editors and chats leave behind.
const AROUND: &[char] = &[
    '"', '\'', '`', '“', '”', '‘', '’', '\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}',
    '\u{2060}',
];

/// The form of a secret, and the words for it.
pub(super) struct Form(fn(&str) -> bool, &'static str);

pub(super) const APP_SECRET: Form = Form(
    |text| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
    "must be the AppSecret from mp.weixin.qq.com: 32 characters, 0 to 9 and a to f",
);
pub(super) const PUSH_TOKEN: Form = Form(
    |text| (3..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
    "must be the Token of the message push: 3 to 32 letters and digits",
);
/// One key, or two while the older one is still in use.
pub(super) const PUSH_AES_KEY: Form = Form(
    |text| {
        text.split(',').map(clean).all(|key| key.len() == 43 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    },
    "must be the EncodingAESKey of the message push: 43 letters and digits; during a change two, with a comma between them",
);
/// Checked where it is used: data keys and addresses of databases have parsers of their own.
pub(super) const ANY: Form = Form(|_| true, "");

/// Takes off what copying and editors leave around a value: blanks, line breaks, quotes, a byte order mark.
pub(super) fn clean(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter.is_control() || AROUND.contains(&letter))
}

/// Reads the secret that `value` is, or the one in the file that it names as `file:PATH`. [`MASK`] has every form: what
/// `config print` prints can be read.
pub(super) fn read(key: &str, value: &Secret, Form(fits, words): &Form) -> Result<Secret, ConfigError> {
    let text = clean(value.expose());
    let secret = match text.strip_prefix("file:") {
        None => Secret::new(text),
        Some(path) => from_file(path).map_err(|error| ConfigError::value(key, format!("file:{path}: {error}")))?,
    };
    match secret.expose() {
        "" => Err(ConfigError::value(key, "is empty")),
        MASK => Ok(secret),
        text if fits(text) => Ok(secret),
        _ => Err(ConfigError::value(key, *words)),
    }
}

fn from_file(path: &str) -> io::Result<Secret> {
    let mut text = zeroize::Zeroizing::new(String::new());
    let read = File::open(path)?.take(LONGEST_FILE + 1).read_to_string(&mut text)?;
    if read as u64 > LONGEST_FILE {
        return Err(io::Error::other("is too long for a secret"));
    }
    Ok(Secret::new(clean(&text)))
}
