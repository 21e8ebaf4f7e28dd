/// How a text would have been typed by hand. What was copied from a chat or an address book brings marks along that nobody
/// sees, and digits as wide as Chinese characters.
pub fn plain(text: &str) -> String {
    let letters = text.chars().filter(|letter| !is_invisible(*letter)).map(|letter| match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        letter if letter.is_whitespace() => ' ',
        letter => letter,
    });
    letters.collect::<String>().trim().to_owned()
}

/// Zero width, or a direction of writing.
const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// What may hold a phone, or a token: it belongs in no address and is not remembered. Openids and ids have letters among
/// their digits.
pub fn is_private(text: &str) -> bool {
    let text = plain(text);
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let number = |text: &str| digits(text) >= 7 && !text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let only_digits = text.chars().all(|letter| letter.is_ascii_digit() || letter == '+' || separates(letter));
    // The last four digits name a person as well as the mask does not.
    text.contains("lk_") || number(&text) || text.split(' ').any(number) || only_digits && digits(&text) >= 4
}

/// What stands between the digits of a number.
pub const fn separates(letter: char) -> bool {
    matches!(letter, ' ' | '-' | '(' | ')')
}

#[cfg(test)]
mod tests {
    use super::{is_private, plain};

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
}
