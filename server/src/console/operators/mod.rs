//! Operators: the people who sign in to the console. How they come ([`links`]), prove who they are ([`sign_in`],
//! [`passwords`], [`second_factor`], [`tries`]), look after their account ([`account`]), and what administrators do with
//! them ([`roster`]).
//!
//! Every act and its audit entry are one transaction.

mod account;
mod links;
mod passwords;
mod roster;
mod second_factor;
mod sign_in;
mod tries;

use std::sync::Arc;

use latchkey_app::error::ConsoleError;
use tokio::sync::Semaphore;
use uuid::Uuid;

pub use self::sign_in::Proven;
use super::{Failed, internal};
use crate::{
    accounts::{Accounts, Failure},
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
    /// An administrator without a second factor gets to nothing but his account.
    pub require_admin_totp: bool,
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Operators {
    accounts: Accounts,
    settings: Arc<Settings>,
    hashing: Arc<Semaphore>,
}

#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    #[error("a username has 1 to 64 letters, digits and the characters . _ - @")]
    Username,
    #[error(
        "a password has at least {} characters and at most {}",
        passwords::SHORTEST_PASSWORD,
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
        Self { accounts, settings: Arc::new(settings), hashing: Arc::new(Semaphore::new(passwords::HASHES_AT_ONCE)) }
    }

    pub async fn list(&self) -> Result<Vec<OperatorRow>> {
        Ok(operators::list(&mut self.accounts.db.read().await?).await?)
    }

    /// An operator who may (still) be here.
    pub async fn find(&self, id: Uuid) -> Result<Option<OperatorRow>> {
        let row = operators::find(&mut self.accounts.db.read().await?, id).await?;
        Ok(row.filter(|row| row.disabled_at.is_none()))
    }

    /// Whether this administrator has to turn on his second factor before anything else.
    pub fn lacks_second_factor(&self, row: &OperatorRow) -> bool {
        self.settings.require_admin_totp && row.role == "admin" && row.totp_sealed.is_none()
    }

    /// A transaction that no other change of operators runs beside: who is the last administrator is only then a fact.
    async fn change(&self) -> Result<Tx> {
        let mut tx = self.accounts.db.write().await?;
        tx.lock("operators").await?;
        Ok(tx)
    }
}
