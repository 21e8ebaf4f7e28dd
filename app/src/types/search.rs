//! Texts that people type or paste: how they were meant, and which of them may be a phone number. The one place where that is
//! decided, for the browser and the server alike.

/// How a text would have been typed by hand. What was copied from a chat or an address book brings marks along that nobody
/// sees, digits as wide as Chinese characters, or those of another script.
pub fn plain(text: &str) -> String {
    let letters = text.chars().filter(|letter| !is_invisible(*letter)).map(|letter| match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => '-',
        letter if letter.is_whitespace() => ' ',
        letter => digit(letter).unwrap_or(letter),
    });
    letters.collect::<String>().trim().to_owned()
}

/// Zero width, blank though it counts as a letter, or a direction of writing.
const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
    )
}

/// The zeros of the scripts that phones and keyboards offer; the other nine digits follow each zero.
const ZEROS: [u32; 27] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
    0x1040, 0x17E0, 0x1810, 0xA620, 0xA8D0, 0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
];

/// A decimal digit of another script as one of ours.
fn digit(letter: char) -> Option<char> {
    let code = u32::from(letter);
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// A phone number, or a part of one, as somebody typed it.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "it holds a phone number in plain text")]
pub struct TypedNumber {
    /// With its country code, behind a plus sign or 00.
    pub international: bool,
    /// The digits alone.
    pub digits: String,
}

/// The longest number, in digits, with its country code and the prefix before it.
const MOST_DIGITS: usize = 20;
/// The least length, in digits, at which 00 is read as a prefix. Four digits that begin with 00 are the end of a number.
const LEAST_INTERNATIONAL: usize = 8;

/// The number that a text is, when it is that and nothing else.
pub fn typed_number(text: &str) -> Option<TypedNumber> {
    let number: String = plain(text).chars().filter(|letter| !separates(*letter)).collect();
    let plus = number.starts_with('+');
    let digits: String = number.chars().filter(|letter| *letter != '+').collect();
    if !(1..=MOST_DIGITS).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match digits.strip_prefix("00").filter(|_| digits.len() >= LEAST_INTERNATIONAL) {
        Some(digits) => Some(TypedNumber { international: true, digits: digits.to_owned() }),
        None => Some(TypedNumber { international: plus, digits }),
    }
}

/// What may hold a phone, or a token: it belongs in no address and is not remembered. Openids and ids have letters among
/// their digits.
pub fn is_private(text: &str) -> bool {
    plain(text).contains(TOKEN) || may_be_number(text)
}

/// The beginning of every token.
const TOKEN: &str = "lk_";

/// Whether a text is a phone number, four digits or more of one, or words with a number among them. Searches for such
/// texts are counted.
pub fn may_be_number(text: &str) -> bool {
    let text = plain(text);
    if text.contains(TOKEN) {
        return false;
    }
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let number = |text: &str| digits(text) >= 7 && !text.bytes().any(|byte| byte.is_ascii_alphabetic());
    // The last four digits name a person as well as the mask does not.
    let only_digits = text.chars().all(|letter| letter.is_ascii_digit() || letter == '+' || separates(letter));
    number(&text) || text.split(' ').any(number) || only_digits && digits(&text) >= 4
}

/// What stands between the digits of a number.
const fn separates(letter: char) -> bool {
    matches!(letter, ' ' | '-' | '(' | ')' | '[' | ']' | '.' | ',' | '/' | '_' | '~' | '·' | '•' | '・' | '。' | '、')
}

/// Whether so many digits follow each other in a text that they may be a phone number, in whatever spelling: any script's
/// digits or Chinese numerals, with anything between them that is no letter.
pub fn holds_number(text: &str) -> bool {
    const MOST: usize = 7;
    let mut row = 0;
    for letter in plain(text).chars() {
        if letter.is_numeric() || "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖".contains(letter) {
            row += 1;
        } else if letter.is_alphabetic() {
            row = 0;
        }
        if row > MOST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{holds_number, is_private, may_be_number, plain, typed_number};

    #[test]
    fn what_was_copied_is_as_if_typed() {
        for copied in [
            "13580006666",
            "\u{202D}13580006666\u{202C}",
            "１３５８０００６６６６",
            "\u{FEFF}13580006666\u{A0}",
            "\u{3000}135\u{200B}80006666",
        ] {
            assert_eq!(plain(copied), "13580006666", "{copied:?}");
        }
        assert_eq!(plain("＋86\u{A0}135–8000－6666"), "+86 135-8000-6666");
        assert_eq!(plain(" 陈 晓 "), "陈 晓");
    }

    #[test]
    fn phones_and_tokens_stay_out_of_addresses() {
        for private in [
            "6666",
            "13580006666",
            "+86 135-8000-6666",
            "１３５８０００６６６６",
            "\u{202D}135\u{A0}8000\u{A0}6666\u{202C}",
            "陈晓 13580006666",
            "陈晓13580006666",
            "陈 135 8000 6666",
            "Chen 13580006666",
            "lk_abcdefgh",
            "Bearer lk_abcdefgh",
            "\"lk_abcdefgh\",",
        ] {
            assert!(is_private(private), "{private:?}");
        }
        for public in ["", "666", "陈", "陈 6666", "01a1fc30-8280-7000-bd7b-c7788807fbf6", "o6zAJs8263ad", "Chen 2024"]
        {
            assert!(!is_private(public), "{public:?}");
        }
    }

    #[test]
    fn a_number_is_read_in_every_spelling() {
        for (typed, international, digits) in [
            ("13912340007", false, "13912340007"),
            ("139.1234.0007", false, "13912340007"),
            ("139 / 1234·0007", false, "13912340007"),
            ("１３９－１２３４－０００７", false, "13912340007"),
            ("١٣٩١٢٣٤٠٠٠٧", false, "13912340007"),
            ("१३९१२३४०००७", false, "13912340007"),
            ("00852 51230001", true, "85251230001"),
            ("008613912340007", true, "8613912340007"),
            ("＋852－5123－0001", true, "85251230001"),
            ("(+86) 139 1234 0007", true, "8613912340007"),
            ("+0086 13912340007", true, "8613912340007"),
            ("0007", false, "0007"),
        ] {
            let read = typed_number(typed).map(|number| (number.international, number.digits));
            assert_eq!(read, Some((international, digits.to_owned())), "{typed:?}");
        }
        for none in ["", "+", "陈晓 13912340007", "139x1234", "00000000-0000-7000-8000-000000000000"] {
            assert!(typed_number(none).is_none(), "{none:?}");
        }
    }

    #[test]
    fn searches_for_numbers_are_told_from_those_for_tokens() {
        for number in ["6666", "66.66", "陈晓 13580006666", "٠٠٨٥٢٥١٢٣٠٠٠١"] {
            assert!(may_be_number(number) && is_private(number), "{number:?}");
        }
        assert!(is_private("lk_12345678") && !may_be_number("lk_12345678"));
    }

    #[test]
    fn a_text_holds_a_number_however_it_is_spelled() {
        for holds in [
            "13580006666",
            "135.8000.6666",
            "１３５８０００６６６６",
            "013580006666",
            "135\u{A0}8000\u{2009}6666",
            "+852 5123 4567",
            "用户（135）8000、6666 来电",
            "١٣٥٨٠٠٠٦٦٦٦",
            "一三五八零零零六六六六",
            "①③⑤⑧⓪⓪⓪⑥⑥⑥⑥",
            "1\u{200B}3\u{2800}5_8*0+0~0|6:6;6'6",
            "五1二2三3四4",
        ] {
            assert!(holds_number(holds), "{holds:?}");
        }
        for holds_none in ["", "用户来电核实", "工单 2026112", "3 月 4 日 14:30 来电", "订单 A12345B678901"]
        {
            assert!(!holds_number(holds_none), "{holds_none:?}");
        }
    }
}
