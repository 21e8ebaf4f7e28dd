//! All SQL, one file per aggregate, written once for both databases (see [`db`]). This room knows neither axum nor
//! reqwest, opens no sealed value and decides nothing: lookups return `Option`, writes say what they changed.

mod db;
mod migrations;
mod opening;
mod postgres;

pub mod alerts;
pub mod api_keys;
pub mod app_signs;
pub mod audit;
pub mod bindings;
pub mod calls;
pub mod ciphertexts;
pub mod conflicts;
pub mod erasures;
pub mod failures;
pub mod installation;
pub mod login_codes;
pub mod number_searches;
pub mod operator_links;
pub mod operator_sessions;
pub mod operators;
pub mod phone_changes;
pub mod push;
pub mod recovery_codes;
pub mod resets;
pub mod rollups;
pub mod session_keys;
pub mod session_values;
pub mod settings;
pub mod sign_in_networks;
pub mod sign_in_tries;
pub mod tokens;
pub mod untrusted_proxies;
pub mod user_lists;
pub mod users;

pub use db::{Db, MigrationReport, Tx};
pub(crate) use db::{execute, fetch_of, on, row};
pub use opening::unencrypted_host;

/// Out of memory, read-only, failed input or output, no space, a file that cannot be opened; busy or locked by somebody else.
/// These are SQLite's primary codes: the low byte of what it says.
const SQLITE_PASSING: [u32; 8] = [5, 6, 7, 8, 10, 13, 14, 15];
/// Connection lost, no resources left (disk, memory, connections), system error.
const POSTGRES_PASSING_CLASSES: [&str; 3] = ["08", "53", "58"];
/// Shut down by its administrator, crashed, starting; a standby, which takes no writes; a statement or a transaction ended by
/// its time limit; a lock not had; chosen to give way to another transaction.
const POSTGRES_PASSING: [&str; 9] = ["57P01", "57P02", "57P03", "25006", "57014", "25P03", "55P03", "40P01", "40001"];

/// SQLite: another process holds the file.
const LOCKED: [&str; 4] = ["5", "6", "261", "517"];

/// The database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The schema was made by a later version.
    #[error("the database is newer than this program: its schema has version {database}, this program knows {program}")]
    Newer { database: i64, program: i64 },
    /// Postgres is not there at all.
    #[error("Postgres at {place} cannot be reached: {reason}")]
    Away { place: String, reason: String },
    #[error("a row holds a value this version does not know: {0}")]
    Unknown(&'static str),
    #[error("the database did not answer the call that this one waited for")]
    Elsewhere,
}

impl StoreError {
    /// Another process holds the SQLite file.
    pub fn is_locked(&self) -> bool {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration};
        match self {
            Self::Database(error) | Self::Migration(Execute(error) | ExecuteMigration(error, _)) => {
                let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
                code.is_some_and(|code| LOCKED.contains(&code.as_ref()))
            }
            _ => false,
        }
    }

    /// The database cannot be reached, or is too busy to be: what was asked may well work a moment later.
    pub fn passing(&self) -> bool {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
        match self {
            // Protocol: somebody else answers in the database's place, such as a proxy before one that is down.
            Self::Elsewhere
            | Self::Database(Io(_) | PoolClosed | PoolTimedOut | Protocol(_) | Tls(_) | WorkerCrashed) => true,
            Self::Database(sqlx::Error::Database(error)) => passes(error.as_ref()),
            _ => false,
        }
    }
}

fn passes(error: &dyn sqlx::error::DatabaseError) -> bool {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return code.parse::<u32>().is_ok_and(|code| SQLITE_PASSING.contains(&(code & 0xff)));
    }
    POSTGRES_PASSING.contains(&code.as_ref()) || POSTGRES_PASSING_CLASSES.iter().any(|class| code.starts_with(class))
}

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// `$1, $2, …`: the placeholders of a list of `count` values.
fn placeholders(count: usize) -> String {
    (1..=count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// Deletes at most `batch` rows of a table whose `moment` lies before `before`; how many they were. A few at a time:
/// whoever deletes all of them at once keeps the writers waiting.
async fn expire(
    tx: &mut Tx,
    table: &str,
    key: &str,
    moment: &str,
    before: crate::clock::Millis,
    batch: i64,
) -> Result<u64> {
    let sql = format!("DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {moment} < $1 LIMIT $2)");
    Ok(execute!(tx, sqlx::query(sqlx::AssertSqlSafe(sql)).bind(before.0).bind(batch))?)
}

/// Where a page of a list that is ordered by a key, newest first, starts. The key is a row's id unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start<K = uuid::Uuid> {
    Newest,
    After(K),
    Before(K),
}

impl Start {
    /// The condition and order of the rows to take, for a key that is bound as `$1`, and that key.
    const fn edge(self) -> (&'static str, &'static str, uuid::Uuid) {
        match self {
            Self::Newest => ("id < $1", "DESC", uuid::Uuid::max()),
            Self::After(id) => ("id < $1", "DESC", id),
            Self::Before(id) => ("id > $1", "ASC", id),
        }
    }
}

/// A page of a list that is walked a part at a time, and where its neighbours start.
#[derive(Debug)]
pub struct Listing<T, K = uuid::Uuid> {
    pub rows: Vec<T>,
    pub previous: Option<K>,
    pub next: Option<K>,
    /// The walk ended before the page was full.
    pub partial: bool,
}

impl<T, K: Copy> Listing<T, K> {
    /// From one row more than the page holds, in the direction of reading: from `edge`, when there is one, as far as `end`,
    /// when the walk does not go on to the last row. A page before another one is read backwards.
    fn new(
        mut rows: Vec<T>,
        limit: usize,
        (edge, end): (Option<K>, Option<K>),
        backwards: bool,
        key: impl Fn(&T) -> K,
    ) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let ahead = if more { rows.last().map(&key) } else { end };
        let behind = edge.map(|edge| rows.first().map_or(edge, &key));
        let partial = !more && end.is_some();
        if backwards {
            rows.reverse();
            return Self { rows, previous: ahead, next: behind, partial };
        }
        Self { rows, previous: behind, next: ahead, partial }
    }
}

/// No id of this moment is smaller.
fn first_id(at: crate::clock::Millis) -> uuid::Uuid {
    uuid::Uuid::from_u128(u128::from(at.0.max(0).unsigned_abs()) << 80)
}

/// One row more than the page holds tells whether there is another page.
fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

/// A page of rows, newest first, and whether there are rows on either side of it.
#[derive(Debug)]
pub struct Slice<T> {
    pub rows: Vec<T>,
    pub newer: bool,
    pub older: bool,
}

impl<T> Slice<T> {
    /// From one row more than the page holds, in the order the database gave them.
    fn new<K: Copy>(mut rows: Vec<T>, start: Start<K>, limit: usize) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        match start {
            Start::Newest => Self { rows, newer: false, older: more },
            Start::After(_) => Self { newer: true, rows, older: more },
            Start::Before(_) => {
                rows.reverse();
                Self { rows, newer: more, older: true }
            }
        }
    }
}
