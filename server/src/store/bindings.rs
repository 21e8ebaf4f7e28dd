//! Bindings: one (appid, openid) of a user. The pair is unique in the database, which is what makes one user of
//! fifty simultaneous first logins.

use uuid::Uuid;

use super::{Result, Tx, execute, fetch_of, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct BindingRow {
        pub id: Uuid,
        pub user_id: Uuid,
        pub appid: String,
        pub openid: String,
        pub unionid: Option<String>,
        pub created_at: i64,
        pub last_login_at: i64,
    }
}

const COLUMNS: &str = "id, user_id, appid, openid, unionid, created_at, last_login_at";

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<BindingRow>> {
    let sql = format!("SELECT {COLUMNS} FROM bindings WHERE id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)?)
}

pub async fn find_openid(tx: &mut Tx, appid: &str, openid: &str) -> Result<Option<BindingRow>> {
    let sql = format!("SELECT {COLUMNS} FROM bindings WHERE appid = $1 AND openid = $2");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(appid).bind(openid).fetch_optional(conn).await)?)
}

/// The user who first showed this unionid, in whichever mini program.
pub async fn user_with_unionid(tx: &mut Tx, unionid: &str) -> Result<Option<Uuid>> {
    let sql = "SELECT user_id FROM bindings WHERE unionid = $1 ORDER BY id LIMIT 1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(unionid).fetch_optional(conn).await)?)
}

/// Everybody's bindings with this unionid, oldest first: an Open Platform account has at most a few dozen apps.
pub async fn with_unionid(tx: &mut Tx, unionid: &str) -> Result<Vec<BindingRow>> {
    let sql = format!("SELECT {COLUMNS} FROM bindings WHERE unionid = $1 ORDER BY id LIMIT 100");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(unionid).fetch_all(conn).await)?)
}

/// Oldest first.
pub async fn of_users(tx: &mut Tx, users: &[Uuid]) -> Result<Vec<BindingRow>> {
    let mut rows: Vec<BindingRow> = fetch_of!(tx, format!("SELECT {COLUMNS} FROM bindings WHERE user_id IN"), users)?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Whether the row was inserted; `false` when another login has made the binding meanwhile.
pub async fn insert(tx: &mut Tx, row: &BindingRow) -> Result<bool> {
    let sql = "INSERT INTO bindings (id, user_id, appid, openid, unionid, created_at, last_login_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (appid, openid) DO NOTHING";
    let inserted = execute!(
        tx,
        sqlx::query(sql)
            .bind(row.id)
            .bind(row.user_id)
            .bind(&row.appid)
            .bind(&row.openid)
            .bind(&row.unionid)
            .bind(row.created_at)
            .bind(row.last_login_at)
    )?;
    Ok(inserted == 1)
}

/// A login: its time, and the unionid if WeChat gave one. One that is known is never forgotten for want of it.
pub async fn touch_login(tx: &mut Tx, id: Uuid, unionid: Option<&str>, at: Millis) -> Result<()> {
    let sql = "UPDATE bindings SET last_login_at = $2, unionid = COALESCE($3, unionid) WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id).bind(at.0).bind(unionid))?;
    Ok(())
}

/// Sets or forgets the unionid of one binding.
pub async fn set_unionid(tx: &mut Tx, id: Uuid, unionid: Option<&str>) -> Result<()> {
    execute!(tx, sqlx::query("UPDATE bindings SET unionid = $2 WHERE id = $1").bind(id).bind(unionid))?;
    Ok(())
}

/// Gives a binding to another user, with the keys that hang on it.
pub async fn move_to(tx: &mut Tx, id: Uuid, user: Uuid) -> Result<()> {
    execute!(tx, sqlx::query("UPDATE bindings SET user_id = $2 WHERE id = $1").bind(id).bind(user))?;
    Ok(())
}

/// Deletes one binding with everything that hangs on it.
pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<()> {
    for sql in [
        "DELETE FROM tokens WHERE binding_id = $1",
        "DELETE FROM session_keys WHERE binding_id = $1",
        "UPDATE login_codes SET binding_id = NULL WHERE binding_id = $1",
        "DELETE FROM bindings WHERE id = $1",
    ] {
        execute!(tx, sqlx::query(sql).bind(id))?;
    }
    Ok(())
}

/// Deletes a user's bindings with everything that hangs on them: tokens, session_keys, and whose login codes were.
pub async fn delete_of(tx: &mut Tx, user: Uuid) -> Result<()> {
    for sql in [
        "DELETE FROM tokens WHERE user_id = $1",
        "DELETE FROM session_keys WHERE binding_id IN (SELECT id FROM bindings WHERE user_id = $1)",
        "UPDATE login_codes SET binding_id = NULL WHERE binding_id IN (SELECT id FROM bindings WHERE user_id = $1)",
        "DELETE FROM bindings WHERE user_id = $1",
    ] {
        execute!(tx, sqlx::query(sql).bind(user))?;
    }
    Ok(())
}
