//! The only place that asks what time it is. Everything else is handed a [`Clock`], so that tests and the demo
//! can live in any moment they like.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

pub use latchkey_app::types::Millis;

/// Where the time comes from. Clones share one offset.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Absent: the machine's clock.
    fixed: Option<Millis>,
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    pub fn system() -> Self {
        Self { fixed: None, offset_ms: Arc::default() }
    }

    /// Stands at `now` until it is advanced.
    pub fn fixed(now: Millis) -> Self {
        Self { fixed: Some(now), offset_ms: Arc::default() }
    }

    pub fn now(&self) -> Millis {
        let base = self.fixed.unwrap_or_else(machine);
        Millis(base.0.saturating_add(self.offset_ms.load(Ordering::Relaxed)))
    }

    /// Moves the clock, backwards when `seconds` is negative.
    pub fn advance(&self, seconds: i64) {
        self.offset_ms.fetch_add(seconds.saturating_mul(1000), Ordering::Relaxed);
    }
}

/// A [`Clock`] as rate limiters read it.
#[derive(Debug, Clone)]
pub struct LimiterClock(pub Clock);

impl governor::clock::Clock for LimiterClock {
    /// Since 1970.
    type Instant = std::time::Duration;

    fn now(&self) -> Self::Instant {
        std::time::Duration::from_millis(u64::try_from(self.0.now().0).unwrap_or_default())
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place the ban points to")]
fn machine() -> Millis {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}
