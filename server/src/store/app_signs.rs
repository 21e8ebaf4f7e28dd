//! What WeChat last said to a mini program's credentials, whichever node heard it: one row per mini program.

use super::{Result, Tx, execute, on, row};

row! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AppSignsRow {
        pub appid: String,
        pub proven_at: Option<i64>,
        pub token_fetched_at: Option<i64>,
        pub token_renew_at: Option<i64>,
        pub token_refused_at: Option<i64>,
        pub token_errcode: Option<i64>,
    }
}

/// Of each the newer one stays.
pub async fn keep(tx: &mut Tx, row: &AppSignsRow) -> Result<()> {
    let sql = "INSERT INTO app_signs \
               (appid, proven_at, token_fetched_at, token_renew_at, token_refused_at, token_errcode) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (appid) DO UPDATE SET \
               proven_at = CASE WHEN $2 <= app_signs.proven_at THEN app_signs.proven_at \
               ELSE COALESCE($2, app_signs.proven_at) END, \
               token_renew_at = CASE WHEN $3 <= app_signs.token_fetched_at THEN app_signs.token_renew_at \
               ELSE COALESCE($4, app_signs.token_renew_at) END, \
               token_fetched_at = CASE WHEN $3 <= app_signs.token_fetched_at THEN app_signs.token_fetched_at \
               ELSE COALESCE($3, app_signs.token_fetched_at) END, \
               token_errcode = CASE WHEN $5 IS NULL OR $5 <= app_signs.token_refused_at \
               THEN app_signs.token_errcode ELSE $6 END, \
               token_refused_at = CASE WHEN $5 <= app_signs.token_refused_at THEN app_signs.token_refused_at \
               ELSE COALESCE($5, app_signs.token_refused_at) END";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(&row.appid)
            .bind(row.proven_at)
            .bind(row.token_fetched_at)
            .bind(row.token_renew_at)
            .bind(row.token_refused_at)
            .bind(row.token_errcode)
    )?;
    Ok(())
}

pub async fn list(tx: &mut Tx) -> Result<Vec<AppSignsRow>> {
    let sql =
        "SELECT appid, proven_at, token_fetched_at, token_renew_at, token_refused_at, token_errcode FROM app_signs";
    Ok(on!(tx, conn => sqlx::query_as(sql).fetch_all(conn).await)?)
}
