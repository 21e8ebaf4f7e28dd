use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// The moment `seconds` later (earlier when negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Whole seconds since 1970, as WeChat counts.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Milliseconds from `earlier` to this moment; negative when it is the other way round.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(feature = "ssr")]
impl Millis {
    fn utc(self) -> time::OffsetDateTime {
        time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
    }

    /// `2026-11-21T03:40:00.000Z`.
    pub fn rfc3339(self) -> String {
        let format =
            time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        self.utc().format(format).unwrap_or_default()
    }

    /// `2026-11-21 11:40:00` in Beijing time (UTC+8, no daylight saving), where the field's operators sit.
    pub fn beijing(self) -> String {
        let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
        self.utc().to_offset(time::macros::offset!(+8)).format(format).unwrap_or_default()
    }

    /// `2026-11-21`, the day in Beijing.
    pub fn beijing_day(self) -> String {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        self.utc().to_offset(time::macros::offset!(+8)).format(format).unwrap_or_default()
    }

    /// `11:40:00.123` in Beijing: for events whose order is told by milliseconds.
    pub fn beijing_clock(self) -> String {
        let format = time::macros::format_description!("[hour]:[minute]:[second].[subsecond digits:3]");
        self.utc().to_offset(time::macros::offset!(+8)).format(format).unwrap_or_default()
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::Millis;

    #[test]
    fn both_renderings_name_the_same_moment() {
        let moment = Millis(1_795_232_400_123);
        assert_eq!(moment.rfc3339(), "2026-11-21T03:40:00.123Z");
        assert_eq!(moment.beijing(), "2026-11-21 11:40:00");
        assert_eq!((moment.beijing_day(), moment.beijing_clock()), ("2026-11-21".into(), "11:40:00.123".into()));
    }

    #[test]
    fn absurd_moments_do_not_panic() {
        for absurd in [i64::MIN, -1, i64::MAX] {
            assert!(!Millis(absurd).rfc3339().is_empty());
            assert!(!Millis(absurd).beijing().is_empty());
        }
    }
}
