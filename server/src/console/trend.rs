use std::collections::BTreeMap;

use latchkey_app::types::{Metric, Millis, OverTime, Rise, VersionTrend};

use super::{
    ConsoleServer,
    dashboard::{add, nothing},
};
use crate::store::rollups::{CallsRow, VersionRow};

/// Of fewer calls, no share is told.
const ENOUGH_CALLS: i64 = 100;
/// Fewer failures are chance. A version that had fewer is compared as if it had had as many.
const ENOUGH_FAILURES: i64 = 10;

/// What is known of one version in a period.
#[derive(Debug, Default)]
struct Seen {
    healed: i64,
    failed: i64,
    /// Calls, since they are counted by version; how many of them failed or had to be healed.
    calls: i64,
    flawed: i64,
    over_time: OverTime,
}

impl ConsoleServer {
    /// Failures and healings by mini program, newest version first; `edges` are when its days (or hours) begin.
    pub(super) fn versions(&self, failed: &[VersionRow], calls: &[CallsRow], edges: &[Millis]) -> Vec<VersionTrend> {
        let mut versions = Vec::new();
        for (appid, seen) in by_version(failed, calls, edges) {
            let trend = |(number, (seen, rise)): (u64, (Seen, Option<Rise>))| {
                let (app, version, Seen { healed, failed, over_time, .. }) =
                    (self.app(appid), number.to_string(), seen);
                VersionTrend { app, version, healed, failed, over_time, rise }
            };
            let told = with_rises(seen).into_iter().filter(|(_, (seen, _))| seen.healed + seen.failed > 0);
            versions.extend(told.rev().map(trend));
        }
        versions
    }
}

/// By mini program and version, of all that have failures or calls.
fn by_version<'a>(
    failed: &'a [VersionRow],
    calls: &'a [CallsRow],
    edges: &[Millis],
) -> BTreeMap<&'a str, BTreeMap<u64, Seen>> {
    let mut apps = BTreeMap::<&str, BTreeMap<u64, Seen>>::new();
    let mut counted_since = BTreeMap::<&str, i64>::new();
    let mut seen = |appid: &'a str, version: &str, change: &mut dyn FnMut(&mut Seen)| {
        if let Ok(number) = version.parse() {
            let fresh = || Seen { over_time: nothing(edges), ..Seen::default() };
            change(apps.entry(appid).or_default().entry(number).or_insert_with(fresh));
        }
    };
    for row in calls {
        let first = counted_since.entry(&row.appid).or_insert(row.first);
        *first = row.first.min(*first);
        seen(&row.appid, &row.version, &mut |seen| seen.calls += row.total);
    }
    for row in failed {
        let [healed, denied] = [Metric::HealedByVersion, Metric::DeniedByVersion].map(|one| one.name() == row.metric);
        let counted = counted_since.get(row.appid.as_str()).is_some_and(|since| *since <= row.hour);
        seen(&row.appid, &row.version, &mut |seen| {
            *(if healed { &mut seen.healed } else { &mut seen.failed }) += row.total;
            add(&mut seen.over_time, edges, row.hour, healed, row.total);
            // Whoever declines has not failed. What was healed stands among the calls that went well.
            if counted && !denied {
                seen.flawed += row.total;
                seen.calls += if healed { 0 } else { row.total };
            }
        });
    }
    apps
}

/// Oldest first, each compared with the last one before it that had enough calls.
fn with_rises(versions: BTreeMap<u64, Seen>) -> Vec<(u64, (Seen, Option<Rise>))> {
    let mut told: Vec<(u64, (Seen, Option<Rise>))> = Vec::new();
    for (number, seen) in versions {
        let before = told.iter().rev().map(|(_, (seen, _))| seen).find(|seen| seen.calls >= ENOUGH_CALLS);
        let rise = before.and_then(|before| rise(before, &seen));
        told.push((number, (seen, rise)));
    }
    told
}

