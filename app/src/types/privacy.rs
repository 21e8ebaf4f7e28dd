use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AuditEntry, Millis, Since, UserSummary};

/// A user's full number, on its way to the one page that shows it. Not `Serialize`: it belongs in no props and no URL.
#[derive(Clone, PartialEq, Eq)]
pub struct RevealedPhone {
    pub number: String,
    /// What the page goes back to.
    pub masked: String,
    /// How long it may still be seen.
    pub seconds_left: u32,
}

impl fmt::Debug for RevealedPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RevealedPhone(***)")
    }
}

/// Who has seen a user's data in full, and what of it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// Set when everything personal is gone for good.
    pub erased_at: Option<Millis>,
    /// Newest first: reveals and exports.
    pub looks: Vec<AuditEntry>,
    /// Newest first.
    pub erasures: Vec<Erasure>,
}

/// Personal data that is gone, without the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    pub at: Millis,
    /// `phone`, `profile` or `everything`.
    pub what: String,
    /// The event of WeChat, or the operator's act.
    pub cause: String,
    pub request_id: String,
}

/// What an erasure would take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasePreview {
    pub user: UserSummary,
    pub held: Holdings,
    /// Stands for whom it was planned of: if that has changed at the confirmation, nothing is done.
    pub seen: String,
    pub since: Option<Since>,
    /// What was typed when the form was refused.
    pub reason: String,
}

/// What is held about a person, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// Nickname, avatar, gender or place is known.
    pub profile: bool,
    pub bindings: usize,
    pub session_keys: usize,
    pub sessions: usize,
    /// Lines of the phone history that still have numbers.
    pub numbers: usize,
    /// Logins and the like, as far as they stand in the user's story.
    pub calls: usize,
    pub failures: usize,
    pub conflicts: usize,
}
