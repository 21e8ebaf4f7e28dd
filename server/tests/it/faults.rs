//! A database that takes no writes for a while, and what is left of what was deleted. Every fault ends by itself.

use axum::{
    body::Body,
    http::{Method, Request},
};
use latchkey::{
    accounts::Actor,
    store::{Db, tokens},
};
use latchkey_app::types::Role;
use serde_json::json;
use sqlx::{Connection, SqlitePool, sqlite::SqliteConnection};

use crate::{
    browser::Browser,
    databases::{by_hand, on_both, sqlite_url},
    erase::{erase, whole_person},
    house::{APP_1, Answer, House},
};

on_both!(crate::house::House::new =>
    a_token_that_cannot_be_extended_is_good_all_the_same,
    pages_that_wait_keep_no_login_waiting,
);

fn writer(house: &House) -> &SqlitePool {
    let Db::Sqlite { writer, .. } = &house.server.accounts.db else { unreachable!() };
    writer
}

async fn readyz(house: &House) -> u16 {
    // The last proof that a write is possible holds for a second.
    house.clock.advance(2);
    house.call(Method::GET, "/readyz", None, Body::empty()).await.status
}

/// No page is free any more, and the file may not grow: until the connection is closed, as on a disk that is full.
async fn fill_up(house: &House) {
    let writer = writer(house);
    by_hand(&house.server.accounts.db, "CREATE TABLE IF NOT EXISTS ballast (bytes BLOB)").await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(writer).await.unwrap();
    by_hand(&house.server.accounts.db, &format!("PRAGMA max_page_count = {pages}")).await;
    while sqlx::query("INSERT INTO ballast VALUES (zeroblob(5000))").execute(writer).await.is_ok() {}
}

