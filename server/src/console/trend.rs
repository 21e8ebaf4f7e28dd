use std::collections::{BTreeMap, BTreeSet};

use latchkey_app::{
    error::ConsoleError,
    types::{FailureTrend, Millis, TrendBucket, VersionTrend},
};

use super::{ConsoleServer, Failed, failures::counts};
use crate::store::failures::{self, CauseCountRow, TrendRow};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Days begin in Beijing.
const BEIJING_MS: i64 = 8 * HOUR_MS;
/// Fewer failures than this tell nothing about a version.
const ENOUGH: i64 = 10;

impl ConsoleServer {
    /// Failures over the last 24 hours by the hour, or the last 7 or 30 days by the day.
    pub(super) async fn failure_trend(&self, days: i64) -> Result<FailureTrend, Failed> {
        let (step_ms, steps) = match days {
            1 => (HOUR_MS, 24),
            7 | 30 => (DAY_MS, days),
            _ => return Err(ConsoleError::BadRequest.into()),
        };
        let last = (self.accounts.clock.now().0 + BEIJING_MS).div_euclid(step_ms);
        let first = last - steps + 1;
        let begins = |step: i64| Millis(step * step_ms - BEIJING_MS);
        let mut tx = self.accounts.db.read().await?;
        let rows = failures::trend(&mut tx, begins(first), step_ms, BEIJING_MS).await?;
        drop(tx);
        let bucket = |step| {
            let (healed, failed) = sums(rows.iter().filter(|row| row.step == step));
            TrendBucket { at: begins(step), healed, failed }
        };
        let causes: Vec<_> = rows.iter().map(cause_count).collect();
        Ok(FailureTrend {
            step_ms,
            buckets: (first..=last).map(bucket).collect(),
            causes: counts(&causes),
            versions: self.versions(&rows),
        })
    }

    /// By mini program, newest version first.
    fn versions(&self, rows: &[TrendRow]) -> Vec<VersionTrend> {
        let mut by_app = BTreeMap::<&str, BTreeMap<u64, Vec<&TrendRow>>>::new();
        for row in rows {
            // `0` is the trial version and `devtools` no release: neither comes after another.
            if let Some(number) = row.version.as_deref().and_then(|version| version.parse().ok()).filter(|n| *n > 0) {
                by_app.entry(&row.appid).or_default().entry(number).or_default().push(row);
            }
        }
        let mut versions = Vec::new();
        for (appid, of_app) in by_app {
            let mut before: Option<f64> = None;
            let mut trends = Vec::new();
            for (number, rows) in of_app {
                let (healed, failed) = sums(rows.iter().copied());
                let steps = rows.iter().map(|row| row.step).collect::<BTreeSet<_>>().len();
                let rate = per_step(healed + failed, steps);
                let rise = before.filter(|_| healed + failed >= ENOUGH).and_then(|before| fold(rate, before));
                trends.push(VersionTrend { app: self.app(appid), version: number.to_string(), healed, failed, rise });
                before = Some(rate);
            }
            versions.extend(trends.into_iter().rev());
        }
        versions
    }
}

fn sums<'a>(rows: impl Iterator<Item = &'a TrendRow>) -> (i64, i64) {
    rows.fold(
        (0, 0),
        |(healed, failed), row| {
            if row.healed { (healed + row.times, failed) } else { (healed, failed + row.times) }
        },
    )
}

fn cause_count(row: &TrendRow) -> CauseCountRow {
    CauseCountRow { cause: row.cause.clone(), healed: row.healed, times: row.times }
}

/// Failures per hour or day in which there were any: versions are not in use for equally long.
#[expect(clippy::cast_precision_loss, reason = "a rate to compare, not to count with")]
fn per_step(failures: i64, steps: usize) -> f64 {
    failures as f64 / steps.max(1) as f64
}

/// `None` unless it is at least twice as many.
#[expect(clippy::cast_possible_truncation, reason = "a small whole number, as people say it")]
fn fold(rate: f64, before: f64) -> Option<i64> {
    let fold = (rate / before).round();
    (before > 0.0 && fold >= 2.0).then_some(fold as i64)
}
