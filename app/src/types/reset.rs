use serde::{Deserialize, Serialize};

use super::{AppRef, AuditAction, Millis, UserRef, UserSummary};

/// What an operator can do to a user behind a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResetKind {
    /// Unbinds the phone.
    Phone,
    /// Unbinds one openid.
    Binding,
    /// Forgets the unionid of one binding.
    Unionid,
    /// Replaces the session_key of one binding at WeChat.
    WechatSession,
    /// Ends one API token.
    Session,
    /// Ends all API tokens.
    Sessions,
    /// Unbinds the phone and every openid, and ends all API tokens.
    Everything,
    Block,
    Unblock,
    /// Gives the phone to another user.
    Move,
    /// Makes the user one with another one, who stays.
    Merge,
}

impl ResetKind {
    pub const ALL: [Self; 11] = [
        Self::Phone,
        Self::Binding,
        Self::Unionid,
        Self::WechatSession,
        Self::Session,
        Self::Sessions,
        Self::Everything,
        Self::Block,
        Self::Unblock,
        Self::Move,
        Self::Merge,
    ];

    /// The name in the database and in URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Binding => "binding",
            Self::Unionid => "unionid",
            Self::WechatSession => "wechat_session",
            Self::Session => "session",
            Self::Sessions => "sessions",
            Self::Everything => "everything",
            Self::Block => "block",
            Self::Unblock => "unblock",
            Self::Move => "move_phone",
            Self::Merge => "merge",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What the audit log calls it.
    pub const fn action(self) -> AuditAction {
        match self {
            Self::Phone => AuditAction::UnbindPhone,
            Self::Binding => AuditAction::UnbindOpenid,
            Self::Unionid => AuditAction::ForgetUnionid,
            Self::WechatSession => AuditAction::ResetWechatSession,
            Self::Session => AuditAction::EndSession,
            Self::Sessions => AuditAction::EndSessions,
            Self::Everything => AuditAction::ResetEverything,
            Self::Block => AuditAction::BlockUser,
            Self::Unblock => AuditAction::UnblockUser,
            Self::Move => AuditAction::MovePhone,
            Self::Merge => AuditAction::MergeUsers,
        }
    }

    /// Takes something away that can be given back.
    pub const fn undoable(self) -> bool {
        matches!(self, Self::Phone | Self::Binding | Self::Unionid | Self::Everything | Self::Move | Self::Merge)
    }
}

/// What is to be done, to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetOrder {
    pub user: String,
    /// A name of [`ResetKind`].
    pub what: String,
    /// Which binding or session, where there are several, or which other user; else empty.
    pub of: String,
}

/// What an operator says to a preview.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// [`ResetPreview::seen`], [`UndoPreview::seen`] or `ErasePreview::seen`: what he has seen.
    pub seen: String,
    pub reason: String,
    /// The last four characters of the user's id.
    pub typed: String,
}

/// What has changed between a preview and the one that came before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// Of each line, whether it is new or different. Lines beyond are as they were.
    pub new: Vec<bool>,
    /// How many lines are there no more.
    pub gone: usize,
}

impl Since {
    pub fn is_new(&self, line: usize) -> bool {
        self.new.get(line).copied().unwrap_or_default()
    }

    /// What has changed stands in no line.
    pub fn is_elsewhere(&self) -> bool {
        self.gone == 0 && !self.new.contains(&true)
    }
}

/// What a reset would do, before it does anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetPreview {
    pub user: UserSummary,
    /// Who gets it, of what concerns two.
    pub other: Option<UserSummary>,
    pub kind: ResetKind,
    pub changes: Vec<Change>,
    /// How many API tokens end.
    pub sessions: i64,
    /// Stands for the state that is shown: if it has changed at the confirmation, nothing is done.
    pub seen: String,
    /// What is not as it was when the form was refused for that.
    pub since: Option<Since>,
    /// What the operator had typed as his reason when he was led back here.
    pub reason: String,
}

/// One thing that a reset would change, besides ending sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Masked.
    Phone {
        number: String,
        bound_at: Option<Millis>,
    },
    Openid {
        app: AppRef,
        openid: String,
        unionid: Option<String>,
        comes_back: ComesBack,
    },
    Unionid {
        app: AppRef,
        openid: String,
        unionid: String,
    },
    WechatSession {
        app: AppRef,
        openid: String,
    },
    /// The other one gets the phone, or has it already. Masked.
    HandedPhone {
        number: String,
        shared: bool,
    },
    /// The other one has this phone no more. Masked.
    ReplacedPhone(String),
    /// The phone is taken off, because the other one keeps his. Masked.
    LostPhone {
        number: String,
        kept: String,
    },
    /// The other one gets the binding.
    MovedOpenid {
        app: AppRef,
        openid: String,
    },
    /// The user himself becomes an empty row. The other one takes what he has not: a nickname, the rest of a profile.
    Account {
        taken: Option<String>,
        lost: Option<String>,
        lost_more: bool,
    },
}

impl Change {
    /// As whom the person comes back who loses an openid.
    pub const fn comes_back(&self) -> Option<&ComesBack> {
        if let Self::Openid { comes_back, .. } = self { Some(comes_back) } else { None }
    }
}

/// As whom the person with an unbound openid logs in the next time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComesBack {
    /// As a new user, without anything.
    New,
    /// As the same user: another binding of his has the same unionid.
    Same,
    /// As somebody else, who has the same unionid.
    Other(UserRef),
}

/// One line of what operators did to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reset {
    pub id: String,
    /// Whose it is, and on whose page it is undone.
    pub user: String,
    /// The second user, of what concerns two.
    pub other: Option<UserRef>,
    pub at: Millis,
    pub kind: ResetKind,
    pub app: Option<AppRef>,
    pub by: String,
    pub reason: String,
    pub state: ResetState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResetState {
    /// Until then, by an administrator.
    Undoable(Millis),
    Undone {
        at: Millis,
        by: String,
    },
    /// Nothing is kept any more that could be given back.
    Final,
    /// There never was anything to give back.
    Never,
}

/// What undoing a reset would do, before it does anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoPreview {
    pub user: UserSummary,
    pub reset: Reset,
    pub parts: Vec<UndoPart>,
    /// How many API tokens end: those of bindings that go back.
    pub sessions: i64,
    pub seen: String,
    pub since: Option<Since>,
    pub reason: String,
}

impl UndoPreview {
    /// There is at least one thing to give back.
    pub fn restores(&self) -> bool {
        self.parts.iter().any(|part| part.fate == Fate::Returns)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoPart {
    pub what: Taken,
    pub fate: Fate,
}

/// What was taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Masked.
    Phone(String),
    Openid {
        app: AppRef,
        openid: String,
    },
    Unionid {
        app: Option<AppRef>,
        unionid: String,
    },
    /// Masked; the other user got it.
    HandedPhone(String),
    /// Masked; what the other user had until then.
    ReplacedPhone(String),
    /// The user himself, with his profile.
    Account,
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Returns,
    /// The user has it already.
    There,
    /// Another user has the phone now.
    PhoneOf(UserRef),
    /// The user has another phone now, masked.
    OtherPhone(String),
    /// The openid has logged in since, and is another user's now.
    OpenidOf(UserRef),
    /// The binding whose unionid it was is not the user's any more.
    NoBinding,
    /// The binding was unbound since.
    Unbound,
    /// WeChat has given another unionid since.
    OtherUnionid,
}
