//! API tokens, stored as SHA-256. A token that is deleted is dead at once, on every node.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct TokenRow {
        pub hash: Vec<u8>,
        pub user_id: Uuid,
        pub binding_id: Uuid,
        pub created_at: i64,
        pub last_used_at: i64,
        pub expires_at: i64,
    }
}

pub async fn insert(tx: &mut Tx, row: &TokenRow) -> Result<()> {
    let sql = "INSERT INTO tokens (hash, user_id, binding_id, created_at, last_used_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(row.hash.as_slice())
            .bind(row.user_id)
            .bind(row.binding_id)
            .bind(row.created_at)
            .bind(row.last_used_at)
            .bind(row.expires_at)
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<TokenRow>> {
    let sql = "SELECT hash, user_id, binding_id, created_at, last_used_at, expires_at FROM tokens WHERE hash = $1";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(hash.as_slice()).fetch_optional(conn).await)?)
}

/// A user's tokens that are alive, oldest first.
pub async fn of_user(tx: &mut Tx, user: Uuid, now: Millis) -> Result<Vec<TokenRow>> {
    let sql = "SELECT hash, user_id, binding_id, created_at, last_used_at, expires_at FROM tokens \
               WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(user).bind(now.0).fetch_all(conn).await)?)
}

/// Moves the end of a token's sliding life; `false` when it has died meanwhile.
pub async fn slide(tx: &mut Tx, hash: [u8; 32], now: Millis, expires_at: Millis) -> Result<bool> {
    let sql = "UPDATE tokens SET last_used_at = $2, expires_at = $3 WHERE hash = $1";
    let changed = execute!(tx, sqlx::query(sql).bind(hash.as_slice()).bind(now.0).bind(expires_at.0))?;
    Ok(changed == 1)
}

/// `false` when there was none.
pub async fn delete(tx: &mut Tx, hash: [u8; 32]) -> Result<bool> {
    let sql = "DELETE FROM tokens WHERE hash = $1";
    let changed = execute!(tx, sqlx::query(sql).bind(hash.as_slice()))?;
    Ok(changed == 1)
}

/// Deletes at most `batch` tokens that ended before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "tokens", "hash", "expires_at", before, batch).await
}
