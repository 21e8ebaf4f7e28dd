//! Dates and days in the viewer's time zone.

use axum::{
    body::Body,
    http::{Request, header},
};
use latchkey::secret::Secret;
use latchkey_app::types::Role;
use serde_json::json;

use crate::{
    databases::on_both,
    house::{APP_1, Answer, House, PASSWORD},
};

on_both!(crate::house::House::new =>
    pages_tell_the_time_of_the_viewers_zone,
    the_days_of_a_filter_are_the_viewers,
    a_day_of_the_dashboard_leads_to_just_its_records,
);

async fn submit(house: &House, path: &str, form: &str) -> Answer {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, form.len());
    house.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

async fn sign_in(house: &House) -> String {
    // The second time she is there already.
    let _ = house.server.operators.create("anna", Role::Viewer, &Secret::new(PASSWORD)).await;
    let form = format!("username=anna&password={}", PASSWORD.replace(' ', "+"));
    let answer = submit(house, "/console/fn/sign_in", &form).await;
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn page(house: &House, path: &str, cookie: &str, zone: &str) -> String {
    let cookie = format!("{cookie}; latchkey_zone={zone}; latchkey_lang=en");
    let answer = house.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.text
}

/// One failed login, at 11:40 in Beijing on 21 November 2026.
async fn fail(house: &House) {
    house.post("/api/login", json!({ "code": "0".repeat(32), "appid": APP_1 })).await;
    house.server.accounts.reports_written().await;
}

async fn pages_tell_the_time_of_the_viewers_zone(house: House) {
    let cookie = sign_in(&house).await;
    fail(&house).await;
    // Where days begin within an hour of UTC, those of the dashboard begin with the next, and so do the records it leads to.
    let odd = page(&house, "/console", &cookie, "Asia/Kolkata").await;
    assert!(odd.contains("a day of them begins at 00:30"), "{odd}");
    assert!(odd.contains("from=2026-11-14T19%3A00%3A00Z"), "{odd}");
    assert!(!page(&house, "/console", &cookie, "").await.contains("a day of them begins"));
    for (zone, time, note) in [
        ("", "2026-11-21 11:40:00", "All times are Beijing time"),
        ("UTC", "2026-11-21 03:40:00", "All times are UTC"),
        ("America/New_York", "2026-11-20 22:40:00", "All times are New York time"),
        ("Europe/Paris", "2026-11-21 04:40:00", "All times are Europe/Paris"),
        ("Nowhere/Else", "2026-11-21 11:40:00", "All times are Beijing time"),
    ] {
        for path in ["/console/failures", "/console"] {
            let text = page(&house, path, &cookie, zone).await;
            assert!(text.contains(&format!(">{time}</time>")) && text.contains(note), "{path} in {zone}: {text}");
            assert!(text.contains("datetime=\"2026-11-21T03:40:00.000Z\""), "machines read one time");
        }
    }
    let chosen = submit(&house, "/console/fn/set_preference", "zone=Asia%2FTokyo&back=%2Fconsole%2Fusers").await;
    assert_eq!((chosen.status, chosen.header("location")), (302, "/console/users"));
    assert!(chosen.header("set-cookie").starts_with("latchkey_zone=Asia/Tokyo; Path=/console;"));
    let nonsense = submit(&house, "/console/fn/set_preference", "zone=%0d%0aSet-Cookie%3a&back=%2Fconsole").await;
    assert_eq!((nonsense.status, nonsense.header("set-cookie")), (302, ""));
}

async fn the_days_of_a_filter_are_the_viewers(house: House) {
    let cookie = sign_in(&house).await;
    fail(&house).await;
    let found = async |query: &str, zone: &str| {
        let text = page(&house, &format!("/console/failures?{query}"), &cookie, zone).await;
        text.contains("cell-cause")
    };
    for (query, zone, there) in [
        ("from=2026-11-21&to=2026-11-21", "Asia/Shanghai", true),
        ("from=2026-11-21", "America/New_York", false),
        ("to=2026-11-20", "America/New_York", true),
        ("to=2026-11-20", "UTC", false),
        ("from=2026-11-21T11:40", "Asia/Shanghai", true),
        ("from=2026-11-21T11:41", "Asia/Shanghai", false),
        ("from=2026-11-21T11:41", "UTC", false),
        ("from=2026-11-21T03:40:00Z", "America/New_York", true),
        ("from=2026-11-21T03:41:00Z", "Asia/Shanghai", false),
        ("to=2026-11-21T03:40:00Z", "UTC", false),
    ] {
        assert_eq!(found(query, zone).await, there, "{query} in {zone}");
    }
    let moment = page(&house, "/console/failures?from=2026-11-21T03:40:00Z", &cookie, "Asia/Tokyo").await;
    assert!(moment.contains("type=\"datetime-local\"") && moment.contains("value=\"2026-11-21T12:40\""), "{moment}");
}

/// The fault it once had: the first day of 24 hours has more hours than they.
async fn a_day_of_the_dashboard_leads_to_just_its_records(house: House) {
    fail(&house).await;
    house.clock.advance(23 * 3600 + 1800);
    let cookie = sign_in(&house).await;
    for days in [1, 7] {
        let text = page(&house, &format!("/console?days={days}"), &cookie, "").await;
        let links: Vec<_> = text.split("/console/failures?cause=code_expired&amp;from=").skip(1).collect();
        assert_eq!(links.len(), usize::from(days == 7), "24 hours ago lies before the first hour");
    }
    fail(&house).await;
    let text = page(&house, "/console?days=1", &cookie, "").await;
    let (_, link) = text.split_once("/console/failures?cause=code_expired&amp;from=").unwrap();
    let from = link.split('"').next().unwrap();
    assert_eq!(from, "2026-11-21T04%3A00%3A00Z");
    let list = page(&house, &format!("/console/failures?cause=code_expired&from={from}"), &cookie, "").await;
    assert_eq!(list.matches("cell-cause").count(), 1, "the other one is older");
}
