//! Why calls fail, in words: what happened, what proves it, what to change, and what to tell the user.

use super::{Lang, T, causes_en, causes_zh};
use crate::types::Cause;

/// A cause in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CauseText {
    /// Short: for lists and filters.
    pub name: &'static str,
    /// What happened, for somebody who did not write the code.
    pub cause: &'static str,
    /// What shows it. The record's own numbers stand beside it.
    pub proof: &'static str,
    /// What to change, for the developer or, where it is his, the operator.
    pub fix: &'static str,
    /// What support staff do.
    pub support: &'static str,
    /// What to tell the user, in one sentence.
    pub user: &'static str,
}

impl T {
    pub const fn explain(self, cause: Cause) -> CauseText {
        match self.0 {
            Lang::Zh => causes_zh::text(cause),
            Lang::En => causes_en::text(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Cause, CauseText, Lang, T};

    fn parts(text: CauseText) -> [&'static str; 6] {
        [text.name, text.cause, text.proof, text.fix, text.support, text.user]
    }

    #[test]
    fn every_cause_is_told_in_full_and_under_a_name_of_its_own() {
        for lang in [Lang::Zh, Lang::En] {
            let names: HashSet<_> = Cause::ALL.iter().map(|cause| T(lang).explain(*cause).name).collect();
            assert_eq!(names.len(), Cause::ALL.len());
            for cause in Cause::ALL {
                let text = T(lang).explain(*cause);
                assert!(parts(text).iter().all(|part| !part.trim().is_empty()), "{cause:?}");
                assert!(text.name.chars().count() <= 60, "too long for a list: {}", text.name);
            }
        }
    }

    #[test]
    fn both_languages_name_the_same_codes() {
        // errcodes and errnos are facts: whoever mends one language has to mend the other.
        let numbers = |text: CauseText| {
            let words = parts(text).join(" ");
            let numbers = words.split(|letter: char| !letter.is_ascii_digit()).filter(|number| number.len() >= 4);
            numbers.map(ToOwned::to_owned).collect::<HashSet<_>>()
        };
        for cause in Cause::ALL {
            assert_eq!(numbers(T(Lang::Zh).explain(*cause)), numbers(T(Lang::En).explain(*cause)), "{cause:?}");
        }
    }
}
