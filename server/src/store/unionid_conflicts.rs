//! Unionids that two users have shown.

use uuid::Uuid;

use super::{Result, Slice, Start, Tx, execute, on, row};

row! {
    #[derive(Debug, Clone)]
    pub struct UnionidConflictRow {
        pub id: Uuid,
        pub at: i64,
        pub unionid: String,
        /// Whose login brought the unionid, and as whom.
        pub binding_id: Uuid,
        pub user_id: Uuid,
        /// Who had it before.
        pub other_user_id: Uuid,
    }
}

/// `false` when the conflict is known.
pub async fn insert(tx: &mut Tx, row: &UnionidConflictRow) -> Result<bool> {
    let sql = "INSERT INTO unionid_conflicts (id, at, unionid, binding_id, user_id, other_user_id) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (binding_id, unionid, other_user_id) DO NOTHING";
    let inserted = execute!(
        tx,
        sqlx::query(sql)
            .bind(row.id)
            .bind(row.at)
            .bind(&row.unionid)
            .bind(row.binding_id)
            .bind(row.user_id)
            .bind(row.other_user_id)
    )?;
    Ok(inserted == 1)
}

/// A page of conflicts, newest first.
pub async fn list(tx: &mut Tx, start: Start, limit: usize) -> Result<Slice<UnionidConflictRow>> {
    let (edge, order, key) = start.edge();
    let sql = format!(
        "SELECT id, at, unionid, binding_id, user_id, other_user_id FROM unionid_conflicts WHERE {edge} \
         ORDER BY id {order} LIMIT $2"
    );
    let most = super::one_more(limit);
    let rows = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(key).bind(most).fetch_all(conn).await)?;
    Ok(Slice::new(rows, start, limit))
}

/// The conflicts that a user is one side of, oldest first.
pub async fn of_user(tx: &mut Tx, user: Uuid) -> Result<Vec<UnionidConflictRow>> {
    let sql = "SELECT id, at, unionid, binding_id, user_id, other_user_id FROM unionid_conflicts \
               WHERE user_id = $1 OR other_user_id = $1 ORDER BY id";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(user).fetch_all(conn).await)?)
}

/// A user who is erased is in conflict with nobody.
pub async fn delete_of(tx: &mut Tx, user: Uuid) -> Result<()> {
    let sql = "DELETE FROM unionid_conflicts WHERE user_id = $1 OR other_user_id = $1";
    execute!(tx, sqlx::query(sql).bind(user))?;
    Ok(())
}

/// A binding that has lost its unionid is in conflict with nobody.
pub async fn delete_of_binding(tx: &mut Tx, binding: Uuid) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM unionid_conflicts WHERE binding_id = $1").bind(binding))?;
    Ok(())
}
