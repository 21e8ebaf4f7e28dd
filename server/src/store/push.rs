//! Push messages of WeChat: what has been taken already, and which signature came with what.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

/// A message that is new.
#[derive(Debug, Clone)]
pub struct PushEventRow {
    /// Of what the message says, whichever way it was packed.
    pub hash: [u8; 32],
    pub appid: String,
    pub event: String,
    pub user_id: Option<Uuid>,
    pub received_at: i64,
    pub request_id: String,
}

/// `false` when the message has been taken already.
pub async fn insert(tx: &mut Tx, row: &PushEventRow) -> Result<bool> {
    let sql = "INSERT INTO push_events (hash, appid, event, user_id, received_at, request_id) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING";
    let inserted = execute!(
        tx,
        sqlx::query(sql)
            .bind(row.hash.as_slice())
            .bind(&row.appid)
            .bind(&row.event)
            .bind(row.user_id)
            .bind(row.received_at)
            .bind(&row.request_id)
    )?;
    Ok(inserted == 1)
}

row! {
    /// A message that was taken.
    #[derive(Debug, Clone)]
    pub struct TakenRow {
        pub appid: String,
        pub event: String,
        pub received_at: i64,
        pub request_id: String,
    }
}

/// What was taken about a user between two moments: the newest, oldest first, at most `most`.
pub async fn of_user(tx: &mut Tx, user: Uuid, from: Millis, to: Millis, most: i64) -> Result<Vec<TakenRow>> {
    let sql = "SELECT appid, event, received_at, request_id FROM push_events WHERE user_id = $1 AND received_at >= $2 \
               AND received_at <= $3 ORDER BY received_at DESC LIMIT $4";
    let mut rows: Vec<_> =
        on!(tx, conn => sqlx::query_as(sql).bind(user).bind(from.0).bind(to.0).bind(most).fetch_all(conn).await)?;
    rows.reverse();
    Ok(rows)
}

/// Whom the event was about that came with a request.
pub async fn user_of_request(tx: &mut Tx, request_id: &str) -> Result<Option<Uuid>> {
    let sql = "SELECT user_id FROM push_events WHERE request_id = $1 AND user_id IS NOT NULL LIMIT 1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(request_id).fetch_optional(conn).await)?)
}

/// Forgets whom an erased user's messages were about. Their hashes stay until they expire: a repeat must change nothing.
pub async fn erase_of(tx: &mut Tx, user: Uuid) -> Result<()> {
    execute!(tx, sqlx::query("UPDATE push_events SET user_id = NULL WHERE user_id = $1").bind(user))?;
    Ok(())
}

/// When the newest one was taken that came for a mini program.
pub async fn newest(tx: &mut Tx, appid: &str) -> Result<Option<i64>> {
    let sql = "SELECT MAX(received_at) FROM push_events WHERE appid = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(appid).fetch_one(conn).await)?)
}

/// Ties a signature to a content, the first that comes with it; `false` when it came with another one before.
pub async fn claim_signature(tx: &mut Tx, signature: [u8; 32], content: [u8; 32], at: Millis) -> Result<bool> {
    let sql = "INSERT INTO push_signatures (hash, content_hash, received_at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";
    execute!(tx, sqlx::query(sql).bind(signature.as_slice()).bind(content.as_slice()).bind(at.0))?;
    let sql = "SELECT content_hash FROM push_signatures WHERE hash = $1";
    let first: Vec<u8> = on!(tx, conn => sqlx::query_scalar(sql).bind(signature.as_slice()).fetch_one(conn).await)?;
    Ok(first == content)
}

/// Deletes at most `batch` signatures that came before `before`; how many they were.
pub async fn expire_signatures(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "push_signatures", "hash", "received_at", before, batch).await
}

/// Deletes at most `batch` messages that came before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "push_events", "hash", "received_at", before, batch).await
}
