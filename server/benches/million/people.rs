//! The users: every table's rows of a user are decided by his number alone.

use latchkey::{
    clock::Millis,
    console::ConsoleServer,
    phone::PhoneNumber,
    random::Random,
    sealed::{Column, sha256},
    store::Db,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{APPS, DAY, NOW, YEAR};

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
