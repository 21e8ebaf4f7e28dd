//! The audit log: rows are inserted and read, never changed. Each row's hash covers the one before it.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AuditRow {
        /// 1, 2, 3, … without a gap.
        pub seq: i64,
        pub at: i64,
        /// An operator's username, or `command line`.
        pub actor: String,
        pub action: String,
        pub user_id: Option<Uuid>,
        /// JSON.
        pub detail: String,
        pub hash: Vec<u8>,
    }
}

const COLUMNS: &str = "seq, at, actor, action, user_id, detail, hash";

pub async fn last(tx: &mut Tx) -> Result<Option<AuditRow>> {
    let sql = format!("SELECT {COLUMNS} FROM audit ORDER BY seq DESC LIMIT 1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_optional(conn).await)?)
}

pub async fn insert(tx: &mut Tx, row: &AuditRow) -> Result<()> {
    let sql = "INSERT INTO audit (seq, at, actor, action, user_id, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(row.seq)
            .bind(row.at)
            .bind(&row.actor)
            .bind(&row.action)
            .bind(row.user_id)
            .bind(&row.detail)
            .bind(row.hash.as_slice())
    )?;
    Ok(())
}

/// What operators did with a user between two moments, oldest first.
pub async fn of_user(tx: &mut Tx, user: Uuid, from: Millis, to: Millis, most: i64) -> Result<Vec<AuditRow>> {
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE user_id = $1 AND at >= $2 AND at <= $3 ORDER BY seq LIMIT $4");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(user).bind(from.0).bind(to.0).bind(most).fetch_all(conn).await)?)
}

/// How often somebody has done this since then.
pub async fn times(tx: &mut Tx, actor: &str, action: &str, since: Millis) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM audit WHERE action = $2 AND at >= $3 AND actor = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(actor).bind(action).bind(since.0).fetch_one(conn).await)?)
}

/// The entries after `seq`, oldest first, at most `most` of them.
pub async fn after(tx: &mut Tx, seq: i64, most: i64) -> Result<Vec<AuditRow>> {
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(seq).bind(most).fetch_all(conn).await)?)
}
