//! Sealed values of operators' sessions, each under its name. They end with the session.

use super::{Result, Tx, execute, on};

/// Puts a value in place of the one of this name. Does nothing where there is no such session.
pub async fn set(tx: &mut Tx, session: [u8; 32], name: &str, sealed: &[u8]) -> Result<()> {
    let sql = "INSERT INTO session_values (session_hash, name, sealed) \
               SELECT hash, $2, $3 FROM operator_sessions WHERE hash = $1 \
               ON CONFLICT (session_hash, name) DO UPDATE SET sealed = $3";
    execute!(tx, sqlx::query(sql).bind(session.as_slice()).bind(name).bind(sealed))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, session: [u8; 32], name: &str) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT sealed FROM session_values WHERE session_hash = $1 AND name = $2";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(session.as_slice()).bind(name).fetch_optional(conn).await)?)
}

/// Takes a value away. One statement: of many who ask at once, one gets it.
pub async fn take(tx: &mut Tx, session: [u8; 32], name: &str) -> Result<Option<Vec<u8>>> {
    let sql = "DELETE FROM session_values WHERE session_hash = $1 AND name = $2 RETURNING sealed";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(session.as_slice()).bind(name).fetch_optional(conn).await)?)
}
