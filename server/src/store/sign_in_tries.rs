//! Tries to sign in, counted before anything is checked, by keyed hash of the name that was typed and of the address. In the
//! database, so that a count holds on every node and over restarts.

use super::{Result, Tx, execute, on};
use crate::clock::Millis;

/// Counts one more try and says how many there are now. `None`, and nothing counted, when there have been `most` of them and
/// the last was after `forgotten`. One statement: of many tries at once, none slips through.
pub async fn count(tx: &mut Tx, hash: [u8; 32], now: Millis, forgotten: Millis, most: i64) -> Result<Option<i64>> {
    let sql = "INSERT INTO sign_in_tries (hash, tries, last_at) VALUES ($1, 1, $2) ON CONFLICT (hash) DO UPDATE SET \
               tries = CASE WHEN sign_in_tries.last_at <= $3 THEN 1 ELSE sign_in_tries.tries + 1 END, last_at = $2 \
               WHERE sign_in_tries.tries < $4 OR sign_in_tries.last_at <= $3 RETURNING tries";
    Ok(on!(tx, conn => sqlx::query_scalar(sql)
        .bind(hash.as_slice()).bind(now.0).bind(forgotten.0).bind(most).fetch_optional(conn).await)?)
}

/// Takes back one try: it was none of those that are counted.
pub async fn take_back(tx: &mut Tx, hash: [u8; 32]) -> Result<()> {
    let sql = "UPDATE sign_in_tries SET tries = tries - 1 WHERE hash = $1 AND tries > 0";
    execute!(tx, sqlx::query(sql).bind(hash.as_slice()))?;
    Ok(())
}

pub async fn clear(tx: &mut Tx, hash: [u8; 32]) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM sign_in_tries WHERE hash = $1").bind(hash.as_slice()))?;
    Ok(())
}

/// Deletes at most `batch` counts whose last try was before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "sign_in_tries", "hash", "last_at", before, batch).await
}
