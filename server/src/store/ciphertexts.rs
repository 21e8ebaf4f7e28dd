//! Ciphertexts that were opened, by SHA-256, and the person who opened each of them first.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    /// The first use of a ciphertext.
    #[derive(Debug, Clone)]
    pub struct CiphertextRow {
        /// SHA-256 of its bytes.
        pub hash: Vec<u8>,
        pub user_id: Uuid,
        pub opened_at: i64,
        /// The mini program and the openid of the call; absent in rows of earlier versions, like the request id.
        pub appid: Option<String>,
        pub openid: Option<String>,
        pub request_id: Option<String>,
    }
}

const COLUMNS: &str = "hash, user_id, opened_at, appid, openid, request_id";

/// Keeps a first use. A ciphertext that is known keeps the use that it has.
pub async fn insert(tx: &mut Tx, row: &CiphertextRow) -> Result<()> {
    let sql =
        format!("INSERT INTO ciphertexts ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING");
    execute!(
        tx,
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(&row.hash)
            .bind(row.user_id)
            .bind(row.opened_at)
            .bind(&row.appid)
            .bind(&row.openid)
            .bind(&row.request_id)
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<CiphertextRow>> {
    let sql = format!("SELECT {COLUMNS} FROM ciphertexts WHERE hash = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(hash.as_slice()).fetch_optional(conn).await)?)
}

/// A user's first uses, oldest first.
pub async fn of_user(tx: &mut Tx, user: Uuid) -> Result<Vec<CiphertextRow>> {
    let sql = format!("SELECT {COLUMNS} FROM ciphertexts WHERE user_id = $1 ORDER BY opened_at");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).fetch_all(conn).await)?)
}

/// Deletes at most `batch` rows of uses before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "ciphertexts", "hash", "opened_at", before, batch).await
}