async fn try_login(house: &House, user: &str) -> Answer {
    let code = house.code(user, APP_1).await;
    house.post("/api/login", json!({ "code": code, "appid": APP_1 })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_unavailable_and_over_as_soon_as_there_is_space() {
    let house = House::new(&sqlite_url()).await;
    let token = house.token("first").await;
    assert_eq!(readyz(&house).await, 200);
    for round in 0..3 {
        fill_up(&house).await;
        assert_eq!(readyz(&house).await, 503);
        assert_eq!(readyz(&house).await, 200, "the connection that failed is closed, and the limit with it");
        fill_up(&house).await;
        let mut logins = 0;
        let refused = loop {
            let answer = try_login(&house, &format!("u{round}-{logins}")).await;
            if answer.status != 200 {
                break answer;
            }
            logins += 1;
            assert!(logins < 500, "the disk was never full");
        };
        refused.refused(503, "unavailable", "retry");
        house.me(&token).await.data();
        house.log_in("after").await;
    }
}

/// Imitates SQLite after some errors: it rolls back, and whoever asked for the transaction does not know.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_sqlite_ended_by_itself_spoils_no_other() {
    let house = House::new(&sqlite_url()).await;
    let db = &house.server.accounts.db;
    for table in ["calls", "tokens", "login_codes"] {
        let trigger = format!("CREATE TRIGGER ends BEFORE INSERT ON {table} BEGIN SELECT RAISE(ROLLBACK, 'x'); END");
        by_hand(db, &trigger).await;
        try_login(&house, "u1").await.refused(500, "internal", "retry");
        house.server.accounts.reports_written().await;
        by_hand(db, "DROP TRIGGER ends").await;
        house.log_in("u1").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_reads_does_not_fail_for_want_of_a_write() {
    let house = House::new(&sqlite_url()).await;
    let (token, db) = (house.token("u1").await, &house.server.accounts.db);
    let key = house.server.accounts.create_api_key("orders", &Actor::operator("admin", None)).await.unwrap();
    for table in ["tokens", "api_keys"] {
        let full =
            format!("CREATE TRIGGER {table}_full BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ROLLBACK, 'x'); END");
        by_hand(db, &full).await;
    }
    house.clock.advance(3601);
    house.me(&token).await.data();
    let request = Request::post("/api/introspect")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", format!("Bearer {}", key.expose()));
    let answer = house.send(request.body(format!("token={token}").into()).unwrap()).await;
    assert_eq!((answer.status, &answer.json()["active"]), (200, &json!(true)));
    house.log_in("u2").await;
}

async fn a_token_that_cannot_be_extended_is_good_all_the_same(house: House) {
    let token = house.token("u1").await;
    house.clock.advance(3601);
    let hash = latchkey::sealed::sha256(&[token.as_bytes()]);
    let mut tx = house.server.accounts.db.write().await.unwrap();
    assert!(tokens::slide(&mut tx, hash, house.clock.now(), house.clock.now()).await.unwrap());
    house.me(&token).await.data();
    drop(tx);
    house.post_as(&token, "/api/logout", json!(null)).await.data();
    house.me(&token).await.refused(401, "unauthorized", "relogin");
}

/// Far more than the console has connections.
const PAGES: usize = 20;

async fn pages_that_wait_keep_no_login_waiting(house: House) {
    let token = house.token("u1").await;
    let console = house.server.for_console().accounts.db;
    let pages: Vec<_> = (0..PAGES)
        .map(|_| {
            let console = console.clone();
            tokio::spawn(async move { (console.read().await, std::future::pending::<()>().await) })
        })
        .collect();
    // All that the console has are taken: whoever comes now waits.
    while tokio::time::timeout(std::time::Duration::from_millis(10), console.read()).await.is_ok() {}
    for user in 0..PAGES {
        house.log_in(&format!("u{user}")).await;
        house.me(&token).await.data();
    }
    pages.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_the_console_waits_for_keeps_no_login_waiting() {
    let house = House::new(&crate::databases::postgres_url().await).await;
    let Db::Postgres(pool) = &house.server.accounts.db else { unreachable!() };
    let admin = Browser::of(&house, Role::Admin).await;
    let mut lock = pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE audit IN ACCESS EXCLUSIVE MODE").execute(&mut *lock).await.unwrap();
    let pages = futures::future::join_all((0..PAGES).map(|_| admin.get("/console/audit")));
    let logins = async {
        for user in 0..PAGES {
            house.log_in(&format!("u{user}")).await;
        }
        lock.rollback().await.unwrap();
    };
    tokio::join!(pages, logins);
    assert_eq!(admin.get("/console/audit").await.status, 200);
}

/// Bytes of the file, once all of the WAL is written into it.
async fn bytes(house: &House, url: &str) -> Vec<u8> {
    by_hand(&house.server.accounts.db, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    let path = url.strip_prefix("sqlite://").unwrap();
    assert_eq!(std::fs::metadata(format!("{path}-wal")).unwrap().len(), 0, "a checkpoint");
    std::fs::read(path).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_is_not_in_the_file() {
    let url = sqlite_url();
    let house = House::new(&url).await;
    for user in 0..60 {
        house.log_in(&format!("before-{user}")).await;
    }
    let person = whole_person(&house).await;
    for user in 0..60 {
        house.log_in(&format!("after-{user}")).await;
    }
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    let plain: Vec<_> =
        person.canaries.iter().filter(|canary| !canary.bytes().all(|byte| byte.is_ascii_digit())).collect();
    let before = bytes(&house, &url).await;
    assert!(plain.iter().all(|canary| holds(&before, canary)), "it was there");
    let admin = Browser::of(&house, Role::Admin).await;
    erase(&admin, &person.id, "by mail").await;
    let after = bytes(&house, &url).await;
    let left: Vec<_> = person.canaries.iter().filter(|canary| holds(&after, canary)).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wal_shrinks_when_a_long_reader_has_gone() {
    let url = sqlite_url();
    let house = House::new(&url).await;
    let db = &house.server.accounts.db;
    let wal = || std::fs::metadata(format!("{}-wal", url.strip_prefix("sqlite://").unwrap())).unwrap().len();
    by_hand(db, "CREATE TABLE ballast (bytes BLOB)").await;
    let mut reader = SqliteConnection::connect(&url).await.unwrap();
    let mut read = reader.begin().await.unwrap();
    sqlx::query("SELECT * FROM ballast").fetch_all(&mut *read).await.unwrap();
    for _ in 0..12 {
        by_hand(db, "INSERT INTO ballast VALUES (randomblob(1000000))").await;
    }
    assert!(wal() > 10_000_000, "{}", wal());
    read.rollback().await.unwrap();
    for _ in 0..3 {
        by_hand(db, "INSERT INTO ballast VALUES (randomblob(10))").await;
    }
    assert!(wal() <= 8 << 20, "{}", wal());
}
