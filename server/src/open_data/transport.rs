//! Base64 as it arrives: mini programs, proxies and form encoders damage it in a handful of known ways, all of
//! which can be undone without guessing, because none of the damaged characters is part of the alphabet.

use std::borrow::Cow;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use latchkey_app::types::Repair;

/// Padding may be lost; trailing bits of the last character are not ours to judge.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A front end that encodes twice is common; three times was never reported.
const MOST_PERCENT_ROUNDS: u32 = 2;
const BLOCK: usize = 16;

/// So many `+` in a row at an edge of base64 are one in a million.
const MOST_EDGE_BLANKS: usize = 4;

/// The repairs that a text needed, and how often each. More than one thing can happen to a text on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Damage {
    /// Rounds of percent-encoding.
    pub percent_encoded: u32,
    /// Blanks in place of `+`.
    pub plus_lost: u32,
    /// `-` and `_` in place of `+` and `/`.
    pub url_safe: u32,
    pub line_breaks: u32,
    /// Blanks that joined the lines of a wrapped text.
    pub lines_joined: u32,
    /// `=` that are missing, or too many.
    pub padding_lost: u32,
}

impl Damage {
    pub fn any(self) -> bool {
        self != Self::default()
    }

    /// Each repair that was made, and how often.
    pub fn repairs(self) -> impl Iterator<Item = (Repair, i64)> {
        let all = [
            (Repair::PercentEncoding, self.percent_encoded),
            (Repair::BlankForPlus, self.plus_lost),
            (Repair::UrlSafe, self.url_safe),
            (Repair::LineBreaks, self.line_breaks),
            (Repair::BlanksBetweenLines, self.lines_joined),
            (Repair::Padding, self.padding_lost),
        ];
        all.into_iter().filter(|(_, times)| *times > 0).map(|(repair, times)| (repair, i64::from(times)))
    }
}

/// What `text` says in base64, and what had to be repaired for it to say anything. `None` when it says nothing.
///
/// A blank at an edge was a `+`, or was put there: the reading with whole blocks, which both data and iv have, is the right
/// one. Whoever uses repaired bytes must let them pass every check that whole bytes pass.
pub fn decode(text: &str) -> Option<(Vec<u8>, Damage)> {
    let bare = text.trim_matches(' ');
    let end = text.trim_end_matches(' ').len();
    let (before, after) = (text.len() - text.trim_start_matches(' ').len(), text.len() - end);
    if before + after == 0 || bare.is_empty() {
        return read(text);
    }
    let kept = (0..=before.min(MOST_EDGE_BLANKS))
        .flat_map(|front| (0..=after.min(MOST_EDGE_BLANKS)).map(move |back| (front, back)));
    let mut readings = kept.filter_map(|(front, back)| read(&text[before - front..end + back]));
    readings.find(|reading| whole(Some(reading))).or_else(|| read(text))
}

fn read(text: &str) -> Option<(Vec<u8>, Damage)> {
    if let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(text) {
        return Some((bytes, Damage::default()));
    }
    let (text, damage) = unwrapped(text);
    if text.contains(' ') {
        // Each blank is a lost `+`, or joins two lines. Only one of the two gives whole blocks, as a rule.
        let plus = with_plus(&text, damage);
        let joined = joined(&text, damage);
        return if !whole(plus.as_ref()) && whole(joined.as_ref()) { joined } else { plus };
    }
    with_plus(&text, damage)
}

/// What a text that was signed may have been before it was percent-encoded; as it came first.
pub fn readings(text: &str) -> Vec<Cow<'_, str>> {
    let mut readings = vec![Cow::Borrowed(text)];
    // A form writes a blank as a plus.
    for first in [text.to_owned(), text.replace('+', " ")] {
        let mut decoded = first;
        for _ in 0..MOST_PERCENT_ROUNDS {
            let Ok(next) = percent_encoding::percent_decode_str(&decoded).decode_utf8() else { break };
            decoded = next.into_owned();
            readings.push(Cow::Owned(decoded.clone()));
        }
    }
    readings
}

/// Base64 whose padding may be missing and whose last character may say more than it should.
pub fn lenient(text: &str) -> Option<Vec<u8>> {
    LENIENT.decode(text).ok()
}

