//! What an operator has to put right about a mini program: one row per mini program and kind.

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct AlertRow {
        pub appid: String,
        /// A name of [`latchkey_app::types::AlertKind`].
        pub kind: String,
        pub errcode: Option<i64>,
        pub rid: Option<String>,
        pub address: Option<String>,
        pub first_at: i64,
        pub last_at: i64,
        pub times: i64,
    }
}

/// Adds the row's times to those there are; the newest circumstances replace the older ones.
pub async fn raise(tx: &mut Tx, row: &AlertRow) -> Result<()> {
    let sql = "INSERT INTO alerts (appid, kind, errcode, rid, address, first_at, last_at, times) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (appid, kind) DO UPDATE SET errcode = $3, rid = $4, \
               address = $5, last_at = $7, times = alerts.times + $8";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(&row.appid)
            .bind(&row.kind)
            .bind(row.errcode)
            .bind(row.rid.as_deref())
            .bind(row.address.as_deref())
            .bind(row.first_at)
            .bind(row.last_at)
            .bind(row.times)
    )?;
    Ok(())
}

/// Newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<AlertRow>> {
    let sql =
        "SELECT appid, kind, errcode, rid, address, first_at, last_at, times FROM alerts ORDER BY last_at DESC, kind";
    Ok(on!(tx, conn => sqlx::query_as(sql).fetch_all(conn).await)?)
}

/// `false` when there was none that was last raised then.
pub async fn settle(tx: &mut Tx, appid: &str, kind: &str, last_at: Millis) -> Result<bool> {
    let sql = "DELETE FROM alerts WHERE appid = $1 AND kind = $2 AND last_at = $3";
    Ok(execute!(tx, sqlx::query(sql).bind(appid).bind(kind).bind(last_at.0))? == 1)
}
