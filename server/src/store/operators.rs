//! Operators: the people who sign in to the console.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct OperatorRow {
        pub id: Uuid,
        pub username: String,
        /// The name without regard to case, by which sign-in finds the operator; see [`fold`].
        pub folded: String,
        /// PHC string, argon2id. Empty until he has chosen a password: nobody's matches it.
        pub password_hash: String,
        /// A name of [`latchkey_app::types::Role`].
        pub role: String,
        pub created_at: i64,
        pub disabled_at: Option<i64>,
        pub last_sign_in_at: Option<i64>,
        /// The secret of the second factor, where it is on.
        pub totp_sealed: Option<Vec<u8>>,
        /// The time step of the last code that was used: it and those before it are not taken again.
        pub totp_step: Option<i64>,
    }
}

const COLUMNS: &str =
    "id, username, folded, password_hash, role, created_at, disabled_at, last_sign_in_at, totp_sealed, totp_step";

/// A username without regard to case. Names are ASCII.
pub fn fold(username: &str) -> String {
    username.to_ascii_lowercase()
}

/// `false` when the username is taken, in whatever case.
pub async fn insert(tx: &mut Tx, row: &OperatorRow) -> Result<bool> {
    let sql = "INSERT INTO operators (id, username, folded, password_hash, role, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let inserted = execute!(
        tx,
        sqlx::query(sql)
            .bind(row.id)
            .bind(&row.username)
            .bind(&row.folded)
            .bind(&row.password_hash)
            .bind(&row.role)
            .bind(row.created_at)
    )?;
    Ok(inserted == 1)
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<OperatorRow>> {
    let sql = format!("SELECT {COLUMNS} FROM operators WHERE id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)?)
}

/// By the exact name, or else by one that differs in case alone.
pub async fn find_username(tx: &mut Tx, username: &str) -> Result<Option<OperatorRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM operators WHERE username = $1 OR folded = $2 \
         ORDER BY CASE WHEN username = $1 THEN 0 ELSE 1 END LIMIT 1"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(username).bind(fold(username)).fetch_optional(conn).await)?)
}

pub async fn list(tx: &mut Tx) -> Result<Vec<OperatorRow>> {
    let sql = format!("SELECT {COLUMNS} FROM operators ORDER BY username");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await)?)
}

pub async fn set_password(tx: &mut Tx, id: Uuid, password_hash: &str) -> Result<()> {
    let sql = "UPDATE operators SET password_hash = $2 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id).bind(password_hash))?;
    Ok(())
}

/// In place of the hash that was looked at; `false` when it was replaced meanwhile.
pub async fn replace_password(tx: &mut Tx, id: Uuid, old_hash: &str, new_hash: &str) -> Result<bool> {
    let sql = "UPDATE operators SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    Ok(execute!(tx, sqlx::query(sql).bind(id).bind(old_hash).bind(new_hash))? == 1)
}

pub async fn set_role(tx: &mut Tx, id: Uuid, role: &str) -> Result<()> {
    execute!(tx, sqlx::query("UPDATE operators SET role = $2 WHERE id = $1").bind(id).bind(role))?;
    Ok(())
}

/// `None` enables the operator again.
pub async fn set_disabled(tx: &mut Tx, id: Uuid, at: Option<Millis>) -> Result<()> {
    let sql = "UPDATE operators SET disabled_at = $2 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id).bind(at.map(|at| at.0)))?;
    Ok(())
}

pub async fn signed_in(tx: &mut Tx, id: Uuid, at: Millis) -> Result<()> {
    let sql = "UPDATE operators SET last_sign_in_at = $2 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id).bind(at.0))?;
    Ok(())
}

/// Turns the second factor on, or (`None`) off. `step` is that of the code it was turned on with.
pub async fn set_totp(tx: &mut Tx, id: Uuid, sealed: Option<&[u8]>, step: Option<i64>) -> Result<()> {
    let sql = "UPDATE operators SET totp_sealed = $2, totp_step = $3 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id).bind(sealed).bind(step))?;
    Ok(())
}

/// Nobody else changes the operator until the end of this transaction.
pub async fn hold(tx: &mut Tx, id: Uuid) -> Result<()> {
    execute!(tx, sqlx::query("UPDATE operators SET username = username WHERE id = $1").bind(id))?;
    Ok(())
}

/// Uses up the code of a time step; `false` when it or a later one was used before.
pub async fn use_totp_step(tx: &mut Tx, id: Uuid, step: i64) -> Result<bool> {
    let sql = "UPDATE operators SET totp_step = $2 WHERE id = $1 AND (totp_step IS NULL OR totp_step < $2)";
    Ok(execute!(tx, sqlx::query(sql).bind(id).bind(step))? == 1)
}

/// How many administrators could sign in.
pub async fn able_admins(tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM operators WHERE role = 'admin' AND disabled_at IS NULL AND password_hash <> ''";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await)?)
}
