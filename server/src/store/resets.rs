//! What operators took from users, or moved. What was taken is sealed, and goes when it can no longer be given back; the
//! rest of a row stays.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct ResetRow {
        pub id: Uuid,
        pub at: i64,
        pub user_id: Uuid,
        /// The second user, of what concerns two.
        pub other_user_id: Option<Uuid>,
        /// A name of [`latchkey_app::types::ResetKind`].
        pub kind: String,
        /// Of what concerns one mini program.
        pub appid: Option<String>,
        pub actor: String,
        pub reason: String,
        /// `accounts::resets::Part`s as JSON, sealed. Absent when nothing was taken that could be given back, or no more.
        pub before_sealed: Option<Vec<u8>>,
        pub undone_at: Option<i64>,
        pub undone_by: Option<String>,
    }
}

const COLUMNS: &str = "id, at, user_id, other_user_id, kind, appid, actor, reason, before_sealed, undone_at, undone_by";

pub async fn insert(tx: &mut Tx, row: &ResetRow) -> Result<()> {
    let sql = "INSERT INTO resets (id, at, user_id, other_user_id, kind, appid, actor, reason, before_sealed) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(row.id)
            .bind(row.at)
            .bind(row.user_id)
            .bind(row.other_user_id)
            .bind(&row.kind)
            .bind(row.appid.as_deref())
            .bind(&row.actor)
            .bind(&row.reason)
            .bind(row.before_sealed.as_deref())
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<ResetRow>> {
    let sql = format!("SELECT {COLUMNS} FROM resets WHERE id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)?)
}

/// What concerns a user, newest first.
pub async fn of_user(tx: &mut Tx, user: Uuid, most: i64) -> Result<Vec<ResetRow>> {
    // Each half is one look into one index.
    let half = |column: &str| format!("SELECT {COLUMNS} FROM resets WHERE {column} = $1");
    let sql = format!("{} UNION {} ORDER BY id DESC LIMIT $2", half("user_id"), half("other_user_id"));
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).bind(most).fetch_all(conn).await)?)
}

/// What was taken has been given back: there is nothing to keep any more. `false` when somebody was faster.
pub async fn undo(tx: &mut Tx, id: Uuid, at: Millis, by: &str) -> Result<bool> {
    let sql =
        "UPDATE resets SET undone_at = $2, undone_by = $3, before_sealed = NULL WHERE id = $1 AND undone_at IS NULL";
    Ok(execute!(tx, sqlx::query(sql).bind(id).bind(at.0).bind(by))? == 1)
}

/// Keeps less than before, or nothing.
pub async fn keep(tx: &mut Tx, id: Uuid, before_sealed: Option<&[u8]>) -> Result<()> {
    execute!(tx, sqlx::query("UPDATE resets SET before_sealed = $2 WHERE id = $1").bind(id).bind(before_sealed))?;
    Ok(())
}

/// Drops everything that is kept about a user.
pub async fn drop_of(tx: &mut Tx, user: Uuid) -> Result<()> {
    let sql = "UPDATE resets SET before_sealed = NULL WHERE user_id = $1 OR other_user_id = $1";
    execute!(tx, sqlx::query(sql).bind(user))?;
    Ok(())
}

/// Drops what at most `batch` resets from before `before` keep; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    let sql = "UPDATE resets SET before_sealed = NULL WHERE id IN \
               (SELECT id FROM resets WHERE before_sealed IS NOT NULL AND at < $1 LIMIT $2)";
    Ok(execute!(tx, sqlx::query(sql).bind(before.0).bind(batch))?)
}
