use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use latchkey_app::{
    error::ConsoleError,
    types::{Bucket, CauseCount, CauseTrend, Dashboard, Metric, Millis, OverTime, Tally, Zone},
};
use tokio::sync::Mutex;

use super::{ConsoleServer, Failed, failures::counts};
use crate::store::{
    Start, Tx,
    failures::{self, CauseCountRow, Filter},
    rollups::{self, CauseRow, HOUR_MS, HourRow},
    users,
};

/// The days of the small lines beside the numbers.
const DAYS: i64 = 14;
/// The newest records that are shown.
const NEWEST: usize = 5;
const MINUTE_MS: i64 = 60_000;

/// What the dashboard showed last, for everybody at this node: all open ones ask again with every change.
#[derive(Debug, Clone, Default)]
pub struct Dashboards(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// The mark, and the minute: a day is compared with another one until the same time.
    of: (String, i64),
    /// By days and zone.
    numbers: HashMap<(i64, String), Dashboard>,
}

impl ConsoleServer {
    /// Today in numbers, and the last 24 hours by the hour or the last 7 or 30 days by the day. Computed once for all who
    /// ask at the same time; only whose the newest records are is read for each.
    pub(super) async fn dashboard(&self, days: i64, zone: &Zone) -> Result<Dashboard, Failed> {
        let now = self.accounts.clock.now();
        let mut kept = self.dashboards.0.lock().await;
        let mut tx = self.accounts.db.read().await?;
        let of = (rollups::mark(&mut tx, now).await?, now.0.div_euclid(MINUTE_MS));
        if kept.of != of {
            *kept = Kept { of, numbers: HashMap::new() };
        }
        let key = (days, zone.name().to_owned());
        let numbers = if let Some(numbers) = kept.numbers.get(&key) {
            numbers.clone()
        } else {
            let numbers = self.numbers(&mut tx, kept.of.0.clone(), days, zone, now).await?;
            kept.numbers.insert(key, numbers.clone());
            numbers
        };
        drop(kept);
        let newest = failures::list(&mut tx, &Filter::default(), Start::Newest, NEWEST).await?;
        let newest = self.failures_of(&mut tx, &newest.rows).await?;
        Ok(Dashboard { newest, ..numbers })
    }

    /// Everything but the newest records, from what was counted by the hour.
    async fn numbers(
        &self,
        tx: &mut Tx,
        mark: String,
        days: i64,
        zone: &Zone,
        now: Millis,
    ) -> Result<Dashboard, Failed> {
        let edges = edges(days, zone, now)?;
        let last_days = day_edges(zone, now, DAYS);
        let first = [&edges, &last_days].iter().filter_map(|edges| edges.first()).min().copied().unwrap_or(now);
        let hours = Hours::new(&rollups::since(tx, first, false).await?);
        let begin = edges.first().copied().unwrap_or(now);
        let by_cause = rollups::causes_since(tx, begin).await?;
        let by_version = rollups::versions_since(tx, begin).await?;
        let calls = rollups::calls_since(tx, begin).await?;
        let so_far = |before: i64| {
            let until = zone.days_before(now, before);
            hours.until(day_edges(zone, until, 1).first().copied().unwrap_or(until), until)
        };
        Ok(Dashboard {
            mark,
            today: hours.sum(last_days.last().copied().unwrap_or(now), Millis(i64::MAX)),
            yesterday: so_far(1),
            week_ago: so_far(7),
            days: hours.buckets(&last_days),
            hourly: days == 1,
            buckets: hours.buckets(&edges),
            causes: causes(&by_cause, &edges),
            versions: self.versions(&by_version, &calls, &edges),
            newest: Vec::new(),
            logins_since: logins_since(tx, begin).await?,
            unused: hours.0.is_empty() && !users::any(tx).await?,
        })
    }

    /// What was counted of each mini program today, and in seven days.
    pub(super) async fn tallies(
        &self,
        tx: &mut Tx,
        zone: &Zone,
        now: Millis,
    ) -> Result<HashMap<String, (Tally, Tally)>, Failed> {
        let week = day_edges(zone, now, 7);
        let today = week.last().copied().unwrap_or(now);
        let mut by_app = HashMap::<String, Vec<HourRow>>::new();
        for row in rollups::since(tx, week.first().copied().unwrap_or(now), true).await? {
            by_app.entry(row.appid.clone()).or_default().push(row);
        }
        let sums = |rows: &[HourRow]| {
            let hours = Hours::new(rows);
            (hours.sum(today, Millis(i64::MAX)), hours.sum(Millis(i64::MIN), Millis(i64::MAX)))
        };
        Ok(by_app.into_iter().map(|(appid, rows)| (appid, sums(&rows))).collect())
    }
}

/// When the buckets of a period begin.
fn edges(days: i64, zone: &Zone, now: Millis) -> Result<Vec<Millis>, ConsoleError> {
    let hour = now.0.div_euclid(HOUR_MS) * HOUR_MS;
    match days {
        1 => Ok((0..24).rev().map(|ago| Millis(hour - ago * HOUR_MS)).collect()),
        7 | 30 => Ok(day_edges(zone, now, days)),
        _ => Err(ConsoleError::BadRequest),
    }
}

/// When the last days began, today's last. Counted is by the hours of UTC: where a zone's days begin within one of them, they
/// begin with the next.
fn day_edges(zone: &Zone, now: Millis, count: i64) -> Vec<Millis> {
    let whole = |at: Millis| Millis((at.0 + HOUR_MS - 1).div_euclid(HOUR_MS) * HOUR_MS);
    zone.days(now, count).into_iter().map(whole).collect()
}

