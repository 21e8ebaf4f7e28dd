//! The code ledger: one row per login code that was ever presented, by hash. Whoever inserts the row exchanges the
//! code at WeChat; everybody else, on whichever node, waits for what the row says afterwards.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct LoginCodeRow {
        /// `exchanging`, `spent` or `failed`.
        pub state: String,
        /// Why it failed, or why the exchange before this one did: a name that `accounts::exchange_code` knows.
        pub error: Option<String>,
        pub binding_id: Option<Uuid>,
        pub is_new: bool,
        pub finished_at: Option<i64>,
    }
}

/// Takes the code for exchange; `false` when somebody has or had it. Why an earlier exchange failed stays in its row. Free for the taking are codes never seen,
/// codes whose exchange failed by `arrived` (at that very millisecond too), and codes whose exchange began before `abandoned`.
pub async fn claim(
    tx: &mut Tx,
    hash: [u8; 32],
    appid: &str,
    arrived: Millis,
    now: Millis,
    abandoned: Millis,
) -> Result<bool> {
    let sql = "INSERT INTO login_codes (hash, appid, state, is_new, claimed_at) VALUES ($1, $2, 'exchanging', FALSE, $3) \
               ON CONFLICT (hash) DO UPDATE SET state = 'exchanging', finished_at = NULL, claimed_at = $3 \
               WHERE (login_codes.state = 'failed' AND login_codes.finished_at <= $4) \
               OR (login_codes.state = 'exchanging' AND login_codes.claimed_at < $5)";
    let changed =
        execute!(tx, sqlx::query(sql).bind(hash.as_slice()).bind(appid).bind(now.0).bind(arrived.0).bind(abandoned.0))?;
    Ok(changed == 1)
}

pub async fn find(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<LoginCodeRow>> {
    let sql = "SELECT state, error, binding_id, is_new, finished_at FROM login_codes WHERE hash = $1";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(hash.as_slice()).fetch_optional(conn).await)?)
}

pub async fn spend(tx: &mut Tx, hash: [u8; 32], binding: Uuid, is_new: bool, now: Millis) -> Result<()> {
    let sql = "UPDATE login_codes SET state = 'spent', binding_id = $2, is_new = $3, finished_at = $4 WHERE hash = $1";
    execute!(tx, sqlx::query(sql).bind(hash.as_slice()).bind(binding).bind(is_new).bind(now.0))?;
    Ok(())
}

pub async fn fail(tx: &mut Tx, hash: [u8; 32], error: &str, now: Millis) -> Result<()> {
    let sql = "UPDATE login_codes SET state = 'failed', error = $2, finished_at = $3 WHERE hash = $1";
    execute!(tx, sqlx::query(sql).bind(hash.as_slice()).bind(error).bind(now.0))?;
    Ok(())
}

/// When codes of this binding were exchanged, oldest first.
pub async fn spent_by(tx: &mut Tx, binding: Uuid, from: Millis, to: Millis, most: i64) -> Result<Vec<i64>> {
    let sql = "SELECT finished_at FROM login_codes WHERE binding_id = $1 AND state = 'spent' AND finished_at >= $2 \
               AND finished_at <= $3 ORDER BY finished_at LIMIT $4";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(binding).bind(from.0).bind(to.0).bind(most).fetch_all(conn).await)?)
}

/// Deletes at most `batch` rows claimed before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "login_codes", "hash", "claimed_at", before, batch).await
}
