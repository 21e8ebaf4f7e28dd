use latchkey_app::{error::ConsoleError, types::holds_number};

/// In characters.
pub(super) const LONGEST: usize = 500;

/// Checks the reason of an act, which the audit log keeps for ever. Nothing can be taken out of a chain of hashes again, so
/// eight digits or more in a row are refused: they may be a phone number. No program can recognise names; the form asks to
/// leave them out.
pub(super) fn reason(text: &str) -> Result<&str, ConsoleError> {
    let text = text.trim();
    let fits = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits && !holds_number(text) { Ok(text) } else { Err(ConsoleError::Reason) }
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn a_reason_is_words_and_no_number() {
        assert_eq!(reason("  工单 A-1121001\t").ok(), Some("工单 A-1121001"));
        let long = "字".repeat(501);
        for refused in [
            "",
            "  ",
            "a\nb",
            &long,
            "13580006666",
            "用户 135 8000 6666 来电",
            "+86-13580006666",
            "8613580006666",
            "135.8000.6666",
            "１３５８０００６６６６",
            "+852 5123 4567",
            "工单 20261121001",
        ] {
            assert!(reason(refused).is_err(), "{refused}");
        }
    }
}
