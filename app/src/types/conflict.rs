use super::{Binding, Cursor, Millis, UserRef, UserSummary};

/// What two users have and one should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictKind {
    /// Both hold one phone number; the installation allows it.
    Phone,
    /// One has proved a number that the other one holds and, by the installation's rule, keeps.
    Wanted,
    /// WeChat gave one unionid to logins of both.
    Unionid,
}

impl ConflictKind {
    const ALL: [Self; 3] = [Self::Phone, Self::Wanted, Self::Unionid];

    /// The name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Wanted => "wanted",
            Self::Unionid => "unionid",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How a conflict is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// They stay two users, and the same thing is not brought up again.
    KeptApart,
    /// The phone went to one of them.
    Moved,
    Merged,
    /// By itself: one of them has something else now.
    Ended,
}

impl Settlement {
    const ALL: [Self; 4] = [Self::KeptApart, Self::Moved, Self::Merged, Self::Ended];

    /// The name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeptApart => "kept_apart",
            Self::Moved => "moved",
            Self::Merged => "merged",
            Self::Ended => "ended",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|settlement| settlement.name() == name)
    }
}

/// Which conflicts are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConflictQuery {
    pub settled: bool,
    pub cursor: Option<Cursor>,
}

/// Nothing is decided by itself: both users stay as they are until an operator says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub id: String,
    pub kind: ConflictKind,
    pub at: Millis,
    /// Of a conflict about one.
    pub unionid: Option<String>,
    /// Who came later.
    pub user: Party,
    /// Who had it before.
    pub other: Party,
    pub settled: Option<Settled>,
}

/// An open conflict, as the page of one of the two names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnConflict {
    pub id: String,
    pub kind: ConflictKind,
    pub with: UserRef,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub user: UserSummary,
    pub phone_bound_at: Option<Millis>,
    pub bindings: Vec<Binding>,
    /// Who has everything of this user now.
    pub merged_into: Option<UserRef>,
    pub erased: bool,
}

impl Party {
    /// Neither merged nor erased.
    pub const fn lives(&self) -> bool {
        self.merged_into.is_none() && !self.erased
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub how: Settlement,
    pub at: Millis,
    /// Absent when it ended by itself, and so is the reason.
    pub by: Option<String>,
    pub reason: Option<String>,
}
