//! How much one client address may ask for (contract §2, `limits`). Counted on each node for itself.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use governor::{
    Quota, RateLimiter,
    middleware::{NoOpMiddleware, StateInformationMiddleware},
    state::keyed::DashMapStateStore,
};

use super::ApiError;
use crate::{
    accounts::Failure,
    arrival::{self, Arrival},
    clock::{Clock, LimiterClock, Millis},
    config,
};

/// Every so many calls, addresses that have been quiet are forgotten.
const SWEEP_EVERY: u32 = 4096;

/// An answer whose call failed by the client's own fault carries this: invalid or used codes, bad data.
#[derive(Debug, Clone, Copy)]
pub struct ClientsFault;

type Counter = RateLimiter<Network, DashMapStateStore<Network>, LimiterClock, StateInformationMiddleware>;

/// The counters of all addresses.
#[derive(Debug)]
pub struct Limits {
    calls: Counter,
    failed: Counter,
    /// Until when an address whose calls failed too often is not listened to.
    stopped: Mutex<HashMap<Network, Millis>>,
    /// The time in which an address regains one failed call.
    pause_ms: i64,
    clock: Clock,
    seen: AtomicU32,
}

/// Whoever holds one IPv6 address holds the 2⁶⁴ around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Network(IpAddr);

impl Network {
    fn of(address: IpAddr) -> Self {
        Self(arrival::subscriber(address))
    }
}

impl Limits {
    pub fn new(limits: config::Limits, clock: &Clock) -> Arc<Self> {
        let counter = |per_minute| {
            let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
            let clock = LimiterClock(clock.clone());
            RateLimiter::<_, _, _, NoOpMiddleware<_>>::new(quota, DashMapStateStore::default(), clock).with_middleware()
        };
        Arc::new(Self {
            calls: counter(limits.login_per_minute),
            failed: counter(limits.failed_per_minute),
            stopped: Mutex::default(),
            pause_ms: i64::from(60_000 / limits.failed_per_minute.max(1)).max(1),
            clock: clock.clone(),
            seen: AtomicU32::new(0),
        })
    }

    /// Counts a call, or says how long to stay away.
    fn admit(&self, who: Network) -> Result<(), Failure> {
        if self.seen.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.sweep();
        }
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner).get(&who).copied();
        if let Some(until) = stopped.filter(|until| *until > self.clock.now()) {
            return Err(Failure::retry_after(Duration::from_millis(until.since(self.clock.now()).unsigned_abs())));
        }
        let admitted = self.calls.check_key(&who);
        admitted.map(drop).map_err(|not_until| Failure::retry_after(not_until.wait_time_from(now(&self.clock))))
    }

    /// A call of this address has failed by its own fault. When it was the last one allowed, the address waits.
    fn count_failure(&self, who: Network) {
        let spent = self.failed.check_key(&who).map_or(true, |state| state.remaining_burst_capacity() == 0);
        if spent {
            let until = Millis(self.clock.now().0.saturating_add(self.pause_ms));
            self.stopped.lock().unwrap_or_else(PoisonError::into_inner).insert(who, until);
        }
    }

    fn sweep(&self) {
        self.calls.retain_recent();
        self.failed.retain_recent();
        let now = self.clock.now();
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, until| *until > now);
    }
}

fn now(clock: &Clock) -> Duration {
    governor::clock::Clock::now(&LimiterClock(clock.clone()))
}

/// Stands before the calls that cost something: logins, phones, and those of older clients.
pub async fn guard(
    State(limits): State<Arc<Limits>>,
    arrival: Arrival,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let who = Network::of(arrival.address);
    limits.admit(who).map_err(|failure| ApiError::new(arrival, failure))?;
    let response = next.run(request).await;
    if response.extensions().get::<ClientsFault>().is_some() {
        limits.count_failure(who);
    }
    Ok(response)
}
