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
    /// The name is in use: 409.
    Taken,
    /// Nothing is left of a failure that WeChat could be asked about: 409.
    NothingToAsk,
    /// WeChat holds no session of this user that could be reset: 409.
    NoSession,
    /// A form without the reason that it asks for: 422.
    NoReason,
    /// What was typed to confirm is not the end of the user's id: 422.
    Unconfirmed,
    /// Something has changed between the preview and the confirmation: 409.
    Stale,
    /// There is nothing of the kind to take away, to change or to give back: 409.
    NothingToReset,
    /// A reset that has been undone, or cannot be any more: 409.
    Final,
    /// The user was merged into another one: that one is meant, or the merge is to be undone first: 409.
    Merged,
    /// WeChat does not answer, or refuses: 502. The apps page says why when it is the operator's to mend.
    WeChat,
    /// Our own fault: 500. Logged once, at the server's edge.
    Internal,
}

impl ConsoleError {
    const ALL: [Self; 16] = [
        Self::SignedOut,
        Self::SignInFailed,
        Self::Forbidden,
        Self::NotFound,
        Self::BadRequest,
        Self::Taken,
        Self::NoSession,
        Self::NothingToAsk,
        Self::NoReason,
        Self::Unconfirmed,
        Self::Stale,
        Self::NothingToReset,
        Self::Final,
        Self::Merged,
        Self::WeChat,
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
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::BadRequest => 400,
            Self::Taken | Self::NoSession | Self::NothingToAsk => 409,
            Self::NoReason | Self::Unconfirmed => 422,
            Self::Stale | Self::NothingToReset | Self::Final | Self::Merged => 409,
            Self::WeChat => 502,
            Self::Internal => 500,
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
