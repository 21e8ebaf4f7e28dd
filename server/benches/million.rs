//! The users list and the search box with a million users: `server/tests/with-postgres.sh cargo bench --bench million`.
//!
//! Fills a new SQLite file (and a new schema of `LATCHKEY_TEST_POSTGRES_URL`, when that is set) by SQL, asks the real router
//! for every kind of list and search, and prints how long each took. `LATCHKEY_BENCH_USERS` changes the number of users.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a benchmark")]

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use latchkey::{
    clock::{Clock, Millis},
    config::{App, Apps, Config, Environment, WeChatConfig},
    console::ConsoleServer,
    http::{self, SiteOptions},
    phone::PhoneNumber,
    random::Random,
    sealed::{Column, sha256},
    secret::Secret,
    start,
    store::Db,
};
use latchkey_app::types::Role;
use sqlx::QueryBuilder;
use tower::ServiceExt;
use uuid::Uuid;

const NOW: i64 = 1_795_232_400_000;
const DAY: i64 = 86_400_000;
const YEAR: i64 = 365 * DAY;
const APPS: [&str; 3] = ["wx0000000000000001", "wx0000000000000002", "wx0000000000000003"];
const PASSWORD: &str = "correct horse";
const ROUNDS: usize = 40;
const BUDGET_MS: f64 = 50.0;
/// Rows of one INSERT; neither database takes many more values at once.
const BATCH: usize = 1500;

fn number_of_users() -> i64 {
    std::env::var("LATCHKEY_BENCH_USERS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000)
}

/// A user as every table knows him: decided by his number alone.
struct Person {
    number: i64,
    all: i64,
}

impl Person {
    fn dice(&self, what: &str, sides: u64) -> u64 {
        let hash = sha256(&[what.as_bytes(), &self.number.to_be_bytes()]);
        u64::from_be_bytes(hash[..8].try_into().unwrap()) % sides
    }

    fn created(&self) -> i64 {
        NOW - YEAR + self.number * (YEAR / self.all)
    }

    fn id(&self) -> Uuid {
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

    fn phone(&self) -> Option<PhoneNumber> {
        let has = self.dice("phone", 10) < 7;
        has.then(|| PhoneNumber::new("86", &format!("1{:010}", self.number)).unwrap())
    }

    /// Two large mini programs and one that next to nobody uses.
    fn apps(&self) -> Vec<usize> {
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

    fn erased(&self) -> Option<i64> {
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

async fn fill(server: &ConsoleServer, all: i64) {
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
            if !failures.is_empty() {
                let mut sql = QueryBuilder::<Driver>::new(
                    "INSERT INTO failures (id, at, appid, user_id, call, stage, cause, healed, evidence, times, asked, \
                     request_id, rid) ");
                sql.push_values(failures, |mut row, (one, (at, healed))| {
                    row.push_bind(Random::System.id(Millis(at))).push_bind(at).push_bind(APPS[0]).push_bind(one.id())
                        .push_bind("POST /api/login").push_bind("padding").push_bind("unknown").push_bind(healed)
                        .push_bind("{\"proof\":\"\"}").push_bind(1_i64).push_bind("[]")
                        .push_bind(format!("request-{}", one.number)).push_bind(format!("rid-{}", one.number));
                });
                sql.build().execute(&mut *tx).await.unwrap();
            }
        });
    }
}

fn token(number: i64) -> String {
    format!("lk_{}{:033}", hex::encode(&sha256(&[&number.to_be_bytes()])[..5]), number)
}

async fn open(url: &str) -> (ConsoleServer, Router) {
    let defaults = Config::load(Some("/dev/null".into()), &Environment::default()).unwrap();
    let app = |appid: &&str| App {
        appid: (*appid).into(),
        secret: Secret::new("1".repeat(32)),
        name: (*appid).into(),
        push_token: None,
        push_aes_key: None,
    };
    let config = Config {
        database_url: Secret::new(url),
        data_keys: Some(Secret::new("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")),
        apps: Apps::new(APPS.iter().map(app).collect()),
        wechat: WeChatConfig { base_url: "http://127.0.0.1:1".into(), timeout_ms: 1000 },
        ..defaults
    };
    let server = start::start(&config, Clock::fixed(Millis(NOW)), Random::System).await.unwrap();
    let router = http::router(&server, &SiteOptions::of(&config));
    (server, router)
}

struct Visitor {
    router: Router,
    cookie: String,
}

impl Visitor {
    async fn new(server: &ConsoleServer, router: Router) -> Self {
        server.operators.create("anna", Role::Viewer, &Secret::new(PASSWORD)).await.unwrap();
        let mut this = Self { router, cookie: String::new() };
        let (_, headers, _) = this.post("/console/fn/sign_in", "username=anna&password=correct+horse").await;
        headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().clone_into(&mut this.cookie);
        this
    }

    async fn send(&self, request: axum::http::request::Builder, body: String) -> (u16, header::HeaderMap, String) {
        let request = request.header(header::COOKIE, &self.cookie).body(Body::from(body)).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, 64 << 20).await.unwrap();
        (parts.status.as_u16(), parts.headers, String::from_utf8_lossy(&body).into_owned())
    }

    async fn get(&self, path: &str) -> (u16, header::HeaderMap, String) {
        self.send(Request::get(path), String::new()).await
    }

    async fn post(&self, path: &str, form: &str) -> (u16, header::HeaderMap, String) {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, form.len())
            .header(header::ACCEPT, "text/html");
        self.send(request, form.to_owned()).await
    }

    /// Where a link of the page at `path` leads.
    async fn link(&self, path: &str, rel: &str) -> String {
        let page = self.get(path).await.2;
        let (_, rest) =
            page.split_once(&format!("rel=\"{rel}\" href=\"")).unwrap_or_else(|| panic!("{path}: no {rel}"));
        rest.split('"').next().unwrap().replace("&amp;", "&")
    }
}

