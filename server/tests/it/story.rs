//! What a person's time line tells: however long ago, however much there is of it, and whoever did it.

use latchkey::{
    jobs,
    store::failures::{self, FailureRow},
};
use latchkey_app::types::{Event, EventKind, FailureQuery, Role, UserQuery};
use serde_json::json;

use crate::{
    conflicts::{sharers, split},
    databases::on_both,
    desk::Desk,
    house::{APP_1, APP_2, House},
    resets::{log_in_at, person, text},
};

on_both!(crate::house::House::new =>
    logins_are_told_as_long_as_failures,
    a_loop_of_failures_hides_nothing,
    what_changes_nothing_is_told_too,
    a_merge_is_told_of_both,
    a_survivor_has_the_phones_of_both,
    whatever_a_request_did_its_id_leads_to_the_user,
    a_login_and_a_signature_overcome_their_failures,
);

fn count(events: &[Event], kind: &EventKind) -> usize {
    events.iter().filter(|event| event.kind == *kind).count()
}

/// A phone code that is none, and the record of it.
async fn fail(house: &House, token: &str) -> String {
    house.post_as(token, "/api/bindPhone", json!({ "code": "0".repeat(64) })).await;
    house.server.accounts.reports_written().await;
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    viewer.failures(FailureQuery::default()).await.unwrap().page.items.remove(0).id
}

async fn story(house: &House, failure: &str) -> Vec<Event> {
    house.console("viewer").await.viewer().await.unwrap().failure(failure).await.unwrap().events
}

async fn logins_are_told_as_long_as_failures(house: House) {
    let login = house.log_in("u1").await;
    let user = text(&login["userInfo"], "userId").to_owned();
    house.clock.advance(60);
    house.sim("rotate", json!({ "user": "u1", "appid": APP_1 })).await;
    let token = house.token("u1").await;
    house.clock.advance(5);
    let failure = fail(&house, &token).await;
    house.clock.advance(3 * 86_400 + 3600);
    jobs::sweep(&house.server.accounts).await.unwrap();
    let told = async || {
        let events = story(&house, &failure).await;
        [EventKind::FirstLogin, EventKind::Login, EventKind::KeyReceived].map(|kind| count(&events, &kind))
    };
    assert_eq!(told().await, [1, 1, 2], "the ledger and the ring have forgotten them");
    // Nor does unbinding take them away.
    let support = Desk::of(&house, Role::Support).await;
    let binding = support.user(&user).await.bindings[0].id.clone();
    support.reset(&user, "binding", &binding).await;
    assert_eq!(told().await, [1, 1, 2]);
    assert_eq!(count(&support.user(&user).await.events, &EventKind::Login), 1);
    house.clock.advance(27 * 86_400);
    jobs::sweep(&house.server.accounts).await.unwrap();
    assert_eq!(house.count("calls").await, 0);
}

