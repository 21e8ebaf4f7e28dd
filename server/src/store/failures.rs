//! Calls that failed or were healed, with what explains them.

use uuid::Uuid;

use super::{Listing, Result, Slice, Start, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone, Default)]
    pub struct FailureRow {
        pub id: Uuid,
        pub at: i64,
        pub appid: String,
        pub user_id: Option<Uuid>,
        pub binding_id: Option<Uuid>,
        /// The one that the call was about, known here or not.
        pub openid: Option<String>,
        pub call: String,
        /// A name of [`latchkey_app::types::Stage`].
        pub stage: String,
        /// A name of [`latchkey_app::types::Cause`].
        pub cause: String,
        pub healed: bool,
        pub version: Option<String>,
        pub errcode: Option<i64>,
        pub rid: Option<String>,
        pub ciphertext_hash: Option<Vec<u8>>,
        /// [`latchkey_app::types::Evidence`] as JSON.
        pub evidence: String,
        /// This one, and those of the same network that were too many to be kept one by one.
        pub times: i64,
        pub later_success_at: Option<i64>,
        /// A list of [`latchkey_app::types::Asked`] as JSON.
        pub asked: String,
        pub request_id: String,
        /// See [`crate::support_code`]; absent in records from before it was kept, and of users who are erased.
        pub support_code: Option<String>,
    }
}

row! {
    /// How many of one cause.
    #[derive(Debug, Clone)]
    pub struct CauseCountRow {
        pub cause: String,
        pub healed: bool,
        pub times: i64,
    }
}

const COLUMNS: &str = "id, at, appid, user_id, binding_id, openid, call, stage, cause, healed, version, errcode, rid, \
                       ciphertext_hash, evidence, times, later_success_at, asked, request_id, support_code";

/// Each costs four microseconds on SQLite, twice: for the rows and for how many there are of each cause.
pub const WALK: i64 = 4_000;

/// What to leave out. Absent: nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub cause: Option<String>,
    pub stage: Option<String>,
    pub appid: Option<String>,
    pub version: Option<String>,
    pub user_id: Option<Uuid>,
    pub healed: Option<bool>,
    pub from: Option<Millis>,
    /// Before this moment.
    pub to: Option<Millis>,
}

impl Filter {
    /// Whether it lets a row through that is at hand: as [`FITS`].
    pub fn fits(&self, row: &FailureRow) -> bool {
        fn same<T: PartialEq>(wanted: Option<&T>, is: Option<&T>) -> bool {
            wanted.is_none() || wanted == is
        }
        same(self.cause.as_ref(), Some(&row.cause))
            && same(self.stage.as_ref(), Some(&row.stage))
            && same(self.appid.as_ref(), Some(&row.appid))
            && same(self.version.as_ref(), row.version.as_ref())
            && same(self.user_id.as_ref(), row.user_id.as_ref())
            && same(self.healed.as_ref(), Some(&row.healed))
            && self.from.is_none_or(|from| row.at >= from.0)
            && self.to.is_none_or(|to| row.at < to.0)
    }
}

/// A condition per value; a value that is absent is NULL and lets everything through.
const FITS: &str = "($2 IS NULL OR cause = $2) AND ($3 IS NULL OR stage = $3) AND ($4 IS NULL OR appid = $4) \
                    AND ($5 IS NULL OR version = $5) AND ($6 IS NULL OR user_id = $6) AND ($7 IS NULL OR healed = $7) \
                    AND ($8 IS NULL OR at >= $8) AND ($9 IS NULL OR at < $9)";

macro_rules! bind_filter {
    ($query:expr, $filter:expr) => {
        $query
            .bind($filter.cause.as_deref())
            .bind($filter.stage.as_deref())
            .bind($filter.appid.as_deref())
            .bind($filter.version.as_deref())
            .bind($filter.user_id)
            .bind($filter.healed)
            .bind($filter.from.map(|at| at.0))
            .bind($filter.to.map(|at| at.0))
    };
}

