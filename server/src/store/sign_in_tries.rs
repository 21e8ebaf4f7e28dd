//! Tries to sign in, counted before anything is checked, by keyed hash of the name that was typed and of the address. In the
//! database, so that a count holds on every node and over restarts.

use super::{Result, Tx, execute, on};
use crate::clock::Millis;

/// What tries are counted under.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub hash: [u8; 32],
    /// The account that it is about, if it is about one.
    pub account: Option<[u8; 32]>,
}

/// A try that was counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    hash: [u8; 32],
    /// How many there are, this one included.
    pub tries: i64,
    at: Millis,
    /// When the one before it was.
    before: Option<Millis>,
}

/// Counts one more try. `None`, and nothing counted, when there have been `most` of them and the last was after `forgotten`.
/// One statement: of many tries at once, none slips through.
pub async fn count(tx: &mut Tx, key: Key, now: Millis, forgotten: Millis, most: i64) -> Result<Option<Counted>> {
    let before = last_at(tx, key.hash).await?;
    let sql = "INSERT INTO sign_in_tries (hash, tries, last_at, account) VALUES ($1, 1, $2, $5) \
               ON CONFLICT (hash) DO UPDATE SET \
               tries = CASE WHEN sign_in_tries.last_at <= $3 THEN 1 ELSE sign_in_tries.tries + 1 END, last_at = $2 \
               WHERE sign_in_tries.tries < $4 OR sign_in_tries.last_at <= $3 RETURNING tries";
    let account = key.account.as_ref().map(<[u8; 32]>::as_slice);
    let tries: Option<i64> = on!(tx, conn => sqlx::query_scalar(sql)
        .bind(key.hash.as_slice()).bind(now.0).bind(forgotten.0).bind(most).bind(account).fetch_optional(conn).await)?;
    Ok(tries.map(|tries| Counted { hash: key.hash, tries, at: now, before }))
}

async fn last_at(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<Millis>> {
    let sql = "SELECT last_at FROM sign_in_tries WHERE hash = $1";
    let at: Option<i64> = on!(tx, conn => sqlx::query_scalar(sql).bind(hash.as_slice()).fetch_optional(conn).await)?;
    Ok(at.map(Millis))
}

/// Takes back a try: it was none of those that are counted. Neither does it keep those before it from being forgotten.
pub async fn take_back(tx: &mut Tx, counted: &Counted) -> Result<()> {
    let sql = "UPDATE sign_in_tries SET tries = tries - 1, \
               last_at = CASE WHEN last_at = $2 THEN $3 ELSE last_at END WHERE hash = $1 AND tries > 0";
    let before = counted.before.unwrap_or(counted.at);
    execute!(tx, sqlx::query(sql).bind(counted.hash.as_slice()).bind(counted.at.0).bind(before.0))?;
    Ok(())
}

pub async fn clear(tx: &mut Tx, counted: &Counted) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM sign_in_tries WHERE hash = $1").bind(counted.hash.as_slice()))?;
    Ok(())
}

/// Everything that is counted of an account.
pub async fn clear_account(tx: &mut Tx, account: [u8; 32]) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM sign_in_tries WHERE account = $1").bind(account.as_slice()))?;
    Ok(())
}

/// Deletes at most `batch` counts whose last try was before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    // A try locks several of its counts: whoever waits for one of them while he has others waits in a ring. SQLite has one
    // writer, and no such words.
    let free = match tx {
        Tx::Sqlite(_) => "",
        Tx::Postgres(_) => "FOR UPDATE SKIP LOCKED",
    };
    let sql = format!(
        "DELETE FROM sign_in_tries WHERE hash IN (SELECT hash FROM sign_in_tries WHERE last_at < $1 LIMIT $2 {free})"
    );
    Ok(execute!(tx, sqlx::query(sqlx::AssertSqlSafe(sql)).bind(before.0).bind(batch))?)
}
