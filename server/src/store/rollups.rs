//! What happened, counted by the hour. A number is the sum of its shards.

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

pub const HOUR_MS: i64 = 3_600_000;
/// Shards are put together when their hour is this long over: nothing is added to them any more. Those that were left
/// behind for longer than the window stay as they are, which costs a little room.
const SETTLED_MS: i64 = 2 * HOUR_MS;
const WINDOW_MS: i64 = 7 * 24 * HOUR_MS;
/// The columns of [`HourRow`].
const METRICS: [&str; 9] = [
    "logins",
    "logins_with_unionid",
    "new_users",
    "phones_bound",
    "phones_proven",
    "phones_healed",
    "phones_failed",
    "healed",
    "failed",
];

/// Names of [`latchkey_app::types::Metric`] and [`latchkey_app::types::Cause`]; the cause is
/// empty but for records of failures, the version but for those by version and [`latchkey_app::types::Metric::CALLS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key<'a> {
    /// When the hour began.
    pub hour: i64,
    pub appid: &'a str,
    pub metric: &'a str,
    pub cause: &'a str,
    pub version: &'a str,
}

row! {
    /// The numbers of one hour: a row of them is read much faster than a row for each.
    #[derive(Debug, Clone, Default)]
    pub struct HourRow {
        pub hour: i64,
        /// Empty for all mini programs together.
        pub appid: String,
        pub logins: i64,
        pub logins_with_unionid: i64,
        pub new_users: i64,
        pub phones_bound: i64,
        pub phones_proven: i64,
        pub phones_healed: i64,
        pub phones_failed: i64,
        pub healed: i64,
        pub failed: i64,
    }
}

row! {
    /// A number of one hour.
    #[derive(Debug, Clone)]
    pub struct NumberRow {
        pub hour: i64,
        pub appid: String,
        pub metric: String,
        pub cause: String,
        pub version: String,
        pub total: i64,
    }
}

row! {
    /// Failures or healings of one hour by cause: a part of them.
    #[derive(Debug, Clone)]
    pub struct CauseRow {
        pub hour: i64,
        pub metric: String,
        pub cause: String,
        pub total: i64,
    }
}

row! {
    /// Failures or healings of one hour by version: a part of them.
    #[derive(Debug, Clone)]
    pub struct VersionRow {
        pub hour: i64,
        pub appid: String,
        pub metric: String,
        pub version: String,
        pub total: i64,
    }
}

row! {
    /// Calls of one version that went well.
    #[derive(Debug, Clone)]
    pub struct CallsRow {
        pub appid: String,
        pub version: String,
        /// The first hour of them that was asked for.
        pub first: i64,
        pub total: i64,
    }
}

/// Adds to some numbers of one moment. Whoever calls this takes no other lock afterwards; the rows of one call are taken in
/// their order. So two transactions never wait for one another.
pub async fn add(tx: &mut Tx, shard: u8, numbers: &mut [(Key<'_>, i64)]) -> Result<()> {
    if numbers.is_empty() {
        return Ok(());
    }
    numbers.sort_unstable();
    let values = (0..numbers.len()).map(|row| {
        let place = row * 7;
        let places: Vec<_> = (1..=7).map(|column| format!("${}", place + column)).collect();
        format!("({})", places.join(", "))
    });
    let sql = format!(
        "INSERT INTO rollups (hour, appid, metric, cause, version, shard, total) VALUES {} \
         ON CONFLICT (hour, appid, metric, cause, version, shard) DO UPDATE SET total = rollups.total + excluded.total",
        values.collect::<Vec<_>>().join(", ")
    );
    on!(tx, conn => {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql));
        numbers.iter().fold(query, |query, (key, number)| {
            query.bind(key.hour).bind(key.appid).bind(key.metric).bind(key.cause).bind(key.version)
                .bind(i64::from(shard)).bind(number)
        }).execute(conn).await.map(|_| ())
    })?;
    Ok(())
}

/// The numbers of the hours that begin at `from` or later: of each mini program, or of all of them together.
pub async fn since(tx: &mut Tx, from: Millis, by_app: bool) -> Result<Vec<HourRow>> {
    let column =
        |name: &str| format!(", CAST(SUM(CASE WHEN metric = '{name}' THEN total ELSE 0 END) AS BIGINT) AS {name}");
    let columns: String = METRICS.iter().map(|name| column(name)).collect();
    let (appid, group) = if by_app { ("appid", "hour, appid") } else { ("CAST('' AS TEXT)", "hour") };
    let sql = format!("SELECT hour, {appid} AS appid{columns} FROM rollups WHERE hour >= $1 GROUP BY {group}");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(from.0).fetch_all(conn).await)?)
}

