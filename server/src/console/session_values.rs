//! Values of an operator's session that no database may hold in plain text and no address may name: a secret on its way to
//! the one page that shows it, what was searched for, what was typed. Each is sealed for this very session and its name,
//! and ends with the session's id.

use tower_sessions::Session;
use uuid::Uuid;

use super::{Failed, internal, sessions::stored_hash};
use crate::{
    accounts::Accounts,
    sealed::{Column, sha256},
    secret::Secret,
    store::session_values,
};

/// Puts a value in place of the one of this name.
pub(super) async fn keep(accounts: &Accounts, session: &Session, name: &str, value: &Secret) -> Result<(), Failed> {
    if session.id().is_none() {
        // One that has just begun gets its id.
        session.save().await.map_err(|error| internal(&error))?;
    }
    let Some(hash) = stored_hash(session) else { return Ok(()) };
    let sealed = accounts.vault.seal(Column::SessionValue, row(hash, name), value.expose().as_bytes())?;
    let mut tx = accounts.db.write().await?;
    session_values::set(&mut tx, hash, name, &sealed).await?;
    Ok(tx.commit().await?)
}

/// The second time there is none. Of many who ask at once, one gets it.
pub(super) async fn take(accounts: &Accounts, session: &Session, name: &str) -> Result<Option<String>, Failed> {
    let Some(hash) = stored_hash(session) else { return Ok(None) };
    // Most of the time there is none, and a look is no write.
    if session_values::find(&mut accounts.db.read().await?, hash, name).await?.is_none() {
        return Ok(None);
    }
    let mut tx = accounts.db.write().await?;
    let sealed = session_values::take(&mut tx, hash, name).await?;
    tx.commit().await?;
    Ok(open(accounts, hash, name, sealed))
}

/// Without taking it away: for what has to be shown until it is put to use.
pub(super) async fn look(accounts: &Accounts, session: &Session, name: &str) -> Result<Option<String>, Failed> {
    let Some(hash) = stored_hash(session) else { return Ok(None) };
    let sealed = session_values::find(&mut accounts.db.read().await?, hash, name).await?;
    Ok(open(accounts, hash, name, sealed))
}

/// A value that was sealed for another session, or under another name, is none.
fn open(accounts: &Accounts, session: [u8; 32], name: &str, sealed: Option<Vec<u8>>) -> Option<String> {
    match accounts.vault.open_text(Column::SessionValue, row(session, name), &sealed?) {
        Ok(text) => Some(text.to_string()),
        Err(error) => {
            tracing::warn!(%error, name, "a value of an operator's session does not open");
            None
        }
    }
}

/// The id that the value is sealed with: it stands for the session and the name.
fn row(session: [u8; 32], name: &str) -> Uuid {
    let hash = sha256(&[b"session value/", &session, b"/", name.as_bytes()]);
    let (id, _) = hash.split_at(16);
    Uuid::from_slice(id).unwrap_or_default()
}
