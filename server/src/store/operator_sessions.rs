//! Operators' console sessions, stored by SHA-256 of their id. The operator stands in a column of its own, so that
//! all of a person's sessions can be listed and ended.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct OperatorSessionRow {
        pub hash: Vec<u8>,
        pub operator_id: Option<Uuid>,
        /// JSON.
        pub data: String,
        pub expires_at: i64,
    }
}

/// `false` when the id is taken.
pub async fn insert(tx: &mut Tx, row: &OperatorSessionRow) -> Result<bool> {
    let sql = "INSERT INTO operator_sessions (hash, operator_id, data, expires_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (hash) DO NOTHING";
    let inserted = execute!(
        tx,
        sqlx::query(sql).bind(row.hash.as_slice()).bind(row.operator_id).bind(&row.data).bind(row.expires_at)
    )?;
    Ok(inserted == 1)
}

/// Changes a session that exists. One that was ended meanwhile stays ended: `false`.
pub async fn update(tx: &mut Tx, row: &OperatorSessionRow) -> Result<bool> {
    let sql = "UPDATE operator_sessions SET operator_id = $2, data = $3, expires_at = $4 WHERE hash = $1";
    let changed = execute!(
        tx,
        sqlx::query(sql).bind(row.hash.as_slice()).bind(row.operator_id).bind(&row.data).bind(row.expires_at)
    )?;
    Ok(changed == 1)
}

pub async fn find(tx: &mut Tx, hash: [u8; 32], now: Millis) -> Result<Option<OperatorSessionRow>> {
    let sql = "SELECT hash, operator_id, data, expires_at FROM operator_sessions WHERE hash = $1 AND expires_at > $2";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(hash.as_slice()).bind(now.0).fetch_optional(conn).await)?)
}

pub async fn delete(tx: &mut Tx, hash: [u8; 32]) -> Result<()> {
    let sql = "DELETE FROM operator_sessions WHERE hash = $1";
    execute!(tx, sqlx::query(sql).bind(hash.as_slice()))?;
    Ok(())
}

/// Ends every session of an operator; how many they were.
pub async fn delete_of(tx: &mut Tx, operator: Uuid) -> Result<u64> {
    let sql = "DELETE FROM operator_sessions WHERE operator_id = $1";
    Ok(execute!(tx, sqlx::query(sql).bind(operator))?)
}

/// Deletes at most `batch` sessions that ended before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "operator_sessions", "hash", "expires_at", before, batch).await
}

/// Every living session of an operator.
pub async fn of(tx: &mut Tx, operator: Uuid, now: Millis) -> Result<Vec<OperatorSessionRow>> {
    let sql =
        "SELECT hash, operator_id, data, expires_at FROM operator_sessions WHERE operator_id = $1 AND expires_at > $2";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(operator).bind(now.0).fetch_all(conn).await)?)
}

/// Ends a session of this operator; `false` when he has no such session.
pub async fn delete_one_of(tx: &mut Tx, operator: Uuid, hash: &[u8]) -> Result<bool> {
    let sql = "DELETE FROM operator_sessions WHERE operator_id = $1 AND hash = $2";
    Ok(execute!(tx, sqlx::query(sql).bind(operator).bind(hash))? == 1)
}

/// Ends every session of an operator but one; how many they were.
pub async fn delete_others(tx: &mut Tx, operator: Uuid, but: &[u8]) -> Result<u64> {
    let sql = "DELETE FROM operator_sessions WHERE operator_id = $1 AND hash <> $2";
    Ok(execute!(tx, sqlx::query(sql).bind(operator).bind(but))?)
}
