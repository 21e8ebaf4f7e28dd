use serde::{Deserialize, Serialize};

use super::{AppRef, Millis};

/// One line of the phone history. Lines are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneChange {
    pub id: String,
    pub user_id: String,
    /// Whose it is; absent in the history of one user, and when he has none.
    pub nickname: Option<String>,
    pub at: Millis,
    /// Masked; absent when the user had no phone before.
    pub old: Option<String>,
    /// Masked; absent when the phone was taken away.
    pub new: Option<String>,
    pub source: PhoneSource,
    pub app: Option<AppRef>,
    /// The API request that caused it.
    pub request_id: String,
    /// Who did it, where it was not the user.
    pub operator: Option<String>,
    /// The numbers of this line are gone for good: the user withdrew them at WeChat, or was erased.
    pub erased: bool,
}

/// What proved the new number, or took the old one away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhoneSource {
    /// encryptedData and iv, decrypted with a session_key of this user.
    Encrypted,
    /// A phone code, exchanged at WeChat.
    Code,
    /// To or from another user: he proved the number and the policy is `phone_conflict = "move"`, or an operator moved it.
    Moved,
    /// The user withdrew the phone from the mini program at WeChat (`user_authorization_revoke`).
    Revoked,
    /// An operator unbound it.
    Reset,
    /// An administrator undid an operator's reset.
    Undone,
    /// An operator merged two users.
    Merged,
}

impl PhoneSource {
    const ALL: [Self; 7] =
        [Self::Encrypted, Self::Code, Self::Moved, Self::Revoked, Self::Reset, Self::Undone, Self::Merged];

    /// The name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::Code => "code",
            Self::Moved => "moved",
            Self::Revoked => "revoked",
            Self::Reset => "reset",
            Self::Undone => "undone",
            Self::Merged => "merged",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}
