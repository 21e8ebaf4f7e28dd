//! What an operator says to a preview: why, and whom, typed by hand. What he has typed is not lost when he is led back.

use latchkey_app::{error::ConsoleError, types::Confirmation};
use serde_json::json;
use tower_sessions::Session;

use super::{
    Failed,
    reason::{LONGEST, reason},
    shown_once,
};
use crate::{sealed::Vault, secret::Secret};

const TYPED_REASON: &str = "typed_reason";

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

/// Between a form and the page it leads back to, the reason stands in the operator's session, sealed: it may name somebody,
/// and no address does.
pub(super) async fn keep_reason(
    vault: &Vault,
    session: &Session,
    page: &str,
    said: &Confirmation,
) -> Result<(), Failed> {
    let short: String = said.reason.chars().take(LONGEST).collect();
    shown_once::keep(vault, session, TYPED_REASON, &Secret::new(json!([page, short]).to_string())).await
}

/// What was typed on this very page; empty when nothing was.
pub(super) async fn typed_reason(vault: &Vault, session: &Session, page: &str) -> Result<String, Failed> {
    let kept = shown_once::take(vault, session, TYPED_REASON).await?;
    let pair: Option<(String, String)> = kept.and_then(|text| serde_json::from_str(&text).ok());
    Ok(pair.filter(|(of, _)| of == page).map(|(_, reason)| reason).unwrap_or_default())
}
