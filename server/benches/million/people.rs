//! The users: every table's rows of a user are decided by his number alone.

use latchkey::{
    clock::Millis,
    console::ConsoleServer,
    phone::PhoneNumber,
    random::Random,
    sealed::{Column, sha256},
    store::Db,
};
use latchkey_app::types::Cause;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{APPS, DAY, NOW, YEAR};

/// Logins of the last month.
const LOGINS_OF_ONE: i64 = 3;

/// Rows of one INSERT; neither database takes many more values at once.
const BATCH: usize = 1500;

/// A user as every table knows him: decided by his number alone.
pub struct Person {
    pub number: i64,
    pub all: i64,
}

impl Person {
    fn dice(&self, what: &str, sides: u64) -> u64 {
        let hash = sha256(&[what.as_bytes(), &self.number.to_be_bytes()]);
        u64::from_be_bytes(hash[..8].try_into().unwrap()) % sides
    }

    fn created(&self) -> i64 {
        NOW - YEAR + self.number * (YEAR / self.all)
    }

    pub fn id(&self) -> Uuid {
        let at = u64::try_from(self.created()).unwrap();
        let random = sha256(&[b"id", &self.number.to_be_bytes()]);
        uuid::Builder::from_unix_timestamp_millis(at, random[..10].try_into().unwrap()).into_uuid()
    }

    fn binding(&self, app: usize) -> Uuid {
        Uuid::from_u128(self.id().as_u128() ^ (app as u128 + 1))
    }

    fn last_login(&self) -> i64 {
        let ago = i64::try_from(self.dice("login", 60 * 86_400)).unwrap() * 1000;
        (NOW - ago).max(self.created())
    }

    fn login(&self, number: i64) -> i64 {
        NOW - i64::try_from(self.dice(&format!("login {number}"), 30 * 86_400)).unwrap() * 1000
    }

    /// The request of a login.
    pub fn request(&self, login: i64) -> Uuid {
        let hash = sha256(&[b"request", &self.number.to_be_bytes(), &login.to_be_bytes()]);
        Uuid::from_bytes(hash[..16].try_into().unwrap())
    }

    pub fn phone(&self) -> Option<PhoneNumber> {
        let has = self.dice("phone", 10) < 7;
        has.then(|| PhoneNumber::new("86", &format!("1{:010}", self.number)).unwrap())
    }

    /// Two large mini programs and one that next to nobody uses.
    pub fn apps(&self) -> Vec<usize> {
        let rare = self.number % 10_000 == 77;
        let mut apps = match self.dice("app", 10) {
            0..5 => vec![0],
            5..8 => vec![1],
            _ => vec![0, 1],
        };
        apps.extend(rare.then_some(2));
        apps
    }

    fn unionid(&self, app: usize) -> Option<String> {
        (app != 1).then(|| format!("u{:027}", self.number))
    }

    fn nickname(&self) -> Option<String> {
        (self.dice("name", 10) < 8).then(|| format!("用户{}", self.number))
    }

    fn blocked(&self) -> Option<i64> {
        (self.number % 4000 == 99).then_some(NOW)
    }

    pub fn erased(&self) -> Option<i64> {
        (self.number % 2000 == 55).then_some(NOW)
    }

    /// One in fifty failed lately; one in five hundred had it healed.
    fn failures(&self) -> Vec<(i64, bool)> {
        let within = |what, days: u64| NOW - i64::try_from(self.dice(what, days * 86_400)).unwrap() * 1000;
        let mut all = Vec::new();
        if self.dice("failed", 50) == 0 {
            all.push((within("failed at", 7), false));
        }
        if self.dice("healed", 500) == 0 {
            all.push((within("healed at", 7), true));
        }
        if self.dice("long ago", 20) == 0 {
            all.push((within("long ago at", 23) - 7 * DAY, false));
        }
        all
    }
}

/// Compiles its body once per driver, with a transaction of it.
macro_rules! on_db {
    ($db:expr, $DB:ident, $tx:ident => $body:expr) => {
        match $db {
            Db::Sqlite { writer, .. } => {
                type $DB = sqlx::Sqlite;
                let mut $tx = writer.begin().await.unwrap();
                $body;
                $tx.commit().await.unwrap();
            }
            Db::Postgres(pool) => {
                type $DB = sqlx::Postgres;
                let mut $tx = pool.begin().await.unwrap();
                $body;
                $tx.commit().await.unwrap();
            }
        }
    };
}

