//! How often WeChat is asked a second time. One call in two that end busy may be repeated freely; while more do, one in ten:
//! a WeChat that is overloaded is not helped by being asked twice.

use std::sync::{Mutex, PoisonError};

/// How much one outcome changes what is believed about the last ones.
const WEIGHT: f64 = 1.0 / 8.0;
/// What each first call adds to the budget, of which a repetition takes 1.
const SHARE: f64 = 0.1;
/// The budget is never further from 0: neither a long quiet nor a long unrest is remembered for ever.
const MOST: f64 = 10.0;

#[derive(Debug, Default)]
pub(super) struct Repeats(Mutex<Budget>);

#[derive(Debug, Default)]
struct Budget {
    /// The share of the last first calls that ended busy.
    busy: f64,
    /// Repetitions that may be made while most calls end busy. Negative after those that were made before it was known.
    left: f64,
}

impl Repeats {
    /// Counts a first call; `true` when it ended busy and may be repeated.
    pub(super) fn allow(&self, busy: bool) -> bool {
        let mut budget = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        budget.busy += (f64::from(u8::from(busy)) - budget.busy) * WEIGHT;
        budget.left = (budget.left + SHARE).min(MOST);
        let allowed = busy && (budget.busy <= 0.5 || budget.left >= 1.0);
        if allowed {
            budget.left = (budget.left - 1.0).max(-MOST);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeated(repeats: &Repeats, calls: u32, busy: impl Fn(u32) -> bool) -> u32 {
        (0..calls).map(|call| u32::from(repeats.allow(busy(call)))).sum()
    }

    #[test]
    fn while_all_calls_end_busy_one_in_ten_is_repeated() {
        let repeats = Repeats::default();
        assert!(repeated(&repeats, 100, |_| true) <= 10);
        assert!((90..=100).contains(&repeated(&repeats, 1000, |_| true)));
        // Also after a long time in which some did.
        let repeats = Repeats::default();
        repeated(&repeats, 1000, |call| call % 4 == 0);
        assert!(repeated(&repeats, 1000, |_| true) <= 100);
    }

    #[test]
    fn while_few_calls_end_busy_each_is_repeated() {
        let repeats = Repeats::default();
        assert!(repeats.allow(true), "the first one");
        assert_eq!(repeated(&repeats, 1000, |call| call % 5 == 0), 200);
        // And again soon after an unrest.
        repeated(&repeats, 1000, |_| true);
        repeated(&repeats, 10, |_| false);
        assert_eq!(repeated(&repeats, 1000, |call| call % 5 == 0), 200);
    }
}
