//! The numbers of the dashboard: exact whatever happens, and cut into the viewer's days.

use futures::future::join_all;
use latchkey::{
    clock::Millis,
    store::rollups::{self, HOUR_MS, Key},
};
use latchkey_app::{
    error::ConsoleError,
    types::{Dashboard, Metric, Zone},
};
use serde_json::json;

use crate::{
    databases::{on_both, sqlite_url},
    house::{APP_1, APP_2, House, phone_conflict},
};

on_both!(crate::house::House::new =>
    logins_at_once_on_two_nodes_are_all_counted,
    what_did_not_happen_is_not_counted,
    the_same_code_twice_is_one_login,
    phones_and_their_failures_are_counted,
    the_shards_of_an_hour_are_put_together,
    today_is_compared_with_the_same_time_of_other_days,
    an_empty_installation_says_so,
    a_record_that_turns_out_to_have_another_cause_is_news,
    days_that_begin_within_an_hour_say_when,
);

async fn dashboard(house: &House, days: i64, zone: &str) -> Dashboard {
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    viewer.dashboard(days, &Zone::from_name(zone).unwrap()).await.unwrap()
}

async fn today(house: &House) -> impl Fn(Metric) -> i64 {
    let today = dashboard(house, 7, "UTC").await.today;
    move |metric| today.get(metric)
}

async fn logins_at_once_on_two_nodes_are_all_counted(house: House) {
    let other = house.second_node().await;
    let logins = (0..50).map(async |number| {
        let code = house.code(&format!("u{}", number % 20), APP_1).await;
        let node = if number % 2 == 0 { &house } else { &other };
        node.post("/api/login", json!({ "code": code, "appid": APP_1 })).await.data();
    });
    join_all(logins).await;
    // A third node, and the first two gone: what was counted stands in the database.
    drop(other);
    let third = house.second_node().await;
    let today = today(&third).await;
    assert_eq!((today(Metric::Logins), today(Metric::LoginsWithUnionid), today(Metric::NewUsers)), (50, 50, 20));
    assert_eq!(third.count("users").await, 20);
}

async fn what_did_not_happen_is_not_counted(house: House) {
    let answer = house.post("/api/login", json!({ "code": "0".repeat(32), "appid": APP_1 })).await;
    answer.refused(401, "login_code_invalid", "relogin");
    // The last step of the transaction, after everything was counted, fails.
    let mut tx = house.server.accounts.db.write().await.unwrap();
    let key = Key { hour: 0, appid: APP_1, metric: "logins", cause: "", version: "" };
    rollups::add(&mut tx, 0, &mut [(key, 7)]).await.unwrap();
    drop(tx);
    house.server.accounts.reports_written().await;
    let today = today(&house).await;
    assert_eq!((today(Metric::Logins), today(Metric::NewUsers)), (0, 0));
    assert_eq!((today(Metric::Failed), today(Metric::PhonesFailed)), (1, 0), "a login is no phone request");
    assert_eq!(house.count("rollups").await, 1);
}

async fn the_same_code_twice_is_one_login(house: House) {
    let code = house.code("u1", APP_1).await;
    let body = json!({ "code": code, "appid": APP_1 });
    let answers = join_all((0..5).map(|_| house.post("/api/login", body.clone()))).await;
    assert!(answers.iter().filter(|answer| answer.status == 200).count() >= 1);
    let today = today(&house).await;
    assert_eq!((today(Metric::Logins), today(Metric::NewUsers)), (1, 1));
}

