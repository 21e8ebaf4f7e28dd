//! Two users who have what one should: found, kept apart, or the phone moved to one of them.

use latchkey::config::PhoneConflict;
use latchkey_app::types::{Conflict, ConflictKind, Role, Settlement};
use serde_json::json;

use crate::{
    browser::Browser,
    databases::{on_both, sqlite_url},
    desk::{Desk, Filled, REASON, seen},
    house::{APP_1, APP_2, House, phone_conflict},
    resets::{log_in_at, person, text},
};

on_both!(crate::house::House::new =>
    who_may_not_settles_nothing,
    what_makes_no_sense_is_refused,
    a_stale_preview_is_refused,
    a_shared_phone_is_a_conflict_as_long_as_it_is_shared,
    two_are_kept_apart_until_something_else_turns_up,
    a_phone_moves_and_comes_back,
    a_phone_that_is_replaced_comes_back_too,
    a_moved_phone_that_has_moved_on_stays,
    a_page_holds_twenty,
);

pub const PHONE: &str = "13580006666";
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// Two persons who have proved one number: the second's is newer.
pub async fn sharers(house: &House) -> [(String, String); 2] {
    let first = person(house, "u1", PHONE).await;
    house.clock.advance(60);
    let second = person(house, "u2", PHONE).await;
    house.clock.advance(60);
    [first, second]
}

/// One person as two users, by mini program, and a unionid that says so.
pub async fn split(house: &House) -> [String; 2] {
    let link = |linked| house.sim("openplatform", json!({ "appid": APP_1, "linked": linked }));
    link(false).await;
    let first = log_in_at(house, "u1", APP_1).await;
    house.clock.advance(60);
    let second = log_in_at(house, "u1", APP_2).await;
    link(true).await;
    house.clock.advance(60);
    log_in_at(house, "u1", APP_1).await;
    [first, second].map(|login| text(&login["userInfo"], "userId").to_owned())
}

