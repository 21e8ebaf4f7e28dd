//! Searches for what is or may be a phone number: who made them and when. What was searched for is not kept.

use uuid::Uuid;

use super::{Result, Tx, execute, on};
use crate::clock::Millis;

/// How many searches an operator has made after `since`.
pub async fn count(tx: &mut Tx, operator: Uuid, since: Millis) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM number_searches WHERE operator_id = $1 AND at > $2";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(operator).bind(since.0).fetch_one(conn).await)?)
}

pub async fn insert(tx: &mut Tx, id: Uuid, operator: Uuid, now: Millis) -> Result<()> {
    let sql = "INSERT INTO number_searches (id, operator_id, at) VALUES ($1, $2, $3)";
    execute!(tx, sqlx::query(sql).bind(id).bind(operator).bind(now.0))?;
    Ok(())
}

/// Deletes at most `batch` searches from before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "number_searches", "id", "at", before, batch).await
}
