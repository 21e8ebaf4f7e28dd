//! Keys of the business's own back ends, stored as SHA-256.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct ApiKeyRow {
        pub id: Uuid,
        pub name: String,
        pub hash: Vec<u8>,
        pub created_at: i64,
        /// An operator's username; absent when it was made on the command line.
        pub created_by: Option<String>,
        pub last_used_at: Option<i64>,
        pub revoked_at: Option<i64>,
    }
}

const COLUMNS: &str = "id, name, hash, created_at, created_by, last_used_at, revoked_at";

/// `false` when the name is taken.
pub async fn insert(tx: &mut Tx, row: &ApiKeyRow) -> Result<bool> {
    let sql = "INSERT INTO api_keys (id, name, hash, created_at, created_by) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (name) DO NOTHING";
    let inserted = execute!(
        tx,
        sqlx::query(sql)
            .bind(row.id)
            .bind(&row.name)
            .bind(row.hash.as_slice())
            .bind(row.created_at)
            .bind(row.created_by.as_deref())
    )?;
    Ok(inserted == 1)
}

/// Newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<ApiKeyRow>> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys ORDER BY id DESC");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await)?)
}

pub async fn find(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<ApiKeyRow>> {
    let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE hash = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(hash.as_slice()).fetch_optional(conn).await)?)
}

pub async fn touch(tx: &mut Tx, id: Uuid, at: Millis) -> Result<()> {
    execute!(tx, sqlx::query("UPDATE api_keys SET last_used_at = $2 WHERE id = $1").bind(id).bind(at.0))?;
    Ok(())
}

/// The name of the key that is revoked now; `None` when there is no such living key.
pub async fn revoke(tx: &mut Tx, id: Uuid, at: Millis) -> Result<Option<String>> {
    let sql = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING name";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(id).bind(at.0).fetch_optional(conn).await)?)
}
