use crate::clock::Millis;

/// Counts calls in the current minute or day and starts again with the next, as "retry next minute" says (protocol §1).
#[derive(Default)]
pub(super) struct Quota {
    period: i64,
    used: u32,
}

impl Quota {
    /// Whether one more call fits into this minute.
    pub fn take_of_minute(&mut self, now: Millis, limit: u32) -> bool {
        self.take(now.seconds().div_euclid(60), limit)
    }

    /// Whether one more call fits into this day, which begins at midnight in China (protocol §5.3, 45009).
    pub fn take_of_day(&mut self, now: Millis, limit: u32) -> bool {
        let china = now.seconds().saturating_add(8 * 3600);
        self.take(china.div_euclid(86_400), limit)
    }

    fn take(&mut self, period: i64, limit: u32) -> bool {
        if self.period != period {
            *self = Self { period, used: 0 };
        }
        let fits = self.used < limit;
        self.used += u32::from(fits);
        fits
    }
}
