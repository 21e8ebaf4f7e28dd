use latchkey_app::types::{Cause, Metric, Stage};

use super::Accounts;
use crate::{
    arrival::{Client, Word},
    clock::Millis,
    store::{
        Result, Tx,
        failures::FailureRow,
        rollups::{self, HOUR_MS, Key},
    },
};

/// What is counted without a cause.
pub(super) const fn plain(metric: Metric) -> (Metric, &'static str, &'static str) {
    (metric, "", "")
}

impl Accounts {
    /// Counts what this transaction does, once each; calls with the version of the mini program that `client` names. The last
    /// thing before it commits: see [`rollups::add`].
    pub(super) async fn count(
        &self,
        tx: &mut Tx,
        at: Millis,
        appid: &str,
        client: &Client,
        metrics: &[Metric],
    ) -> Result<()> {
        let version = client.version.as_ref().map(Word::as_str).and_then(released).unwrap_or_default();
        let number = |metric: &Metric| {
            let version = if Metric::CALLS.contains(metric) { version } else { "" };
            ((*metric, "", version), 1)
        };
        let numbers: Vec<_> = metrics.iter().map(number).collect();
        self.add_up(tx, at, appid, &numbers).await
    }

    /// Counts a record of a failure or healing as often as it stands for.
    pub(super) async fn count_failure(&self, tx: &mut Tx, row: &FailureRow, of_phone: bool) -> Result<()> {
        let (all, of_phones) =
            if row.healed { (Metric::Healed, Metric::PhonesHealed) } else { (Metric::Failed, Metric::PhonesFailed) };
        let by_version = match all {
            Metric::Healed => Metric::HealedByVersion,
            _ if row.cause == Cause::UserDenied.name() => Metric::DeniedByVersion,
            _ => Metric::FailedByVersion,
        };
        let mut numbers = vec![((all, row.cause.as_str(), ""), row.times)];
        // Only what is compared with the calls: logins, and requests for a phone.
        let of_calls = of_phone || [Stage::LoginCode, Stage::Button].iter().any(|stage| stage.name() == row.stage);
        let version = row.version.as_deref().and_then(released).filter(|_| of_calls);
        numbers.extend(version.map(|version| ((by_version, "", version), row.times)));
        if of_phone {
            numbers.push((plain(of_phones), row.times));
        }
        self.add_up(tx, Millis(row.at), self.counted_as(&row.appid), &numbers).await
    }

    /// The record turned out to have another cause.
    pub(super) async fn recount_failure(&self, tx: &mut Tx, row: &FailureRow, cause: &str) -> Result<()> {
        let metric = if row.healed { Metric::Healed } else { Metric::Failed };
        let numbers = [((metric, row.cause.as_str(), ""), -row.times), ((metric, cause, ""), row.times)];
        self.add_up(tx, Millis(row.at), self.counted_as(&row.appid), &numbers).await
    }

    async fn add_up(
        &self,
        tx: &mut Tx,
        at: Millis,
        appid: &str,
        numbers: &[((Metric, &str, &str), i64)],
    ) -> Result<()> {
        let hour = at.0.div_euclid(HOUR_MS) * HOUR_MS;
        let key = |&((metric, cause, version), number)| {
            (Key { hour, appid, metric: Metric::name(metric), cause, version }, number)
        };
        let [random] = self.random.bytes();
        rollups::add(tx, random % tx.shards(), &mut numbers.iter().map(key).collect::<Vec<_>>()).await
    }
}

/// A version that comes after another one: `0` is the trial version and `devtools` no release.
fn released(version: &str) -> Option<&str> {
    version.parse().is_ok_and(|number: u32| number > 0).then_some(version)
}