pub async fn insert(tx: &mut Tx, row: &FailureRow) -> Result<()> {
    let sql = format!("INSERT INTO failures ({COLUMNS}) VALUES ({})", super::placeholders(20));
    execute!(
        tx,
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(row.id)
            .bind(row.at)
            .bind(&row.appid)
            .bind(row.user_id)
            .bind(row.binding_id)
            .bind(row.openid.as_deref())
            .bind(&row.call)
            .bind(&row.stage)
            .bind(&row.cause)
            .bind(row.healed)
            .bind(row.version.as_deref())
            .bind(row.errcode)
            .bind(row.rid.as_deref())
            .bind(row.ciphertext_hash.as_deref())
            .bind(&row.evidence)
            .bind(row.times)
            .bind(row.later_success_at)
            .bind(&row.asked)
            .bind(&row.request_id)
            .bind(row.support_code.as_deref())
    )?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<FailureRow>> {
    let sql = format!("SELECT {COLUMNS} FROM failures WHERE id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)?)
}

/// WeChat was asked afterwards, and what follows from its answer. Nothing when the record was erased meanwhile.
pub async fn set_asked(tx: &mut Tx, id: Uuid, asked: &str, cause: &str, evidence: &str) -> Result<()> {
    let sql = "UPDATE failures SET asked = $2, cause = $3, evidence = $4 WHERE id = $1 AND request_id <> ''";
    execute!(tx, sqlx::query(sql).bind(id).bind(asked).bind(cause).bind(evidence))?;
    Ok(())
}

/// The user's failures at this stage have come to a good end.
pub async fn succeeded_at(tx: &mut Tx, user: Uuid, stage: &str, since: Millis, at: Millis) -> Result<()> {
    let sql = "UPDATE failures SET later_success_at = $4 \
               WHERE user_id = $1 AND stage = $2 AND at >= $3 AND later_success_at IS NULL AND NOT healed";
    execute!(tx, sqlx::query(sql).bind(user).bind(stage).bind(since.0).bind(at.0))?;
    Ok(())
}

/// The user's failures of these days have come to a good end.
pub async fn succeeded(tx: &mut Tx, user: Uuid, since: Millis, at: Millis) -> Result<()> {
    let sql = "UPDATE failures SET later_success_at = $3 \
               WHERE user_id = $1 AND at >= $2 AND later_success_at IS NULL AND NOT healed";
    execute!(tx, sqlx::query(sql).bind(user).bind(since.0).bind(at.0))?;
    Ok(())
}

/// A page of failures, newest first.
pub async fn list(tx: &mut Tx, filter: &Filter, start: Start, limit: usize) -> Result<Slice<FailureRow>> {
    let (edge, order, key) = start.edge();
    let sql = format!("SELECT {COLUMNS} FROM failures WHERE {edge} AND {FITS} ORDER BY id {order} LIMIT $10");
    let most = super::one_more(limit);
    let rows = on!(tx, conn => {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(key);
        bind_filter!(query, filter).bind(most).fetch_all(conn).await
    })?;
    Ok(Slice::new(rows, start, limit))
}

/// A page of failures, newest first, for which [`WALK`] records are looked through at most: a filter may fit one in a
/// million. Of one user there are few, and an index.
pub async fn walk(tx: &mut Tx, filter: &Filter, start: Start, limit: usize) -> Result<Listing<FailureRow>> {
    let (edge, order, key) = start.edge();
    let down = !matches!(start, Start::Before(_));
    let span = Span::of(filter);
    let near = if down { key.min(span.below) } else { key.max(span.from) };
    let end = walk_end(tx, filter, &span, (edge, order, near)).await?;
    let (bound, far) =
        if down { ("id >= $11", end.unwrap_or(span.from)) } else { ("id <= $11", end.unwrap_or(span.below)) };
    let sql = format!(
        "SELECT {COLUMNS} FROM failures WHERE {} AND {edge} AND {bound} AND {FITS} ORDER BY id {order} LIMIT $10",
        whose(filter)
    );
    let most = super::one_more(limit);
    let rows: Vec<FailureRow> = on!(tx, conn => {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(near);
        bind_filter!(query, filter).bind(most).bind(far).fetch_all(conn).await
    })?;
    let edge = (start != Start::Newest).then_some(key);
    Ok(Listing::new(rows, limit, (edge, end), !down, |row| row.id))
}

/// How many there are of each cause under a filter, among its newest [`WALK`] records.
#[derive(Debug)]
pub struct Causes {
    pub rows: Vec<CauseCountRow>,
    /// There are older records, which are not counted.
    pub newest_only: bool,
}

pub async fn causes(tx: &mut Tx, filter: &Filter) -> Result<Causes> {
    let (edge, order, _) = Start::Newest.edge();
    let span = Span::of(filter);
    let end = walk_end(tx, filter, &span, (edge, order, span.below)).await?;
    let sql = format!(
        "SELECT cause, healed, CAST(SUM(times) AS BIGINT) AS times FROM failures \
         WHERE {} AND id < $1 AND id >= $10 AND {FITS} GROUP BY cause, healed",
        whose(filter)
    );
    let rows = on!(tx, conn => {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(span.below);
        bind_filter!(query, filter).bind(end.unwrap_or(span.from)).fetch_all(conn).await
    })?;
    Ok(Causes { rows, newest_only: end.is_some() })
}

/// The last record of a walk that begins at an edge; none when the filter's span ends before.
async fn walk_end(
    tx: &mut Tx,
    filter: &Filter,
    span: &Span,
    (edge, order, key): (&str, &str, Uuid),
) -> Result<Option<Uuid>> {
    if filter.user_id.is_some() {
        return Ok(None);
    }
    let sql = format!("SELECT id FROM failures WHERE {edge} ORDER BY id {order} LIMIT 1 OFFSET {}", WALK - 1);
    let end: Option<Uuid> =
        on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(key).fetch_optional(conn).await)?;
    Ok(end.filter(|end| span.from < *end && *end < span.below))
}

/// Said once more without "or all of them", so that a database sees its index.
const fn whose(filter: &Filter) -> &'static str {
    if filter.user_id.is_some() { "user_id = $6" } else { "1 = 1" }
}

