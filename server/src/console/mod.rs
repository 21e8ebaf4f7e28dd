//! The server's side of the console: operators and their sessions, and what the pages ask for ([`latchkey_app::port`]).
//!
//! Reads the store, opens phones to mask them, decides who may. Rendering is the app's.

mod account;
mod api_keys;
mod apps;
mod audit;
mod confirmed;
mod conflicts;
mod dashboard;
mod export;
mod failures;
mod live;
mod number_searches;
pub mod operators;
mod phone_changes;
mod privacy;
mod reason;
mod resets;
mod roster;
mod search;
mod session_values;
mod sessions;
mod story;
mod support_code;
mod trend;
mod trial;
mod undo;
mod user;
mod users;
mod visit;

pub use dashboard::Dashboards;
pub use export::{Export, ExportForm};
pub use live::{Live, News, Pulse, Wanted};
pub use sessions::{OperatorSessions, session_layer};
pub use visit::Visit;

use std::str::FromStr;

use latchkey_app::{
    error::ConsoleError,
    types::{AppRef, Cursor, Page},
};

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
    pub live: Live,
    pub dashboards: Dashboards,
}

/// How many rows a page of a list has.
const PAGE: usize = 50;

impl ConsoleServer {
    /// For the pages: reads through the console's own database connections.
    #[must_use]
    pub fn for_console(&self) -> Self {
        Self { accounts: self.accounts.for_console(), ..self.clone() }
    }

    fn app(&self, appid: &str) -> AppRef {
        AppRef { appid: appid.to_owned(), name: self.accounts.apps.name_of(appid).to_owned() }
    }
}

/// Our own fault: the cause goes to the log, here, and the operator sees that it is there.
fn internal(error: &dyn std::error::Error) -> ConsoleError {
    tracing::error!(%error, "a console request failed");
    ConsoleError::Internal
}

/// How what was to be asked of WeChat has failed: by the database or ourselves, else by WeChat.
fn of_failure(failure: &Failure) -> ConsoleError {
    match failure {
        Failure::Internal(_) | Failure::Unavailable(_) | Failure::Slow => internal(failure),
        _ => ConsoleError::WeChat,
    }
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
fn start<K: FromStr>(cursor: Option<&Cursor>) -> Result<Start<K>, ConsoleError> {
    let id = |text: &str| text.parse::<K>().map_err(|_| ConsoleError::BadRequest);
    Ok(match cursor {
        None => Start::Newest,
        Some(Cursor::After(text)) => Start::After(id(text)?),
        Some(Cursor::Before(text)) => Start::Before(id(text)?),
    })
}

/// A slice of rows as a page; `id` is the key that the list is ordered by.
fn page<R, K: ToString, T>(slice: &Slice<R>, id: impl Fn(&R) -> K, items: Vec<T>) -> Page<T> {
    let previous = slice.rows.first().filter(|_| slice.newer).map(|row| Cursor::Before(id(row).to_string()));
    let next = slice.rows.last().filter(|_| slice.older).map(|row| Cursor::After(id(row).to_string()));
    Page { items, previous, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_with_the_database_is_not_wechats() {
        assert_eq!(of_failure(&Failure::Unavailable(StoreError::Unknown("busy"))), ConsoleError::Internal);
        assert_eq!(of_failure(&Failure::WeChatUnavailable("no answer in time")), ConsoleError::WeChat);
    }
}
