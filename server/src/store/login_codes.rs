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
        /// For how many milliseconds the row has had its state, by the database's clock. Negative when that clock was set back.
        pub age_ms: i64,
    }
}

/// The caller who wants to exchange a code.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    pub hash: [u8; 32],
    pub appid: &'a str,
    pub now: Millis,
    /// How long the caller has been there. What failed within this time is the caller's own outcome.
    pub waited_ms: i64,
    /// An exchange that has run for longer was given up by a node that died.
    pub lease_ms: i64,
}

/// Takes the code for exchange; `false` when somebody has or had it. Free for the taking are codes never seen, codes whose
/// exchange failed before this caller came, and codes whose exchange was given up. Why an earlier exchange failed stays in
/// the row; of one that was given up, `given_up` is kept.
pub async fn claim(tx: &mut Tx, claim: Claim<'_>, given_up: &str) -> Result<bool> {
    let clock = tx.clock();
    let sql = format!(
        "INSERT INTO login_codes (hash, appid, state, is_new, claimed_at, state_since) \
         VALUES ($1, $2, 'exchanging', FALSE, $3, {clock}) \
         ON CONFLICT (hash) DO UPDATE SET state = 'exchanging', finished_at = NULL, claimed_at = $3, state_since = {clock}, \
         error = CASE WHEN login_codes.state = 'exchanging' THEN $6 ELSE login_codes.error END \
         WHERE (login_codes.state = 'failed' \
         AND ({clock} - login_codes.state_since < 0 OR {clock} - login_codes.state_since >= $4)) \
         OR (login_codes.state = 'exchanging' \
         AND ({clock} - login_codes.state_since < 0 OR {clock} - login_codes.state_since > $5))"
    );
    let Claim { hash, appid, now, waited_ms, lease_ms } = claim;
    let changed = execute!(
        tx,
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(hash.as_slice())
            .bind(appid)
            .bind(now.0)
            .bind(waited_ms)
            .bind(lease_ms)
            .bind(given_up)
    )?;
    Ok(changed == 1)
}

pub async fn find(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<LoginCodeRow>> {
    let clock = tx.clock();
    let sql = format!(
        "SELECT state, error, binding_id, is_new, {clock} - state_since AS age_ms FROM login_codes WHERE hash = $1"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(hash.as_slice()).fetch_optional(conn).await)?)
}

pub async fn spend(tx: &mut Tx, hash: [u8; 32], binding: Uuid, is_new: bool, now: Millis) -> Result<()> {
    let sql = format!(
        "UPDATE login_codes SET state = 'spent', binding_id = $2, is_new = $3, finished_at = $4, state_since = {} \
         WHERE hash = $1",
        tx.clock()
    );
    let sql = sqlx::AssertSqlSafe(sql);
    execute!(tx, sqlx::query(sql).bind(hash.as_slice()).bind(binding).bind(is_new).bind(now.0))?;
    Ok(())
}

/// Does nothing to a code that is spent.
pub async fn fail(tx: &mut Tx, hash: [u8; 32], error: &str, now: Millis) -> Result<()> {
    let sql = format!(
        "UPDATE login_codes SET state = 'failed', error = $2, finished_at = $3, state_since = {} \
         WHERE hash = $1 AND state <> 'spent'",
        tx.clock()
    );
    let sql = sqlx::AssertSqlSafe(sql);
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
