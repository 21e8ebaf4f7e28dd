use std::{str::FromStr, time::Duration};

use sqlx::{
    Connection, PgPool, Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use uuid::Uuid;

use super::{
    Result, StoreError, migrations, opening,
    postgres::{self, PgTx},
    settings,
};

/// How long a writer waits for a connection, or for another process that holds the SQLite file.
pub(super) const WAIT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;
/// Connections that the console has for itself: its slow queries take none from logins.
const CONSOLE_CONNECTIONS: u32 = 4;
/// The WAL is cut back to this many bytes once it has been written into the database: a reader that stays for long makes
/// it grow.
const LONGEST_WAL: u32 = 8 << 20;
/// The name of a value that [`Db::prove_writable`] writes and deletes, and its length: more than a page of either database.
const PROBE: &str = "ready";
const PROBE_BYTES: usize = 12 << 10;

/// A closed choice of two databases. SQLite has one writer and many readers; Postgres has one pool.
#[derive(Debug, Clone)]
pub enum Db {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

/// A transaction on either database. Dropped without [`Tx::commit`], it has not happened.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(PgTx),
}

/// Compiles its body, a `sqlx::Result`, once per driver: `on!(tx, conn => sqlx::query(…).execute(conn).await)`.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let deadline = tx.deadline();
                let statement = async {
                    let $conn = tx.conn()?;
                    $body
                };
                let done = tokio::time::timeout_at(deadline, statement).await;
                tx.noted(done)
            }
        }
    };
}
pub(crate) use on;

/// Runs a write and says how many rows it has changed: `execute!(tx, sqlx::query(…).bind(…))?`.
macro_rules! execute {
    ($tx:expr, $query:expr) => {
        $crate::store::on!($tx, conn => $query.execute(conn).await.map(|done| done.rows_affected()))
    };
}
pub(crate) use execute;

/// Fetches what belongs to any of some ids: `fetch_of!(tx, "SELECT … WHERE id IN", ids)?`.
macro_rules! fetch_of {
    ($tx:expr, $sql:expr, $ids:expr) => {{
        // `IN ()` is an error on Postgres; the nil id is nobody's.
        let ids = if $ids.is_empty() { &[uuid::Uuid::nil()] } else { $ids };
        let sql = format!("{} ({})", $sql, $crate::store::placeholders(ids.len()));
        $crate::store::on!($tx, conn => {
            let query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
            ids.iter().fold(query, |query, id| query.bind(*id)).fetch_all(conn).await
        })
    }};
}
pub(crate) use fetch_of;

/// A struct that is read from the columns of its fields' names. In place of sqlx's derive, whose macros would compile both
/// drivers a second time.
macro_rules! row {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$about:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        pub struct $name { $($(#[$about])* pub $field: $type,)* }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)*
        {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok(Self { $($field: row.try_get(stringify!($field))?,)* })
            }
        }
    };
}
pub(crate) use row;

/// What a migration run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationReport {
    /// `0001 accounts`, oldest first.
    pub applied: Vec<String>,
    /// The schema's version now.
    pub version: i64,
}

