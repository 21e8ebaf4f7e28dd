use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use latchkey_app::types::Stage;

use crate::{
    arrival::Arrival,
    clock::{Clock, Millis},
};

/// A flood from one network is kept up to here in a minute; of the rest only the number.
const MOST_PER_MINUTE: i64 = 100;
const MINUTE: Duration = Duration::from_mins(1);
/// More networks than fail in a minute anywhere but under attack. Those beyond are one network.
const MOST_NETWORKS: usize = 10_000;

/// Which failures are written one by one, and how many are not. On each node for itself.
#[derive(Debug)]
pub struct Sampler {
    seen: Mutex<Seen>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Seen {
    networks: HashMap<String, Minute>,
    /// Of minutes that are over, not yet filed.
    over: VecDeque<LeftOut>,
}

#[derive(Debug)]
struct Minute {
    /// By [`Clock::elapsed`].
    began: Duration,
    written: i64,
    left_out: Vec<LeftOut>,
}

/// What is known of a failure before anybody looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind {
    pub appid: String,
    /// The first of its checks.
    pub stage: Stage,
    pub healed: bool,
    /// Of a request for a phone.
    pub of_phone: bool,
}

/// Failures of one kind from one network that nobody looked at.
#[derive(Debug)]
pub(super) struct LeftOut {
    pub kind: Kind,
    /// The last one.
    pub arrival: Arrival,
    pub at: Millis,
    pub times: i64,
}

impl Sampler {
    pub(in super::super) fn new(clock: Clock) -> Self {
        Self { seen: Mutex::default(), clock }
    }

    /// Whether this failure is written; else it is counted with its kind.
    pub(super) fn admit(&self, arrival: Arrival, kind: &Kind) -> bool {
        let now = self.clock.elapsed();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Seen { networks, over } = &mut *seen;
        let mut network = arrival.network();
        if networks.len() >= MOST_NETWORKS && !networks.contains_key(&network) {
            network.clear();
        }
        let fresh = || Minute { began: now, written: 0, left_out: Vec::new() };
        let minute = networks.entry(network).or_insert_with(fresh);
        if minute.is_over(now) {
            over.extend(minute.left_out.drain(..));
            *minute = fresh();
        }
        if minute.written < MOST_PER_MINUTE {
            minute.written += 1;
            return true;
        }
        minute.leave_out(arrival, kind, self.clock.now());
        false
    }

    /// One after the other, what was left out in minutes that are over, or in `all`: whoever takes it files it.
    pub(super) fn next_left_out(&self, all: bool) -> Option<LeftOut> {
        let now = self.clock.elapsed();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Seen { networks, over } = &mut *seen;
        networks.retain(|_, minute| {
            let ends = all || minute.is_over(now);
            if ends {
                over.extend(minute.left_out.drain(..));
            }
            !ends
        });
        over.pop_front()
    }

    /// It could not be filed: again after all others.
    pub(super) fn put_back(&self, left_out: LeftOut) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).over.push_back(left_out);
    }
}

impl Minute {
    fn is_over(&self, now: Duration) -> bool {
        now.saturating_sub(self.began) >= MINUTE
    }

    fn leave_out(&mut self, arrival: Arrival, kind: &Kind, at: Millis) {
        match self.left_out.iter_mut().find(|one| one.kind == *kind) {
            Some(one) => (one.arrival, one.at, one.times) = (arrival, at, one.times + 1),
            None => self.left_out.push(LeftOut { kind: kind.clone(), arrival, at, times: 1 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::arrival::Client;

    fn from(address: &str) -> Arrival {
        let (address, client): (IpAddr, _) = (address.parse().unwrap(), Client::default());
        Arrival { request_id: uuid::Uuid::nil(), at: Millis(0), address, client }
    }

    fn kind(stage: Stage) -> Kind {
        Kind { appid: "wx1".into(), stage, healed: false, of_phone: stage != Stage::LoginCode }
    }

    fn counts(sampler: &Sampler, all: bool) -> Vec<(Stage, i64)> {
        let mut all: Vec<_> = std::iter::from_fn(|| sampler.next_left_out(all)).collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.times));
        all.iter().map(|one| (one.kind.stage, one.times)).collect()
    }

    #[test]
    fn a_flood_is_counted_for_itself() {
        let clock = Clock::fixed(Millis(1_700_000_000_000));
        let sampler = Sampler::new(clock.clone());
        let (flood, neighbour) = (from("203.0.113.7"), from("203.0.113.8"));
        for number in 0..5100 {
            assert_eq!(sampler.admit(flood, &kind(Stage::Base64)), number < 100);
        }
        assert!(!sampler.admit(neighbour, &kind(Stage::LoginCode)));
        assert!(sampler.admit(from("198.51.100.1"), &kind(Stage::Base64)), "others are kept");
        assert!(counts(&sampler, false).is_empty(), "the minute is not over");
        clock.advance(60);
        assert!(sampler.admit(neighbour, &kind(Stage::LoginCode)), "a record is one record");
        assert_eq!(counts(&sampler, false), [(Stage::Base64, 5000), (Stage::LoginCode, 1)]);
        assert!(counts(&sampler, true).is_empty(), "once");
    }

    #[test]
    fn what_could_not_be_filed_comes_again_after_the_others() {
        let sampler = Sampler::new(Clock::fixed(Millis(1_700_000_000_000)));
        for stage in [Stage::Push, Stage::Base64] {
            for _ in 0..101 {
                sampler.admit(from("203.0.113.7"), &kind(stage));
            }
        }
        let first = sampler.next_left_out(true).unwrap();
        let stage = first.kind.stage;
        sampler.put_back(first);
        let rest: Vec<_> = std::iter::from_fn(|| sampler.next_left_out(false)).collect();
        assert_eq!(rest.iter().map(|one| one.times).sum::<i64>(), 102);
        assert_eq!((rest.len(), rest[1].kind.stage), (2, stage));
    }

    #[test]
    fn nothing_is_lost_at_the_end() {
        let sampler = Sampler::new(Clock::fixed(Millis(1_700_000_000_000)));
        for _ in 0..101 {
            sampler.admit(from("203.0.113.7"), &kind(Stage::Push));
        }
        assert_eq!(counts(&sampler, true), [(Stage::Push, 1)]);
    }
}
