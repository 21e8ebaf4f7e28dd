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

/// What happened to a text on its way. More than one thing can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that can happen, alone or with others")]
pub struct Damage {
    pub percent_encoded: bool,
    pub plus_lost: bool,
    pub url_safe: bool,
    pub line_breaks: bool,
    pub padding_lost: bool,
}

impl Damage {
    pub fn any(self) -> bool {
        self != Self::default()
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            percent_encoded: self.percent_encoded || other.percent_encoded,
            plus_lost: self.plus_lost || other.plus_lost,
            url_safe: self.url_safe || other.url_safe,
            line_breaks: self.line_breaks || other.line_breaks,
            padding_lost: self.padding_lost || other.padding_lost,
        }
    }
}

/// What `text` says in base64, and what had to be repaired for it to say anything. `None` when it says nothing.
///
/// Whoever uses repaired bytes must let them pass every check that whole bytes pass.
pub fn decode(text: &str) -> Option<(Vec<u8>, Damage)> {
    if let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(text) {
        return Some((bytes, Damage::default()));
    }
    let (repaired, damage) = repair(text);
    Some((lenient(&repaired)?, damage))
}

/// Base64 whose padding may be missing and whose last character may say more than it should.
pub fn lenient(text: &str) -> Option<Vec<u8>> {
    LENIENT.decode(text).ok()
}

/// Undoes percent-encoding, `+` read as a blank, the URL-safe alphabet, line breaks and surplus padding.
fn repair(text: &str) -> (String, Damage) {
    let mut damage = Damage::default();
    let mut text = text.to_owned();
    for _ in 0..MOST_PERCENT_ROUNDS {
        if text.contains('%') {
            damage.percent_encoded = true;
            text = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
        }
    }
    damage.line_breaks = text.contains(['\r', '\n', '\t']);
    damage.plus_lost = text.contains(' ');
    damage.url_safe = text.contains(['-', '_']);
    let repaired = text.chars().filter(|letter| !matches!(letter, '\r' | '\n' | '\t'));
    let repaired: String = repaired
        .map(|letter| match letter {
            ' ' | '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let bare = repaired.trim_end_matches('=');
    damage.padding_lost = (repaired.len() - bare.len()) != (4 - bare.len() % 4) % 4;
    (bare.to_owned(), damage)
}

#[cfg(test)]
mod tests {
    use super::{Damage, decode};

    const BYTES: [u8; 16] = [0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const WHOLE: &str = "++++////AQIDBAUGBwgJCg==";

    #[test]
    fn whole_text_is_taken_as_it_is() {
        assert_eq!(decode(WHOLE), Some((BYTES.to_vec(), Damage::default())));
    }

    #[test]
    fn each_known_damage_is_undone() {
        let none = Damage::default();
        for (damaged, damage) in [
            ("    ////AQIDBAUGBwgJCg==", Damage { plus_lost: true, ..none }),
            ("%2B%2B%2B%2B%2F%2F%2F%2FAQIDBAUGBwgJCg%3D%3D", Damage { percent_encoded: true, ..none }),
            (
                "%252B%252B%252B%252B%252F%252F%252F%252FAQIDBAUGBwgJCg%253D%253D",
                Damage { percent_encoded: true, ..none },
            ),
            ("----____AQIDBAUGBwgJCg", Damage { url_safe: true, padding_lost: true, ..none }),
            ("----____AQIDBAUGBwgJCg==", Damage { url_safe: true, ..none }),
            ("++++////AQIDBAUGBwgJCg", Damage { padding_lost: true, ..none }),
            ("++++////AQID\r\nBAUGBwgJCg==\n", Damage { line_breaks: true, ..none }),
        ] {
            assert_eq!(decode(damaged), Some((BYTES.to_vec(), damage)), "{damaged:?}");
        }
    }

    #[test]
    fn what_is_no_base64_stays_refused() {
        for text in ["!", "你好", "%zz", "abc*", "a"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
