//! Starts that must fail, each with one line that says why and what to do; and those that look alike and must not.

use std::path::PathBuf;

use latchkey::{
    clock::Clock,
    config::Config,
    random::Random,
    sealed::Column,
    secret::Secret,
    start,
    store::{Db, settings},
};
use uuid::Uuid;

use crate::{
    databases::{by_hand, on_both, sqlite_url},
    house::{House, config},
};

on_both!(crate::house::House::new =>
    another_data_key_is_told_from_the_right_one,
    a_lost_data_key_is_not_replaced,
    an_emptied_installation_does_not_begin_again,
    a_log_that_was_begun_anew_is_found,
    a_log_may_be_younger_than_the_users_of_an_earlier_version,
    a_database_of_a_later_version_is_told,
);

/// The line of a start that fails, on the same database a moment later.
async fn refused(house: &House, change: impl FnOnce(&mut Config)) -> String {
    let mut config = house.config.clone();
    change(&mut config);
    failed(&config, house.clock.clone()).await
}

async fn failed(config: &Config, clock: Clock) -> String {
    let error = start::start(config, clock, Random::System).await.expect_err("it started").to_string();
    assert!(!error.contains('\n'), "{error}");
    error
}

async fn starts(house: &House) {
    start::start(&house.config, house.clock.clone(), Random::System).await.unwrap();
}

fn key_file(config: &Config) -> Option<PathBuf> {
    config.sqlite_file().map(|path| PathBuf::from(format!("{}.key", path.display())))
}

async fn another_data_key_is_told_from_the_right_one(house: House) {
    let other = Secret::new("YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY=");
    let error = refused(&house, |config| config.data_keys = Some(other.clone())).await;
    assert!(error.contains("another key than LATCHKEY_DATA_KEYS") && !error.contains(other.expose()), "{error}");
    let both = format!("{},{}", other.expose(), house.config.data_keys.as_ref().unwrap().expose());
    let config = Config { data_keys: Some(Secret::new(both)), ..house.config.clone() };
    start::start(&config, house.clock.clone(), Random::System).await.unwrap();
    if let Some(file) = key_file(&house.config) {
        std::fs::write(&file, other.expose()).unwrap();
        let error = refused(&house, |config| config.data_keys = None).await;
        assert!(error.contains(&format!("another key than {}", file.display())), "{error}");
    }
}

async fn a_lost_data_key_is_not_replaced(house: House) {
    house.log_in("u1").await;
    // Whatever is sealed counts, also where somebody has emptied the settings.
    for emptied in ["settings", "audit"] {
        let error = refused(&house, |config| config.data_keys = None).await;
        match key_file(&house.config) {
            Some(file) => {
                assert!(error.contains(&format!("{} is missing", file.display())), "{error}");
                assert!(!file.exists(), "no key was made");
            }
            None => assert!(error.contains("LATCHKEY_DATA_KEYS is missing"), "{error}"),
        }
        assert!(error.contains("put your copy"), "{error}");
        by_hand(&house.server.accounts.db, &format!("DELETE FROM {emptied}")).await;
    }
}

async fn an_emptied_installation_does_not_begin_again(house: House) {
    house
        .server
        .operators
        .create("anna", latchkey_app::types::Role::Admin, &Secret::new(crate::house::PASSWORD))
        .await
        .unwrap();
    for table in ["settings", "audit"] {
        by_hand(&house.server.accounts.db, &format!("DELETE FROM {table}")).await;
        let error = refused(&house, |_| {}).await;
        assert!(error.contains("`settings`") && error.contains("copy of the database"), "{table}: {error}");
        assert_eq!(house.count("settings").await, 0, "nothing was made");
        house.log_in("u1").await;
    }
}

async fn a_log_that_was_begun_anew_is_found(house: House) {
    // Two nodes with clocks apart.
    house.clock.advance(-2 * 86_400);
    house.log_in("u1").await;
    starts(&house).await;
    // Users that were put back behind an emptied log are older than it.
    house.clock.advance(-2 * 86_400);
    house.log_in("u2").await;
    let error = refused(&house, |_| {}).await;
    assert!(error.contains("audit log begins later than the first user"), "{error}");
}

async fn a_log_may_be_younger_than_the_users_of_an_earlier_version(house: House) {
    house.log_in("u1").await;
    let accounts = &house.server.accounts;
    let mut tx = accounts.db.write().await.unwrap();
    let sealed = settings::find(&mut tx, "blind_index_key").await.unwrap().unwrap();
    let key = accounts.vault.open(Column::BlindIndexKey, Uuid::nil(), &sealed).unwrap();
    // As a version without an audit log has left it.
    let older = accounts.vault.seal(Column::BlindIndexKey, Uuid::nil(), &key[..32]).unwrap();
    settings::set(&mut tx, "blind_index_key", &older).await.unwrap();
    tx.commit().await.unwrap();
    by_hand(&accounts.db, "DELETE FROM audit").await;
    house.clock.advance(90 * 86_400);
    starts(&house).await;
    starts(&house).await;
    assert_eq!(house.count("audit").await, 1);
}

async fn a_database_of_a_later_version_is_told(house: House) {
    let (blob, yes) = match &house.server.accounts.db {
        Db::Sqlite { .. } => ("x'00'", "1"),
        Db::Postgres(_) => ("'\\x00'::bytea", "true"),
    };
    let sql = format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9001, 'of the future', {yes}, {blob}, 1)"
    );
    by_hand(&house.server.accounts.db, &sql).await;
    let error = refused(&house, |_| {}).await;
    assert!(error.contains("newer than this program") && error.contains("9001"), "{error}");
}

#[tokio::test]
async fn a_file_that_another_process_holds_is_told() {
    use sqlx::{Connection, SqliteConnection};
    let url = sqlite_url();
    House::new(&url).await.server.accounts.db.close().await;
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("PRAGMA locking_mode = EXCLUSIVE").execute(&mut other).await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();
    let error = failed(&config(&url, "http://127.0.0.1:1"), Clock::system()).await;
    assert!(error.contains("locked") && error.contains("Another process holds the database file"), "{error}");
}

#[tokio::test]
async fn a_postgres_that_is_away_is_told_without_its_password() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://latchkey:hunter2@127.0.0.1:{port}/latchkey");
    let error = failed(&config(&url, "http://127.0.0.1:1"), Clock::system()).await;
    for part in [&format!("127.0.0.1:{port}"), "refused", "LATCHKEY_DATABASE_URL"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(!error.contains("hunter2"), "{error}");
}