async fn phones_and_their_failures_are_counted(house: House) {
    house.sim("users", json!({ "user": "u1", "phone": "13800138000" })).await;
    let token = house.token("u1").await;
    let bind = async |proof| house.post_as(&token, "/api/bindPhone", proof).await.status;
    for _ in 0..2 {
        let tap = house.tap("u1", "encrypted").await;
        assert_eq!(bind(json!({ "encryptedData": tap["encryptedData"], "iv": tap["iv"] })).await, 200);
    }
    let tap = house.tap("u1", "encrypted").await;
    let data = tap["encryptedData"].as_str().unwrap();
    assert_eq!(bind(json!({ "encryptedData": data.replace('+', " "), "iv": tap["iv"] })).await, 200);
    assert_eq!(bind(json!({ "encryptedData": &data[..100], "iv": tap["iv"] })).await, 422);
    assert_eq!(bind(json!({ "code": "0".repeat(64) })).await, 422);
    // Whoever declines has not failed.
    assert_eq!(bind(json!({ "errMsg": "getPhoneNumber:fail user deny" })).await, 400);
    house.server.accounts.reports_written().await;
    let numbers = dashboard(&house, 7, "UTC").await;
    let today = |metric| numbers.today.get(metric);
    assert_eq!((today(Metric::PhonesBound), today(Metric::PhonesProven)), (1, 3), "the same phone again is none");
    let healed = i64::from(data.contains('+'));
    assert_eq!((today(Metric::PhonesHealed), today(Metric::PhonesFailed)), (healed, 2));
    assert_eq!(numbers.today.failure_rate(), Some(400));
    let listed: i64 = numbers.causes.iter().map(|count| count.failed + count.healed).sum();
    assert_eq!((listed, today(Metric::Failed) + today(Metric::Healed)), (house.count("failures").await, listed));
    for cause in &numbers.causes {
        let [failed, healed] = [&cause.over_time.failed, &cause.over_time.healed].map(|counts| counts.iter().sum());
        assert_eq!((cause.failed, cause.healed), (failed, healed));
    }
    assert!(numbers.newest.len() >= 2 && !numbers.unused);
}

