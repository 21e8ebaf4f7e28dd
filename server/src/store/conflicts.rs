//! What two users have and one should ([`latchkey_app::types::ConflictKind`]). A line for each pair of users; one that is
//! settled stays, and says how.

use uuid::Uuid;

use super::{Result, Slice, Start, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct ConflictRow {
        pub id: Uuid,
        pub at: i64,
        /// A name of [`latchkey_app::types::ConflictKind`].
        pub kind: String,
        /// The unionid, or the phone's keyed hash in hex.
        pub shared: String,
        /// Who came later.
        pub user_id: Uuid,
        /// Who had it before.
        pub other_user_id: Uuid,
        pub settled_at: Option<i64>,
        /// Absent when it ended by itself.
        pub settled_by: Option<String>,
        /// A name of [`latchkey_app::types::Settlement`].
        pub settlement: Option<String>,
        pub reason: Option<String>,
    }
}

const COLUMNS: &str = "id, at, kind, shared, user_id, other_user_id, settled_at, settled_by, settlement, reason";

/// Does nothing when there is such an open one already.
pub async fn insert(tx: &mut Tx, row: &ConflictRow) -> Result<()> {
    let sql = "INSERT INTO conflicts (id, at, kind, shared, user_id, other_user_id) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT DO NOTHING";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(row.id)
            .bind(row.at)
            .bind(&row.kind)
            .bind(&row.shared)
            .bind(row.user_id)
            .bind(row.other_user_id)
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<ConflictRow>> {
    let sql = format!("SELECT {COLUMNS} FROM conflicts WHERE id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)?)
}

/// All of a user's, settled ones, too.
pub async fn of_user(tx: &mut Tx, user: Uuid) -> Result<Vec<ConflictRow>> {
    let sql = format!("SELECT {COLUMNS} FROM conflicts WHERE user_id = $1 OR other_user_id = $1 ORDER BY id");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).fetch_all(conn).await)?)
}

/// Open ones of a user, on either side.
pub async fn open_of(tx: &mut Tx, user: Uuid) -> Result<Vec<ConflictRow>> {
    let half = |column: &str| format!("SELECT {COLUMNS} FROM conflicts WHERE {column} = $1 AND settled_at IS NULL");
    let sql = format!("{} UNION {} ORDER BY id", half("user_id"), half("other_user_id"));
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).fetch_all(conn).await)?)
}

/// The last one of two users about the same thing, whoever came first.
pub async fn newest_of_pair(tx: &mut Tx, row: &ConflictRow) -> Result<Option<ConflictRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM conflicts WHERE shared = $1 AND kind = $2 AND user_id IN ($3, $4) \
         AND other_user_id IN ($3, $4) ORDER BY id DESC LIMIT 1"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(&row.shared).bind(&row.kind).bind(row.user_id).bind(row.other_user_id).fetch_optional(conn).await)?)
}

/// `false` when it is settled already.
pub async fn settle(
    tx: &mut Tx,
    id: Uuid,
    at: Millis,
    settlement: &str,
    by: Option<&str>,
    reason: Option<&str>,
) -> Result<bool> {
    let sql = "UPDATE conflicts SET settled_at = $2, settlement = $3, settled_by = $4, reason = $5 \
               WHERE id = $1 AND settled_at IS NULL";
    Ok(execute!(tx, sqlx::query(sql).bind(id).bind(at.0).bind(settlement).bind(by).bind(reason))? == 1)
}

/// A page of the open ones or of the settled ones, newest first.
pub async fn list(tx: &mut Tx, open: bool, start: Start, limit: usize) -> Result<Slice<ConflictRow>> {
    let (edge, order, key) = start.edge();
    let state = if open { "settled_at IS NULL" } else { "settled_at IS NOT NULL" };
    let sql = format!("SELECT {COLUMNS} FROM conflicts WHERE {state} AND {edge} ORDER BY id {order} LIMIT $2");
    let most = super::one_more(limit);
    let rows = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(key).bind(most).fetch_all(conn).await)?;
    Ok(Slice::new(rows, start, limit))
}

/// A user who is erased is in conflict with nobody.
pub async fn delete_of(tx: &mut Tx, user: Uuid) -> Result<()> {
    let sql = "DELETE FROM conflicts WHERE user_id = $1 OR other_user_id = $1";
    execute!(tx, sqlx::query(sql).bind(user))?;
    Ok(())
}
