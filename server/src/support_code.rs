//! The support code: eight characters that a user reads to support from a screenshot. Each failure answer carries one;
//! the console's search opens the failure by it.

use sha2::{Digest, Sha256};

/// Without letters and digits that look or sound alike: no 0, 1, I, L, O.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const BASE: u64 = ALPHABET.len() as u64;
/// Characters before the check character.
const DIGITS: usize = 7;
const HALF: usize = 4;

/// Derives the support code of a request, as `XXXX-XXXX`: 7 characters from the SHA-256 of the request id's text, and a
/// check character that finds a wrong character and two that changed places.
pub fn of_request(request_id: &str) -> String {
    let hash = Sha256::digest(request_id);
    let number = hash.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    let mut rest = number % BASE.pow(7);
    let mut values = [0; DIGITS];
    for value in values.iter_mut().rev() {
        *value = rest % BASE;
        rest /= BASE;
    }
    let letters: Vec<char> = values.into_iter().chain([check(values)]).map(letter).collect();
    format!("{}-{}", letters[..HALF].iter().collect::<String>(), letters[HALF..].iter().collect::<String>())
}

/// A text that was meant as a support code.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// As `XXXX-XXXX`.
    Code(String),
    /// One or more characters are wrong.
    Mistyped,
}

/// Reads what an operator typed or pasted; case, blanks and the hyphen do not matter. `None` when the text is something
/// else. `text` has passed [`latchkey_app::types::plain`].
pub fn read(text: &str) -> Option<Typed> {
    let letters: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    if letters.len() != DIGITS + 1 || !letters.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
        return None;
    }
    let letters = letters.to_ascii_uppercase();
    let values: Option<Vec<u64>> = letters.bytes().map(value).collect();
    let Some(values) = values.and_then(|values| <[u64; DIGITS + 1]>::try_from(values).ok()) else {
        // A nickname of eight letters has no hyphen in its middle.
        return (text.trim().find('-') == Some(HALF)).then_some(Typed::Mistyped);
    };
    let [first @ .., last] = values;
    if check(first) != last {
        return Some(Typed::Mistyped);
    }
    Some(Typed::Code(format!("{}-{}", &letters[..HALF], &letters[HALF..])))
}

/// Σ (i + 1) · value(i), modulo 31.
fn check(values: [u64; DIGITS]) -> u64 {
    (1..).zip(values).map(|(weight, value)| weight * value).sum::<u64>() % BASE
}

fn letter(value: u64) -> char {
    let index = usize::try_from(value).unwrap_or_default();
    ALPHABET.get(index).copied().map_or(' ', char::from)
}

fn value(letter: u8) -> Option<u64> {
    ALPHABET.iter().position(|one| *one == letter).and_then(|index| u64::try_from(index).ok())
}

#[cfg(test)]
mod tests {
    use super::{Typed, of_request, read};

    /// Computed with Python's hashlib.
    const KNOWN: [(&str, &str); 4] = [
        ("01a1fc30-8280-7000-bd7b-c7788807fbf6", "GDPT-WGMC"),
        ("00000000-0000-0000-0000-000000000000", "GZTC-AJE5"),
        ("0193570e-2d00-7abc-8def-0123456789ab", "KHC7-ANHH"),
        ("", "PZJJ-N4H3"),
    ];

    #[test]
    fn a_code_follows_from_its_request() {
        for (request, code) in KNOWN {
            assert_eq!(of_request(request), code, "{request:?}");
        }
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = KNOWN[0].1;
        let bare = code.replace('-', "");
        for typed in [code.to_owned(), code.to_lowercase(), bare.clone(), format!(" {} {} ", &bare[..2], &bare[2..])] {
            assert_eq!(read(&typed), Some(Typed::Code(code.to_owned())), "{typed:?}");
        }
    }

    #[test]
    fn one_wrong_character_and_two_that_changed_places_are_found() {
        let code = KNOWN[0].1.replace('-', "");
        for index in 0..code.len() {
            for letter in "23456789ABCDEFGHJKMNPQRSTUVWXYZ".chars() {
                let mut wrong: Vec<char> = code.chars().collect();
                wrong[index] = letter;
                let wrong: String = wrong.into_iter().collect();
                assert_eq!(read(&wrong) == Some(Typed::Mistyped), wrong != code, "{wrong}");
            }
        }
        for index in 0..code.len() - 2 {
            let mut swapped: Vec<char> = code.chars().collect();
            swapped.swap(index, index + 1);
            let swapped: String = swapped.into_iter().collect();
            assert_eq!(read(&swapped) == Some(Typed::Mistyped), swapped != code, "{swapped}");
        }
        assert_eq!(read("0000-OILI"), Some(Typed::Mistyped), "no code has such letters");
    }

    #[test]
    fn other_texts_are_no_codes() {
        for text in ["", "ABCD", "ABCD-EFGHJ", "陈晓陈晓陈晓陈晓", "jonathan", "01012345", "lk_abcde", "A-BCDEFGO"]
        {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
