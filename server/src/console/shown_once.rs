//! A secret that an operator has just made, on its way to the one page that shows it. Between the form and the page it
//! stands in his session, sealed: no database holds it in plain text, no address names it.

use tower_sessions::Session;
use uuid::Uuid;

use super::{Failed, internal};
use crate::{
    sealed::{Column, Vault},
    secret::Secret,
};

pub(super) async fn keep(vault: &Vault, session: &Session, name: &str, secret: &Secret) -> Result<(), Failed> {
    let sealed = vault.seal(Column::ShownOnce, Uuid::nil(), secret.expose().as_bytes())?;
    session.insert(name, hex::encode(sealed)).await.map_err(|error| internal(&error).into())
}

/// The second time there is none.
pub(super) async fn take(vault: &Vault, session: &Session, name: &str) -> Result<Option<String>, Failed> {
    // To remove what is not there would be a write all the same.
    let sealed: Option<String> = session.get(name).await.map_err(|error| internal(&error))?;
    if sealed.is_some() {
        session.remove::<String>(name).await.map_err(|error| internal(&error))?;
    }
    let Some(sealed) = sealed.and_then(|text| hex::decode(text).ok()) else { return Ok(None) };
    Ok(Some(vault.open_text(Column::ShownOnce, Uuid::nil(), &sealed)?.to_string()))
}
