//! The users list: narrowed, sorted, paged both ways, and what is done to several users at once.

use latchkey::{clock::Millis, store::users};
use latchkey_app::types::{Role, Zone};
use serde_json::json;
use uuid::Uuid;

use crate::{
    browser::{Browser, link, listed},
    databases::{NOW, on_both},
    house::{APP_1, APP_2, House},
};

on_both!(crate::house::House::new =>
    what_no_form_sends_is_refused,
    every_order_pages_both_ways_over_equal_times,
    every_filter_leaves_whom_it_says,
    failures_of_the_last_days_are_counted,
    those_who_are_erased_are_shown_on_request,
    a_filter_that_many_fit_is_walked_to_its_end,
    who_has_no_binding_has_no_unionid,
    a_viewer_blocks_nobody,
    several_are_blocked_at_once_and_let_in_again,
);

async fn user(house: &House, name: &str) -> String {
    house.log_in(name).await["userInfo"]["userId"].as_str().unwrap().to_owned()
}

async fn what_no_form_sends_is_refused(house: House) {
    user(&house, "u1").await;
    let browser = Browser::of(&house, Role::Viewer).await;
    let id = "01a1fc30-8280-7000-bd7b-c7788807fbf6";
    for query in [
        "status=dead".to_owned(),
        "phone=maybe".into(),
        "unionid=1".into(),
        "lately=yes".into(),
        "sort=nickname".into(),
        "from=yesterday".into(),
        "to=2026-02-30".into(),
        "q=a%00b".into(),
        "cursor=x".into(),
        "cursor=after-".into(),
        format!("cursor=after-1.{id}"),
        format!("cursor=sideways-{id}"),
        format!("sort=login&cursor=after-{id}"),
        format!("sort=login&cursor=after-x.{id}"),
        "sort=login&cursor=after-1.x".into(),
        format!("sort=login&cursor=after-99999999999999999999.{id}"),
    ] {
        let answer = browser.get(&format!("/console/users?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.text.contains("请求有误"), "{query}");
    }
    // Made up, but of the right shape: a page like any other.
    for query in [
        format!("cursor=after-{id}"),
        format!("cursor=before-{id}"),
        format!("sort=login&cursor=after-{}.{id}", i64::MAX),
        format!("sort=login-asc&cursor=before-{}.{id}", i64::MIN),
        "from=2026-12-01&to=2026-01-01".into(),
        "app=nothing".into(),
        "q=&status=&app=&phone=".into(),
    ] {
        assert_eq!(browser.get(&format!("/console/users?{query}")).await.status, 200, "{query}");
    }
}

/// 120 users who logged in at the same few moments.
async fn crowd(house: &House) -> Vec<Uuid> {
    let mut ids = Vec::new();
    let mut tx = house.server.accounts.db.write().await.unwrap();
    for number in 0..120_i64 {
        let at = NOW.plus_seconds(number - 86_400);
        let id = house.server.accounts.random.id(at);
        users::insert(&mut tx, id, at).await.unwrap();
        users::touch_login(&mut tx, id, Millis(NOW.0 + number % 3)).await.unwrap();
        ids.push(id);
    }
    tx.commit().await.unwrap();
    ids
}

async fn every_order_pages_both_ways_over_equal_times(house: House) {
    let ids = crowd(&house).await;
    let browser = Browser::of(&house, Role::Viewer).await;
    let by_login = {
        let mut all: Vec<_> = ids.iter().enumerate().map(|(number, id)| (number % 3, *id)).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    for (sort, mut expected) in [
        ("created-asc", ids.clone()),
        ("created", ids.iter().rev().copied().collect()),
        ("login-asc", by_login.clone()),
        ("login", by_login.iter().rev().copied().collect()),
    ] {
        let (mut forward, mut backward) = (Vec::new(), Vec::new());
        let mut page = browser.get(&format!("/console/users?sort={sort}")).await.text;
        assert!(page.contains("共 120 位用户"), "{sort}");
        assert_eq!(link(&page, "prev"), None);
        loop {
            forward.extend(listed(&page));
            let Some(next) = link(&page, "next") else { break };
            page = browser.get(&next).await.text;
        }
        loop {
            backward.splice(0..0, listed(&page));
            let Some(previous) = link(&page, "prev") else { break };
            page = browser.get(&previous).await.text;
        }
        let expected: Vec<_> = expected.drain(..).map(|id| id.to_string()).collect();
        assert_eq!(forward, expected, "{sort}");
        assert_eq!(backward, expected, "{sort}");
    }
}

async fn every_filter_leaves_whom_it_says(house: House) {
    // One in the first mini program with a phone, one in the second without, who came two days later.
    house.sim("users", json!({ "user": "a", "phone": "13580006666", "countryCode": "86" })).await;
    let token = house.token("a").await;
    house.post_as(&token, "/api/bindPhone", house.tap("a", "code").await).await.data();
    let a = house.me(&token).await.data()["userId"].as_str().unwrap().to_owned();
    house.clock.advance(2 * 86_400);
    house.sim("openplatform", json!({ "appid": APP_2, "linked": false })).await;
    let code = house.code("b", APP_2).await;
    let login = house.post("/api/login", json!({ "code": code, "appid": APP_2 })).await.data();
    let b = login["userInfo"]["userId"].as_str().unwrap().to_owned();
    let spoilt = json!({ "encryptedData": "AAAA", "iv": "AAAAAAAAAAAAAAAAAAAAAA==" });
    house.post_as(login["token"].as_str().unwrap(), "/api/bindPhone", spoilt).await;
    house.server.accounts.reports_written().await;
    let support = Browser::of(&house, Role::Support).await;
    let block = [("act", "block"), ("reason", "spam"), ("back", "/console/users"), ("users[7]", &b)];
    support.post("block_users", &block).await;
    let (day_a, day_b) = (Zone::default().day(NOW), Zone::default().day(house.clock.now()));
    let both = vec![b.clone(), a.clone()];
    for (query, expected) in [
        (String::new(), both.clone()),
        ("sort=login-asc".into(), vec![a.clone(), b.clone()]),
        (format!("app={APP_1}"), vec![a.clone()]),
        (format!("app={APP_2}"), vec![b.clone()]),
        (format!("app={APP_2}&status=active"), vec![]),
        ("status=active".into(), vec![a.clone()]),
        ("status=blocked".into(), vec![b.clone()]),
        ("status=erased".into(), vec![]),
        ("phone=yes".into(), vec![a.clone()]),
        ("phone=no".into(), vec![b.clone()]),
        ("unionid=yes".into(), vec![a.clone()]),
        ("unionid=no".into(), vec![b.clone()]),
        ("lately=failed".into(), vec![b.clone()]),
        ("lately=healed".into(), vec![]),
        (format!("from={day_a}&to={day_a}"), vec![a.clone()]),
        (format!("from={day_b}"), vec![b.clone()]),
        (format!("from={day_b}&sort=login"), vec![b.clone()]),
        (format!("to={day_b}"), both),
        ("q=6666&phone=yes".into(), vec![a.clone()]),
        ("q=6666&phone=no".into(), vec![]),
        (format!("status=blocked&phone=no&unionid=no&lately=failed&app={APP_2}&from={day_b}&sort=login"), vec![b]),
    ] {
        let page = support.get(&format!("/console/users?{query}")).await;
        assert_eq!((page.status, listed(&page.text)), (200, expected.clone()), "{query}");
        let count = format!("共 {} 位用户", expected.len());
        assert!(page.text.contains(&count), "{query}: {count}");
    }
}

async fn failures_of_the_last_days_are_counted(house: House) {
    let token = house.token("a").await;
    let browser = Browser::of(&house, Role::Viewer).await;
    let spoilt = || json!({ "encryptedData": "AAAA", "iv": "AAAAAAAAAAAAAAAAAAAAAA==" });
    for _ in 0..3 {
        house.post_as(&token, "/api/bindPhone", spoilt()).await;
    }
    house.server.accounts.reports_written().await;
    assert!(browser.get("/console/users").await.text.contains("/console/failures?user="));
    house.clock.advance(8 * 86_400);
    let browser_later = Browser::of(&house, Role::Viewer).await;
    assert!(!browser_later.get("/console/users").await.text.contains("/console/failures?user="));
    assert!(listed(&browser_later.get("/console/users?lately=failed").await.text).is_empty());
}

async fn those_who_are_erased_are_shown_on_request(house: House) {
    let (gone, here) = (user(&house, "gone").await, user(&house, "here").await);
    let mut tx = house.server.accounts.db.write().await.unwrap();
    users::erase(&mut tx, gone.parse().unwrap(), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let browser = Browser::of(&house, Role::Viewer).await;
    assert_eq!(listed(&browser.get("/console/users").await.text), std::slice::from_ref(&here));
    assert_eq!(listed(&browser.get("/console/users?status=active").await.text), [here]);
    assert_eq!(listed(&browser.get("/console/users?status=erased").await.text), std::slice::from_ref(&gone));
    // Who has the id still finds the row.
    assert_eq!(listed(&browser.get(&format!("/console/users?q={gone}")).await.text), [gone]);
}

/// More users than are looked at for one page come before the first one who fits, and nothing in the filter fits few.
async fn a_filter_that_many_fit_is_walked_to_its_end(house: House) {
    let (erased, all) = (10_100, 15_200);
    let mut tx = house.server.accounts.db.write().await.unwrap();
    for number in 0..all {
        // A transaction on Postgres has a time limit.
        if number % 1000 == 999 {
            tx.commit().await.unwrap();
            tx = house.server.accounts.db.write().await.unwrap();
        }
        let at = NOW.plus_seconds(number - 86_400);
        let id = house.server.accounts.random.id(at);
        users::insert(&mut tx, id, at).await.unwrap();
        if number < erased {
            users::erase(&mut tx, id, at).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    let browser = Browser::of(&house, Role::Viewer).await;
    let first = browser.get("/console/users").await.text;
    assert!(first.contains("超过 5,100 位用户"), "{first}");
    let mut page = browser.get("/console/users?phone=no&sort=created-asc").await.text;
    let mut parts = 0;
    while listed(&page).is_empty() {
        assert!(page.contains("这一部分用户中没有符合条件的"), "{page}");
        page = browser.get(&link(&page, "next").unwrap()).await.text;
        parts += 1;
    }
    assert!(parts > 1);
    assert_eq!(listed(&page).len(), 50);
    // And back again, where nobody is.
    let before = browser.get(&link(&page, "prev").unwrap()).await.text;
    assert!(listed(&before).is_empty() && link(&before, "next").is_some());
}

async fn a_viewer_blocks_nobody(house: House) {
    let (id, token) = (user(&house, "u1").await, house.token("u1").await);
    let viewer = Browser::of(&house, Role::Viewer).await;
    let support = Browser::of(&house, Role::Support).await;
    let form =
        |reason| [("act", "block"), ("reason", reason), ("back", "/console/users?q=x"), ("users[0]", id.as_str())];
    let refused = viewer.post("block_users", &form("spam")).await;
    assert_eq!(refused.header("location"), "/console/users?q=x&problem=Forbidden");
    assert!(!viewer.get("/console/users").await.text.contains("value=\"unblock\""));
    let stranger = Browser::new(&house);
    let answer = stranger.post("block_users", &form("spam")).await;
    assert!(answer.header("location").starts_with("/console/login?next="));
    for reason in ["", "   ", &"x".repeat(501)] {
        let refused = support.post("block_users", &form(reason)).await;
        assert_eq!(refused.header("location"), "/console/users?q=x&problem=Reason", "{reason}");
    }
    let nobody = [("act", "block"), ("reason", "spam"), ("back", "https://evil.example")];
    let refused = support.post("block_users", &nobody).await;
    assert_eq!(refused.header("location"), "/console?problem=NobodySelected");
    for (act, user) in [("block", "x"), ("erase", &*id), ("", &*id)] {
        let wrong = [("act", act), ("reason", "spam"), ("back", "/console/users"), ("users[0]", user)];
        let refused = support.post("block_users", &wrong).await;
        assert_eq!(refused.header("location"), "/console/users?problem=BadRequest", "{act}");
    }
    house.me(&token).await.data();
    assert_eq!(house.count("audit WHERE user_id IS NOT NULL").await, 0);
}

async fn several_are_blocked_at_once_and_let_in_again(house: House) {
    let (a, b) = (user(&house, "a").await, user(&house, "b").await);
    let (token_a, token_b) = (house.token("a").await, house.token("b").await);
    let nobody = Uuid::max().to_string();
    let support = Browser::of(&house, Role::Support).await;
    let ids = [("users[0]", a.as_str()), ("users[9]", b.as_str()), ("users[12]", &nobody), ("users[30]", &a)];
    let form = |act| {
        let mut form = vec![("act", act), ("reason", "sent spam"), ("back", "/console/users?sort=login")];
        form.extend(ids);
        form
    };
    let done = support.post("block_users", &form("block")).await;
    assert_eq!(done.header("location"), "/console/users?sort=login&done=users_blocked");
    assert!(support.get(done.header("location")).await.text.contains("已封禁"));
    for token in [&token_a, &token_b] {
        house.me(token).await.refused(401, "unauthorized", "relogin");
    }
    let code = house.code("a", APP_1).await;
    house.post("/api/login", json!({ "code": code, "appid": APP_1 })).await.refused(403, "user_blocked", "stop");
    assert_eq!(house.count("audit WHERE action = 'block_user' AND detail LIKE '%\"reason\":\"sent spam\"%'").await, 2);
    assert_eq!(house.count("audit WHERE user_id IS NOT NULL").await, 2);
    // Once more changes nothing, and is not worth an entry.
    support.post("block_users", &form("block")).await;
    assert_eq!(house.count("audit WHERE user_id IS NOT NULL").await, 2);
    support.post("block_users", &form("unblock")).await;
    assert_eq!(house.count("audit WHERE action = 'unblock_user'").await, 2);
    house.me(&token_a).await.refused(401, "unauthorized", "relogin");
    house.log_in("a").await;
    let page = support.get(&format!("/console/users/{a}")).await.text;
    assert!(page.contains("解除封禁"), "the time line tells it");
}

async fn who_has_no_binding_has_no_unionid(house: House) {
    let (with, without) = (user(&house, "a").await, user(&house, "b").await);
    let support = crate::desk::Desk::of(&house, Role::Support).await;
    let binding = support.user(&without).await.bindings[0].id.clone();
    support.reset(&without, "binding", &binding).await;
    assert_eq!(listed(&support.get("/console/users?unionid=no").await.text), [without]);
    assert_eq!(listed(&support.get("/console/users?unionid=yes").await.text), [with]);
}
