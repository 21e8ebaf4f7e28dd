//! Transactions on Postgres. The server is another machine: it can fall silent at any moment, without closing its
//! connections. So every wait has a limit, and a connection goes back to its pool only after it has answered.

use std::{io, time::Duration};

use sqlx::{
    Connection, Executor, PgConnection, PgPool, Postgres,
    migrate::Migrator,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::{Instant, error::Elapsed, timeout, timeout_at};

use super::{Result, db::WAIT};

/// How long a connection may take to prove that it is alive.
const PROOF: Duration = Duration::from_secs(2);
/// How long a whole transaction may take: a client that waits for it is told in time to try again.
const LIMIT: Duration = Duration::from_secs(8);
/// The server ends what nobody waits for any more. The second limit frees the locks of a node that has lost its network.
const SERVER_LIMITS: &str = "SET statement_timeout = '8s'; SET idle_in_transaction_session_timeout = '15s'";
/// A migration may have to wait for another node, and to write every row of a large table.
const NO_LIMITS: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";

/// A pool that proves each connection before it hands it out. Does not connect yet.
pub(super) fn pool(options: PgConnectOptions, most: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(WAIT)
        .after_connect(|conn, _| Box::pin(async move { conn.execute(SERVER_LIMITS).await.map(drop) }))
        // The pool's own test has no time limit of its own.
        .test_before_acquire(false)
        .before_acquire(|conn, _| Box::pin(async move { Ok(answers(timeout(PROOF, conn.ping()).await)) }))
        .connect_lazy_with(options)
}

/// Migrates on a connection of its own, which has no time limits.
pub(super) async fn migrate(pool: &PgPool, migrator: &Migrator) -> Result<()> {
    let mut conn = pool.acquire().await?.detach();
    conn.execute(NO_LIMITS).await?;
    migrator.run(&mut conn).await?;
    conn.close().await?;
    Ok(())
}

fn answers<T>(answer: Result<sqlx::Result<T>, Elapsed>) -> bool {
    answer.is_ok_and(|answer| answer.is_ok())
}

/// A transaction, and the connection it runs on. `sqlx::Transaction` has two faults that matter here: it waits for ever
/// when it gives a connection back, and it forgets a BEGIN whose caller went away.
#[derive(Debug)]
pub struct PgTx {
    /// Absent only while it is being dropped.
    conn: Option<PoolConnection<Postgres>>,
    deadline: Instant,
    /// A BEGIN may have been sent, and no COMMIT has been confirmed.
    open: bool,
    /// The connection has failed and is not used again.
    broken: bool,
}

impl PgTx {
    /// Safe to cancel: the connection is rolled back before somebody else gets it.
    pub(super) async fn begin(pool: &PgPool, sql: &'static str) -> sqlx::Result<Self> {
        let conn = Some(pool.acquire().await?);
        let mut this = Self { conn, deadline: Instant::now() + LIMIT, open: true, broken: false };
        this.run(sql).await?;
        Ok(this)
    }

    pub(super) async fn commit(mut self) -> sqlx::Result<()> {
        self.run("COMMIT").await?;
        self.open = false;
        Ok(())
    }

    async fn run(&mut self, sql: &'static str) -> sqlx::Result<()> {
        let done = timeout_at(self.deadline, async { self.conn()?.execute(sql).await }).await;
        self.noted(done).map(drop)
    }

    /// When the whole transaction must have ended.
    pub const fn deadline(&self) -> Instant {
        self.deadline
    }

    pub fn conn(&mut self) -> sqlx::Result<&mut PgConnection> {
        self.conn.as_deref_mut().ok_or(sqlx::Error::PoolClosed)
    }

    /// The outcome of a statement that ran until the deadline at most. Remembers whether the connection has failed.
    pub fn noted<T>(&mut self, done: Result<sqlx::Result<T>, Elapsed>) -> sqlx::Result<T> {
        let late = || io::Error::new(io::ErrorKind::TimedOut, "the database did not answer in time");
        let result = done.unwrap_or_else(|_| Err(late().into()));
        self.broken |= matches!(result, Err(sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_)));
        result
    }
}

impl Drop for PgTx {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        if self.broken {
            // Within five seconds, whether the server answers or not.
            conn.close_on_drop();
        } else {
            tokio::spawn(give_back(conn, self.open));
        }
    }
}

/// Returns the connection to its pool, outside of any transaction; closes it when it does not answer.
async fn give_back(mut conn: PoolConnection<Postgres>, open: bool) {
    if open && !answers(timeout(PROOF, conn.execute("ROLLBACK")).await) {
        conn.close_on_drop();
    } else {
        // Includes a ping. When the time is over, the future is dropped, and the connection with it.
        let _ = timeout(PROOF, conn.return_to_pool()).await;
    }
}