/// Where logins began to be counted, when users had come before and the period begins before it.
async fn logins_since(tx: &mut Tx, begin: Millis) -> Result<Option<Millis>, Failed> {
    let logins = rollups::first(tx, Metric::Logins.name()).await?;
    let users = rollups::first(tx, Metric::NewUsers.name()).await?;
    let later = logins.zip(users).filter(|(logins, users)| users < logins).map(|(logins, _)| Millis(logins));
    Ok(later.filter(|logins| begin < *logins))
}

/// What was counted, by the hour.
struct Hours(BTreeMap<i64, Tally>);

impl Hours {
    fn new(rows: &[HourRow]) -> Self {
        Self(rows.iter().map(|row| (row.hour, tally(row))).collect())
    }

    /// Of the hours that begin at `from` or later, and before `to`.
    fn sum(&self, from: Millis, to: Millis) -> Tally {
        let mut sum = Tally::default();
        if from < to {
            self.0.range(from.0..to.0).for_each(|(_, hour)| sum.add_part(hour, 1000));
        }
        sum
    }

    /// As [`Self::sum`]; of the hour that `to` falls into, as much as is over of it.
    fn until(&self, from: Millis, to: Millis) -> Tally {
        let hour = to.0.div_euclid(HOUR_MS) * HOUR_MS;
        let mut sum = self.sum(from, Millis(hour));
        if let Some(last) = self.0.get(&hour).filter(|_| hour >= from.0) {
            sum.add_part(last, (to.0 - hour) * 1000 / HOUR_MS);
        }
        sum
    }

    /// From each edge to the next, and from the last one on.
    fn buckets(&self, edges: &[Millis]) -> Vec<Bucket> {
        let ends = edges.iter().skip(1).copied().chain([Millis(i64::MAX)]);
        edges.iter().zip(ends).map(|(at, end)| Bucket { at: *at, tally: self.sum(*at, end) }).collect()
    }
}

fn tally(row: &HourRow) -> Tally {
    let mut tally = Tally::default();
    for (metric, number) in [
        (Metric::Logins, row.logins),
        (Metric::LoginsWithUnionid, row.logins_with_unionid),
        (Metric::NewUsers, row.new_users),
        (Metric::PhonesBound, row.phones_bound),
        (Metric::PhonesProven, row.phones_proven),
        (Metric::PhonesHealed, row.phones_healed),
        (Metric::PhonesFailed, row.phones_failed),
        (Metric::Healed, row.healed),
        (Metric::Failed, row.failed),
    ] {
        tally.add(metric, number);
    }
    tally
}

/// Most frequent first.
fn causes(rows: &[CauseRow], edges: &[Millis]) -> Vec<CauseTrend> {
    let mut over_time = HashMap::<&str, OverTime>::new();
    for row in rows {
        let sums = over_time.entry(&row.cause).or_insert_with(|| nothing(edges));
        add(sums, edges, row.hour, is_healed(row), row.total);
    }
    let count = |row: &CauseRow| CauseCountRow { cause: row.cause.clone(), healed: is_healed(row), times: row.total };
    let trend = |CauseCount { cause, healed, failed }| {
        let over_time = over_time.remove(cause.name()).unwrap_or_default();
        CauseTrend { cause, healed, failed, over_time }
    };
    let counts = counts(&rows.iter().map(count).collect::<Vec<_>>());
    let any = |count: &CauseCount| count.healed != 0 || count.failed != 0;
    counts.into_iter().filter(any).map(trend).collect()
}

fn is_healed(row: &CauseRow) -> bool {
    row.metric == Metric::Healed.name()
}

/// From each edge to the next.
pub(super) fn nothing(edges: &[Millis]) -> OverTime {
    OverTime { failed: vec![0; edges.len()], healed: vec![0; edges.len()] }
}

pub(super) fn add(sums: &mut OverTime, edges: &[Millis], hour: i64, healed: bool, total: i64) {
    let bucket = edges.partition_point(|edge| edge.0 <= hour).saturating_sub(1);
    let side = if healed { &mut sums.healed } else { &mut sums.failed };
    if let Some(sum) = side.get_mut(bucket) {
        *sum += total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(hour: i64, logins: i64) -> HourRow {
        HourRow { hour: hour * HOUR_MS, logins, ..HourRow::default() }
    }

    #[test]
    fn the_hour_that_runs_counts_for_what_is_over_of_it() {
        let hours = Hours::new(&[row(0, 10), row(1, 8), row(2, 100)]);
        let logins = |from: i64, to: i64| hours.until(Millis(from), Millis(to)).get(Metric::Logins);
        assert_eq!(logins(0, HOUR_MS), 10);
        assert_eq!(logins(0, HOUR_MS + HOUR_MS / 4), 12);
        assert_eq!(logins(HOUR_MS, HOUR_MS + HOUR_MS / 4), 2);
        assert_eq!(logins(HOUR_MS, HOUR_MS), 0);
    }

    #[test]
    fn a_day_that_begins_within_an_hour_begins_with_the_next() {
        let kolkata = Zone::from_name("Asia/Kolkata").unwrap();
        let now = kolkata.from("2026-11-21T11:40").unwrap();
        assert_eq!(day_edges(&kolkata, now, 1), [kolkata.from("2026-11-21T00:30").unwrap()]);
        let beijing = Zone::default();
        assert_eq!(day_edges(&beijing, now, 1), beijing.days(now, 1));
    }

    #[test]
    fn buckets_lose_nothing() {
        let hours = Hours::new(&[row(0, 10), row(1, 8), row(2, 100)]);
        let buckets = hours.buckets(&[Millis(0), Millis(2 * HOUR_MS)]);
        let logins: Vec<_> = buckets.iter().map(|bucket| bucket.tally.get(Metric::Logins)).collect();
        assert_eq!(logins, [18, 100]);
    }
}
