//! Addresses from which somebody has signed in, by keyed hash.

use super::{Result, Tx, execute, on};
use crate::clock::Millis;

/// Whether anybody has signed in from there.
pub async fn is_known(tx: &mut Tx, hash: [u8; 32]) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sign_in_networks WHERE hash = $1)";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(hash.as_slice()).fetch_one(conn).await)?)
}

/// Remembers that somebody has signed in from there.
pub async fn note(tx: &mut Tx, hash: [u8; 32], now: Millis) -> Result<()> {
    let sql =
        "INSERT INTO sign_in_networks (hash, last_at) VALUES ($1, $2) ON CONFLICT (hash) DO UPDATE SET last_at = $2";
    execute!(tx, sqlx::query(sql).bind(hash.as_slice()).bind(now.0))?;
    Ok(())
}

/// Deletes at most `batch` addresses that were last used before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "sign_in_networks", "hash", "last_at", before, batch).await
}
