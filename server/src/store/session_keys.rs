//! The ring: the newest session_keys of each binding, sealed, with the time they came.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct SessionKeyRow {
        pub id: Uuid,
        pub binding_id: Uuid,
        pub key_sealed: Vec<u8>,
        pub received_at: i64,
    }
}

pub async fn insert(tx: &mut Tx, row: &SessionKeyRow) -> Result<()> {
    let sql = "INSERT INTO session_keys (id, binding_id, key_sealed, received_at) VALUES ($1, $2, $3, $4)";
    execute!(
        tx,
        sqlx::query(sql).bind(row.id).bind(row.binding_id).bind(row.key_sealed.as_slice()).bind(row.received_at)
    )?;
    Ok(())
}

/// Newest first: the keys received at `since` or later, at most `most` of them.
pub async fn ring(tx: &mut Tx, binding: Uuid, since: Millis, most: i64) -> Result<Vec<SessionKeyRow>> {
    let sql = "SELECT id, binding_id, key_sealed, received_at FROM session_keys \
               WHERE binding_id = $1 AND received_at >= $2 ORDER BY received_at DESC, id DESC LIMIT $3";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(binding).bind(since.0).bind(most).fetch_all(conn).await)?)
}

/// The key came again: it counts from now.
pub async fn renew(tx: &mut Tx, id: Uuid, at: Millis) -> Result<()> {
    let sql = "UPDATE session_keys SET received_at = $2 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id).bind(at.0))?;
    Ok(())
}

/// Drops what no longer belongs to the ring of [`ring`].
pub async fn trim(tx: &mut Tx, binding: Uuid, since: Millis, most: i64) -> Result<()> {
    let sql = "DELETE FROM session_keys WHERE binding_id = $1 AND id NOT IN (SELECT id FROM session_keys \
               WHERE binding_id = $1 AND received_at >= $2 ORDER BY received_at DESC, id DESC LIMIT $3)";
    execute!(tx, sqlx::query(sql).bind(binding).bind(since.0).bind(most))?;
    Ok(())
}

/// Forgets every key of a binding.
pub async fn delete_of(tx: &mut Tx, binding: Uuid) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM session_keys WHERE binding_id = $1").bind(binding))?;
    Ok(())
}

/// Deletes at most `batch` keys received before `before`, of whichever binding; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "session_keys", "id", "received_at", before, batch).await
}