/// Between which ids a filter's records lie.
struct Span {
    from: Uuid,
    below: Uuid,
}

impl Span {
    /// A record's id begins with the time at which it happened.
    fn of(filter: &Filter) -> Self {
        let edge = |at: Option<Millis>, open| at.map_or(open, super::first_id);
        Self { from: edge(filter.from, Uuid::nil()), below: edge(filter.to, Uuid::max()) }
    }
}

/// A user's newest failures between two moments, oldest first, at most `most`.
pub async fn of_user(tx: &mut Tx, user: Uuid, from: Millis, to: Millis, most: i64) -> Result<Vec<FailureRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM failures WHERE user_id = $1 AND at >= $2 AND at <= $3 ORDER BY id DESC LIMIT $4"
    );
    let mut rows: Vec<_> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(user).bind(from.0).bind(to.0).bind(most).fetch_all(conn).await)?;
    rows.reverse();
    Ok(rows)
}

/// A user's failures, newest first, at most `most`.
pub async fn newest_of(tx: &mut Tx, user: Uuid, most: i64) -> Result<Vec<FailureRow>> {
    let sql = format!("SELECT {COLUMNS} FROM failures WHERE user_id = $1 ORDER BY id DESC LIMIT $2");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).bind(most).fetch_all(conn).await)?)
}

/// How many failures each of the users had since then, those aside that were healed; who had none is left out.
pub async fn failed_of(tx: &mut Tx, users: &[Uuid], since: Millis) -> Result<Vec<(Uuid, i64)>> {
    // COALESCE: of all indexes, only the one by user is of use here.
    let sql = format!(
        "SELECT user_id, CAST(SUM(times) AS BIGINT) FROM failures WHERE COALESCE(at, 0) >= {} AND COALESCE(healed, FALSE) = FALSE \
         AND user_id IN ({}) \
         GROUP BY user_id",
        since.0,
        super::placeholders(users.len().max(1))
    );
    let users = if users.is_empty() { &[Uuid::nil()] } else { users };
    Ok(on!(tx, conn => {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        users.iter().fold(query, |query, id| query.bind(*id)).fetch_all(conn).await
    })?)
}
/// The newest failure of a mini program with one of five causes.
pub async fn newest_of_app(tx: &mut Tx, appid: &str, causes: [&str; 5]) -> Result<Option<FailureRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM failures WHERE appid = $1 AND cause IN ($2, $3, $4, $5, $6) ORDER BY id DESC LIMIT 1"
    );
    Ok(on!(tx, conn => {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(appid);
        causes.iter().fold(query, |query, cause| query.bind(*cause)).fetch_optional(conn).await
    })?)
}

