//! The two databases, each empty and migrated.

use std::sync::OnceLock;

use latchkey::{
    clock::Millis,
    random::Random,
    store::{Db, Tx},
};

pub const NOW: Millis = Millis(1_795_232_400_000);

/// A folder that is gone when the test program ends.
fn folder() -> &'static std::path::Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| tempfile::tempdir().unwrap()).path()
}

/// The address of a new SQLite file.
pub fn sqlite_url() -> String {
    format!("sqlite://{}/{}.db", folder().display(), Random::System.id(NOW))
}

/// The address of a new schema in the test database, which must be there: this half of the tests is never skipped.
pub async fn postgres_url() -> String {
    let url = std::env::var("LATCHKEY_TEST_POSTGRES_URL").expect("LATCHKEY_TEST_POSTGRES_URL (make test sets it)");
    let schema = format!("t{}", Random::System.id(NOW).simple());
    let admin = sqlx::PgPool::connect(&url).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&admin).await.unwrap();
    admin.close().await;
    let glue = if url.contains('?') { '&' } else { '?' };
    format!("{url}{glue}options=-csearch_path%3D{schema}")
}

pub async fn open(url: &str) -> Db {
    let db = Db::open(url).await.unwrap();
    db.migrate().await.unwrap();
    db
}

/// Somebody who has the database and nothing else.
pub async fn by_hand(db: &Db, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match db {
        Db::Sqlite { writer, .. } => drop(sqlx::query(sql).execute(writer).await.unwrap()),
        Db::Postgres(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
    }
}

/// Until somebody on Postgres waits for what this transaction has locked.
pub async fn blocks(db: &Db, tx: &mut Tx) {
    let (Db::Postgres(pool), Tx::Postgres(tx)) = (db, tx) else { unreachable!("SQLite has one writer") };
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(tx.conn().unwrap()).await.unwrap();
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid)))";
    for _ in 0..100_000 {
        if sqlx::query_scalar(sql).bind(pid).fetch_one(pool).await.unwrap() {
            return;
        }
    }
    panic!("nobody waits");
}

/// Runs each case on SQLite and on Postgres; `$from` makes what a case is given from a database's address.
macro_rules! on_both {
    ($from:path => $($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
                super::$name($from(&crate::databases::sqlite_url()).await).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
                super::$name($from(&crate::databases::postgres_url().await).await).await;
            })*
        }
    };
}
pub(crate) use on_both;
