use std::collections::{BTreeMap, BTreeSet};

use latchkey_app::types::{Millis, VersionTrend};

use super::{ConsoleServer, dashboard::is_healed};
use crate::store::rollups::FailedRow;

/// Fewer failures than this tell nothing about a version.
const ENOUGH: i64 = 10;

impl ConsoleServer {
    /// Failures and healings by mini program, newest version first; `edges` are when its days (or hours) begin.
    pub(super) fn versions(&self, rows: &[FailedRow], edges: &[Millis]) -> Vec<VersionTrend> {
        let mut by_app = BTreeMap::<&str, BTreeMap<u64, Vec<&FailedRow>>>::new();
        for row in rows {
            // `0` is the trial version and `devtools` no release: neither comes after another.
            if let Some(number) = row.version.parse().ok().filter(|number| *number > 0) {
                by_app.entry(&row.appid).or_default().entry(number).or_default().push(row);
            }
        }
        let mut versions = Vec::new();
        for (appid, of_app) in by_app {
            let mut before: Option<f64> = None;
            let mut trends = Vec::new();
            for (number, rows) in of_app {
                let (healed, failed) = sums(&rows);
                let rate = per_step(healed + failed, steps(&rows, edges));
                let rise = before.filter(|_| healed + failed >= ENOUGH).and_then(|before| fold(rate, before));
                trends.push(VersionTrend { app: self.app(appid), version: number.to_string(), healed, failed, rise });
                before = Some(rate);
            }
            versions.extend(trends.into_iter().rev());
        }
        versions
    }
}

fn sums(rows: &[&FailedRow]) -> (i64, i64) {
    let sum = |healed| rows.iter().filter(|row| is_healed(row) == healed).map(|row| row.total).sum();
    (sum(true), sum(false))
}

/// In how many of the days (or hours) there were any.
fn steps(rows: &[&FailedRow], edges: &[Millis]) -> usize {
    let step = |row: &&FailedRow| edges.partition_point(|edge| edge.0 <= row.hour);
    rows.iter().map(step).collect::<BTreeSet<_>>().len()
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