/// Who and what is behind a request id, a rid of WeChat, or an openid that nobody here had.
pub async fn by_trace(tx: &mut Tx, text: &str) -> Result<Option<FailureRow>> {
    // Each part is one look into one index.
    let part = |wanted: &str| format!("SELECT {COLUMNS} FROM failures WHERE {wanted} = $1");
    let [request, rid, openid] = ["request_id", "rid", "user_id IS NULL AND openid"].map(part);
    let sql = format!("{request} UNION ALL {rid} UNION ALL {openid} ORDER BY id DESC LIMIT 1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(text).fetch_optional(conn).await)?)
}

/// The newest records of a support code, at most `most`. A request can leave several, and two requests may share a code.
pub async fn by_support_code(tx: &mut Tx, code: &str, most: i64) -> Result<Vec<FailureRow>> {
    let sql = format!("SELECT {COLUMNS} FROM failures WHERE support_code = $1 ORDER BY id DESC LIMIT $2");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(code).bind(most).fetch_all(conn).await)?)
}

/// What might tell whose a failure was: the lines of his history name the same requests.
const NOBODYS: &str = "user_id = NULL, binding_id = NULL, openid = NULL, ciphertext_hash = NULL, rid = NULL, \
                       request_id = '', support_code = NULL, asked = '[]', evidence = '{\"proof\":\"erased\"}'";

/// A user's failures, and those of calls that named one of his openids when nobody here had it.
const ABOUT: &str = "user_id = $1 OR id IN (SELECT failures.id FROM \
                     (SELECT appid, openid FROM bindings WHERE user_id = $1 \
                     UNION SELECT appid, openid FROM failures WHERE user_id = $1 AND openid IS NOT NULL) AS his \
                     JOIN failures ON failures.openid = his.openid AND failures.appid = his.appid \
                     WHERE failures.user_id IS NULL)";
/// Those that named this openid when nobody here had it.
const OF_NOBODY: &str = "user_id IS NULL AND appid = $1 AND openid = $2";

/// Every failure that is about a user, oldest first.
pub async fn about(tx: &mut Tx, user: Uuid) -> Result<Vec<FailureRow>> {
    let sql = format!("SELECT {COLUMNS} FROM failures WHERE {ABOUT} ORDER BY id");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).fetch_all(conn).await)?)
}

/// Nobody's failures that are about an openid, oldest first.
pub async fn about_openid(tx: &mut Tx, appid: &str, openid: &str) -> Result<Vec<FailureRow>> {
    let sql = format!("SELECT {COLUMNS} FROM failures WHERE {OF_NOBODY} ORDER BY id");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(appid).bind(openid).fetch_all(conn).await)?)
}

/// Forgets which openid nobody's failures were about.
pub async fn erase_of_openid(tx: &mut Tx, appid: &str, openid: &str) -> Result<()> {
    let sql = format!("UPDATE failures SET {NOBODYS} WHERE {OF_NOBODY}");
    execute!(tx, sqlx::query(sqlx::AssertSqlSafe(sql)).bind(appid).bind(openid))?;
    Ok(())
}

/// Forgets whose an erased user's failures were ([`about`]).
pub async fn erase_of(tx: &mut Tx, user: Uuid) -> Result<()> {
    let sql = format!("UPDATE failures SET {NOBODYS} WHERE {ABOUT}");
    execute!(tx, sqlx::query(sqlx::AssertSqlSafe(sql)).bind(user))?;
    execute!(tx, sqlx::query("DELETE FROM ciphertexts WHERE user_id = $1").bind(user))?;
    Ok(())
}

/// What went wrong with a binding belongs to whoever has it.
pub async fn follow_binding(tx: &mut Tx, binding: Uuid, from: Uuid, to: Uuid) -> Result<()> {
    let sql = "UPDATE failures SET user_id = $3 WHERE user_id = $2 AND binding_id = $1";
    execute!(tx, sqlx::query(sql).bind(binding).bind(from).bind(to))?;
    Ok(())
}

/// Deletes at most `batch` failures from before `before`; how many they were.
pub async fn expire(tx: &mut Tx, before: Millis, batch: i64) -> Result<u64> {
    super::expire(tx, "failures", "id", "at", before, batch).await
}