/// Records that are like one, some seconds apart.
async fn repeat(house: &House, like: &FailureRow, times: i64, from_s: i64) {
    let accounts = &house.server.accounts;
    let mut tx = accounts.db.write().await.unwrap();
    for number in 0..times {
        let at = latchkey::clock::Millis(like.at).plus_seconds(from_s + number);
        let (id, at) = (accounts.random.id(at), at.0);
        failures::insert(&mut tx, &FailureRow { id, at, ..like.clone() }).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn a_loop_of_failures_hides_nothing(house: House) {
    let login = house.log_in("u1").await;
    house.clock.advance(600);
    let failure = fail(&house, text(&login, "token")).await;
    let row = failures::find(&mut house.server.accounts.db.read().await.unwrap(), failure.parse().unwrap()).await;
    let row = row.unwrap().unwrap();
    repeat(&house, &row, 300, -400).await;
    repeat(&house, &row, 300, 1).await;
    let events = story(&house, &failure).await;
    let itself = |event: &&Event| matches!(&event.kind, EventKind::Failure { id, .. } if *id == failure);
    assert_eq!(events.iter().filter(itself).count(), 1);
    let place = events.iter().position(|event| itself(&event)).unwrap();
    assert_eq!(events[place - 1].at.0, row.at - 101_000, "the nearest before it");
    assert_eq!(count(&events, &EventKind::FirstLogin), 1);
    assert!(events.is_sorted_by_key(|event| event.at));
    // The newest of all is on the user's page.
    house.clock.advance(300);
    let user = Desk::of(&house, Role::Viewer).await.user(text(&login["userInfo"], "userId")).await;
    assert_eq!(user.events.last().unwrap().at.0, row.at + 300_000);
}

async fn what_changes_nothing_is_told_too(house: House) {
    let link = |linked| house.sim("openplatform", json!({ "appid": APP_1, "linked": linked }));
    link(false).await;
    let (user, token) = person(&house, "u1", "13580006666").await;
    link(true).await;
    for mode in ["code", "encrypted"] {
        house.clock.advance(60);
        house.post_as(&token, "/api/bindPhone", house.tap("u1", mode).await).await.data();
    }
    log_in_at(&house, "u1", APP_1).await;
    log_in_at(&house, "u1", APP_2).await;
    let events = Desk::of(&house, Role::Viewer).await.user(&user).await.events;
    let kinds = [EventKind::FirstLogin, EventKind::Login, EventKind::SamePhone, EventKind::NewUnionid];
    assert_eq!(kinds.map(|kind| count(&events, &kind)), [2, 1, 2, 1], "{events:?}");
}

async fn a_merge_is_told_of_both(house: House) {
    let [first, second] = split(&house).await;
    let support = Desk::of(&house, Role::Support).await;
    let told = async |user: &str| {
        let events = support.user(user).await.events;
        let acts = events.iter().filter_map(|event| match &event.kind {
            EventKind::Operator { action, .. } => Some(action.clone()),
            _ => None,
        });
        (acts.collect::<Vec<_>>(), count(&events, &EventKind::FirstLogin))
    };
    support.reset(&first, "merge", &second).await;
    assert_eq!(
        told(&second).await,
        (vec!["merge_users".to_owned()], 2),
        "his logins come along, each act is told once"
    );
    assert_eq!(told(&first).await, (vec!["merge_users".to_owned()], 0));
    house.clock.advance(60);
    Desk::of(&house, Role::Admin).await.undo(&first).await;
    let both = vec!["merge_users".to_owned(), "undo_reset".to_owned()];
    assert_eq!((told(&first).await, told(&second).await), ((both.clone(), 1), (both, 1)));
}

async fn a_survivor_has_the_phones_of_both(house: House) {
    let [(before, _), (after, _)] = sharers(&house).await;
    let support = Desk::of(&house, Role::Support).await;
    let bound = async |user: &str| {
        let events = support.user(user).await.events;
        events.iter().filter(|event| matches!(event.kind, EventKind::Phone { .. })).count()
    };
    assert_eq!((bound(&before).await, bound(&after).await), (1, 1));
    support.reset(&before, "merge", &after).await;
    // Each has his own, and that the number went from one to the other.
    assert_eq!((bound(&before).await, bound(&after).await), (2, 4));
}

async fn whatever_a_request_did_its_id_leads_to_the_user(house: House) {
    let code = house.code("u1", APP_1).await;
    let login = house.post("/api/login", json!({ "code": code, "appid": APP_1 })).await;
    let token = text(&login.data(), "token").to_owned();
    let user = text(&login.data()["userInfo"], "userId").to_owned();
    house.post_as(&token, "/api/bindPhone", house.tap("u1", "code").await).await.data();
    let again = house.post_as(&token, "/api/bindPhone", house.tap("u1", "code").await).await;
    let failure = fail(&house, &token).await;
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    house.sim("push", json!({ "appid": APP_1, "user": "u1", "url": url, "event": "user_info_modified" })).await;
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    let events = viewer.user(&user).await.unwrap().events;
    let push = events.iter().find(|event| matches!(event.kind, EventKind::Push(_))).unwrap();
    let rid = viewer.failure(&failure).await.unwrap().failure.evidence.rid.unwrap();
    for trace in [
        login.header("x-request-id"),
        again.header("x-request-id"),
        push.request_id.as_deref().unwrap(),
        &format!("invalid code, rid: {rid}"),
        &format!("{{\"errcode\":40029,\"errmsg\":\"invalid code, rid: {rid}\"}}"),
    ] {
        let query = UserQuery { q: trace.to_owned(), ..Default::default() };
        let found = viewer.users(query).await.unwrap().page.items;
        assert_eq!(found.iter().map(|one| one.summary.id.as_str()).collect::<Vec<_>>(), [&user], "{trace}");
    }
}

async fn a_login_and_a_signature_overcome_their_failures(house: House) {
    let code = house.code("u1", APP_1).await;
    let login = async |code: &str| house.post("/api/login", json!({ "code": code, "appid": APP_1 })).await;
    let token = text(&login(&code).await.data(), "token").to_owned();
    house.clock.advance(1);
    login(&code).await.refused(401, "login_code_used", "relogin");
    let info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    let signed = async |signature: &str| {
        house.post_as(&token, "/api/profile", json!({ "rawData": info["rawData"], "signature": signature })).await
    };
    signed(&"0".repeat(40)).await.refused(422, "signature_mismatch", "relogin");
    house.server.accounts.reports_written().await;
    let overcome = async |stage: &str| {
        house.count(&format!("failures WHERE stage = '{stage}' AND later_success_at IS NOT NULL")).await
    };
    assert_eq!((overcome("login_code").await, overcome("signature").await), (0, 0));
    house.clock.advance(1);
    house.token("u1").await;
    assert_eq!((overcome("login_code").await, overcome("signature").await), (1, 0));
    house.post_as(&token, "/api/profile", json!({ "nickName": "江南" })).await.data();
    assert_eq!(overcome("signature").await, 0, "what is typed proves nothing");
    signed(info["signature"].as_str().unwrap()).await.data();
    assert_eq!(overcome("signature").await, 1);
}
