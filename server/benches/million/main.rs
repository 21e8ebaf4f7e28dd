//! The users list and the search box with a million users: `server/tests/with-postgres.sh cargo bench --bench million`.
//!
//! Fills a new SQLite file (and a new schema of `LATCHKEY_TEST_POSTGRES_URL`, when that is set) by SQL, asks the real router
//! for every kind of list and search, and prints how long each took. `LATCHKEY_BENCH_USERS` changes the number of users.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a benchmark")]

mod people;
mod visitor;

use std::time::{Duration, Instant};

use axum::Router;
use latchkey::{
    clock::{Clock, Millis},
    config::{App, Apps, Config, Environment, WeChatConfig},
    console::ConsoleServer,
    http::{self, SiteOptions},
    random::Random,
    secret::Secret,
    start,
    store::number_searches,
};
use people::{Person, fill, fill_pages, token};
use visitor::Visitor;

const NOW: i64 = 1_795_232_400_000;
const DAY: i64 = 86_400_000;
const YEAR: i64 = 365 * DAY;
const APPS: [&str; 3] = ["wx0000000000000001", "wx0000000000000002", "wx0000000000000003"];
const ROUNDS: usize = 40;
const BUDGET_MS: f64 = 50.0;
/// As many as there are rounds, and two to warm up: of one that comes again, the numbers would be remembered.
const ZONES: [&str; ROUNDS + 2] = [
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Asia/Singapore",
    "Asia/Manila",
    "Asia/Bangkok",
    "Asia/Jakarta",
    "Asia/Dhaka",
    "Asia/Kolkata",
    "Asia/Karachi",
    "Asia/Dubai",
    "Asia/Tehran",
    "Asia/Baghdad",
    "Asia/Riyadh",
    "Europe/Moscow",
    "Europe/Istanbul",
    "Europe/Athens",
    "Europe/Helsinki",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Vienna",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Africa/Cairo",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/Sao_Paulo",
    "America/Bogota",
    "America/Lima",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Halifax",
    "Pacific/Auckland",
    "Australia/Sydney",
    "Australia/Perth",
];

fn number_of_users() -> i64 {
    std::env::var("LATCHKEY_BENCH_USERS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000)
}

async fn open(url: &str) -> (ConsoleServer, Router) {
    let defaults = Config::load(Some("/dev/null".into()), &Environment::default()).unwrap();
    let app = |appid: &&str| App::new(*appid, Secret::new("1".repeat(32)));
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

enum Ask {
    Get(String),
    Search(String),
    /// A page that changes with the viewer's zone, each time in another one.
    Anew(String, usize),
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
    let person = visitor.link_to("/console/users?sort=login", "/console/users/").await;
    let failures_2 = visitor.link("/console/failures", "next").await;
    let changes_2 = visitor.link("/console/phone-changes", "next").await;
    vec![
        ("a user", at(person)),
        ("dashboard", at("/console".into())),
        ("dashboard, a day", at("/console?days=1".into())),
        ("dashboard, a month", at("/console?days=30".into())),
        // Each in another zone, so that nothing is remembered of the one before.
        ("dashboard, a month, anew", Box::new(|round| Ask::Anew("/console?days=30".into(), round))),
        ("failures", at("/console/failures".into())),
        ("failures, page 2", at(failures_2)),
        ("failures: common cause", at("/console/failures?cause=login_after_phone_button".into())),
        ("failures: rare cause", at("/console/failures?cause=wrong_app".into())),
        ("failures: nobody's version", at("/console/failures?version=nobody".into())),
        ("failures: healed on one day", at("/console/failures?healed=yes&from=2026-11-19&to=2026-11-19".into())),
        ("phone changes", at("/console/phone-changes".into())),
        ("phone changes, page 2", at(changes_2)),
        ("conflicts", at("/console/conflicts".into())),
        ("conflicts, settled", at("/console/conflicts?state=settled".into())),
        ("audit", at("/console/audit".into())),
        ("audit: who does much", at("/console/audit?actor=anna".into())),
        ("audit: who did little", at("/console/audit?actor=rare".into())),
        ("audit: an act", at("/console/audit?action=erase_user".into())),
        ("audit: an act of somebody", at("/console/audit?actor=rare&action=erase_user".into())),
        ("audit: nobody", at("/console/audit?actor=nobody".into())),
        ("audit: one day", at("/console/audit?from=2026-06-01&to=2026-06-01".into())),
        ("audit: an act on one day", at("/console/audit?action=erase_user&from=2026-06-01&to=2026-06-01".into())),
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
        ("search: request id of a login", search(|one| one.request(1).to_string())),
        ("search: request id", search(|one| format!("request-{}", one.number))),
        ("search: rid", search(|one| format!("rid-{}", one.number))),
        ("search: token", search(|one| token(one.number))),
        ("search: token's beginning", search(|one| token(one.number)[..11].to_owned())),
        ("search: request id of a change", search(|one| format!("change-{}", one.number))),
        ("search: nobody", search(|one| format!("nobody-{}", one.number))),
    ]
}

async fn measure(name: &str, url: &str) -> bool {
    let all = number_of_users();
    let (server, router) = open(url).await;
    let began = Instant::now();
    fill(&server, all).await;
    fill_pages(&server, all).await;
    println!("\n{name}: {all} users filled in {:.0} s", began.elapsed().as_secs_f64());
    let visitor = Visitor::new(&server, router).await;
    println!("{:<36}{:>9}{:>9}", "", "p50 ms", "p99 ms");
    let mut good = true;
    for (case, ask) in cases(&visitor, all).await {
        // Lists and searches are held to the budget. Numbers that nobody has just looked at are added up, once for all.
        let mut held = true;
        let mut times = Vec::new();
        for round in 0..ROUNDS + 2 {
            forget_searches(&server).await;
            let began = Instant::now();
            let (status, _, text) = match ask(round) {
                Ask::Get(path) => visitor.get(&path).await,
                Ask::Anew(path, round) => {
                    held = false;
                    visitor.get_in(&path, ZONES[round % ZONES.len()]).await
                }
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
        good &= report(case, times) || !held;
    }
    server.accounts.close().await;
    good
}

/// Searches for numbers are limited, and here there are many of them.
async fn forget_searches(server: &ConsoleServer) {
    let mut tx = server.accounts.db.write().await.unwrap();
    number_searches::expire(&mut tx, Millis(i64::MAX), i64::MAX).await.unwrap();
    tx.commit().await.unwrap();
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
    drop(folder);
    std::process::exit(i32::from(!good));
}
