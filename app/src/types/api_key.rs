use serde::{Deserialize, Serialize};

use super::Millis;

/// A key with which a back end of the business asks about tokens (`POST /api/introspect`). The key itself was shown once
/// and is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: String,
    pub name: String,
    pub created_at: Millis,
    /// The operator's username; absent when it was made on the command line.
    pub created_by: Option<String>,
    /// To within a minute or so; absent when it was never used.
    pub last_used_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
}
