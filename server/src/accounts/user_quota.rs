use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::DashMapStateStore};
use uuid::Uuid;

use super::Failure;
use crate::clock::{Clock, LimiterClock};

/// What WeChat allows one user (protocol §1, 45011).
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(100).unwrap();
/// Every so many calls, users who have been quiet are forgotten.
const SWEEP_EVERY: u32 = 4096;

/// Calls to WeChat for one binding, counted on each node: a client that loops is stopped before WeChat stops the whole
/// mini program.
#[derive(Debug)]
pub struct UserQuota {
    calls: RateLimiter<Uuid, DashMapStateStore<Uuid>, LimiterClock, NoOpMiddleware<Duration>>,
    clock: LimiterClock,
    seen: AtomicU32,
}

impl UserQuota {
    pub(super) fn new(clock: &Clock) -> Self {
        let clock = LimiterClock(clock.clone());
        let calls = RateLimiter::new(Quota::per_minute(PER_MINUTE), DashMapStateStore::default(), clock.clone());
        Self { calls, clock, seen: AtomicU32::new(0) }
    }

    /// Counts a call for this binding, or says how long to wait.
    pub(super) fn take(&self, binding: Uuid) -> Result<(), Failure> {
        if self.seen.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.calls.retain_recent();
        }
        self.calls.check_key(&binding).map_err(|not_until| {
            let wait = not_until.wait_time_from(governor::clock::Clock::now(&self.clock));
            Failure::retry_after(wait)
        })
    }
}
