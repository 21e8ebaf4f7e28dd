//! Randomness as a parameter: the operating system's, or a seeded stream for tests and the demo's sample data.

use std::sync::{Arc, Mutex, PoisonError};

use rand::{
    Rng, SeedableRng, TryRng,
    rngs::{StdRng, SysRng},
};
use uuid::Uuid;

use crate::clock::Millis;

/// Clones of a seeded source share one stream.
#[derive(Debug, Clone)]
pub enum Random {
    System,
    Seeded(Arc<Mutex<StdRng>>),
}

impl Random {
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` bytes that nobody can guess (unless seeded).
    ///
    /// # Panics
    /// When the operating system has no randomness to give, which no part of the program could survive.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            #[expect(clippy::expect_used, reason = "no key, nonce or token may be made without randomness")]
            Self::System => SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives randomness"),
            Self::Seeded(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes),
        }
        bytes
    }

    /// An id that sorts by `at` (UUID version 7, RFC 9562).
    pub fn id(&self, at: Millis) -> Uuid {
        let at = u64::try_from(at.0).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(at, &self.bytes()).into_uuid()
    }
}