pub async fn fill(server: &ConsoleServer, all: i64) {
    let accounts = &server.accounts;
    let people: Vec<i64> = (0..all).collect();
    for numbers in people.chunks(BATCH) {
        let people: Vec<Person> = numbers.iter().map(|number| Person { number: *number, all }).collect();
        on_db!(&accounts.db, Driver, tx => {
            let mut sql = QueryBuilder::<Driver>::new(
                "INSERT INTO users (id, created_at, last_login_at, gender, blocked_at, erased_at, nickname, nickname_key, \
                 phone_sealed, phone_hash, phone_national_hash, phone_last_four_hash, phone_bound_at) ");
            sql.push_values(&people, |mut row, one| {
                let (id, phone, erased) = (one.id(), one.phone(), one.erased());
                let phone = phone.filter(|_| erased.is_none());
                let nickname = one.nickname().filter(|_| erased.is_none());
                let sealed = phone.as_ref().map(|phone| {
                    accounts.vault.seal(Column::UserPhone, id, phone.to_sealed_text().as_bytes()).unwrap()
                });
                row.push_bind(id).push_bind(one.created()).push_bind(one.last_login()).push_bind(0_i64)
                    .push_bind(one.blocked()).push_bind(erased)
                    .push_bind(nickname.clone()).push_bind(nickname).push_bind(sealed)
                    .push_bind(phone.as_ref().map(|phone| accounts.index.phone(phone).to_vec()))
                    .push_bind(phone.as_ref().map(|phone| accounts.index.national(phone.national()).to_vec()))
                    .push_bind(phone.as_ref().map(|phone| accounts.index.last_four(phone.last_four()).to_vec()))
                    .push_bind(phone.as_ref().map(|_| one.created()));
            });
            sql.build().execute(&mut *tx).await.unwrap();

            let bindings = people.iter().filter(|one| one.erased().is_none())
                .flat_map(|one| one.apps().into_iter().map(move |app| (one, app)));
            let mut sql = QueryBuilder::<Driver>::new(
                "INSERT INTO bindings (id, user_id, appid, openid, unionid, created_at, last_login_at) ");
            sql.push_values(bindings, |mut row, (one, app)| {
                row.push_bind(one.binding(app)).push_bind(one.id()).push_bind(APPS[app])
                    .push_bind(format!("o{app}{:026}", one.number)).push_bind(one.unionid(app))
                    .push_bind(one.created()).push_bind(one.last_login());
            });
            sql.build().execute(&mut *tx).await.unwrap();

            let tokens = people.iter().filter(|one| one.erased().is_none() && one.number % 4 == 0);
            let mut sql = QueryBuilder::<Driver>::new(
                "INSERT INTO tokens (hash, user_id, binding_id, created_at, last_used_at, expires_at, prefix) ");
            sql.push_values(tokens, |mut row, one| {
                row.push_bind(sha256(&[token(one.number).as_bytes()]).to_vec()).push_bind(one.id())
                    .push_bind(one.binding(one.apps()[0])).push_bind(NOW).push_bind(NOW).push_bind(NOW + YEAR)
                    .push_bind(token(one.number)[3..11].to_owned());
            });
            sql.build().execute(&mut *tx).await.unwrap();

            for login in 0..LOGINS_OF_ONE {
                let mut sql = QueryBuilder::<Driver>::new(
                    "INSERT INTO calls (id, at, user_id, binding_id, appid, kind, new_key, new_unionid, request_id) ");
                sql.push_values(people.iter().filter(|one| one.erased().is_none()), |mut row, one| {
                    let (at, app) = (one.login(login), one.apps()[0]);
                    row.push_bind(Random::System.id(Millis(at))).push_bind(at).push_bind(one.id()).push_bind(one.binding(app))
                        .push_bind(APPS[app]).push_bind("login").push_bind(true).push_bind(false)
                        .push_bind(one.request(login));
                });
                sql.build().execute(&mut *tx).await.unwrap();
            }

            let failures: Vec<_> = people.iter().flat_map(|one| one.failures().into_iter().map(move |f| (one, f))).collect();
            let changes = people.iter().filter_map(|one| Some((one, one.phone().filter(|_| one.erased().is_none())?)));
            let mut sql = QueryBuilder::<Driver>::new(
                "INSERT INTO phone_changes (id, user_id, at, new_sealed, source, appid, request_id) ");
            sql.push_values(changes, |mut row, (one, phone)| {
                let (id, user) = (Random::System.id(Millis(one.created())), one.id());
                let sealed = accounts.vault.seal(Column::NewPhone, id, phone.to_sealed_text().as_bytes()).unwrap();
                row.push_bind(id).push_bind(user).push_bind(one.created()).push_bind(sealed).push_bind("code")
                    .push_bind(APPS[0]).push_bind(format!("change-{}", one.number));
            });
            sql.build().execute(&mut *tx).await.unwrap();

            if !failures.is_empty() {
                let mut sql = QueryBuilder::<Driver>::new(
                    "INSERT INTO failures (id, at, appid, user_id, call, stage, cause, healed, evidence, times, asked, \
                     request_id, rid) ");
                sql.push_values(failures, |mut row, (one, (at, healed))| {
                    row.push_bind(Random::System.id(Millis(at))).push_bind(at).push_bind(APPS[0]).push_bind(one.id())
                        .push_bind("POST /api/login").push_bind("padding").push_bind(cause(one.number)).push_bind(healed)
                        .push_bind("{\"proof\":\"\"}").push_bind(1_i64).push_bind("[]")
                        .push_bind(format!("request-{}", one.number)).push_bind(format!("rid-{}", one.number));
                });
                sql.build().execute(&mut *tx).await.unwrap();
            }
        });
    }
}