/// `None` unless at least twice as many of the calls failed.
fn rise(before: &Seen, now: &Seen) -> Option<Rise> {
    if now.calls < ENOUGH_CALLS || now.flawed < ENOUGH_FAILURES {
        return None;
    }
    let (more, less) = (now.flawed * before.calls, before.flawed.max(ENOUGH_FAILURES) * now.calls);
    let times = (more + less / 2) / less;
    let share = |seen: &Seen| (seen.flawed * 1000 + seen.calls / 2) / seen.calls;
    (times >= 2).then(|| Rise { times, before: share(before), after: share(now) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(version: &str, first: i64, total: i64) -> CallsRow {
        CallsRow { appid: "wx1".into(), version: version.into(), first, total }
    }

    fn failed(version: &str, hour: i64, total: i64) -> VersionRow {
        let metric = Metric::FailedByVersion.name().to_owned();
        VersionRow { hour, appid: "wx1".into(), metric, version: version.into(), total }
    }

    /// The rise of the newest version.
    fn newest(failures: &[VersionRow], calls: &[CallsRow]) -> Option<Rise> {
        with_rises(by_version(failures, calls, &[]).remove("wx1").unwrap()).pop().unwrap().1.1
    }

    #[test]
    fn a_share_of_the_calls_that_rose_is_told_with_its_numbers() {
        let rise = newest(&[failed("11", 0, 12), failed("12", 50, 98)], &[calls("11", 0, 988), calls("12", 48, 902)]);
        assert_eq!(rise, Some(Rise { times: 8, before: 12, after: 98 }));
        // The like in a tenth of the traffic, and what was healed besides.
        let mut healed = failed("12", 50, 10);
        healed.metric = Metric::HealedByVersion.name().into();
        let rise = newest(&[failed("11", 0, 120), healed], &[calls("11", 0, 9880), calls("12", 48, 100)]);
        assert_eq!(rise, Some(Rise { times: 8, before: 12, after: 100 }));
    }

    #[test]
    fn an_old_version_that_fades_out_is_no_rise() {
        // One failure on each of many days against a hundred on one: the same share of the calls.
        let old = (0..20).map(|day| failed("11", day * 24, 1));
        let failures: Vec<_> = old.chain([failed("12", 500, 100)]).collect();
        assert_eq!(newest(&failures, &[calls("11", 0, 1980), calls("12", 500, 9900)]), None);
    }

    #[test]
    fn few_calls_and_few_failures_tell_nothing() {
        let old = [calls("11", 0, 5000)];
        let with = |new: CallsRow| [&old[..], &[new]].concat();
        assert_eq!(newest(&[failed("12", 1, 9)], &with(calls("12", 1, 200))), None, "nine failures");
        assert_eq!(newest(&[failed("12", 1, 40)], &with(calls("12", 1, 30))), None, "seventy calls");
        let rise = newest(&[failed("12", 1, 100)], &with(calls("12", 1, 100)));
        assert_eq!(
            rise,
            Some(Rise { times: 250, before: 0, after: 500 }),
            "a version without a failure is not nothing"
        );
        // A version that hardly anybody used is passed over.
        let few = [calls("10", 0, 5000), calls("11", 1, 3), calls("12", 1, 100)];
        let rise = newest(&[failed("10", 0, 50), failed("12", 1, 100)], &few);
        assert_eq!(rise.map(|rise| (rise.before, rise.after)), Some((10, 500)));
    }

    #[test]
    fn failures_from_before_the_calls_were_counted_are_not_compared() {
        let failures = [failed("11", 0, 4000), failed("12", 10, 300), failed("12", 120, 20)];
        let counted = [calls("11", 100, 1000), calls("12", 100, 1000)];
        assert_eq!(newest(&failures, &counted).map(|rise| rise.after), Some(20));
        assert_eq!(newest(&failures, &[]), None);
    }

    #[test]
    fn whoever_declines_has_not_failed() {
        let mut denied = failed("12", 1, 500);
        denied.metric = Metric::DeniedByVersion.name().into();
        assert_eq!(newest(&[denied], &[calls("11", 0, 5000), calls("12", 1, 500)]), None);
    }
}
