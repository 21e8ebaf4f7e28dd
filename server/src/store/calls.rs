//! Calls that went well and stand nowhere else: logins, phones that were proved again, keys that support fetched anew.

use uuid::Uuid;

use super::{Result, Tx, execute, first_id, on, row};
use crate::clock::Millis;

pub const LOGIN: &str = "login";
/// The login that made its binding.
pub const FIRST_LOGIN: &str = "first_login";
/// The phone that the user had already.
pub const PHONE: &str = "phone";
/// A session_key, without a login.
pub const KEY: &str = "key";

row! {
    #[derive(Debug, Clone)]
    pub struct CallRow {
        pub id: Uuid,
        pub at: i64,
        pub user_id: Uuid,
        pub binding_id: Uuid,
        pub appid: String,
        /// One of the names above.
        pub kind: String,
        /// It came with a session_key that was not held before.
        pub new_key: bool,
        /// It came with a unionid that the binding had not shown before.
        pub new_unionid: bool,
        pub request_id: Uuid,
    }
}

const COLUMNS: &str = "id, at, user_id, binding_id, appid, kind, new_key, new_unionid, request_id";

pub async fn insert(tx: &mut Tx, row: &CallRow) -> Result<()> {
    let sql = format!("INSERT INTO calls ({COLUMNS}) VALUES ({})", super::placeholders(9));
    execute!(
        tx,
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(row.id)
            .bind(row.at)
            .bind(row.user_id)
            .bind(row.binding_id)
            .bind(&row.appid)
            .bind(&row.kind)
            .bind(row.new_key)
            .bind(row.new_unionid)
            .bind(row.request_id)
    )?;
    Ok(())
}

/// A user's newest calls between two moments, oldest first, at most `most`.
pub async fn of_user(tx: &mut Tx, user: Uuid, from: Millis, to: Millis, most: i64) -> Result<Vec<CallRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM calls WHERE user_id = $1 AND at >= $2 AND at <= $3 ORDER BY id DESC LIMIT $4");
    let mut rows: Vec<_> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(user).bind(from.0).bind(to.0).bind(most).fetch_all(conn).await)?;
    rows.reverse();
    Ok(rows)
}

/// Whose call the request was.
pub async fn user_of_request(tx: &mut Tx, request_id: Uuid) -> Result<Option<Uuid>> {
    let sql = "SELECT user_id FROM calls WHERE request_id = $1 LIMIT 1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(request_id).fetch_optional(conn).await)?)
}

/// What was done with a binding belongs to whoever has it.
pub async fn follow_binding(tx: &mut Tx, binding: Uuid, from: Uuid, to: Uuid) -> Result<()> {
    let sql = "UPDATE calls SET user_id = $3 WHERE user_id = $2 AND binding_id = $1";
    execute!(tx, sqlx::query(sql).bind(binding).bind(from).bind(to))?;
    Ok(())
}

/// Forgets what an erased user did.
pub async fn delete_of(tx: &mut Tx, user: Uuid) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM calls WHERE user_id = $1").bind(user))?;
    Ok(())
}

/// Deletes at most `batch` calls from before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    let sql = "DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE id < $1 ORDER BY id LIMIT $2)";
    Ok(execute!(tx, sqlx::query(sql).bind(first_id(before)).bind(batch))?)
}
