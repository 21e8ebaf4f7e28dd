//! The audit log: rows are inserted and read, never changed. Each row's hash covers the one before it.

use uuid::Uuid;

use super::{Result, Slice, Start, Tx, execute, on, row};
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

/// The number of the last entry; 0 where there is none.
pub async fn newest(tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(seq), 0) FROM audit";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await)?)
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

/// What operators did with a user between two moments: the newest, oldest first, at most `most`.
pub async fn of_user(tx: &mut Tx, user: Uuid, from: Millis, to: Millis, most: i64) -> Result<Vec<AuditRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM audit WHERE user_id = $1 AND at >= $2 AND at <= $3 ORDER BY seq DESC LIMIT $4");
    let mut rows: Vec<_> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(user).bind(from.0).bind(to.0).bind(most).fetch_all(conn).await)?;
    rows.reverse();
    Ok(rows)
}

/// How often somebody has done this since then.
pub async fn times(tx: &mut Tx, actor: &str, action: &str, since: Millis) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM audit WHERE action = $2 AND at >= $3 AND actor = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(actor).bind(action).bind(since.0).fetch_one(conn).await)?)
}

/// Every act of some kinds on a user, newest first.
pub async fn acts_on(tx: &mut Tx, user: Uuid, actions: [&str; 3], most: i64) -> Result<Vec<AuditRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM audit WHERE user_id = $1 AND action IN ($2, $3, $4) ORDER BY seq DESC LIMIT $5");
    let [one, two, three] = actions;
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(user).bind(one).bind(two).bind(three).bind(most).fetch_all(conn).await)?)
}

/// Every act of a kind between two moments, newest first.
pub async fn of_action(tx: &mut Tx, action: &str, from: Millis, to: Millis, most: i64) -> Result<Vec<AuditRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM audit WHERE action = $1 AND at >= $2 AND at <= $3 ORDER BY seq DESC LIMIT $4");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(action).bind(from.0).bind(to.0).bind(most).fetch_all(conn).await)?)
}

/// When an operator did any of these after `since`, newest first.
pub async fn lately(tx: &mut Tx, actor: &str, actions: [&str; 3], since: Millis, most: usize) -> Result<Vec<i64>> {
    let sql = "SELECT at FROM audit WHERE actor = $1 AND action IN ($2, $3, $4) AND at > $5 ORDER BY at DESC LIMIT $6";
    let ([one, two, three], most) = (actions, i64::try_from(most).unwrap_or(i64::MAX));
    Ok(on!(tx, conn => sqlx::query_scalar(sql)
        .bind(actor).bind(one).bind(two).bind(three).bind(since.0).bind(most).fetch_all(conn).await)?)
}

/// What to leave out. Absent: nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub actor: Option<String>,
    pub action: Option<String>,
    pub user_id: Option<Uuid>,
    pub from: Option<Millis>,
    /// Before this moment.
    pub to: Option<Millis>,
}

impl Filter {
    /// The conditions on what is not absent, for placeholders from `$3` on. Only these: with one for every field that a
    /// value might be missing from, no index would be used.
    fn conditions(&self) -> String {
        let said = [
            ("actor =", self.actor.is_some()),
            ("action =", self.action.is_some()),
            ("user_id =", self.user_id.is_some()),
            ("at >=", self.from.is_some()),
            ("at <", self.to.is_some()),
        ];
        let said = said.iter().filter(|(_, said)| *said).zip(3..);
        said.map(|((condition, _), number)| format!(" AND {condition} ${number}")).collect::<Vec<_>>().concat()
    }
}

/// A page of the log, newest first.
pub async fn list(tx: &mut Tx, filter: &Filter, start: Start<i64>, limit: usize) -> Result<Slice<AuditRow>> {
    let (edge, order, key) = match start {
        Start::Newest => ("seq <", "DESC", i64::MAX),
        Start::After(seq) => ("seq <", "DESC", seq),
        Start::Before(seq) => ("seq >", "ASC", seq),
    };
    let conditions = filter.conditions();
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE {edge} $1{conditions} ORDER BY seq {order} LIMIT $2");
    let rows = on!(tx, conn => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(key).bind(super::one_more(limit));
        for text in [&filter.actor, &filter.action].into_iter().flatten() {
            query = query.bind(text);
        }
        if let Some(user) = filter.user_id {
            query = query.bind(user);
        }
        for at in [filter.from, filter.to].into_iter().flatten() {
            query = query.bind(at.0);
        }
        query.fetch_all(conn).await
    })?;
    Ok(Slice::new(rows, start, limit))
}

pub async fn find(tx: &mut Tx, seq: i64) -> Result<Option<AuditRow>> {
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE seq = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(seq).fetch_optional(conn).await)?)
}

/// The entries after `seq`, oldest first, at most `most` of them.
pub async fn after(tx: &mut Tx, seq: i64, most: i64) -> Result<Vec<AuditRow>> {
    let sql = format!("SELECT {COLUMNS} FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(seq).bind(most).fetch_all(conn).await)?)
}
