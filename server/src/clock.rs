//! The only place that asks what time it is. Everything else is handed a [`Clock`], so that tests and the demo
//! can live in any moment they like.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

pub use latchkey_app::types::Millis;

/// Where the time comes from. Clones share what they were moved by.
///
/// It has two faces: [`Clock::now`] is the wall clock, which its machine may set back or forward; [`Clock::elapsed`] only
/// ever goes forward, second by second. Limits count by the second: a corrected wall clock must shut nobody out.
#[derive(Debug, Clone)]
pub struct Clock {
    base: Base,
    moved: Arc<Moved>,
}

#[derive(Debug, Clone, Copy)]
enum Base {
    /// The machine's clocks; when this clock was made, by the one that only goes forward.
    System(Instant),
    Fixed(Millis),
}

/// By how much a clock was moved, in milliseconds.
#[derive(Debug, Default)]
struct Moved {
    wall: AtomicI64,
    elapsed: AtomicU64,
}

impl Clock {
    pub fn system() -> Self {
        Self { base: Base::System(machine_instant()), moved: Arc::default() }
    }

    /// Stands at `now` until it is moved.
    pub fn fixed(now: Millis) -> Self {
        Self { base: Base::Fixed(now), moved: Arc::default() }
    }

    pub fn now(&self) -> Millis {
        let base = match self.base {
            Base::System(_) => machine(),
            Base::Fixed(now) => now,
        };
        Millis(base.0.saturating_add(self.moved.wall.load(Ordering::Relaxed)))
    }

    /// How long this clock has run; a wall clock that is set does not change it.
    pub fn elapsed(&self) -> Duration {
        let run = match self.base {
            Base::System(since) => machine_instant().saturating_duration_since(since),
            Base::Fixed(_) => Duration::ZERO,
        };
        run.saturating_add(Duration::from_millis(self.moved.elapsed.load(Ordering::Relaxed)))
    }

    /// Lets `seconds` pass on both faces. When it is negative, only the wall clock goes back.
    pub fn advance(&self, seconds: i64) {
        let passed = u64::try_from(seconds).unwrap_or_default().saturating_mul(1000);
        self.moved.elapsed.fetch_add(passed, Ordering::Relaxed);
        self.set_wall(seconds);
    }

    /// Sets the wall clock forward or back by `seconds`, as an administrator does; no time passes.
    pub fn set_wall(&self, seconds: i64) {
        self.moved.wall.fetch_add(seconds.saturating_mul(1000), Ordering::Relaxed);
    }
}

/// A [`Clock`] as rate limiters read it.
#[derive(Debug, Clone)]
pub struct LimiterClock(pub Clock);

impl governor::clock::Clock for LimiterClock {
    /// [`Clock::elapsed`].
    type Instant = Duration;

    fn now(&self) -> Self::Instant {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place the ban points to")]
fn machine() -> Millis {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "this is the one place the ban points to")]
fn machine_instant() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_that_is_set_lets_no_time_pass() {
        for clock in [Clock::fixed(Millis(1_700_000_000_000)), Clock::system()] {
            let (wall, before) = (clock.now(), clock.elapsed());
            for hours in [1, -1, 48, -96] {
                clock.set_wall(hours * 3600);
                assert!(clock.elapsed() < before + Duration::from_mins(1), "{hours} h");
            }
            assert!(clock.now() < wall);
            clock.advance(60);
            assert!(clock.elapsed() >= before + Duration::from_mins(1));
        }
    }
}
