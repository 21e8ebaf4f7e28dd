use latchkey_app::error::ConsoleError;

/// In characters.
pub(super) const LONGEST: usize = 500;

/// Why an operator acts, as the audit log will keep it for ever. Nothing can be taken out of a chain of hashes again, so a
/// mobile number is refused before it gets in; of names, nobody can tell, and the form asks to leave them out.
pub(super) fn reason(text: &str) -> Result<&str, ConsoleError> {
    let text = text.trim();
    let fits = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits && !names_a_mobile(text) { Ok(text) } else { Err(ConsoleError::Reason) }
}

/// Eleven digits as mainland mobiles have them, with or without their country code, blanks or hyphens.
fn names_a_mobile(text: &str) -> bool {
    let joined: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let runs = joined.split(|letter: char| !letter.is_ascii_digit());
    runs.map(|run| run.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(run)).any(is_mobile)
}

fn is_mobile(run: &str) -> bool {
    run.len() == 11 && matches!(run.as_bytes(), [b'1', b'3'..=b'9', ..])
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn a_reason_is_words_and_no_number() {
        assert_eq!(reason("  工单 20261121001\t").ok(), Some("工单 20261121001"));
        let long = "字".repeat(501);
        for refused in
            ["", "  ", "a\nb", &long, "13580006666", "用户 135 8000 6666 来电", "+86-13580006666", "8613580006666"]
        {
            assert!(reason(refused).is_err(), "{refused}");
        }
    }
}