pub async fn only(desk: &Desk<'_>, settled: bool) -> Conflict {
    let mut found = desk.conflicts(settled).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

pub async fn name(house: &House, token: &str, nickname: &str) {
    house.post_as(token, "/api/profile", json!({ "nickName": nickname })).await.data();
}

async fn keep_apart(desk: &Browser<'_>, id: &str, reason: &str) -> String {
    desk.led("keep_apart", &[("id", id), ("reason", reason)]).await
}

async fn who_may_not_settles_nothing(house: House) {
    let [(first, token), (second, _)] = sharers(&house).await;
    let support = Desk::of(&house, Role::Support).await;
    let id = only(&support, false).await.id;
    let shown = seen(&support.preview(&first, "merge", &second).await.text);
    let viewer = Desk::of(&house, Role::Viewer).await;
    let page = viewer.get(&format!("/console/users/{first}")).await;
    assert!(page.text.contains(&format!("/console/conflicts/{id}")), "each of the two leads to it");
    let page = viewer.get(&format!("/console/conflicts/{id}")).await;
    assert!(page.status == 200 && !page.text.contains("/reset?what=") && !page.text.contains("name=\"reason\""));
    assert!(keep_apart(&viewer, &id, REASON).await.ends_with("?problem=Forbidden"));
    assert!(keep_apart(&Browser::new(&house), &id, REASON).await.starts_with("/console/login?next="));
    for what in ["merge", "move_phone"] {
        assert_eq!(viewer.preview(&first, what, &second).await.status, 403);
        let filled = Filled { reason: REASON, typed: &first };
        assert!(viewer.confirm(&first, what, &second, &shown, &filled).await.ends_with("&problem=Forbidden"));
    }
    for (reason, typed, problem) in [("", first.as_str(), "Reason"), (REASON, &second[..30], "Unconfirmed")] {
        let to = support.confirm(&first, "merge", &second, &shown, &Filled { reason, typed }).await;
        assert!(to.ends_with(problem), "{to}");
    }
    for reason in ["", "  ", &"长".repeat(501)] {
        assert_eq!(keep_apart(&support, &id, reason).await, format!("/console/conflicts/{id}?problem=Reason"));
    }
    assert_eq!((house.count("resets").await, house.count("audit WHERE user_id IS NOT NULL").await), (0, 0));
    assert_eq!(house.count("conflicts WHERE settled_at IS NULL").await, 1);
    house.me(&token).await.data();
}

async fn what_makes_no_sense_is_refused(house: House) {
    let [(first, _), (second, _)] = sharers(&house).await;
    let support = Desk::of(&house, Role::Support).await;
    for what in ["merge", "move_phone"] {
        for (user, of, status) in [
            (first.as_str(), NOBODY, 404),
            (&first, "x", 404),
            (&first, "", 404),
            (NOBODY, first.as_str(), 404),
            (&first, &first, 409),
        ] {
            assert_eq!(support.preview(user, what, of).await.status, status, "{what} {user} {of}");
        }
    }
    for id in [NOBODY, "x"] {
        assert_eq!(support.get(&format!("/console/conflicts/{id}")).await.status, 404);
        assert!(keep_apart(&support, id, REASON).await.ends_with("?problem=NotFound"));
    }
    assert_eq!(support.get("/console/conflicts?cursor=nonsense").await.status, 400);
    // Whoever has no phone has none to give.
    support.reset(&first, "phone", "").await;
    assert_eq!(support.preview(&first, "move_phone", &second).await.status, 409);
    assert_eq!(house.count("resets").await, 1);
}

async fn a_stale_preview_is_refused(house: House) {
    let [(first, _), (second, token)] = sharers(&house).await;
    let support = Desk::of(&house, Role::Support).await;
    for what in ["merge", "move_phone"] {
        let shown = seen(&support.preview(&first, what, &second).await.text);
        let number = if what == "merge" { "13580007777" } else { "13580008888" };
        house.sim("users", json!({ "user": "u2", "phone": number })).await;
        house.post_as(&token, "/api/bindPhone", house.tap("u2", "code").await).await.data();
        let filled = Filled { reason: REASON, typed: &first };
        let to = support.confirm(&first, what, &second, &shown, &filled).await;
        assert_eq!(to, format!("/console/users/{first}/reset?what={what}&of={second}&problem=Stale"));
    }
    assert_eq!(house.count("resets").await, 0);
}

async fn a_shared_phone_is_a_conflict_as_long_as_it_is_shared(house: House) {
    let [(first, _), (second, _)] = sharers(&house).await;
    let viewer = Desk::of(&house, Role::Viewer).await;
    let conflict = only(&viewer, false).await;
    assert_eq!((conflict.kind, conflict.user.user.id, conflict.other.user.id), (ConflictKind::Phone, second, first));
    let list = viewer.get("/console/conflicts").await.text;
    assert!(list.contains("135******66") && !list.contains(PHONE), "{list}");
    // The same number again is no news, and neither is a login.
    person(&house, "u1", PHONE).await;
    house.token("u2").await;
    assert_eq!(house.count("conflicts").await, 1);
    // A third one, and the oldest goes: the two that are left are still two.
    person(&house, "u3", PHONE).await;
    assert_eq!(viewer.conflicts(false).await.len(), 2);
    person(&house, "u1", "13580007777").await;
    assert_eq!(only(&viewer, false).await.kind, ConflictKind::Phone);
    person(&house, "u3", "13580008888").await;
    assert!(viewer.conflicts(false).await.is_empty());
    let settled = viewer.conflicts(true).await;
    assert!(settled.iter().all(|one| one.settled.as_ref().unwrap().how == Settlement::Ended), "{settled:?}");
}

async fn two_are_kept_apart_until_something_else_turns_up(house: House) {
    let [(first, token), (second, _)] = sharers(&house).await;
    let support = Desk::of(&house, Role::Support).await;
    let id = only(&support, false).await.id;
    let page = support.get(&format!("/console/conflicts/{id}")).await.text;
    assert!(page.contains(&format!("/console/users/{first}/reset?what=merge&amp;of={second}")), "{page}");
    assert_eq!(keep_apart(&support, &id, REASON).await, "/console/conflicts?done=kept_apart");
    assert_eq!(keep_apart(&support, &id, REASON).await, format!("/console/conflicts/{id}?problem=NothingToReset"));
    let settled = only(&support, true).await.settled.unwrap();
    assert_eq!((settled.how, settled.by.as_deref()), (Settlement::KeptApart, Some("support")));
    assert_eq!(settled.reason.as_deref(), Some(REASON));
    assert_eq!(house.count("audit WHERE action = 'keep_apart'").await, 1);
    house.me(&token).await.data();
    // Away and back: known. Another number: not known.
    person(&house, "u2", "13580007777").await;
    person(&house, "u2", PHONE).await;
    assert!(support.conflicts(false).await.is_empty());
    person(&house, "u1", "13580008888").await;
    person(&house, "u2", "13580008888").await;
    only(&support, false).await;
}

async fn a_phone_moves_and_comes_back(house: House) {
    let [(first, token), (second, stays)] = sharers(&house).await;
    let admin = Desk::of(&house, Role::Admin).await;
    let preview = admin.reset(&first, "move_phone", &second).await;
    for words in ["135******66", "1 个会话立即失效", "两个手机号历史都保留", "30 天内可由管理员撤销"]
    {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    house.me(&token).await.refused(401, "unauthorized", "relogin");
    house.me(&stays).await.data();
    let [one, two] = [admin.user(&first).await, admin.user(&second).await];
    assert_eq!((one.summary.phone.as_deref(), two.summary.phone.as_deref()), (None, Some("135******66")));
    for user in [&one, &two] {
        let line = &user.phone_changes[0];
        assert_eq!((line.source.name(), line.operator.as_deref()), ("moved", Some("admin")));
        assert_eq!(user.resets.len(), 1, "the act shows on both pages");
    }
    assert_eq!(only(&admin, true).await.settled.unwrap().how, Settlement::Moved);
    house.clock.advance(60);
    admin.undo(&first).await;
    for user in [&first, &second] {
        assert_eq!(admin.user(user).await.summary.phone.as_deref(), Some("135******66"));
    }
    only(&admin, false).await;
    assert_eq!(house.count("audit WHERE action IN ('move_phone', 'undo_reset')").await, 2);
}

async fn a_phone_that_is_replaced_comes_back_too(house: House) {
    let (first, _) = person(&house, "u1", PHONE).await;
    let (second, _) = person(&house, "u2", "13912345678").await;
    let admin = Desk::of(&house, Role::Admin).await;
    let preview = admin.reset(&first, "move_phone", &second).await;
    assert!(preview.contains("139******78 被替换"), "{preview}");
    assert_eq!(admin.user(&second).await.summary.phone.as_deref(), Some("135******66"));
    admin.undo(&first).await;
    assert_eq!(admin.user(&first).await.summary.phone.as_deref(), Some("135******66"));
    assert_eq!(admin.user(&second).await.summary.phone.as_deref(), Some("139******78"));
    assert!(admin.conflicts(false).await.is_empty());
}

async fn a_moved_phone_that_has_moved_on_stays(house: House) {
    let (first, _) = person(&house, "u1", PHONE).await;
    let (second, _) = person(&house, "u2", "13912345678").await;
    let admin = Desk::of(&house, Role::Admin).await;
    admin.reset(&first, "move_phone", &second).await;
    house.clock.advance(60);
    let (third, _) = person(&house, "u3", PHONE).await;
    let reset = admin.newest_reset(&first).await;
    let preview = admin.preview_undo(&first, &reset).await.text;
    assert!(preview.contains("现在属于另一个用户") && preview.contains(&third), "{preview}");
    assert!(!preview.contains("name=\"seen\""), "nothing can come back: {preview}");
}

async fn a_page_holds_twenty(house: House) {
    for number in 0..22 {
        person(&house, &format!("p{number}"), PHONE).await;
        house.clock.advance(1);
    }
    let viewer = Desk::of(&house, Role::Viewer).await;
    assert_eq!(viewer.conflicts(false).await.len(), 20);
    let first = viewer.get("/console/conflicts").await.text;
    let (_, rest) = first.split_once("rel=\"next\" href=\"").unwrap();
    let next = rest.split('"').next().unwrap().replace("&amp;", "&");
    let second = viewer.get(&next).await.text;
    assert_eq!(second.matches("class=\"card conflict\"").count(), 1);
    assert!(second.contains("rel=\"prev\""));
}

/// Where a number has one owner, whoever has proved it and is refused stands in the list, and gets it by an operator.
#[tokio::test]
async fn a_refused_number_is_wanted() {
    let house = House::with(&sqlite_url(), phone_conflict(PhoneConflict::Reject)).await;
    let (first, _) = person(&house, "u1", PHONE).await;
    house.sim("users", json!({ "user": "u2", "phone": PHONE })).await;
    let login = house.log_in("u2").await;
    let (second, token) = (text(&login["userInfo"], "userId"), text(&login, "token"));
    for _ in 0..3 {
        let refused = house.post_as(token, "/api/bindPhone", house.tap("u2", "code").await).await;
        refused.refused(409, "phone_conflict", "stop");
    }
    let tap = house.tap("u2", "code").await;
    let body = json!({ "code": house.code("u2", APP_1).await, "appid": APP_1, "phoneCode": tap["code"] });
    assert_eq!(house.post("/api/login", body).await.data()["phoneError"]["error"], "phone_conflict");
    let admin = Desk::of(&house, Role::Admin).await;
    let conflict = only(&admin, false).await;
    assert_eq!((conflict.kind, conflict.user.user.id.as_str()), (ConflictKind::Wanted, second));
    admin.reset(&first, "move_phone", second).await;
    assert_eq!(admin.user(second).await.summary.phone.as_deref(), Some("135******66"));
    assert_eq!(house.count("users WHERE phone_hash IS NOT NULL").await, 1);
    admin.undo(&first).await;
    assert_eq!(admin.user(&first).await.summary.phone.as_deref(), Some("135******66"));
    assert_eq!(house.count("users WHERE phone_hash IS NOT NULL").await, 1);
}
