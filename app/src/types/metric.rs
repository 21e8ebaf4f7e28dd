use serde::{Deserialize, Serialize};

use super::{CauseTrend, Failure, Millis, VersionTrend};

/// What is counted by the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Metric {
    /// A login code that led to a token. The same code twice is one login.
    Logins,
    /// Of these, the ones that WeChat gave a unionid with.
    LoginsWithUnionid,
    /// Users that a login made.
    NewUsers,
    /// Phones that users did not have before.
    PhonesBound,
    /// Phone requests that ended well, with a new phone or the same.
    PhonesProven,
    /// Phone requests that came flawed and ended well all the same.
    PhonesHealed,
    /// Phone requests that failed. That a user declines is no failure.
    PhonesFailed,
    /// Records of the failures list, of phone requests and of all others, by cause.
    Healed,
    Failed,
    /// The same by the version that was released; whoever declines is counted apart, because he has not failed.
    HealedByVersion,
    FailedByVersion,
    DeniedByVersion,
}

impl Metric {
    pub const ALL: [Self; 12] = [
        Self::Logins,
        Self::LoginsWithUnionid,
        Self::NewUsers,
        Self::PhonesBound,
        Self::PhonesProven,
        Self::PhonesHealed,
        Self::PhonesFailed,
        Self::Healed,
        Self::Failed,
        Self::HealedByVersion,
        Self::FailedByVersion,
        Self::DeniedByVersion,
    ];

    /// Calls that went well: they are counted by version, too, for what fails of them to be compared.
    pub const CALLS: [Self; 2] = [Self::Logins, Self::PhonesProven];

    /// The name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logins => "logins",
            Self::LoginsWithUnionid => "logins_with_unionid",
            Self::NewUsers => "new_users",
            Self::PhonesBound => "phones_bound",
            Self::PhonesProven => "phones_proven",
            Self::PhonesHealed => "phones_healed",
            Self::PhonesFailed => "phones_failed",
            Self::Healed => "healed",
            Self::Failed => "failed",
            Self::HealedByVersion => "healed_by_version",
            Self::FailedByVersion => "failed_by_version",
            Self::DeniedByVersion => "denied_by_version",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }
}

/// What was counted in a span of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally([i64; Metric::ALL.len()]);

impl Tally {
    pub const fn get(&self, metric: Metric) -> i64 {
        self.0[metric as usize]
    }

    pub const fn add(&mut self, metric: Metric, number: i64) {
        self.0[metric as usize] += number;
    }

    /// Adds `part` of every number of `other`, in thousandths, rounded.
    pub fn add_part(&mut self, other: &Self, part: i64) {
        for (mine, other) in self.0.iter_mut().zip(other.0) {
            *mine += (other * part + 500).div_euclid(1000);
        }
    }

    /// Of all phone requests, the share that failed, in thousandths. `None` without any.
    pub const fn failure_rate(&self) -> Option<i64> {
        let failed = self.get(Metric::PhonesFailed);
        share(failed, failed + self.get(Metric::PhonesProven))
    }

    /// Of the phone requests that came flawed, the share that was healed, in thousandths. `None` without any.
    pub const fn heal_rate(&self) -> Option<i64> {
        let healed = self.get(Metric::PhonesHealed);
        share(healed, healed + self.get(Metric::PhonesFailed))
    }

    /// Of all logins, the share with a unionid, in thousandths. `None` without any.
    pub const fn unionid_rate(&self) -> Option<i64> {
        share(self.get(Metric::LoginsWithUnionid), self.get(Metric::Logins))
    }
}

const fn share(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 { None } else { Some((part * 1000 + whole / 2) / whole) }
}

/// What was counted from one moment to the next bucket's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    pub at: Millis,
    pub tally: Tally,
}

/// The console's start, in the days of the viewer's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    /// Another one as soon as anything here is.
    pub mark: String,
    /// Since midnight.
    pub today: Tally,
    /// Until this time of day. Of the hour that the time falls into, the part that is over.
    pub yesterday: Tally,
    pub week_ago: Tally,
    /// The last fourteen days, today last.
    pub days: Vec<Bucket>,
    /// The chosen period: by the hour, or by the day.
    pub hourly: bool,
    /// Oldest first, without gaps.
    pub buckets: Vec<Bucket>,
    /// Most frequent first.
    pub causes: Vec<CauseTrend>,
    /// Newest version first.
    pub versions: Vec<VersionTrend>,
    /// The newest failures and healings.
    pub newest: Vec<Failure>,
    /// Users are older than the count of logins: before this moment nothing is known of them.
    pub logins_since: Option<Millis>,
    /// No mini program has called yet.
    pub unused: bool,
}

#[cfg(test)]
mod tests {
    use super::{Metric, Tally};

    #[test]
    fn rates_are_of_what_there_was() {
        let mut tally = Tally::default();
        assert_eq!((tally.failure_rate(), tally.heal_rate(), tally.unionid_rate()), (None, None, None));
        for (metric, number) in [(Metric::PhonesProven, 9), (Metric::PhonesHealed, 2), (Metric::PhonesFailed, 1)] {
            tally.add(metric, number);
        }
        assert_eq!((tally.failure_rate(), tally.heal_rate()), (Some(100), Some(667)));
        let mut part = Tally::default();
        part.add_part(&tally, 500);
        assert_eq!((part.get(Metric::PhonesProven), part.get(Metric::PhonesHealed)), (5, 1));
    }

    #[test]
    fn every_metric_has_its_place() {
        for (place, metric) in Metric::ALL.into_iter().enumerate() {
            assert_eq!((metric as usize, Metric::from_name(metric.name())), (place, Some(metric)));
        }
    }
}
