use serde::{Deserialize, Serialize};

use super::{Millis, Role};

/// A row of the operators list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorSummary {
    pub id: String,
    pub username: String,
    pub role: Role,
    pub state: OperatorState,
    /// Whether his second factor is on.
    pub second_factor: bool,
    pub last_sign_in_at: Option<Millis>,
    pub created_at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OperatorState {
    Active,
    /// Has yet to choose a password with the link he was sent.
    Invited,
    Disabled,
}

/// The operators who must use a second factor. Each policy includes the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SecondFactorPolicy {
    None,
    Admins,
    All,
}

impl SecondFactorPolicy {
    pub const ALL: [Self; 3] = [Self::None, Self::Admins, Self::All];

    /// The name in the database, in forms and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Admins => "admins",
            Self::All => "all",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// Whether operators of this role must have one.
    pub fn covers(self, role: Role) -> bool {
        match self {
            Self::None => false,
            Self::Admins => role == Role::Admin,
            Self::All => true,
        }
    }
}

/// A link that an administrator has just made, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    pub username: String,
    pub link: String,
}

/// What a link to choose a password with is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// `None`: it makes the first administrator, who chooses his name.
    pub username: Option<String>,
    pub drops_second_factor: bool,
    /// The least length of the password, in characters.
    pub shortest_password: usize,
}

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInStep {
    Done,
    /// The password was right; a code is asked for.
    SecondFactor,
}

/// An operator's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `None` while the second factor is off.
    pub recovery_codes_left: Option<i64>,
    /// The installation asks for a second factor before anything else.
    pub must_set_up: bool,
    /// The least length of a new password, in characters.
    pub shortest_password: usize,
    /// It is too long since he signed in: turning the second factor on asks for the password again.
    pub asks_password: bool,
    /// A second factor that was begun.
    pub setup: Option<TotpSetup>,
    /// This once, right after the second factor was turned on.
    pub new_recovery_codes: Vec<String>,
    /// Newest first.
    pub sessions: Vec<OwnSession>,
}

/// What an authenticator app has to be told, in the three ways it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpSetup {
    /// Base32.
    pub secret: String,
    /// `otpauth://…`
    pub uri: String,
    pub qr: QrCode,
}

/// A QR code as an SVG path: each dark module is a unit square.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// Modules on each side.
    pub size: usize,
    pub path: String,
}

/// A console session of an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    pub id: String,
    pub since: Millis,
    pub seen: Millis,
    /// `203.0.113.0/24`; empty when it is not known.
    pub network: String,
    /// `Firefox · Windows`; empty when it is not known.
    pub browser: String,
    /// The one that asks.
    pub current: bool,
}
