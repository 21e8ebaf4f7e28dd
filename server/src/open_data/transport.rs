//! Base64 as it arrives: mini programs, proxies and form encoders damage it in a handful of known ways, all of
//! which can be undone without guessing, because none of the damaged characters is part of the alphabet.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Padding may be lost; trailing bits of the last character are not ours to judge.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A front end that encodes twice is common; three times was never reported.
const MOST_PERCENT_ROUNDS: usize = 2;

/// What `text` says in base64, and whether it had to be repaired to say anything. `None` when it says nothing.
///
/// Whoever uses repaired bytes must let them pass every check that whole bytes pass.
pub fn decode(text: &str) -> Option<(Vec<u8>, bool)> {
    if let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(text) {
        return Some((bytes, false));
    }
    let bytes = LENIENT.decode(repair(text)).ok()?;
    Some((bytes, true))
}

/// Undoes percent-encoding, `+` read as a blank, the URL-safe alphabet, line breaks and surplus padding.
fn repair(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..MOST_PERCENT_ROUNDS {
        if text.contains('%') {
            text = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
        }
    }
    let repaired = text.chars().filter(|letter| !matches!(letter, '\r' | '\n' | '\t'));
    let repaired = repaired.map(|letter| match letter {
        ' ' | '-' => '+',
        '_' => '/',
        other => other,
    });
    repaired.collect::<String>().trim_end_matches('=').to_owned()
}

#[cfg(test)]
mod tests {
    use super::decode;

    const BYTES: [u8; 16] = [0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const WHOLE: &str = "++++////AQIDBAUGBwgJCg==";

    #[test]
    fn whole_text_is_taken_as_it_is() {
        assert_eq!(decode(WHOLE), Some((BYTES.to_vec(), false)));
    }

    #[test]
    fn each_known_damage_is_undone() {
        for damaged in [
            "    ////AQIDBAUGBwgJCg==",
            "%2B%2B%2B%2B%2F%2F%2F%2FAQIDBAUGBwgJCg%3D%3D",
            "%252B%252B%252B%252B%252F%252F%252F%252FAQIDBAUGBwgJCg%253D%253D",
            "----____AQIDBAUGBwgJCg",
            "++++////AQIDBAUGBwgJCg",
            "++++////AQID\r\nBAUGBwgJCg==\n",
        ] {
            assert_eq!(decode(damaged), Some((BYTES.to_vec(), true)), "{damaged:?}");
        }
    }

    #[test]
    fn what_is_no_base64_stays_refused() {
        for text in ["!", "你好", "%zz", "abc*", "a"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