enum Ask {
    Get(String),
    Search(String),
}

/// Every kind of list and search. Each time another one, where there are others.
async fn cases(visitor: &Visitor, all: i64) -> Vec<(&'static str, Box<dyn Fn(usize) -> Ask>)> {
    let list = |query: &str| {
        let path = format!("/console/users?{query}");
        Box::new(move |_| Ask::Get(path.clone())) as Box<dyn Fn(usize) -> Ask>
    };
    let page_2 = visitor.link("/console/users", "next").await;
    let back = visitor.link(&page_2, "prev").await;
    let login_2 = visitor.link("/console/users?sort=login", "next").await;
    let login_back = visitor.link(&login_2, "prev").await;
    let at = |path: String| Box::new(move |_| Ask::Get(path.clone())) as Box<dyn Fn(usize) -> Ask>;
    let search = |text: fn(&Person) -> String| {
        Box::new(move |round: usize| {
            let wanted = |one: &Person| one.phone().is_some() && one.erased().is_none() && one.number % 4 == 0;
            let begin = i64::try_from(round).unwrap() * 7919 % (all - 5000);
            let mut people = (begin..).map(|number| Person { number, all });
            Ask::Search(text(&people.find(wanted).unwrap()))
        }) as Box<dyn Fn(usize) -> Ask>
    };
    vec![
        ("first page", list("")),
        ("page 2", at(page_2)),
        ("back to page 1", at(back)),
        ("oldest first", list("sort=created-asc")),
        ("by last login", list("sort=login")),
        ("by last login, page 2", at(login_2)),
        ("by last login, back", at(login_back)),
        ("by earliest login", list("sort=login-asc")),
        ("app: half of the users", list("app=wx0000000000000001")),
        ("app: 100 users", list("app=wx0000000000000003")),
        ("app: 100 users, by last login", list("app=wx0000000000000003&sort=login")),
        ("app: nobody", list("app=wx9999999999999999")),
        ("active", list("status=active")),
        ("blocked", list("status=blocked")),
        ("blocked, by last login", list("status=blocked&sort=login")),
        ("erased", list("status=erased")),
        ("with a phone", list("phone=yes")),
        ("without a phone, by login", list("phone=no&sort=login")),
        ("with a unionid", list("unionid=yes")),
        ("without a unionid, by login", list("unionid=no&sort=login")),
        ("created on one day", list("from=2026-06-01&to=2026-06-01")),
        ("created in a month, by login", list("from=2026-06-01&to=2026-06-30&sort=login")),
        ("created before there was anybody", list("to=2020-01-01")),
        ("failed lately", list("lately=failed")),
        ("failed lately, by login", list("lately=failed&sort=login")),
        ("healed lately", list("lately=healed")),
        ("many filters", list("app=wx0000000000000002&phone=yes&unionid=yes&lately=failed&sort=login-asc")),
        (
            "filters that nobody fits",
            list("app=wx0000000000000002&unionid=yes&phone=no&status=active&q=%E7%94%A8%E6%88%B71"),
        ),
        ("blocked and failed lately", list("status=blocked&lately=failed")),
        ("nickname: everybody", list("q=%E7%94%A8%E6%88%B7")),
        ("nickname: everybody, by login", list("q=%E7%94%A8%E6%88%B7&sort=login")),
        ("nickname: one in nine", list("q=%E7%94%A8%E6%88%B77")),
        ("nickname: a thousand", list("q=%E7%94%A8%E6%88%B7777")),
        ("search: phone", search(|one| one.phone().unwrap().national().to_owned())),
        ("search: +86 phone", search(|one| one.phone().unwrap().e164())),
        ("search: last four digits", search(|one| one.phone().unwrap().last_four().to_owned())),
        ("search: openid", search(|one| format!("o{}{:026}", one.apps()[0], one.number))),
        ("search: unionid", search(|one| format!("u{:027}", one.number))),
        ("search: user id", search(|one| one.id().to_string())),
        ("search: nickname", search(|one| format!("用户{}", one.number))),
        ("search: request id", search(|one| format!("request-{}", one.number))),
        ("search: rid", search(|one| format!("rid-{}", one.number))),
        ("search: token", search(|one| token(one.number))),
        ("search: token's beginning", search(|one| token(one.number)[..11].to_owned())),
        ("search: nobody", search(|one| format!("nobody-{}", one.number))),
    ]
}

