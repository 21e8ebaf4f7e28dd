//! Turns for password hashes. Anybody may ask for a hash by trying to sign in, and each takes 19 MiB and tens of
//! milliseconds of a core. So two run at once, in memory that is allocated once and kept, and the queue for them is short.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use argon2::Block;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{OperatorError, Result};

/// Hashes that run at the same time. A third would take the cores that logins of mini programs need.
const AT_ONCE: usize = 2;
/// Tries under way at once from addresses from which nobody has signed in yet.
const STRANGERS: usize = 32;
/// Tries under way at once of everybody else. A flood of strangers leaves these places free.
const ACQUAINTED: usize = 32;

/// The blocks that argon2 works in.
pub(super) type Memory = Vec<Block>;

/// The queue. Cheap to clone.
#[derive(Clone)]
pub(super) struct Hashing(Arc<Queue>);

struct Queue {
    turns: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    acquainted: Arc<Semaphore>,
    /// The memory of the turns that are free.
    memories: Mutex<Vec<Memory>>,
}

/// A place in the queue: nothing is hashed without one.
#[derive(Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "held for its end")] OwnedSemaphorePermit);

/// The caller that asks for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Stranger,
    /// Signed in, holds a link, works at the machine, or comes from an address from which somebody has signed in.
    Acquainted,
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hashing")
    }
}

impl Default for Hashing {
    fn default() -> Self {
        let permits = |count| Arc::new(Semaphore::new(count));
        Self(Arc::new(Queue {
            turns: permits(AT_ONCE),
            strangers: permits(STRANGERS),
            acquainted: permits(ACQUAINTED),
            memories: Mutex::default(),
        }))
    }
}

impl Hashing {
    /// [`OperatorError::Busy`] when the queue is full.
    pub(super) fn place(&self, caller: Caller) -> Result<Place> {
        let places = if caller == Caller::Stranger { &self.0.strangers } else { &self.0.acquainted };
        places.clone().try_acquire_owned().map(Place).map_err(|_| OperatorError::Busy)
    }

    /// Does `work` when it is its turn. The turn belongs to the work and ends with it, whoever waits for the result.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        _place: &Place,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T> {
        let turn = self.0.turns.clone().acquire_owned().await.map_err(|_| OperatorError::Hash)?;
        let queue = self.0.clone();
        let work = move || {
            let mut memory = queue.memories().pop().unwrap_or_default();
            let done = work(&mut memory);
            // Before the turn: whoever has the next one finds the memory.
            queue.memories().push(memory);
            drop(turn);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| OperatorError::Hash)
    }
}

impl Queue {
    fn memories(&self) -> std::sync::MutexGuard<'_, Vec<Memory>> {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn the_queue_is_short_and_strangers_leave_a_part_of_it_free() {
        let hashing = Hashing::default();
        let strangers: Vec<_> = (0..STRANGERS).map(|_| hashing.place(Caller::Stranger).unwrap()).collect();
        assert!(matches!(hashing.place(Caller::Stranger), Err(OperatorError::Busy)));
        let acquainted: Vec<_> = (0..ACQUAINTED).map(|_| hashing.place(Caller::Acquainted).unwrap()).collect();
        assert!(matches!(hashing.place(Caller::Acquainted), Err(OperatorError::Busy)));
        drop((strangers, acquainted));
        assert!(hashing.place(Caller::Stranger).is_ok() && hashing.place(Caller::Acquainted).is_ok());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_turn_ends_with_the_hash_though_nobody_waits_and_its_memory_is_used_again() {
        let hashing = Hashing::default();
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = || {
            let (running, most) = (running.clone(), most.clone());
            move |memory: &mut Memory| {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                memory.resize(20_000, Block::new());
                running.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let place = hashing.place(Caller::Stranger).unwrap();
        for _ in 0..50 {
            // Polled once, as far as the blocking pool, and dropped: the client has hung up.
            assert_ne!(hashing.run(&place, work()).now_or_never().map(|done| done.is_err()), Some(true));
        }
        for _ in 0..AT_ONCE {
            hashing.run(&place, work()).await.unwrap();
        }
        // Those who hung up have given their turns back, too.
        drop(hashing.0.turns.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap());
        assert!(most.load(Ordering::SeqCst) <= AT_ONCE);
        let memories = hashing.0.memories();
        assert!((1..=AT_ONCE).contains(&memories.len()) && memories.iter().all(|memory| memory.len() == 20_000));
    }
}
