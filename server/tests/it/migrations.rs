//! Both databases have the same shape: in the files, and in what the files make.

use std::collections::BTreeSet;

use latchkey::store::Db;

use crate::databases::{open, postgres_url, sqlite_url};

/// Tables and their columns, in order, as the migrations say them: both sides must read alike.
fn schema(folder: &str) -> Vec<(String, Vec<String>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(folder);
    let mut files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>();
    files.sort();
    let read = |file: std::path::PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(file).unwrap();
        // The first word of a line is a table's or column's name, or says what the line does.
        let words = text.lines().filter(|line| !line.starts_with("--") && !line.trim().is_empty());
        let heads = words.map(|line| match line.strip_prefix("CREATE ") {
            Some(whole) => whole.to_owned(),
            None => line.split_whitespace().next().unwrap().to_owned(),
        });
        (name, heads.map(|head| if head == ");" { ")".to_owned() } else { head }).collect())
    };
    files.into_iter().map(read).collect()
}

#[test]
fn both_sides_have_the_same_migrations_tables_columns_and_indexes() {
    let (sqlite, postgres) = (schema("sqlite"), schema("postgres"));
    assert!(sqlite.iter().any(|(_, heads)| heads.contains(&"TABLE users (".to_owned())), "{sqlite:?}");
    assert_eq!(sqlite, postgres);
}

/// (table, column, may be null) of every table that a migrated database has.
async fn columns(db: &Db) -> BTreeSet<(String, String, bool)> {
    let rows: Vec<(String, String, bool)> = match db {
        Db::Sqlite { readers, .. } => {
            let sql = "SELECT t.name, c.name, c.\"notnull\" = 0 FROM sqlite_master t, pragma_table_info(t.name) c \
                       WHERE t.type = 'table'";
            sqlx::query_as(sql).fetch_all(readers).await.unwrap()
        }
        Db::Postgres(pool) => {
            let sql = "SELECT table_name::text, column_name::text, is_nullable = 'YES' FROM information_schema.columns \
                       WHERE table_schema = current_schema()";
            sqlx::query_as(sql).fetch_all(pool).await.unwrap()
        }
    };
    rows.into_iter().filter(|(table, ..)| table != "_sqlx_migrations" && !table.starts_with("sqlite_")).collect()
}

/// A file that is not in the list of migrations would be there in vain.
#[tokio::test]
async fn every_file_is_applied() {
    let Db::Sqlite { readers, .. } = open(&sqlite_url()).await else { unreachable!() };
    let applied: Vec<(i64,)> =
        sqlx::query_as("SELECT version FROM _sqlx_migrations ORDER BY 1").fetch_all(&readers).await.unwrap();
    let files = schema("sqlite").into_iter().map(|(name, _)| name[..4].parse().unwrap());
    assert_eq!(applied.into_iter().map(|(version,)| version).collect::<Vec<_>>(), files.collect::<Vec<i64>>());
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let sqlite = columns(&open(&sqlite_url()).await).await;
    let postgres = columns(&open(&postgres_url().await).await).await;
    assert!(sqlite.contains(&("users".into(), "phone_sealed".into(), true)), "{sqlite:?}");
    assert_eq!(sqlite, postgres);
}