fn whole(decoded: Option<&(Vec<u8>, Damage)>) -> bool {
    decoded.is_some_and(|(bytes, _)| !bytes.is_empty() && bytes.len().is_multiple_of(BLOCK))
}

/// Undoes percent-encoding and line breaks.
fn unwrapped(text: &str) -> (String, Damage) {
    let mut damage = Damage::default();
    let mut text = text.to_owned();
    while text.contains('%') && damage.percent_encoded < MOST_PERCENT_ROUNDS {
        damage.percent_encoded += 1;
        text = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
    }
    let is_break = |letter: char| matches!(letter, '\r' | '\n' | '\t');
    damage.line_breaks = times(&text, is_break);
    text.retain(|letter| !is_break(letter));
    (text, damage)
}

/// Undoes `+` read as a blank, the URL-safe alphabet, and padding that is lost or too much.
fn with_plus(text: &str, damage: Damage) -> Option<(Vec<u8>, Damage)> {
    let repaired: String = text
        .chars()
        .map(|letter| match letter {
            ' ' | '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let bare = repaired.trim_end_matches('=');
    let padding = (repaired.len() - bare.len()).abs_diff((4 - bare.len() % 4) % 4);
    let damage = Damage {
        plus_lost: times(text, |letter| letter == ' '),
        url_safe: times(text, |letter| matches!(letter, '-' | '_')),
        padding_lost: u32::try_from(padding).unwrap_or(u32::MAX),
        ..damage
    };
    Some((lenient(bare)?, damage))
}

fn joined(text: &str, damage: Damage) -> Option<(Vec<u8>, Damage)> {
    let lines_joined = times(text, |letter| letter == ' ');
    with_plus(&text.replace(' ', ""), Damage { lines_joined, ..damage })
}

fn times(text: &str, of: impl Fn(char) -> bool) -> u32 {
    u32::try_from(text.chars().filter(|letter| of(*letter)).count()).unwrap_or(u32::MAX)
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
            ("    ////AQIDBAUGBwgJCg==", Damage { plus_lost: 4, ..none }),
            ("%2B%2B%2B%2B%2F%2F%2F%2FAQIDBAUGBwgJCg%3D%3D", Damage { percent_encoded: 1, ..none }),
            ("%252B%252B%252B%252B%252F%252F%252F%252FAQIDBAUGBwgJCg%253D%253D", Damage { percent_encoded: 2, ..none }),
            ("----____AQIDBAUGBwgJCg", Damage { url_safe: 8, padding_lost: 2, ..none }),
            ("----____AQIDBAUGBwgJCg==", Damage { url_safe: 8, ..none }),
            ("++++////AQIDBAUGBwgJCg", Damage { padding_lost: 2, ..none }),
            ("++++////AQIDBAUGBwgJCg===", Damage { padding_lost: 1, ..none }),
            ("++++////AQID\r\nBAUGBwgJCg==\n", Damage { line_breaks: 3, ..none }),
            ("++++//// AQIDBAUG BwgJCg==", Damage { lines_joined: 2, ..none }),
        ] {
            assert_eq!(decode(damaged), Some((BYTES.to_vec(), damage)), "{damaged:?}");
        }
    }

    #[test]
    fn a_blank_at_an_edge_is_a_lost_plus_only_where_it_makes_blocks_whole() {
        for text in [
            format!(" {WHOLE}"),
            format!("{WHOLE} "),
            format!("  {WHOLE}   "),
            format!("{} ", WHOLE.trim_end_matches('=')),
        ] {
            assert_eq!(decode(&text).map(|(bytes, _)| bytes), Some(BYTES.to_vec()), "{text:?}");
        }
        let lost = WHOLE.replace('+', " ");
        for text in [lost.clone(), format!(" {lost} ")] {
            assert_eq!(decode(&text), Some((BYTES.to_vec(), Damage { plus_lost: 4, ..Damage::default() })), "{text:?}");
        }
        // 48 bytes, which end in a plus.
        let end = format!("{}+", "A".repeat(63));
        let blank = end.replace('+', " ");
        assert_eq!(decode(&blank).map(|(bytes, _)| bytes), decode(&end).map(|(bytes, _)| bytes));
    }

    #[test]
    fn what_is_no_base64_stays_refused() {
        for text in ["!", "你好", "%zz", "abc*", "a"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
