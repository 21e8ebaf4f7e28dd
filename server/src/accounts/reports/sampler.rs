use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::clock::{Clock, Millis};

/// A flood from one network is kept up to here in a minute; of the rest only the number.
const MOST_PER_MINUTE: i64 = 100;
const MINUTE_MS: i64 = 60_000;
/// More networks than fail in a minute anywhere but under attack.
const MOST_NETWORKS: usize = 10_000;

/// Which failures are written one by one. On each node for itself.
#[derive(Debug)]
pub struct Sampler {
    networks: Mutex<HashMap<String, Minute>>,
    clock: Clock,
}

#[derive(Debug, Clone, Copy)]
struct Minute {
    began: Millis,
    written: i64,
    /// Not written, and not yet counted by a record that was.
    left_out: i64,
}

impl Sampler {
    pub(in super::super) fn new(clock: Clock) -> Self {
        Self { networks: Mutex::default(), clock }
    }

    /// How many failures a record of this network stands for: this one, and those left out since the last record.
    /// `None`: this one is left out.
    pub(super) fn admit(&self, network: &str) -> Option<i64> {
        let now = self.clock.now();
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        if networks.len() >= MOST_NETWORKS {
            networks.retain(|_, minute| now.since(minute.began) < MINUTE_MS);
        }
        let fresh = Minute { began: now, written: 0, left_out: 0 };
        let minute = networks.entry(network.to_owned()).or_insert(fresh);
        if now.since(minute.began) >= MINUTE_MS {
            *minute = Minute { left_out: minute.left_out, ..fresh };
        }
        if minute.written >= MOST_PER_MINUTE {
            minute.left_out += 1;
            return None;
        }
        minute.written += 1;
        Some(1 + std::mem::take(&mut minute.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_not_written() {
        let clock = Clock::fixed(Millis(1_700_000_000_000));
        let sampler = Sampler::new(clock.clone());
        for _ in 0..100 {
            assert_eq!(sampler.admit("203.0.113.0/24"), Some(1));
        }
        for _ in 0..5000 {
            assert_eq!(sampler.admit("203.0.113.0/24"), None);
        }
        assert_eq!(sampler.admit("198.51.100.0/24"), Some(1), "others are kept");
        clock.advance(60);
        assert_eq!(sampler.admit("203.0.113.0/24"), Some(5001), "none is forgotten");
        assert_eq!(sampler.admit("203.0.113.0/24"), Some(1));
    }
}
