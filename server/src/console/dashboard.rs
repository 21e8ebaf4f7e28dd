use std::collections::{BTreeMap, HashMap};

use latchkey_app::{
    error::ConsoleError,
    types::{Bucket, Dashboard, Metric, Millis, Tally, Zone},
};

use super::{ConsoleServer, Failed, failures::counts};
use crate::store::{
    Start, Tx,
    failures::{self, CauseCountRow, Filter},
    rollups::{self, FailedRow, HOUR_MS, HourRow},
    users,
};

/// The days of the small lines beside the numbers.
const DAYS: i64 = 14;
/// The newest records that are shown.
const NEWEST: usize = 5;

impl ConsoleServer {
    /// Today in numbers, and the last 24 hours by the hour or the last 7 or 30 days by the day. All of it from what was
    /// counted by the hour: where a zone's days do not begin with an hour of UTC, they begin with the next one.
    pub(super) async fn dashboard(&self, days: i64, zone: &Zone) -> Result<Dashboard, Failed> {
        let now = self.accounts.clock.now();
        let edges = edges(days, zone, now)?;
        let last_days = zone.days(now, DAYS);
        let first = [&edges, &last_days].iter().filter_map(|edges| edges.first()).min().copied().unwrap_or(now);
        let mut tx = self.accounts.db.read().await?;
        let hours = Hours::new(&rollups::since(&mut tx, first, false).await?);
        let begin = edges.first().copied().unwrap_or(now);
        let failed = rollups::failures_since(&mut tx, begin).await?;
        let newest = failures::list(&mut tx, &Filter::default(), Start::Newest, NEWEST).await?;
        let newest = self.failures_of(&mut tx, &newest.rows).await?;
        let so_far = |before: i64| {
            let until = zone.days_before(now, before);
            hours.until(zone.days(until, 1).first().copied().unwrap_or(until), until)
        };
        Ok(Dashboard {
            mark: rollups::mark(&mut tx, now).await?,
            today: hours.sum(last_days.last().copied().unwrap_or(now), Millis(i64::MAX)),
            yesterday: so_far(1),
            week_ago: so_far(7),
            days: hours.buckets(&last_days),
            hourly: days == 1,
            buckets: hours.buckets(&edges),
            causes: counts(&failed.iter().map(cause_count).collect::<Vec<_>>()),
            versions: self.versions(&failed, &edges),
            newest,
            logins_since: logins_since(&mut tx, begin).await?,
            unused: hours.0.is_empty() && !users::any(&mut tx).await?,
        })
    }

    /// What was counted of each mini program today, and in seven days.
    pub(super) async fn tallies(
        &self,
        tx: &mut Tx,
        zone: &Zone,
        now: Millis,
    ) -> Result<HashMap<String, (Tally, Tally)>, Failed> {
        let week = zone.days(now, 7);
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
        7 | 30 => Ok(zone.days(now, days)),
        _ => Err(ConsoleError::BadRequest),
    }
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

fn cause_count(row: &FailedRow) -> CauseCountRow {
    CauseCountRow { cause: row.cause.clone(), healed: is_healed(row), times: row.total }
}

pub(super) fn is_healed(row: &FailedRow) -> bool {
    row.metric == Metric::Healed.name()
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
    fn buckets_lose_nothing() {
        let hours = Hours::new(&[row(0, 10), row(1, 8), row(2, 100)]);
        let buckets = hours.buckets(&[Millis(0), Millis(2 * HOUR_MS)]);
        let logins: Vec<_> = buckets.iter().map(|bucket| bucket.tally.get(Metric::Logins)).collect();
        assert_eq!(logins, [18, 100]);
    }
}
