//! API tokens, stored as SHA-256. A token that is deleted is dead at once, on every node.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct TokenRow {
        pub hash: Vec<u8>,
        pub user_id: Uuid,
        pub binding_id: Uuid,
        pub created_at: i64,
        pub last_used_at: i64,
        pub expires_at: i64,
        /// The version of the mini program that it was issued to.
        pub client: Option<String>,
        /// See [`PREFIX`]; absent in tokens from before it was kept.
        pub prefix: Option<String>,
    }
}

impl TokenRow {
    /// Names a session where its token must not be: the first half of the hash, in hex.
    pub fn id(&self) -> String {
        hex::encode(self.hash.get(..16).unwrap_or_default())
    }

    pub fn hash(&self) -> Option<[u8; 32]> {
        self.hash.as_slice().try_into().ok()
    }
}

/// How many characters of a token's random part are kept in the clear.
pub const PREFIX: usize = 8;

const COLUMNS: &str = "hash, user_id, binding_id, created_at, last_used_at, expires_at, client, prefix";

pub async fn insert(tx: &mut Tx, row: &TokenRow) -> Result<()> {
    let sql = format!("INSERT INTO tokens ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    execute!(
        tx,
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(row.hash.as_slice())
            .bind(row.user_id)
            .bind(row.binding_id)
            .bind(row.created_at)
            .bind(row.last_used_at)
            .bind(row.expires_at)
            .bind(row.client.as_deref())
            .bind(row.prefix.as_deref())
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<TokenRow>> {
    let sql = format!("SELECT {COLUMNS} FROM tokens WHERE hash = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(hash.as_slice()).fetch_optional(conn).await)?)
}

/// Moves the end of a token's sliding life; `false` when it has died meanwhile.
pub async fn slide(tx: &mut Tx, hash: [u8; 32], now: Millis, expires_at: Millis) -> Result<bool> {
    let sql = "UPDATE tokens SET last_used_at = $2, expires_at = $3 WHERE hash = $1";
    let changed = execute!(tx, sqlx::query(sql).bind(hash.as_slice()).bind(now.0).bind(expires_at.0))?;
    Ok(changed == 1)
}

/// `false` when there was none.
pub async fn delete(tx: &mut Tx, hash: [u8; 32]) -> Result<bool> {
    let sql = "DELETE FROM tokens WHERE hash = $1";
    let changed = execute!(tx, sqlx::query(sql).bind(hash.as_slice()))?;
    Ok(changed == 1)
}

/// A user's living tokens, the last used first.
pub async fn of_user(tx: &mut Tx, user: Uuid, now: Millis, most: i64) -> Result<Vec<TokenRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM tokens WHERE user_id = $1 AND expires_at > $2 ORDER BY last_used_at DESC, hash LIMIT $3"
    );
    Ok(
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).bind(now.0).bind(most).fetch_all(conn).await)?,
    )
}

/// How many living tokens a user has, or one binding of his.
pub async fn count(tx: &mut Tx, user: Uuid, binding: Option<Uuid>, now: Millis) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM tokens WHERE user_id = $1 AND ($2 IS NULL OR binding_id = $2) AND expires_at > $3";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(user).bind(binding).bind(now.0).fetch_one(conn).await)?)
}

/// Deletes a user's tokens, or those of one binding of his.
pub async fn delete_of(tx: &mut Tx, user: Uuid, binding: Option<Uuid>) -> Result<()> {
    let sql = "DELETE FROM tokens WHERE user_id = $1 AND ($2 IS NULL OR binding_id = $2)";
    execute!(tx, sqlx::query(sql).bind(user).bind(binding))?;
    Ok(())
}

/// Deletes at most `batch` tokens that ended before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "tokens", "hash", "expires_at", before, batch).await
}
