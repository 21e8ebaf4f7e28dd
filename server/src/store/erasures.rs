//! What was erased, when and why. The data itself is gone; these rows are only ever added.

use uuid::Uuid;

use super::{Result, Tx, execute, on, row};

row! {
    /// One erasure.
    #[derive(Debug, Clone)]
    pub struct ErasureRow {
        pub id: Uuid,
        pub at: i64,
        pub user_id: Uuid,
        /// `phone`, `profile` or `everything`.
        pub what: String,
        /// The event of WeChat, or the operator's act.
        pub cause: String,
        pub appid: Option<String>,
        pub request_id: String,
    }
}

pub async fn insert(tx: &mut Tx, row: &ErasureRow) -> Result<()> {
    let sql =
        "INSERT INTO erasures (id, at, user_id, what, cause, appid, request_id) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(row.id)
            .bind(row.at)
            .bind(row.user_id)
            .bind(&row.what)
            .bind(&row.cause)
            .bind(row.appid.as_deref())
            .bind(&row.request_id)
    )?;
    Ok(())
}

/// What was erased of a user, newest first.
pub async fn of_user(tx: &mut Tx, user: Uuid) -> Result<Vec<ErasureRow>> {
    let sql =
        "SELECT id, at, user_id, what, cause, appid, request_id FROM erasures WHERE user_id = $1 ORDER BY id DESC";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(user).fetch_all(conn).await)?)
}
