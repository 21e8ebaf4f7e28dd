use std::net::IpAddr;

use uuid::Uuid;

use crate::clock::Millis;

/// What every request brings, whoever answers it: the id it is known by in replies, logs and records
/// (`X-Request-Id`), when it came, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub request_id: Uuid,
    pub at: Millis,
    /// The client's, as far as it can be believed: behind a proxy that is not trusted, the proxy's.
    pub address: IpAddr,
}