async fn measure(name: &str, url: &str) -> bool {
    let all = number_of_users();
    let (server, router) = open(url).await;
    let began = Instant::now();
    fill(&server, all).await;
    println!("\n{name}: {all} users filled in {:.0} s", began.elapsed().as_secs_f64());
    let visitor = Visitor::new(&server, router).await;
    println!("{:<36}{:>9}{:>9}", "", "p50 ms", "p99 ms");
    let mut good = true;
    for (case, ask) in cases(&visitor, all).await {
        let mut times = Vec::new();
        for round in 0..ROUNDS + 2 {
            let began = Instant::now();
            let (status, _, text) = match ask(round) {
                Ask::Get(path) => visitor.get(&path).await,
                Ask::Search(q) => {
                    let form = format!("q={}", form_urlencoded::byte_serialize(q.as_bytes()).collect::<String>());
                    visitor.post("/console/fn/search", &form).await
                }
            };
            assert!(status == 200 || status == 302, "{case}: {status} {text}");
            // What lies in no cache yet is not what is measured.
            if round >= 2 {
                times.push(began.elapsed());
            }
        }
        good &= report(case, times);
    }
    server.accounts.db.close().await;
    good
}

fn report(case: &str, mut times: Vec<Duration>) -> bool {
    times.sort();
    let ms = |index: usize| times[index].as_secs_f64() * 1000.0;
    let (half, most) = (ms(times.len() / 2), ms(times.len() * 99 / 100));
    let good = most <= BUDGET_MS;
    println!("{case:<36}{half:>9.1}{most:>9.1}{}", if good { "" } else { "  too slow" });
    good
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let mut good = measure("SQLite", &format!("sqlite://{}/million.db", folder.path().display())).await;
    if let Ok(url) = std::env::var("LATCHKEY_TEST_POSTGRES_URL") {
        let admin = sqlx::PgPool::connect(&url).await.unwrap();
        sqlx::query("CREATE SCHEMA million").execute(&admin).await.unwrap();
        let glue = if url.contains('?') { '&' } else { '?' };
        good &= measure("Postgres", &format!("{url}{glue}options=-csearch_path%3Dmillion")).await;
        sqlx::query("DROP SCHEMA million CASCADE").execute(&admin).await.unwrap();
    }
    println!("\n{}", if good { "all within 50 ms" } else { "not all within 50 ms" });
}
