//! A phone number: identity is country code plus national number (E.164), so that numbers of two countries never
//! collide (protocol §4).

use std::fmt;

use latchkey_app::types::TypedNumber;

/// The longest E.164 number has 15 digits; WeChat's virtual test users have 11 that are no real mobile.
const MAX_DIGITS: usize = 15;

/// Digits only. `Debug` shows the mask, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber {
    country_code: String,
    national: String,
}

impl PhoneNumber {
    /// `country_code` with or without `+`, `national` as WeChat's purePhoneNumber. `None` unless both are digits
    /// of a plausible length.
    pub fn new(country_code: &str, national: &str) -> Option<Self> {
        let country_code = country_code.trim().trim_start_matches('+');
        let national = national.trim();
        let digits = |text: &str, least: usize, most: usize| {
            (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let plausible = digits(country_code, 1, 4) && digits(national, 5, MAX_DIGITS) && !country_code.starts_with('0');
        plausible.then(|| Self { country_code: country_code.to_owned(), national: national.to_owned() })
    }

    /// Without `+`.
    pub fn country_code(&self) -> &str {
        &self.country_code
    }

    /// WeChat's purePhoneNumber.
    pub fn national(&self) -> &str {
        &self.national
    }

    /// `+8613580006666`.
    pub fn e164(&self) -> String {
        format!("+{}{}", self.country_code, self.national)
    }

    /// WeChat's phoneNumber: foreign numbers carry their country code (protocol §4).
    pub fn display(&self) -> String {
        if self.country_code == "86" { self.national.clone() } else { self.e164() }
    }

    pub fn last_four(&self) -> &str {
        &self.national[self.national.len() - 4..]
    }

    /// For people who have no need to know it: first 3 and last 2 digits, of a number shorter than ten the first 2
    /// and last 2 (WeChat's own advice). Foreign numbers keep their country code.
    pub fn masked(&self) -> String {
        let shown = if self.national.len() >= 10 { 3 } else { 2 };
        let hidden = self.national.len().saturating_sub(shown + 2);
        let (head, tail) = (&self.national[..shown], &self.national[self.national.len() - 2..]);
        let country = if self.country_code == "86" { String::new() } else { format!("+{} ", self.country_code) };
        format!("{country}{head}{}{tail}", "*".repeat(hidden))
    }

    /// The form that is sealed: country code, blank, national number.
    pub fn to_sealed_text(&self) -> String {
        format!("{} {}", self.country_code, self.national)
    }

    pub fn from_sealed_text(text: &str) -> Option<Self> {
        let (country_code, national) = text.split_once(' ')?;
        Self::new(country_code, national)
    }
}

/// Every form under which a typed number may be looked up.
#[expect(missing_debug_implementations, reason = "it holds a phone number in plain text")]
pub struct Spellings {
    /// With a plus sign and its country code.
    pub e164: String,
    /// The national number; `None` when the country code was typed and the number means no other.
    pub national: Option<String>,
    /// When it is four digits long.
    pub last_four: Option<String>,
}

impl Spellings {
    pub fn of(number: TypedNumber) -> Self {
        let TypedNumber { international, digits } = number;
        let digits = without_trunk_zero(digits);
        Self {
            e164: format!("+{digits}"),
            last_four: (!international && digits.len() == 4).then(|| digits.clone()),
            national: (!international).then_some(digits),
        }
    }
}

/// Before a mainland mobile, some write the 0 that long distance calls once took.
fn without_trunk_zero(digits: String) -> String {
    const MOBILE: usize = 11;
    let (head, mobile) = digits.split_at_checked(digits.len().saturating_sub(MOBILE)).unwrap_or_default();
    let is_mobile = mobile.len() == MOBILE && matches!(mobile.as_bytes(), [b'1', b'3'..=b'9', ..]);
    match head {
        "0" | "860" if is_mobile => format!("{}{mobile}", &head[..head.len() - 1]),
        _ => digits,
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use latchkey_app::types::typed_number;

    use super::{PhoneNumber, Spellings};

    #[test]
    fn what_is_no_number_is_refused() {
        for (country, national) in [
            ("", "13580006666"),
            ("86", ""),
            ("86", "1358000666x"),
            ("0", "13580006666"),
            ("86", "123"),
            ("86", "1234567890123456"),
        ] {
            assert_eq!(PhoneNumber::new(country, national), None, "{country} {national}");
        }
    }

    #[test]
    fn the_same_digits_in_two_countries_are_two_numbers() {
        let (china, hong_kong) = (PhoneNumber::new("86", "51234567"), PhoneNumber::new("+852", "51234567"));
        assert_ne!(china, hong_kong);
        assert_eq!(hong_kong.unwrap().e164(), "+85251234567");
    }

    #[test]
    fn masks_follow_wechats_advice() {
        let mask = |country, national| PhoneNumber::new(country, national).unwrap().masked();
        assert_eq!(mask("86", "13580006666"), "135******66");
        assert_eq!(mask("852", "51234567"), "+852 51****67");
        assert_eq!(mask("86", "12345"), "12*45");
        assert_eq!(format!("{:?}", PhoneNumber::new("86", "13580006666").unwrap()), "135******66");
    }

    #[test]
    fn sealed_text_round_trips() {
        let phone = PhoneNumber::new("852", "51234567").unwrap();
        assert_eq!(PhoneNumber::from_sealed_text(&phone.to_sealed_text()), Some(phone));
    }

    #[test]
    fn a_number_that_was_typed_is_looked_up_as_all_that_it_may_mean() {
        for (typed, e164, national, last_four) in [
            ("00852 51230001", "+85251230001", None, None),
            ("008613912340007", "+8613912340007", None, None),
            ("139.1234.0007", "+13912340007", Some("13912340007"), None),
            ("013912340007", "+13912340007", Some("13912340007"), None),
            ("+86 (0)139 1234 0007", "+8613912340007", None, None),
            ("0007", "+0007", Some("0007"), Some("0007")),
            ("+0007", "+0007", None, None),
        ] {
            let found = Spellings::of(typed_number(typed).unwrap());
            let found = (found.e164.as_str(), found.national.as_deref(), found.last_four.as_deref());
            assert_eq!(found, (e164, national, last_four), "{typed}");
        }
    }
}
