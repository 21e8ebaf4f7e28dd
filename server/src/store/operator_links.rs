//! Links with which somebody chooses a password (invitation, reset, first start), by SHA-256. A link that was used is gone.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct OperatorLinkRow {
        pub hash: Vec<u8>,
        /// Whose password it sets; `None` for the link that makes the first administrator.
        pub operator_id: Option<Uuid>,
        /// Whether it takes the second factor away.
        pub drops_totp: bool,
        pub expires_at: i64,
    }
}

pub async fn insert(tx: &mut Tx, row: &OperatorLinkRow) -> Result<()> {
    let sql = "INSERT INTO operator_links (hash, operator_id, drops_totp, expires_at) VALUES ($1, $2, $3, $4)";
    execute!(
        tx,
        sqlx::query(sql).bind(row.hash.as_slice()).bind(row.operator_id).bind(row.drops_totp).bind(row.expires_at)
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, hash: [u8; 32], now: Millis) -> Result<Option<OperatorLinkRow>> {
    let sql =
        "SELECT hash, operator_id, drops_totp, expires_at FROM operator_links WHERE hash = $1 AND expires_at > $2";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(hash.as_slice()).bind(now.0).fetch_optional(conn).await)?)
}

/// `false` when somebody else was faster.
pub async fn take(tx: &mut Tx, hash: [u8; 32], now: Millis) -> Result<bool> {
    let sql = "DELETE FROM operator_links WHERE hash = $1 AND expires_at > $2";
    Ok(execute!(tx, sqlx::query(sql).bind(hash.as_slice()).bind(now.0))? == 1)
}

/// Ends every link for this operator, or those that make the first administrator.
pub async fn delete_of(tx: &mut Tx, operator: Option<Uuid>) -> Result<()> {
    match operator {
        Some(id) => execute!(tx, sqlx::query("DELETE FROM operator_links WHERE operator_id = $1").bind(id))?,
        None => execute!(tx, sqlx::query("DELETE FROM operator_links WHERE operator_id IS NULL"))?,
    };
    Ok(())
}

/// Deletes at most `batch` links that ended before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "operator_links", "hash", "expires_at", before, batch).await
}
