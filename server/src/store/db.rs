use std::{str::FromStr, time::Duration};

use sqlx::{
    PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use uuid::Uuid;

use super::{Result, StoreError, migrations, opening};

/// How long a writer waits for a connection, or for another process that holds the SQLite file.
const WAIT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;

/// A closed choice of two databases. SQLite has one writer and many readers, so that a slow console query never
/// keeps a login waiting; Postgres has one pool.
#[derive(Debug, Clone)]
pub enum Db {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

/// A transaction on either database. Dropped without [`Tx::commit`], it has not happened.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Compiles its body once per driver: `on!(tx, conn => sqlx::query(…).execute(conn).await)`.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
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
            let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(WAIT);
            return match pool.connect_with(options.clone()).await {
                Ok(pool) => Ok(Self::Postgres(pool)),
                Err(error) => Err(opening::postgres_failed(error, &options).await),
            };
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: an acknowledged login survives a power cut, not only a killed process.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(WAIT);
        let pool = |most| SqlitePoolOptions::new().max_connections(most).acquire_timeout(WAIT);
        let writer = match pool(1).connect_with(options.clone()).await {
            Ok(writer) => writer,
            Err(error) => return Err(opening::sqlite_failed(error, &options).await),
        };
        let readers = pool(SQLITE_READERS).connect_with(options.read_only(true).create_if_missing(false)).await?;
        Ok(Self::Sqlite { writer, readers })
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
            Self::Postgres(pool) => migrator.run(pool).await?,
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
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// One use case's writes: all of them or none.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match self {
            // IMMEDIATE: a transaction that began by reading could otherwise fail when it comes to write.
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Waits for running transactions, then closes every connection.
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

    /// Until the end of this transaction, no other one that names `what` gets past this line.
    pub async fn lock(&mut self, what: &str) -> Result<()> {
        match self {
            // BEGIN IMMEDIATE has locked out every other writer already.
            Self::Sqlite(_) => {}
            Self::Postgres(tx) => {
                let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
                sqlx::query(sql).bind(what).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// [`Self::lock`] for whatever changes this user.
    pub async fn lock_user(&mut self, user: Uuid) -> Result<()> {
        self.lock(&format!("user {user}")).await
    }
}