async fn the_shards_of_an_hour_are_put_together(house: House) {
    let now = house.clock.now();
    let (old, new) = (Millis(now.0 - 3 * HOUR_MS), now);
    let key = |at: Millis, metric| Key {
        hour: at.0.div_euclid(HOUR_MS) * HOUR_MS,
        appid: APP_1,
        metric,
        cause: "",
        version: "",
    };
    let mut tx = house.server.accounts.db.write().await.unwrap();
    for shard in 0..8 {
        for at in [old, new] {
            let mut numbers = [(key(at, "new_users"), 1), (key(at, "logins"), 2)];
            rollups::add(&mut tx, shard, &mut numbers).await.unwrap();
        }
    }
    assert_eq!(rollups::settle(&mut tx, now).await.unwrap(), 14);
    assert_eq!(rollups::settle(&mut tx, now).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(house.count("rollups").await, 2 + 16, "the hour that runs is left alone");
    let today = today(&house).await;
    assert_eq!((today(Metric::Logins), today(Metric::NewUsers)), (32, 16));

    let mut tx = house.server.accounts.db.write().await.unwrap();
    assert_eq!(rollups::expire(&mut tx, old).await.unwrap(), 2);
    assert_eq!(rollups::expire(&mut tx, old).await.unwrap(), 0);
}

/// Puts logins into the hours that a zone names.
async fn count(house: &House, zone: &Zone, hours: &[(&str, i64)]) {
    let mut tx = house.server.accounts.db.write().await.unwrap();
    for (hour, logins) in hours {
        let hour = zone.from(hour).unwrap().0;
        let key = Key { hour, appid: APP_2, metric: "logins", cause: "", version: "" };
        rollups::add(&mut tx, 0, &mut [(key, *logins)]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// It is 11:40 on Saturday, 21 November 2026, in Beijing; 03:40 UTC.
async fn today_is_compared_with_the_same_time_of_other_days(house: House) {
    let beijing = Zone::default();
    let hours = [
        ("2026-11-21T11:00", 5),
        ("2026-11-21T00:00", 1),
        ("2026-11-20T23:00", 100),
        ("2026-11-20T12:00", 1000),
        ("2026-11-20T11:00", 30),
        ("2026-11-20T00:00", 7),
        ("2026-11-14T10:00", 3),
        ("2026-11-14T13:00", 50),
    ];
    count(&house, &beijing, &hours).await;
    let numbers = dashboard(&house, 7, Zone::BEIJING).await;
    let logins = |tally: &latchkey_app::types::Tally| tally.get(Metric::Logins);
    assert_eq!((logins(&numbers.today), logins(&numbers.yesterday), logins(&numbers.week_ago)), (6, 27, 3));
    let days: Vec<_> = numbers.buckets.iter().map(|bucket| logins(&bucket.tally)).collect();
    assert_eq!(days, [0, 0, 0, 0, 0, 1137, 6]);
    let utc = dashboard(&house, 7, "UTC").await;
    assert_eq!((logins(&utc.today), logins(&utc.yesterday)), (5, 20), "in Greenwich the day is 3 h 40 old");
    let day = dashboard(&house, 1, "UTC").await;
    assert!(day.hourly && day.buckets.len() == 24 && logins(&day.buckets[23].tally) == 5);
    let month = dashboard(&house, 30, "America/New_York").await;
    assert_eq!((month.buckets.len(), month.hourly), (30, false));
    let all: i64 = month.buckets.iter().map(|bucket| logins(&bucket.tally)).sum();
    assert_eq!(all, 1196, "no zone loses any");
}

async fn a_record_that_turns_out_to_have_another_cause_is_news(house: House) {
    let now = house.clock.now();
    let key =
        |cause| Key { hour: now.0.div_euclid(HOUR_MS) * HOUR_MS, appid: APP_1, metric: "failed", cause, version: "" };
    let mut tx = house.server.accounts.db.write().await.unwrap();
    rollups::add(&mut tx, 0, &mut [(key("unknown"), 1)]).await.unwrap();
    tx.commit().await.unwrap();
    let before = dashboard(&house, 7, "UTC").await;
    assert_eq!(dashboard(&house, 7, "UTC").await, before, "once for all who look");
    let mut tx = house.server.accounts.db.write().await.unwrap();
    rollups::add(&mut tx, 0, &mut [(key("unknown"), -1), (key("not_from_wechat"), 1)]).await.unwrap();
    tx.commit().await.unwrap();
    let after = dashboard(&house, 7, "UTC").await;
    assert_ne!(after.mark, before.mark);
    assert_eq!((after.causes.len(), after.causes[0].cause.name()), (1, "not_from_wechat"));
}

async fn days_that_begin_within_an_hour_say_when(house: House) {
    let kolkata = Zone::from_name("Asia/Kolkata").unwrap();
    // In UTC, 18:00 and 19:00; midnight lies between them.
    count(&house, &kolkata, &[("2026-11-20T23:30", 5), ("2026-11-21T00:30", 3)]).await;
    let numbers = dashboard(&house, 7, "Asia/Kolkata").await;
    assert_eq!(numbers.today.get(Metric::Logins), 3);
    let today = numbers.buckets.last().unwrap();
    assert_eq!((today.at, today.tally.get(Metric::Logins)), (kolkata.from("2026-11-21T00:30").unwrap(), 3));
}

async fn an_empty_installation_says_so(house: House) {
    assert!(dashboard(&house, 7, "UTC").await.unused);
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    assert_eq!(viewer.dashboard(3, &Zone::default()).await.unwrap_err(), ConsoleError::BadRequest);
    let health = viewer.app_health(&Zone::default()).await.unwrap();
    assert!(health.iter().all(|app| app.proven_at.is_none() && app.credentials_refused().is_none()));
    house.token("u1").await;
    assert!(!dashboard(&house, 7, "UTC").await.unused);
}

#[tokio::test]
async fn a_day_with_another_hour_is_a_day() {
    let house = House::new(&sqlite_url()).await;
    let berlin = Zone::from_name("Europe/Berlin").unwrap();
    let to = berlin.from("2026-10-26T12:00").unwrap();
    house.clock.advance((to.0 - house.clock.now().0) / 1000);
    let hours = [("2026-10-24T22:00", 1), ("2026-10-25T00:00", 2), ("2026-10-25T23:00", 4), ("2026-10-26T00:00", 8)];
    count(&house, &berlin, &hours).await;
    let numbers = dashboard(&house, 7, "Europe/Berlin").await;
    let days: Vec<_> = numbers.buckets.iter().map(|bucket| bucket.tally.get(Metric::Logins)).collect();
    assert_eq!(days, [0, 0, 0, 0, 1, 6, 8]);
    assert_eq!(numbers.buckets[6].at.since(numbers.buckets[5].at), 25 * HOUR_MS);
}

#[tokio::test]
async fn a_phone_that_is_refused_is_bound_to_nobody() {
    use latchkey::config::PhoneConflict;
    let house = House::with(&sqlite_url(), phone_conflict(PhoneConflict::Reject)).await;
    for user in ["u1", "u2"] {
        house.sim("users", json!({ "user": user, "phone": "13800138000" })).await;
        let token = house.token(user).await;
        let tap = house.tap(user, "code").await;
        house.post_as(&token, "/api/bindPhone", json!({ "code": tap["code"] })).await;
    }
    let today = today(&house).await;
    assert_eq!((today(Metric::PhonesBound), today(Metric::PhonesProven)), (1, 1));
}

#[tokio::test]
async fn the_health_of_a_mini_program_is_told() {
    let house = House::new(&sqlite_url()).await;
    house.token("u1").await;
    let admin = house.console("admin").await;
    let health = async || admin.viewer().await.unwrap().app_health(&Zone::default()).await.unwrap().remove(0);
    let first = health().await;
    assert_eq!((first.today.get(Metric::Logins), first.week.unionid_rate()), (1, Some(1000)));
    assert!(first.proven_at.is_some() && first.program.access_token.is_none() && first.program.token_refused.is_none());

    assert!(house.console("support").await.admin().await.is_err());
    admin.admin().await.unwrap().check_app(APP_1).await.unwrap();
    assert_eq!(health().await.program.access_token.unwrap().fetched_at, house.clock.now());
    assert_eq!(house.count("audit WHERE action = 'check_app'").await, 1);
    let unknown = admin.admin().await.unwrap().check_app("wx0000000000000009").await;
    assert_eq!(unknown, Err(ConsoleError::NotFound));

    house.clock.advance(60);
    house.sim("faults", json!({ "status": 502, "times": 5 })).await;
    assert_eq!(admin.admin().await.unwrap().check_app(APP_1).await, Err(ConsoleError::WeChat));
    let refused = health().await.program.token_refused.unwrap();
    assert_eq!((refused.at, refused.errcode), (house.clock.now(), None));
}

/// The first login after the fix, seen on every node and after a restart.
#[tokio::test]
async fn credentials_that_work_again_are_not_red_any_more() {
    let house = House::new(&sqlite_url()).await;
    let other = house.second_node().await;
    let health = async |node: &House| {
        let viewer = node.console("viewer").await.viewer().await.unwrap();
        viewer.app_health(&Zone::default()).await.unwrap().remove(0)
    };
    house.token("u1").await;
    house.clock.advance(10);
    house.sim("faults", json!({ "errcode": 40125, "times": 1 })).await;
    let code = house.code("u1", APP_1).await;
    house.post("/api/login", json!({ "appid": APP_1, "code": code })).await;
    for node in [&house, &other] {
        assert!(health(node).await.credentials_refused().is_some());
    }
    house.clock.advance(60);
    house.token("u1").await;
    assert!(health(&house).await.credentials_refused().is_none(), "at once");
    house.server.accounts.keep_signs().await.unwrap();
    assert!(health(&other).await.credentials_refused().is_none(), "on every node");

    house.console("admin").await.admin().await.unwrap().check_app(APP_1).await.unwrap();
    let fetched = house.clock.now();
    house.server.accounts.keep_signs().await.unwrap();
    house.clock.advance(60);
    house.sim("faults", json!({ "status": 502, "times": 5 })).await;
    let _ = house.console("admin").await.admin().await.unwrap().check_app(APP_1).await;
    house.server.accounts.keep_signs().await.unwrap();
    let restarted = house.second_node().await;
    let program = health(&restarted).await.program;
    assert_eq!(program.access_token.unwrap().fetched_at, fetched);
    assert_eq!(program.token_refused.unwrap().at, house.clock.now());
    assert_eq!(house.count("app_signs").await, 1);
}
