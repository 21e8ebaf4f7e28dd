use uuid::Uuid;

use crate::clock::Millis;

/// What every request brings, whoever answers it: the id it is known by in replies, logs and records
/// (`X-Request-Id`), and when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub request_id: Uuid,
    pub at: Millis,
}
