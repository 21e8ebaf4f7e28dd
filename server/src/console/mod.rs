//! The server's side of the console: operators and their sessions, and what the pages ask for ([`latchkey_app::port`]).
//!
//! Reads the store, opens phones to mask them, decides who may. Rendering is the app's.

mod account;
mod api_keys;
mod apps;
mod conflicts;
mod failures;
pub mod operators;
mod phone_changes;
mod roster;
mod sessions;
mod shown_once;
mod story;
mod trend;
mod trial;
mod user;
mod users;
mod visit;

pub use sessions::{OperatorSessions, session_layer};
pub use visit::Visit;

use latchkey_app::{
    error::ConsoleError,
    types::{AppRef, Cursor, Page},
};
use uuid::Uuid;

use self::operators::Operators;
use crate::{
    accounts::{Accounts, Failure},
    sealed::SealError,
    store::{Slice, Start, StoreError},
};

/// What every visit to the console works with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ConsoleServer {
    pub accounts: Accounts,
    pub operators: Operators,
}

/// How many rows a page of a list has.
const PAGE: usize = 50;

impl ConsoleServer {
    fn app(&self, appid: &str) -> AppRef {
        AppRef { appid: appid.to_owned(), name: self.accounts.apps.name_of(appid).to_owned() }
    }
}

/// Our own fault: the cause goes to the log, here, and the operator sees that it is there.
fn internal(error: &dyn std::error::Error) -> ConsoleError {
    tracing::error!(%error, "a console request failed");
    ConsoleError::Internal
}

/// `?` on the store inside this room.
struct Failed(ConsoleError);

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(internal(&error))
    }
}

impl From<Failure> for Failed {
    fn from(error: Failure) -> Self {
        Self(internal(&error))
    }
}

impl From<SealError> for Failed {
    fn from(error: SealError) -> Self {
        Self(internal(&error))
    }
}

impl From<ConsoleError> for Failed {
    fn from(error: ConsoleError) -> Self {
        Self(error)
    }
}

impl From<Failed> for ConsoleError {
    fn from(failed: Failed) -> Self {
        failed.0
    }
}

/// Where a list that is read by key starts.
fn start(cursor: Option<&Cursor>) -> Result<Start, ConsoleError> {
    let id = |text: &str| text.parse().map_err(|_| ConsoleError::BadRequest);
    Ok(match cursor {
        None => Start::Newest,
        Some(Cursor::After(text)) => Start::After(id(text)?),
        Some(Cursor::Before(text)) => Start::Before(id(text)?),
    })
}

/// A slice of rows as a page; `id` is the key that the list is ordered by.
fn page<R, T>(slice: &Slice<R>, id: impl Fn(&R) -> Uuid, items: Vec<T>) -> Page<T> {
    let previous = slice.rows.first().filter(|_| slice.newer).map(|row| Cursor::Before(id(row).to_string()));
    let next = slice.rows.last().filter(|_| slice.older).map(|row| Cursor::After(id(row).to_string()));
    Page { items, previous, next }
}
