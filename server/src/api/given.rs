//! What clients send, before anything else looks at it. Mini programs, proxies and form encoders put blanks, line breaks and
//! quotes around texts, and JavaScript sends `undefined` where there is nothing to send. Both are put right here, for every
//! call alike.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::{Map, Value};

/// People's own texts, and one that is signed as it is: nothing is taken off them.
const VERBATIM: [&str; 7] = ["nickName", "nick", "province", "city", "country", "rawData", "errMsg"];
/// Base64, where a blank at an edge may be a `+` that was lost: `open_data` decides.
const BASE64: [&str; 2] = ["encryptedData", "iv"];

/// The text of a field without what was put around it; `None` when it says that nothing was sent.
pub fn field<'a>(name: &str, text: &'a str) -> Option<&'a str> {
    let bare = text.trim_matches(is_noise);
    if !is_sent(bare) {
        return None;
    }
    Some(if VERBATIM.contains(&name) {
        text
    } else if BASE64.contains(&name) {
        with_blanks(text, bare)
    } else {
        bare
    })
}

/// The bare part of a text with the blanks that stand directly around it.
fn with_blanks<'a>(text: &'a str, bare: &'a str) -> &'a str {
    let start = text.len() - text.trim_start_matches(is_noise).len();
    let end = start + bare.len();
    let before = text[..start].len() - text[..start].trim_end_matches(' ').len();
    let after = text[end..].len() - text[end..].trim_start_matches(' ').len();
    &text[start - before..end + after]
}

/// A token or an API key, without the word `Bearer` before it, which may be missing or there twice; `None` when none was
/// sent.
pub fn token(text: &str) -> Option<&str> {
    let mut token = text.trim_matches(is_noise);
    while let Some(rest) = without_scheme(token) {
        token = rest.trim_start_matches([':', '=']).trim_matches(is_noise);
    }
    (is_sent(token) && !token.contains(char::is_whitespace)).then_some(token)
}

fn without_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_at_checked("bearer".len())?;
    let ends = !rest.starts_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.'));
    (scheme.eq_ignore_ascii_case("bearer") && ends).then_some(rest)
}

/// The words that JavaScript makes of a value that is not there, or of one that is no text.
fn is_sent(bare: &str) -> bool {
    let object = bare.starts_with("[object ") && bare.ends_with(']');
    !object && !matches!(bare, "" | "undefined" | "null" | "NaN")
}

/// Blanks and line breaks of all kinds, marks that nobody sees, and quotes.
fn is_noise(letter: char) -> bool {
    let unseen = matches!(
        letter,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
            | '\u{FEFF}' | '\u{FFFD}'
    );
    let quote = matches!(
        letter,
        '"' | '\'' | '`' | '\\' | '«' | '»' | '\u{2018}'..='\u{201F}' | '「' | '」' | '『' | '』' | '＂' | '＇'
    );
    unseen || quote || letter.is_whitespace() || letter.is_control()
}

/// The members of a JSON object. A name that stands twice has two readings, and is refused.
#[derive(Debug, Default)]
pub struct Object(pub Map<String, Value>);

impl Object {
    /// The object without members that were not sent, and without what was put around the others.
    pub fn cleaned(self) -> Map<String, Value> {
        let members = self.0.into_iter().filter_map(|(name, value)| {
            let value = match value {
                Value::Null => return None,
                Value::String(text) => Value::String(field(&name, &text)?.to_owned()),
                other => other,
            };
            Some((name, value))
        });
        members.collect()
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Object, A::Error> {
                let mut object = Map::new();
                while let Some(name) = members.next_key::<String>()? {
                    if object.contains_key(&name) {
                        return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
                    }
                    object.insert(name, members.next_value()?);
                }
                Ok(Object(object))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// The fields of a form or a query, cleaned; an error names one that stands twice.
pub fn form(text: &[u8]) -> Result<Map<String, Value>, String> {
    Ok(Object(pairs(text)?).cleaned())
}

/// The fields of a form as they came; an error names one that stands twice.
pub fn pairs(text: &[u8]) -> Result<Map<String, Value>, String> {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(text) {
        if fields.contains_key(name.as_ref()) {
            return Err(name.into_owned());
        }
        fields.insert(name.into_owned(), Value::String(value.into_owned()));
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_around_a_text_is_taken_off() {
        for text in [
            "c0de",
            " c0de",
            "c0de \r\n",
            "\u{FEFF}c0de\u{200B}",
            "\"c0de\"",
            "'c0de'",
            "\\\"c0de\\\"",
            "“c0de”\u{2028}",
        ] {
            assert_eq!(field("code", text), Some("c0de"), "{text:?}");
        }
        assert_eq!(field("encryptedData", " \"AA/A=\" \n"), Some("AA/A="));
        assert_eq!(field("encryptedData", "\" AA/A= \n"), Some(" AA/A= "), "a blank may be a lost plus");
        assert_eq!(field("encryptedData", "\"AA/A=\"\n"), Some("AA/A="));
        for (name, text) in [("nickName", "\"小明\" "), ("rawData", "{\"a\":1}\n"), ("nickName", "Null")] {
            assert_eq!(field(name, text), Some(text));
        }
    }

    #[test]
    fn words_of_javascript_are_nothing() {
        for text in
            ["", " ", "undefined", "null", "NaN", "[object Object]", "[object Promise]", "\"undefined\"", "null\n"]
        {
            for name in ["code", "encryptedData", "nickName", "third_Session"] {
                assert_eq!(field(name, text), None, "{name} {text:?}");
            }
            assert_eq!(token(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_token_is_found_behind_its_word() {
        for text in [
            "lk_a",
            "Bearer lk_a",
            "bearer  lk_a ",
            "Bearer Bearer lk_a",
            "Bearer: lk_a",
            "\"Bearer lk_a\"",
            "Bearer \"lk_a\"\n",
        ] {
            assert_eq!(token(text), Some("lk_a"), "{text:?}");
        }
        for text in ["Bearer", "Bearer undefined", "Bearer null", "Bearer  ", "Basic bGs=", "Bearer a, Bearer b"] {
            assert_eq!(token(text), None, "{text:?}");
        }
        assert_eq!(token("bearer_of_news"), Some("bearer_of_news"));
    }

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        assert!(serde_json::from_str::<Object>("{\"a\":1,\"a\":1}").unwrap_err().to_string().contains("`a`"));
        assert_eq!(form(b"a=1&b=2&a=1"), Err("a".to_owned()));
        assert_eq!(form(b"a=undefined&b=").unwrap().len(), 0);
    }
}
