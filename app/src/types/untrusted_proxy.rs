use serde::{Deserialize, Serialize};

use super::Millis;

/// A peer that passes on the requests of others, and is not configured as a proxy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UntrustedProxy {
    /// Its address; only its network when it is not a local one.
    pub peer: String,
    /// The header that names the clients, and is not believed.
    pub header: String,
    pub first_at: Millis,
    pub last_at: Millis,
    /// The value of `LATCHKEY_TRUSTED_PROXIES` with this peer in it; absent when the peer is only a network.
    pub setting: Option<String>,
}