/// What the other pages read: a month of numbers, a log, conflicts.
pub async fn fill_pages(server: &ConsoleServer, all: i64) {
    rollups(server).await;
    let numbers: Vec<i64> = (0..all).collect();
    for numbers in numbers.chunks(BATCH) {
        on_db!(&server.accounts.db, Driver, tx => {
            let mut sql = QueryBuilder::<Driver>::new("INSERT INTO audit (seq, at, actor, action, user_id, detail, hash) ");
            sql.push_values(numbers, |mut row, number| {
                let one = Person { number: *number, all };
                // Behind what the start has written. Nobody checks this chain.
                row.push_bind(1000 + number).push_bind(NOW - YEAR + number * (YEAR / all)).push_bind(actor(*number))
                    .push_bind(action(*number)).push_bind(one.id()).push_bind("{\"reason\":\"a reason\"}")
                    .push_bind(sha256(&[&number.to_be_bytes()]).to_vec());
            });
            sql.build().execute(&mut *tx).await.unwrap();
        });
    }
    // Neighbours, of whom both are there.
    let conflicts: Vec<i64> = (0..all / 100).collect();
    for numbers in conflicts.chunks(BATCH) {
        on_db!(&server.accounts.db, Driver, tx => {
            let mut sql = QueryBuilder::<Driver>::new("INSERT INTO conflicts (id, at, kind, shared, user_id, other_user_id) ");
            sql.push_values(numbers, |mut row, number| {
                let [one, other] = [number * 100 + 1, number * 100 + 2].map(|number| Person { number, all });
                let at = NOW - number * 60_000;
                row.push_bind(Random::System.id(Millis(at))).push_bind(at).push_bind("unionid")
                    .push_bind(format!("u{:027}", one.number)).push_bind(one.id()).push_bind(other.id());
            });
            sql.build().execute(&mut *tx).await.unwrap();
        });
    }
}

/// Thirty days by the hour: calls of ten versions, failures of twenty causes.
async fn rollups(server: &ConsoleServer) {
    const HOUR: i64 = 3_600_000;
    for ago in 0..30 * 24 {
        let hour = NOW.div_euclid(HOUR) * HOUR - ago * HOUR;
        let mut rows = Vec::new();
        for appid in &APPS[..2] {
            for version in 100..110_i64 {
                rows.extend(["logins", "phones_proven"].map(|metric| (*appid, metric, "", version, 500)));
                rows.extend(["failed_by_version", "healed_by_version"].map(|metric| (*appid, metric, "", version, 20)));
            }
            rows.extend(Cause::ALL.iter().take(20).map(|cause| (*appid, "failed", cause.name(), 0, 1 + ago % 7)));
            rows.extend(["new_users", "phones_bound", "phones_failed"].map(|metric| (*appid, metric, "", 0, 90)));
        }
        on_db!(&server.accounts.db, Driver, tx => {
            let mut sql =
                QueryBuilder::<Driver>::new("INSERT INTO rollups (hour, appid, metric, cause, version, shard, total) ");
            sql.push_values(&rows, |mut row, (appid, metric, cause, version, total)| {
                let version = if *version == 0 { String::new() } else { version.to_string() };
                row.push_bind(hour).push_bind(*appid).push_bind(*metric).push_bind(*cause).push_bind(version)
                    .push_bind(0_i64).push_bind(*total);
            });
            sql.build().execute(&mut *tx).await.unwrap();
        });
    }
}

/// A few who do much, and one who did one thing in ten thousand.
fn actor(number: i64) -> &'static str {
    if number % 10_000 == 33 { "rare" } else { ["anna", "bob", "carl"][usize::try_from(number % 3).unwrap()] }
}

fn action(number: i64) -> &'static str {
    match number % 1000 {
        7 => "erase_user",
        rest if rest % 2 == 0 => "reveal_phone",
        _ => "block_user",
    }
}

pub fn token(number: i64) -> String {
    format!("lk_{}{:033}", hex::encode(&sha256(&[&number.to_be_bytes()])[..5]), number)
}

/// One of a few that are common, and one in a thousand that is not.
fn cause(number: i64) -> &'static str {
    match number % 1000 {
        17 => "wrong_app",
        rest if rest % 3 == 0 => "login_after_phone_button",
        _ => "unknown",
    }
}
