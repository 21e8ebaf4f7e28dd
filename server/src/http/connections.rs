use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ipnet::IpNet;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::client_address::is_local;
use crate::arrival::{network, subscriber};

/// Files that are no clients' connections: the database, calls to WeChat, metrics, logs.
const OTHER_FILES: u64 = 128;
/// The least number of connections, however few files may be open.
const FEWEST: u64 = 16;
/// The most connections, however many files may be open: each costs about 12 KiB of memory.
const MOST: u64 = 32_768;
/// The limit of open files that most systems start a program with.
const USUAL_FILES: u64 = 1024;
/// The log names an address over its limit at most once in this time.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// The limits of one listener.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// Connections open at the same time. The next one waits until another ends.
    pub total: usize,
    /// Connections of one IPv4 address or IPv6 /64 network. The next one is closed at once.
    pub per_address: usize,
    /// Addresses that may have any number of connections, besides loopback and private ones.
    pub trusted_proxies: Arc<[IpNet]>,
    pub patience: Patience,
}

/// The longest waits for a client.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until the head of a connection's first request has come.
    pub first_head: Duration,
    /// While nothing at all of an answer can be written.
    pub write: Duration,
    /// The same, when the program is told to stop.
    pub write_at_stop: Duration,
    /// For the client to close, after the server has.
    pub close: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { first_head: seconds(10), write: seconds(30), write_at_stop: seconds(5), close: seconds(2) }
    }
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self::within(USUAL_FILES, Arc::default())
    }
}

impl ConnectionLimits {
    /// The limits of a process that may have `files` open.
    pub fn within(files: u64, trusted_proxies: Arc<[IpNet]>) -> Self {
        let total = files.saturating_sub(OTHER_FILES).clamp(FEWEST, MOST);
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        Self { total, per_address: (total / 4).max(1), trusted_proxies, patience: Patience::default() }
    }
}

/// The open connections of one listener.
#[derive(Debug)]
pub(super) struct Connections {
    room: Arc<Semaphore>,
    limits: ConnectionLimits,
    /// By subscriber; none stays here without an open connection.
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    told: Mutex<Option<Instant>>,
}

/// The place that a connection takes until it ends.
#[derive(Debug)]
pub(super) struct Place {
    _room: Option<OwnedSemaphorePermit>,
    _of_address: Option<OfAddress>,
}

#[derive(Debug)]
struct OfAddress {
    subscriber: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Connections {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        let room = Arc::new(Semaphore::new(limits.total.min(Semaphore::MAX_PERMITS)));
        Self { room, limits, open: Arc::default(), told: Mutex::default() }
    }

    /// Waits until there is room for one more connection.
    pub(super) async fn room(&self) -> Option<OwnedSemaphorePermit> {
        // Fails only for a closed semaphore, and nothing closes this one.
        self.room.clone().acquire_owned().await.ok()
    }

    /// `None` when the address has as many connections as it may have.
    pub(super) fn admit(&self, address: IpAddr, room: Option<OwnedSemaphorePermit>) -> Option<Place> {
        let exempt = is_local(address) || self.limits.trusted_proxies.iter().any(|network| network.contains(&address));
        if exempt {
            return Some(Place { _room: room, _of_address: None });
        }
        let subscriber = subscriber(address);
        let mut open = lock(&self.open);
        let count = open.entry(subscriber).or_default();
        if *count >= self.limits.per_address {
            drop(open);
            self.tell(address);
            return None;
        }
        *count += 1;
        let of_address = OfAddress { subscriber, open: self.open.clone() };
        Some(Place { _room: room, _of_address: Some(of_address) })
    }

    fn tell(&self, address: IpAddr) {
        let (mut told, now) = (lock(&self.told), Instant::now());
        if told.is_none_or(|told| now.duration_since(told) >= TELL_EVERY) {
            *told = Some(now);
            let (network, most) = (network(address), self.limits.per_address);
            tracing::warn!(network, most, "one address has too many connections: further ones are closed");
        }
    }
}

impl Drop for OfAddress {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        if let Some(count) = open.get_mut(&self.subscriber) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.subscriber);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(total: usize, per_address: usize) -> ConnectionLimits {
        let trusted_proxies = Arc::new(["203.0.113.0/28".parse().unwrap()]);
        ConnectionLimits { total, per_address, trusted_proxies, patience: Patience::default() }
    }

    #[test]
    fn the_limits_follow_from_the_files_that_may_be_open() {
        for (files, total, per_address) in
            [(1024, 896, 224), (256, 128, 32), (10, 16, 4), (524_288, 32_768, 8192), (u64::MAX, 32_768, 8192)]
        {
            let limits = ConnectionLimits::within(files, Arc::default());
            assert_eq!((limits.total, limits.per_address), (total, per_address), "{files}");
        }
    }

    #[tokio::test]
    async fn one_address_gets_its_share_and_no_more() {
        let connections = Connections::new(limits(100, 2));
        let admit = |address: &str| connections.admit(address.parse().unwrap(), None);
        let first = [admit("198.51.100.7"), admit("198.51.100.7")];
        assert!(first.iter().all(Option::is_some));
        assert!(admit("198.51.100.7").is_none());
        assert!(admit("198.51.100.8").is_some(), "another address");
        let network = [admit("2001:db8::1"), admit("2001:db8::2")];
        assert!(network.iter().all(Option::is_some) && admit("2001:db8::3").is_none(), "a /64 counts as one");
        for exempt in ["127.0.0.1", "10.1.2.3", "192.168.0.9", "100.64.0.1", "::1", "fd00::1", "203.0.113.9"] {
            let many: Vec<_> = (0..10).map(|_| admit(exempt)).collect();
            assert!(many.iter().all(Option::is_some), "{exempt}");
        }
        drop(first);
        assert!(admit("198.51.100.7").is_some());
        drop(network);
        assert!(lock(&connections.open).is_empty(), "nothing is kept of connections that have ended");
    }

    #[tokio::test]
    async fn who_comes_when_all_places_are_taken_waits() {
        let connections = Connections::new(limits(1, 1));
        let place = connections.admit([127, 0, 0, 1].into(), connections.room().await);
        let mut next = std::pin::pin!(connections.room());
        assert!(futures::poll!(&mut next).is_pending());
        drop(place);
        assert!(next.await.is_some());
    }
}
