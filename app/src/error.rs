//! Everything that can go wrong between an operator and the console.

use serde::{Deserialize, Serialize};

/// Closed and without text or personal data: it may travel in a URL when JavaScript is off.
///
/// The words an operator reads come from `text`, in his language; the cause is in the server's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{self:?}")]
pub enum ConsoleError {
    /// No session, or one that has ended: 401, answered by the sign-in page.
    SignedOut,
    /// Wrong username or password, or a disabled operator. Which of them is not said.
    SignInFailed,
    /// The operator's role does not allow it: 403.
    Forbidden,
    /// No such page, user or record: 404.
    NotFound,
    /// A query or form that no page of ours sends: 400.
    BadRequest,
    /// A form of another site was sent here: 403.
    CrossSite,
    /// A form longer than any of ours: 413.
    TooLong,
    /// It has taken too long to arrive, or to answer: 408.
    TimedOut,
    /// The name is in use: 409.
    Taken,
    /// Nothing is left of a failure that WeChat could be asked about: 409.
    NothingToAsk,
    /// A reason is missing, too long, or holds a phone number, which could never be taken out of the log again: 422.
    Reason,
    /// The user has no phone to show: 409.
    NoPhone,
    /// The user's data is gone already: 409.
    Erased,
    /// The operator has seen as many people's data in full as one may in an hour: 429.
    TooManyReveals,
    /// WeChat holds no session of this user that could be reset: 409.
    NoSession,
    /// What was typed to confirm is not the end of the user's id: 422.
    Unconfirmed,
    /// Something has changed between the preview and the confirmation: 409.
    Stale,
    /// There is nothing of the kind to take away, to change or to give back: 409.
    NothingToReset,
    /// A reset that has been undone, or cannot be any more: 409.
    Final,
    /// A form for several users that names none: 400.
    NobodySelected,
    /// An export that shows more numbers in full than a reveal would: 403.
    ManyInFull,
    /// More than an operator may do in an hour: 429.
    TooMany,
    /// The user was merged into another one: that one is meant, or the merge is to be undone first: 409.
    Merged,
    /// WeChat does not answer, or refuses: 502. The apps page says why when it is the operator's to mend.
    WeChat,
    /// Too many failed tries of this account or address; wait a quarter of an hour: 429.
    TooManyAttempts,
    /// The operator has made all searches for phone numbers that the role allows in an hour: 429.
    TooManySearches,
    /// Too many people sign in at the same moment; nothing was checked or counted: 503.
    Busy,
    /// A code of the second factor that is wrong, or was used before.
    CodeWrong,
    /// The current password is not the one that was given.
    PasswordWrong,
    /// A new password that is too short or too long.
    PasswordLength,
    /// A new password that is too easy to guess.
    PasswordCommon,
    /// A new password was not repeated as it was first typed.
    PasswordsDiffer,
    /// A username that may not be had.
    UsernameInvalid,
    /// There is an operator of that name: 409.
    OperatorTaken,
    /// Nobody would be left who can administer: 409.
    LastAdmin,
    /// An administrator has to turn on his second factor before anything else: 403, answered by his account's page.
    SecondFactorMissing,
    /// A link that was used, has expired, or never was: 410.
    LinkGone,
    /// Our own fault: 500. Logged once, at the server's edge.
    Internal,
}

impl ConsoleError {
    const ALL: [Self; 38] = [
        Self::SignedOut,
        Self::SignInFailed,
        Self::Forbidden,
        Self::NotFound,
        Self::BadRequest,
        Self::CrossSite,
        Self::TooLong,
        Self::TimedOut,
        Self::Taken,
        Self::Reason,
        Self::NoPhone,
        Self::Erased,
        Self::TooManyReveals,
        Self::NoSession,
        Self::NothingToAsk,
        Self::Unconfirmed,
        Self::Stale,
        Self::NothingToReset,
        Self::Final,
        Self::NobodySelected,
        Self::ManyInFull,
        Self::TooMany,
        Self::Merged,
        Self::WeChat,
        Self::TooManyAttempts,
        Self::TooManySearches,
        Self::Busy,
        Self::CodeWrong,
        Self::PasswordWrong,
        Self::PasswordLength,
        Self::PasswordCommon,
        Self::PasswordsDiffer,
        Self::UsernameInvalid,
        Self::OperatorTaken,
        Self::LastAdmin,
        Self::SecondFactorMissing,
        Self::LinkGone,
        Self::Internal,
    ];

    /// From its `Display`, as it stands in a URL.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.to_string() == name)
    }

    /// The HTTP status that says the same.
    pub const fn status(self) -> u16 {
        match self {
            Self::SignedOut | Self::SignInFailed => 401,
            Self::Forbidden | Self::CrossSite | Self::SecondFactorMissing | Self::ManyInFull => 403,
            Self::NotFound => 404,
            Self::BadRequest | Self::NobodySelected => 400,
            Self::TimedOut => 408,
            Self::TooLong => 413,
            Self::Taken
            | Self::OperatorTaken
            | Self::LastAdmin
            | Self::NoSession
            | Self::NothingToAsk
            | Self::NoPhone
            | Self::Erased
            | Self::Stale
            | Self::NothingToReset
            | Self::Final
            | Self::Merged => 409,
            Self::LinkGone => 410,
            Self::Reason
            | Self::Unconfirmed
            | Self::CodeWrong
            | Self::PasswordWrong
            | Self::PasswordLength
            | Self::PasswordCommon
            | Self::PasswordsDiffer
            | Self::UsernameInvalid => 422,
            Self::TooMany | Self::TooManyReveals | Self::TooManyAttempts | Self::TooManySearches => 429,
            Self::Busy => 503,
            Self::WeChat => 502,
            Self::Internal => 500,
        }
    }

    /// Seconds to wait before the same request, for problems that pass with time. This is the longest wait: the exact rest
    /// of a lock would tell when the last try was.
    pub const fn retry_after(self) -> Option<u16> {
        match self {
            Self::TooManyAttempts => Some(900),
            Self::TooMany | Self::TooManyReveals | Self::TooManySearches => Some(3600),
            Self::Busy => Some(5),
            _ => None,
        }
    }
}

impl server_fn::error::FromServerFnError for ConsoleError {
    type Encoder = server_fn::codec::JsonEncoding;

    fn from_server_fn_error(error: server_fn::error::ServerFnErrorErr) -> Self {
        use server_fn::error::ServerFnErrorErr as E;
        match error {
            E::Args(_) | E::MissingArg(_) | E::Deserialization(_) => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ConsoleError;

    #[test]
    fn a_problem_comes_back_from_the_url() {
        for error in ConsoleError::ALL {
            assert_eq!(ConsoleError::from_name(&error.to_string()), Some(error));
        }
        assert_eq!(ConsoleError::from_name("<script>"), None);
    }
}
