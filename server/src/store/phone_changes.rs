//! The phone history. Rows are inserted and read; only [`erase_of`] changes them.

use uuid::Uuid;

use super::{Result, Slice, Start, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct PhoneChangeRow {
        pub id: Uuid,
        pub user_id: Uuid,
        pub at: i64,
        pub old_sealed: Option<Vec<u8>>,
        pub new_sealed: Option<Vec<u8>>,
        /// A name of [`latchkey_app::types::PhoneSource`].
        pub source: String,
        pub appid: Option<String>,
        pub request_id: String,
        /// Who did it, where it was not the user.
        pub operator: Option<String>,
        /// Set when the numbers of this line are gone for good.
        pub erased_at: Option<i64>,
    }
}

const COLUMNS: &str = "id, user_id, at, old_sealed, new_sealed, source, appid, request_id, operator, erased_at";

pub async fn insert(tx: &mut Tx, row: &PhoneChangeRow) -> Result<()> {
    let sql = "INSERT INTO phone_changes (id, user_id, at, old_sealed, new_sealed, source, appid, request_id, operator) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(row.id)
            .bind(row.user_id)
            .bind(row.at)
            .bind(row.old_sealed.as_deref())
            .bind(row.new_sealed.as_deref())
            .bind(&row.source)
            .bind(&row.appid)
            .bind(&row.request_id)
            .bind(row.operator.as_deref())
    )?;
    Ok(())
}

/// Takes the numbers out of every line of a user's history. The one change that is ever made to it: the law asks for it.
pub async fn erase_of(tx: &mut Tx, user: Uuid, at: Millis) -> Result<()> {
    let sql = "UPDATE phone_changes SET old_sealed = NULL, new_sealed = NULL, erased_at = $2 \
               WHERE user_id = $1 AND erased_at IS NULL";
    execute!(tx, sqlx::query(sql).bind(user).bind(at.0))?;
    Ok(())
}

/// Whose phone the request changed.
pub async fn user_of_request(tx: &mut Tx, request_id: &str) -> Result<Option<Uuid>> {
    let sql = "SELECT user_id FROM phone_changes WHERE request_id = $1 LIMIT 1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(request_id).fetch_optional(conn).await)?)
}

/// A user's changes, newest first.
pub async fn of_user(tx: &mut Tx, user: Uuid, most: i64) -> Result<Vec<PhoneChangeRow>> {
    let sql = format!("SELECT {COLUMNS} FROM phone_changes WHERE user_id = $1 ORDER BY id DESC LIMIT $2");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).bind(most).fetch_all(conn).await)?)
}

/// A user's last change before this moment.
pub async fn last_before(tx: &mut Tx, user: Uuid, at: Millis) -> Result<Option<PhoneChangeRow>> {
    let sql = format!("SELECT {COLUMNS} FROM phone_changes WHERE user_id = $1 AND at < $2 ORDER BY id DESC LIMIT 1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).bind(at.0).fetch_optional(conn).await)?)
}

/// A page of everybody's changes, newest first.
pub async fn list(tx: &mut Tx, start: Start, limit: usize) -> Result<Slice<PhoneChangeRow>> {
    let (edge, order, key) = start.edge();
    let sql = format!("SELECT {COLUMNS} FROM phone_changes WHERE {edge} ORDER BY id {order} LIMIT $2");
    let most = super::one_more(limit);
    let rows = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(key).bind(most).fetch_all(conn).await)?;
    Ok(Slice::new(rows, start, limit))
}
