use serde::{Deserialize, Serialize};

use super::{Event, Failure, Millis, OwnConflict, PhoneChange, Reset, UserRef};

/// A mini program as the console names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AppRef {
    pub appid: String,
    /// The configured name; the appid when there is none.
    pub name: String,
}

/// Stands in place of a masked phone whose sealed value does not open.
pub const DAMAGED: &str = "⚠";

/// A row of the users list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSummary {
    pub id: String,
    pub nickname: Option<String>,
    /// Masked: first 3 and last 2 digits, or first 2 and last 2 of a short number. Or [`DAMAGED`].
    pub phone: Option<String>,
    pub apps: Vec<AppRef>,
    pub blocked: bool,
    pub created_at: Millis,
    pub last_login_at: Millis,
}

/// Everything the user's page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub summary: UserSummary,
    pub blocked_at: Option<Millis>,
    /// The act that blocked him, as far as it was an operator's.
    pub block: Option<Reset>,
    /// Since when there is nothing personal left of him.
    pub erased_at: Option<Millis>,
    /// Who has everything of this user now.
    pub merged_into: Option<UserRef>,
    /// Who was merged into this one.
    pub merged: Vec<String>,
    /// Open ones.
    pub conflicts: Vec<OwnConflict>,
    pub phone_bound_at: Option<Millis>,
    pub bindings: Vec<Binding>,
    /// Newest first.
    pub phone_changes: Vec<PhoneChange>,
    /// The last used first.
    pub sessions: Vec<UserSession>,
    /// Newest first.
    pub resets: Vec<Reset>,
    /// The newest few, newest first.
    pub failures: Vec<Failure>,
    /// What happened in the last thirty days, oldest first.
    pub events: Vec<Event>,
}

/// One openid of a user in one mini program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    pub id: String,
    pub app: AppRef,
    pub openid: String,
    /// Absent while the mini program is not linked to an Open Platform account (protocol §7).
    pub unionid: Option<String>,
    pub created_at: Millis,
    pub last_login_at: Millis,
    /// When the newest session_key arrived; absent when none is kept any more.
    pub key_received_at: Option<Millis>,
    /// How many session_keys the ring holds.
    pub keys: usize,
}

/// A living API token of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSession {
    /// Not the token, nor anything that leads to it.
    pub id: String,
    pub app: AppRef,
    /// The version of the mini program that it was issued to, if the client said.
    pub client: Option<String>,
    pub created_at: Millis,
    /// Within an hour.
    pub last_used_at: Millis,
    pub expires_at: Millis,
}

/// A person who signs in to the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    pub username: String,
    pub role: Role,
    /// Whether the second factor is on.
    pub second_factor: bool,
}

/// What an operator may do (contract §8). Each role includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Viewer,
    Support,
    Admin,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Support, Self::Admin];

    /// The name in the database, the CLI and the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Support => "support",
            Self::Admin => "admin",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// An id before its last four characters, and these: enough for an operator to tell two apart.
pub fn split_end(id: &str) -> (&str, &str) {
    id.split_at_checked(id.len().saturating_sub(4)).unwrap_or((id, ""))
}