impl Db {
    /// `sqlite://PATH` (made when missing) or `postgres://…`. Does not migrate.
    pub async fn open(url: &str) -> Result<Self> {
        if opening::is_postgres(url) {
            let options = PgConnectOptions::from_str(url)?.application_name("latchkey");
            let pool = postgres::pool(options.clone(), POSTGRES_CONNECTIONS);
            return match pool.acquire().await {
                Ok(_) => Ok(Self::Postgres(pool)),
                Err(error) => Err(opening::postgres_failed(error, &options).await),
            };
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: an acknowledged login survives a power cut, not only a killed process.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is deleted is overwritten: an erased person is not left in the file's free pages.
            .pragma("secure_delete", "ON")
            .pragma("journal_size_limit", LONGEST_WAL.to_string())
            .busy_timeout(WAIT);
        let writer = match sqlite_pool(1).connect_with(options.clone()).await {
            Ok(writer) => writer,
            Err(error) => return Err(opening::sqlite_failed(error, &options).await),
        };
        let readers = options.read_only(true).create_if_missing(false);
        let readers = sqlite_pool(SQLITE_READERS).connect_with(readers).await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// The same database through a few connections of the console's own. On SQLite both have the one writer.
    #[must_use]
    pub fn for_console(&self) -> Self {
        match self {
            Self::Sqlite { writer, readers } => {
                let options = readers.connect_options().as_ref().clone();
                let readers = sqlite_pool(CONSOLE_CONNECTIONS).connect_lazy_with(options);
                Self::Sqlite { writer: writer.clone(), readers }
            }
            Self::Postgres(pool) => {
                Self::Postgres(postgres::pool(pool.connect_options().as_ref().clone(), CONSOLE_CONNECTIONS))
            }
        }
    }

    /// Brings the schema up to date. Nodes that start together wait for one another.
    pub async fn migrate(&self) -> Result<MigrationReport> {
        let before = self.schema_version().await.unwrap_or(0);
        let migrator = self.migrator();
        let program = newest(&migrator);
        if before > program {
            return Err(StoreError::Newer { database: before, program });
        }
        match self {
            Self::Sqlite { writer, .. } => migrator.run(writer).await?,
            Self::Postgres(pool) => postgres::migrate(pool, &migrator).await?,
        }
        let new = migrator.iter().filter(|migration| migration.version > before);
        let applied = new.map(|migration| format!("{:04} {}", migration.version, migration.description)).collect();
        Ok(MigrationReport { applied, version: program })
    }

    /// An error unless the database answers and its schema is the one this program was built for.
    pub async fn ready(&self) -> Result<()> {
        let version = self.schema_version().await?;
        if version < newest(&self.migrator()) { Err(StoreError::Unknown("an older schema")) } else { Ok(()) }
    }

    /// Proves that the database takes writes: a value is written, deleted and committed. A full disk refuses nothing less.
    pub async fn prove_writable(&self) -> Result<()> {
        let mut tx = self.write().await?;
        settings::set(&mut tx, PROBE, &[0; PROBE_BYTES]).await?;
        settings::delete(&mut tx, PROBE).await?;
        tx.commit().await
    }

    async fn schema_version(&self) -> Result<i64> {
        let mut tx = self.read().await?;
        let sql = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
        Ok(on!(&mut tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await)?)
    }

    fn migrator(&self) -> Migrator {
        migrations::migrator(|migration| match self {
            Self::Sqlite { .. } => migration.sqlite,
            Self::Postgres(_) => migration.postgres,
        })
    }

    /// One consistent view, to read from.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            // Its default would show each statement another state: a log would seem to lack what was just added.
            Self::Postgres(pool) => {
                Tx::Postgres(PgTx::begin(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// One use case's writes: all of them or none.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match self {
            // IMMEDIATE: a transaction that began by reading could otherwise fail when it comes to write.
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(PgTx::begin(pool, "BEGIN").await?),
        })
    }

    /// Closes what [`Self::for_console`] has opened beside this one's connections.
    pub async fn close_console(&self) {
        match self {
            Self::Sqlite { readers: pool, .. } => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// Waits for running transactions, then closes every connection. On SQLite the writer comes last: it alone can write
    /// the WAL into the database.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection that is still in a transaction is closed instead of going back to the pool: after some errors, of which a
/// full disk is one, SQLite rolls back by itself, and sqlx goes on believing in the transaction.
fn sqlite_pool(most: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(most).acquire_timeout(WAIT).after_release(|conn, _| {
        Box::pin(async move {
            // Comes back when the roll-back that was asked for has been tried.
            conn.ping().await?;
            Ok(!conn.is_in_transaction())
        })
    })
}

fn newest(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or(0)
}

impl Tx {
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Over how many rows a number is spread that many transactions add to. SQLite has one writer, who waits for nobody.
    pub const fn shards(&self) -> u8 {
        match self {
            Self::Sqlite(_) => 1,
            Self::Postgres(_) => 16,
        }
    }

    /// The time by the database's own clock, in SQL: milliseconds since 1970. Nodes share it, whatever their own clocks say.
    pub(super) const fn clock(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)",
            Self::Postgres(_) => "CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)",
        }
    }

    /// Until the end of this transaction, no other one that names `what` gets past this line.
    pub async fn lock(&mut self, what: &str) -> Result<()> {
        match self {
            // BEGIN IMMEDIATE has locked out every other writer already.
            Self::Sqlite(_) => {}
            Self::Postgres(_) => {
                let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
                execute!(self, sqlx::query(sql).bind(what))?;
            }
        }
        Ok(())
    }

    /// [`Self::lock`] for whatever changes this user.
    pub async fn lock_user(&mut self, user: Uuid) -> Result<()> {
        self.lock(&format!("user {user}")).await
    }
}
