//! Operators: the people who sign in to the console. How they come ([`links`]), prove who they are ([`sign_in`],
//! [`passwords`], [`hashing`], [`second_factor`], [`second_factor_policy`], [`tries`]), look after their account
//! ([`account`]), and what administrators do with them ([`roster`]).
//!
//! Every act and its audit entry are one transaction.

mod account;
mod hashing;
mod links;
mod passwords;
mod roster;
mod second_factor;
mod second_factor_policy;
mod sign_in;
mod tries;

use std::sync::Arc;

use latchkey_app::error::ConsoleError;
use tracing::Instrument;
use uuid::Uuid;

use self::hashing::Hashing;
pub use self::{passwords::Beside, sign_in::Proven};
use super::{Failed, internal};
use crate::{
    accounts::{Accounts, Failure, Fault},
    sealed::SealError,
    store::{
        StoreError, Tx,
        operators::{self, OperatorRow},
    },
};

/// What an installation chooses.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the console is for those who are sent a link. Never what a request says it is. Without a slash at the end.
    pub public_url: String,
    /// Administrators must use a second factor, whatever policy is chosen.
    pub require_admin_totp: bool,
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Operators {
    accounts: Accounts,
    settings: Arc<Settings>,
    hashing: Hashing,
}

#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    #[error("a username has 1 to 64 letters, digits and the characters . _ - @")]
    Username,
    #[error(
        "a password has at least {} characters ({} beside a second factor) and at most {}",
        Beside::Nothing.shortest_password(),
        Beside::SecondFactor.shortest_password(),
        passwords::LONGEST_PASSWORD
    )]
    PasswordLength,
    #[error("that password is too easy to guess: it is the username, or made of common passwords and words")]
    PasswordCommon,
    #[error("there is an operator of that name already")]
    Taken,
    #[error("there is no operator of that name")]
    Unknown,
    #[error("nobody would be left who can administer: make or enable another administrator first")]
    LastAdmin,
    /// Used, expired or made up.
    #[error("that link is not good any more")]
    LinkGone,
    /// Too many tries; each of them may have been right.
    #[error("too many tries")]
    Locked,
    /// The queue for password hashes is full; nothing was counted.
    #[error("too many people sign in at once: try again in a few seconds")]
    Busy,
    /// An unknown name, a wrong password, or an operator who is disabled.
    #[error("wrong username or password")]
    SignInFailed,
    #[error("wrong password")]
    WrongPassword,
    #[error("wrong code")]
    WrongCode,
    #[error("something has changed since the operator looked")]
    Stale,
    /// What no page of ours offers.
    #[error("not with this operator")]
    Senseless,
    #[error("the password could not be hashed")]
    Hash,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Audit(#[from] Failure),
}

impl From<OperatorError> for Failed {
    fn from(error: OperatorError) -> Self {
        use OperatorError as E;
        Self(match error {
            E::Username => ConsoleError::UsernameInvalid,
            E::PasswordLength => ConsoleError::PasswordLength,
            E::PasswordCommon => ConsoleError::PasswordCommon,
            E::Taken => ConsoleError::OperatorTaken,
            E::Unknown => ConsoleError::NotFound,
            E::LastAdmin => ConsoleError::LastAdmin,
            E::LinkGone => ConsoleError::LinkGone,
            E::Locked => ConsoleError::TooManyAttempts,
            E::Busy => ConsoleError::Busy,
            E::SignInFailed => ConsoleError::SignInFailed,
            E::WrongPassword => ConsoleError::PasswordWrong,
            E::WrongCode => ConsoleError::CodeWrong,
            E::Stale => ConsoleError::Stale,
            E::Senseless => ConsoleError::BadRequest,
            E::Hash | E::Store(_) | E::Seal(_) | E::Audit(_) => internal(&error),
        })
    }
}

type Result<T> = std::result::Result<T, OperatorError>;

impl Operators {
    pub fn new(accounts: Accounts, settings: Settings) -> Self {
        Self { accounts, settings: Arc::new(settings), hashing: Hashing::default() }
    }

    pub async fn list(&self) -> Result<Vec<OperatorRow>> {
        Ok(operators::list(&mut self.accounts.db.read().await?).await?)
    }

    /// Pairs of names that differ in case alone. Earlier versions allowed them.
    pub async fn alike(&self) -> Result<Vec<(String, String)>> {
        let all = self.list().await?;
        let pairs = all.iter().enumerate().flat_map(|(at, one)| all.iter().skip(at + 1).map(move |other| (one, other)));
        let alike = pairs.filter(|(one, other)| one.username.eq_ignore_ascii_case(&other.username));
        Ok(alike.map(|(one, other)| (one.username.clone(), other.username.clone())).collect())
    }

    /// An operator who may (still) be here.
    pub async fn find(&self, id: Uuid) -> Result<Option<OperatorRow>> {
        let row = operators::find(&mut self.accounts.db.read().await?, id).await?;
        Ok(row.filter(|row| row.disabled_at.is_none()))
    }

    /// Runs what counts a try on a task of its own: a client that hangs up keeps nothing from being checked and filed.
    async fn to_the_end<T, F>(&self, work: impl FnOnce(Self) -> F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let task = work(self.clone()).instrument(tracing::Span::current());
        self.accounts.tracked(task).await.map_err(|_| Failure::Internal(Fault::Panicked))?
    }

    /// A transaction that no other change of operators runs beside: who is the last administrator is only then a fact.
    async fn change(&self) -> Result<Tx> {
        let mut tx = self.accounts.db.write().await?;
        tx.lock("operators").await?;
        Ok(tx)
    }
}
