//! Operators: the people who sign in to the console.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct OperatorRow {
        pub id: Uuid,
        pub username: String,
        /// PHC string, argon2id.
        pub password_hash: String,
        /// A name of [`latchkey_app::types::Role`].
        pub role: String,
        pub created_at: i64,
        pub disabled_at: Option<i64>,
    }
}

const COLUMNS: &str = "id, username, password_hash, role, created_at, disabled_at";

/// `false` when the username is taken.
pub async fn insert(tx: &mut Tx, row: &OperatorRow) -> Result<bool> {
    let sql = "INSERT INTO operators (id, username, password_hash, role, created_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (username) DO NOTHING";
    let inserted = execute!(
        tx,
        sqlx::query(sql).bind(row.id).bind(&row.username).bind(&row.password_hash).bind(&row.role).bind(row.created_at)
    )?;
    Ok(inserted == 1)
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<OperatorRow>> {
    let sql = format!("SELECT {COLUMNS} FROM operators WHERE id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)?)
}

pub async fn find_username(tx: &mut Tx, username: &str) -> Result<Option<OperatorRow>> {
    let sql = format!("SELECT {COLUMNS} FROM operators WHERE username = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(username).fetch_optional(conn).await)?)
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

/// `None` enables the operator again.
pub async fn set_disabled(tx: &mut Tx, id: Uuid, at: Option<Millis>) -> Result<()> {
    let sql = "UPDATE operators SET disabled_at = $2 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id).bind(at.map(|at| at.0)))?;
    Ok(())
}
