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
    /// `2026-11-21T03:40:00.000Z`.
    pub fn rfc3339(self) -> String {
        format!("{:.3}", super::zone::timestamp(self))
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::Millis;

    #[test]
    fn the_rendering_for_machines_is_utc() {
        assert_eq!(Millis(1_795_232_400_123).rfc3339(), "2026-11-21T03:40:00.123Z");
        assert_eq!(Millis(1_795_232_400_000).rfc3339(), "2026-11-21T03:40:00.000Z");
    }

    #[test]
    fn absurd_moments_do_not_panic() {
        for absurd in [i64::MIN, -1, i64::MAX] {
            assert!(!Millis(absurd).rfc3339().is_empty());
        }
    }
}
