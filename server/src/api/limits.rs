//! How much one client address, and one user, may ask for. Counted by each node for itself, by a clock that only goes
//! forward.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroU32,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
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
use uuid::Uuid;

use super::ApiError;
use crate::{
    accounts::Failure,
    arrival::{self, Arrival},
    clock::{Clock, LimiterClock},
    config,
};

/// Every so many calls, whoever has been quiet is forgotten.
const SWEEP_EVERY: u32 = 4096;
/// More than this are counted by wider networks, until some are forgotten: what strangers send must not fill the memory.
const CROWDED: usize = 100_000;

/// An answer whose call failed by the client's own fault carries this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientsFault {
    /// Invalid or used codes, bad data.
    Guess,
    /// A required field was not sent. Nobody guesses anything by that: it counts for a user, not for an address.
    NotSent,
}

type Counter = RateLimiter<Who, DashMapStateStore<Who>, LimiterClock, StateInformationMiddleware>;

/// The counters of all addresses and users.
#[derive(Debug)]
pub struct Limits {
    calls: Counter,
    failed: Counter,
    /// Until when those whose calls failed too often are not listened to, by [`Clock::elapsed`].
    stopped: Mutex<HashMap<Who, Duration>>,
    /// The time in which one failed call is regained.
    pause: Duration,
    clock: Clock,
    seen: AtomicU32,
    crowded: AtomicBool,
}

/// For whom a call counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Calls that bring no token: logins, and those of older clients.
    Address(IpAddr),
    /// Calls whose token, API key or signature is not good. Good ones from the same address do not suffer from them.
    Stranger(IpAddr),
    /// Calls with a good token, wherever they come from.
    User(Uuid),
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
            pause: Duration::from_millis(u64::from(60_000 / limits.failed_per_minute.max(1)).max(1)),
            clock: clock.clone(),
            seen: AtomicU32::new(0),
            crowded: AtomicBool::new(false),
        })
    }

    /// The network that an address counts as.
    pub fn network(&self, address: IpAddr) -> IpAddr {
        network(address, self.crowded.load(Ordering::Relaxed))
    }

    /// Counts a call, or says how long to stay away.
    pub fn admit(&self, who: Who) -> Result<(), Failure> {
        if self.seen.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.sweep();
        }
        let now = self.clock.elapsed();
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner).get(&who).copied();
        if let Some(until) = stopped.filter(|until| *until > now) {
            return Err(Failure::retry_after(until.saturating_sub(now)));
        }
        let admitted = self.calls.check_key(&who);
        admitted.map(drop).map_err(|not_until| Failure::retry_after(not_until.wait_time_from(now)))
    }

    /// Counts a call that failed by the client's own fault. After the last one that is allowed, `who` must wait.
    pub fn count_failure(&self, who: Who) {
        let spent = self.failed.check_key(&who).map_or(true, |state| state.remaining_burst_capacity() == 0);
        if spent {
            let until = self.clock.elapsed().saturating_add(self.pause);
            self.stopped.lock().unwrap_or_else(PoisonError::into_inner).insert(who, until);
        }
    }

    fn sweep(&self) {
        self.calls.retain_recent();
        self.failed.retain_recent();
        let now = self.clock.elapsed();
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, until| *until > now);
        self.crowded.store(self.calls.len() > CROWDED, Ordering::Relaxed);
    }
}

/// The subscriber of an address; when it is crowded, a much wider network.
fn network(address: IpAddr, crowded: bool) -> IpAddr {
    match arrival::subscriber(address) {
        IpAddr::V4(address) if crowded => Ipv4Addr::from_bits(address.to_bits() & (!0 << 16)).into(),
        IpAddr::V6(address) if crowded => Ipv6Addr::from_bits(address.to_bits() & (!0 << 96)).into(),
        subscriber => subscriber,
    }
}

/// Stands before the calls that bring no token and cost something: logins, and those of older clients.
pub async fn by_address(
    State(limits): State<Arc<Limits>>,
    arrival: Arrival,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let who = Who::Address(limits.network(arrival.address));
    limits.admit(who).map_err(|failure| ApiError::new(arrival, failure))?;
    let response = next.run(request).await;
    if response.extensions().get() == Some(&ClientsFault::Guess) {
        limits.count_failure(who);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attackers_addresses_do_not_fill_the_memory() {
        let clock = Clock::fixed(crate::clock::Millis(0));
        let limits = Limits::new(config::Limits { login_per_minute: 600, failed_per_minute: 30 }, &clock);
        let from = |number: u32| {
            let address = Ipv6Addr::from_bits(0x2001_0db8 << 96 | u128::from(number) << 64);
            limits.admit(Who::Address(limits.network(address.into()))).is_ok()
        };
        let most = u32::try_from(CROWDED).unwrap() + 2 * SWEEP_EVERY;
        let admitted = (0..most).filter(|number| from(*number)).count();
        assert!(admitted > CROWDED, "strangers pass until there are too many");
        let held = limits.calls.len();
        assert_eq!(
            (most..most + 1000).filter(|number| from(*number)).count(),
            0,
            "they are one network now, and it has used up its minute"
        );
        assert!(limits.calls.len() <= held + 1);
        clock.advance(61);
        assert!((0..SWEEP_EVERY).filter(|_| from(0)).count() >= 600);
        assert!(limits.calls.len() <= 2 && !limits.crowded.load(Ordering::Relaxed), "the others are forgotten");
    }
}
