//! What an operator says to a preview: why, and whom, typed by hand. What he has typed is not lost when he is led back.

use latchkey_app::{
    error::ConsoleError,
    types::{Confirmation, Since},
};
use serde_json::json;
use tower_sessions::Session;

use super::{
    Failed,
    reason::{LONGEST, reason},
    session_values,
};
use crate::{accounts::Accounts, secret::Secret};

const TYPED: &str = "typed";

/// The reason, when there is one and the last four characters of the user's id were typed.
pub(super) fn confirmed<'a>(said: &'a Confirmation, user: &str) -> Result<&'a str, ConsoleError> {
    let reason = reason(&said.reason)?;
    let typed = said.typed.trim().to_ascii_lowercase();
    if typed.len() == 4 && user.to_ascii_lowercase().ends_with(&typed) {
        Ok(reason)
    } else {
        Err(ConsoleError::Unconfirmed)
    }
}

/// What was typed on a page before, and the state that the page showed.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub reason: String,
    seen: String,
}

/// Between a form and the page it leads back to, the reason stands in the operator's session, sealed: it may name somebody,
/// and no address does.
pub(super) async fn keep_typed(
    accounts: &Accounts,
    session: &Session,
    page: &str,
    said: &Confirmation,
) -> Result<(), Failed> {
    let short: String = said.reason.chars().take(LONGEST).collect();
    session_values::keep(accounts, session, TYPED, &Secret::new(json!([page, short, said.seen]).to_string())).await
}

/// What was typed on this very page; nothing when nothing was.
pub(super) async fn typed(accounts: &Accounts, session: &Session, page: &str) -> Result<Typed, Failed> {
    let kept = session_values::take(accounts, session, TYPED).await?;
    let kept: Option<(String, String, String)> = kept.and_then(|text| serde_json::from_str(&text).ok());
    let kept = kept.filter(|(of, ..)| of == page);
    Ok(kept.map(|(_, reason, seen)| Typed { reason, seen }).unwrap_or_default())
}

impl Typed {
    /// What is not as it was then. `seen` is a hash of all that the page shows, and one of each line.
    pub(super) fn since(&self, seen: &str) -> Option<Since> {
        if self.seen.is_empty() || self.seen == seen {
            return None;
        }
        let lines = |seen: &str| seen.split('.').skip(1).map(str::to_owned).collect::<Vec<_>>();
        let (then, now) = (lines(&self.seen), lines(seen));
        let new = now.iter().map(|line| !then.contains(line)).collect();
        Some(Since { new, gone: then.len().saturating_sub(now.len()) })
    }
}

#[cfg(test)]
mod tests {
    use super::Typed;

    #[test]
    fn what_has_changed_is_told_line_by_line() {
        let typed = |seen: &str| Typed { reason: String::new(), seen: seen.to_owned() };
        assert!(typed("").since("w.a.b").is_none() && typed("w.a.b").since("w.a.b").is_none());
        let since = |then, now| typed(then).since(now).map(|since| (since.new, since.gone));
        assert_eq!(since("w.a.b", "x.a.c"), Some((vec![false, true], 0)));
        assert_eq!(since("w.a.b", "x.b"), Some((vec![false], 1)));
        assert_eq!(since("w.a", "x.a"), Some((vec![false], 0)));
    }
}
