use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;
use tower_sessions::session::Id;

/// Streams of one session at the same time. When one more begins, the oldest ends: an operator looks at the page that was
/// opened last, and a connection that broke without a word must not keep a new one out.
const MOST: usize = 10;

/// The open streams of events, by session. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<Id, VecDeque<Opened>>>>);

#[derive(Debug)]
struct Opened {
    number: u64,
    over: CancellationToken,
}

/// A stream's own place, free again when it is dropped.
#[derive(Debug)]
pub(super) struct StreamPlace {
    streams: Streams,
    session: Id,
    number: u64,
    /// Cancelled when a newer stream needs the place.
    pub over: CancellationToken,
}

impl Streams {
    pub(super) fn open(&self, session: Id) -> StreamPlace {
        let over = CancellationToken::new();
        let mut all = self.lock();
        let opened = all.entry(session).or_default();
        if opened.len() >= MOST
            && let Some(oldest) = opened.pop_front()
        {
            oldest.over.cancel();
        }
        let number = opened.back().map_or(0, |newest| newest.number + 1);
        opened.push_back(Opened { number, over: over.clone() });
        StreamPlace { streams: self.clone(), session, number, over }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, VecDeque<Opened>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut all = self.streams.lock();
        if let Some(opened) = all.get_mut(&self.session) {
            opened.retain(|stream| stream.number != self.number);
            if opened.is_empty() {
                all.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_stream_makes_room_and_nothing_is_kept_of_those_that_ended() {
        let streams = Streams::default();
        let (mine, other) = (Id(1), Id(2));
        let theirs = streams.open(other);
        let mut places: VecDeque<_> = (0..MOST).map(|_| streams.open(mine)).collect();
        let over = |places: &VecDeque<StreamPlace>| places.iter().filter(|place| place.over.is_cancelled()).count();
        assert_eq!(over(&places), 0);
        places.push_back(streams.open(mine));
        assert!(places[0].over.is_cancelled() && over(&places) == 1, "the oldest one, and no other");
        places.remove(3);
        places.push_back(streams.open(mine));
        assert_eq!(over(&places), 1, "a place was free");
        drop((places, theirs));
        assert!(streams.lock().is_empty());
    }
}