/// Failures and healings of the hours that begin at `from` or later, by what caused them; what turned out to have another cause
/// is taken off. Not summed up: whoever reads them does that anyway, and faster than a database sorts them for it.
pub async fn causes_since(tx: &mut Tx, from: Millis) -> Result<Vec<CauseRow>> {
    let sql = "SELECT hour, metric, cause, total FROM rollups WHERE hour >= $1 AND cause <> ''";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(from.0).fetch_all(conn).await)?)
}

/// The same by version.
pub async fn versions_since(tx: &mut Tx, from: Millis) -> Result<Vec<VersionRow>> {
    let sql = "SELECT hour, appid, metric, version, total FROM rollups WHERE hour >= $1 \
               AND metric IN ('healed_by_version', 'failed_by_version', 'denied_by_version')";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(from.0).fetch_all(conn).await)?)
}

/// Calls that went well in the hours that begin at `from` or later, where their version is known.
pub async fn calls_since(tx: &mut Tx, from: Millis) -> Result<Vec<CallsRow>> {
    let sql = "SELECT appid, version, MIN(hour) AS first, CAST(SUM(total) AS BIGINT) AS total FROM rollups \
               WHERE hour >= $1 AND metric IN ('logins', 'phones_proven') AND version <> '' GROUP BY appid, version";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(from.0).fetch_all(conn).await)?)
}

/// The first hour in which something of this metric was counted.
pub async fn first(tx: &mut Tx, metric: &str) -> Result<Option<i64>> {
    let sql = "SELECT hour FROM rollups WHERE metric = $1 ORDER BY hour LIMIT 1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(metric).fetch_optional(conn).await)?)
}

/// The last hour since `from` in which something of this metric was counted for a mini program.
pub async fn last(tx: &mut Tx, appid: &str, metric: &str, from: Millis) -> Result<Option<i64>> {
    let sql = "SELECT hour FROM rollups WHERE appid = $1 AND metric = $2 AND hour >= $3 ORDER BY hour DESC LIMIT 1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(appid).bind(metric).bind(from.0).fetch_optional(conn).await)?)
}

/// Changes whenever something is counted, or recounted under the cause that it turned out to have, and with every alert: what
/// the pages that show numbers are compared by.
pub async fn mark(tx: &mut Tx, now: Millis) -> Result<String> {
    let hour = now.0.div_euclid(HOUR_MS) * HOUR_MS;
    // A record that is recounted was unknown before; the sum of all stays what it was.
    let sql = "SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT), \
               CAST(COALESCE(SUM(CASE WHEN cause = 'unknown' THEN total ELSE 0 END), 0) AS BIGINT) \
               FROM rollups WHERE hour >= $1";
    let (counted, unknown): (i64, i64) =
        on!(tx, conn => sqlx::query_as(sql).bind(hour - HOUR_MS).fetch_one(conn).await)?;
    let sql = "SELECT COUNT(*), COALESCE(MAX(last_at), 0) FROM alerts";
    let (alerts, last): (i64, i64) = on!(tx, conn => sqlx::query_as(sql).fetch_one(conn).await)?;
    Ok(format!("{hour}.{counted}.{unknown}.{alerts}.{last}"))
}

/// Puts the shards of the oldest hour together that is over and has some; how many rows they were.
pub async fn settle(tx: &mut Tx, now: Millis) -> Result<u64> {
    let over = now.0 - SETTLED_MS;
    let sql = "DELETE FROM rollups WHERE shard > 0 AND hour = \
               (SELECT MIN(hour) FROM rollups WHERE shard > 0 AND hour >= $1 AND hour < $2) \
               RETURNING hour, appid, metric, cause, version, total";
    let rows: Vec<NumberRow> =
        on!(&mut *tx, conn => sqlx::query_as(sql).bind(over - WINDOW_MS).bind(over).fetch_all(conn).await)?;
    let mut sums = std::collections::BTreeMap::<Key<'_>, i64>::new();
    for row in &rows {
        let NumberRow { hour, appid, metric, cause, version, .. } = row;
        *sums.entry(Key { hour: *hour, appid, metric, cause, version }).or_default() += row.total;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    add(tx, 0, &mut sums).await?;
    Ok(u64::try_from(rows.len()).unwrap_or_default())
}

/// Deletes the oldest hour when it began before `before`; how many rows it had.
pub async fn expire(tx: &mut Tx, before: Millis) -> Result<u64> {
    let sql = "DELETE FROM rollups WHERE hour < $1 AND hour = (SELECT MIN(hour) FROM rollups)";
    Ok(execute!(tx, sqlx::query(sql).bind(before.0))?)
}
