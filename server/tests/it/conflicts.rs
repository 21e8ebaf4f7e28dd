//! Two users who have what one should: found, kept apart, moved, merged, undone.

use latchkey::config::PhoneConflict;
use latchkey_app::types::{Conflict, ConflictKind, Settlement};
use serde_json::json;

use crate::{
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
    two_are_merged,
    a_merge_is_undone,
    what_came_after_a_merge_stays_with_the_survivor,
    what_is_lost_in_a_merge_is_said_and_comes_back,
    merges_in_a_row_are_undone_in_turn,
    a_merged_user_is_out_of_reach,
    who_is_erased_takes_those_merged_into_him_along,
    a_page_holds_twenty,
);

const PHONE: &str = "13580006666";
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// Two persons who have proved one number: the second's is newer.
async fn sharers(house: &House) -> [(String, String); 2] {
    let first = person(house, "u1", PHONE).await;
    house.clock.advance(60);
    let second = person(house, "u2", PHONE).await;
    house.clock.advance(60);
    [first, second]
}

/// One person as two users, by mini program, and a unionid that says so.
async fn split(house: &House) -> [String; 2] {
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

async fn only(desk: &Desk<'_>, settled: bool) -> Conflict {
    let mut found = desk.conflicts(settled).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

async fn name(house: &House, token: &str, nickname: &str) {
    house.post_as(token, "/api/profile", json!({ "nickName": nickname })).await.data();
}

async fn keep_apart(desk: &Desk<'_>, id: &str, reason: &str) -> String {
    desk.post("keep_apart", &[("id", id), ("reason", reason)]).await.header("location").to_owned()
}

async fn who_may_not_settles_nothing(house: House) {
    let [(first, token), (second, _)] = sharers(&house).await;
    let support = Desk::of(&house, "support").await;
    let id = only(&support, false).await.id;
    let shown = seen(&support.preview(&first, "merge", &second).await.text);
    let viewer = Desk::of(&house, "viewer").await;
    let page = viewer.get(&format!("/console/conflicts/{id}")).await;
    assert!(page.status == 200 && !page.text.contains("/reset?what=") && !page.text.contains("name=\"reason\""));
    assert!(keep_apart(&viewer, &id, REASON).await.ends_with("?problem=Forbidden"));
    assert!(keep_apart(&Desk::stranger(&house), &id, REASON).await.starts_with("/console/login?next="));
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
    let support = Desk::of(&house, "support").await;
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
    let support = Desk::of(&house, "support").await;
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
    let viewer = Desk::of(&house, "viewer").await;
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
    let support = Desk::of(&house, "support").await;
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
    let admin = Desk::of(&house, "admin").await;
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
    let admin = Desk::of(&house, "admin").await;
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
    let admin = Desk::of(&house, "admin").await;
    admin.reset(&first, "move_phone", &second).await;
    house.clock.advance(60);
    let (third, _) = person(&house, "u3", PHONE).await;
    let reset = admin.newest_reset(&first).await;
    let preview = admin.preview_undo(&first, &reset).await.text;
    assert!(preview.contains("现在属于另一个用户") && preview.contains(&third), "{preview}");
    assert!(!preview.contains("name=\"seen\""), "nothing can come back: {preview}");
}

async fn two_are_merged(house: House) {
    let [first, second] = split(&house).await;
    let (again, old) = person(&house, "u1", PHONE).await;
    assert_eq!(again, first);
    name(&house, &old, "江南").await;
    let support = Desk::of(&house, "support").await;
    let conflict = only(&support, false).await;
    assert_eq!((conflict.kind, conflict.unionid.is_some()), (ConflictKind::Unionid, true));
    let preview = support.reset(&first, "merge", &second).await;
    for words in ["135******66 转给对方", "的微信绑定转给保留的用户", "江南", "会话立即失效", "空记录"]
    {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    house.me(&old).await.refused(401, "unauthorized", "relogin");
    for app in [APP_1, APP_2] {
        let login = log_in_at(&house, "u1", app).await;
        assert_eq!((text(&login["userInfo"], "userId"), &login["isNew"]), (second.as_str(), &json!(false)));
        assert_eq!((text(&login["userInfo"], "phone"), text(&login["userInfo"], "nickName")), (PHONE, "江南"));
    }
    let (gone, survivor) = (support.user(&first).await, support.user(&second).await);
    assert_eq!(gone.merged_into.map(|user| user.id), Some(second.clone()));
    assert!(gone.bindings.is_empty() && gone.summary.phone.is_none() && gone.summary.nickname.is_none());
    assert_eq!((survivor.bindings.len(), survivor.merged.clone()), (2, vec![first.clone()]));
    assert_eq!((gone.resets.len(), survivor.resets.len()), (1, 1));
    assert!(survivor.phone_changes.iter().any(|line| line.user_id == first), "the history of both can be read");
    assert_eq!(only(&support, true).await.settled.unwrap().how, Settlement::Merged);
    assert!(support.conflicts(false).await.is_empty());
    // Whoever looks for him is led on.
    let found = support.get(&format!("/console/users?q={first}")).await.text;
    assert!(found.contains(&format!("/console/users/{second}")) && !found.contains(&format!("/console/users/{first}")));
    let page = support.get(&format!("/console/users/{first}")).await.text;
    assert!(page.contains("已合并到另一个用户") && !page.contains("/reset?what="), "{page}");
    assert_eq!(house.count("audit WHERE action = 'merge_users' AND detail NOT LIKE '%江南%'").await, 1);
}

async fn a_merge_is_undone(house: House) {
    let [first, second] = split(&house).await;
    let (_, token) = person(&house, "u1", PHONE).await;
    name(&house, &token, "江南").await;
    let admin = Desk::of(&house, "admin").await;
    let before = admin.user(&first).await;
    admin.reset(&first, "merge", &second).await;
    house.clock.advance(60);
    let during = log_in_at(&house, "u1", APP_1).await;
    let preview = admin.undo(&first).await;
    for words in ["用户本身及其资料", "135******66", before.bindings[0].openid.as_str()] {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    house.me(text(&during, "token")).await.refused(401, "unauthorized", "relogin");
    let after = admin.user(&first).await;
    assert_eq!((after.summary.phone, after.summary.nickname), (before.summary.phone, before.summary.nickname));
    assert_eq!((&after.bindings[0].id, after.merged_into), (&before.bindings[0].id, None));
    let survivor = admin.user(&second).await;
    assert_eq!((survivor.summary.phone, survivor.summary.nickname, survivor.bindings.len()), (None, None, 1));
    assert_eq!(text(&log_in_at(&house, "u1", APP_1).await["userInfo"], "userId"), first);
    assert_eq!(text(&log_in_at(&house, "u1", APP_2).await["userInfo"], "userId"), second);
    assert_eq!(only(&admin, false).await.kind, ConflictKind::Unionid);
}

async fn what_came_after_a_merge_stays_with_the_survivor(house: House) {
    let [(first, _), (second, token)] = sharers(&house).await;
    let admin = Desk::of(&house, "admin").await;
    admin.reset(&first, "merge", &second).await;
    house.clock.advance(60);
    // He says who he is, binds another phone, and comes in another mini program.
    name(&house, &token, "新名字").await;
    person(&house, "u2", "13912345678").await;
    assert_eq!(text(&log_in_at(&house, "u2", APP_2).await["userInfo"], "userId"), second);
    admin.undo(&first).await;
    let survivor = admin.user(&second).await;
    assert_eq!(survivor.summary.phone.as_deref(), Some("139******78"));
    assert_eq!((survivor.summary.nickname.as_deref(), survivor.bindings.len()), (Some("新名字"), 2));
    assert_eq!(admin.user(&first).await.summary.phone.as_deref(), Some("135******66"));
    // An openid that was unbound meanwhile is said to be.
    admin.reset(&first, "merge", &second).await;
    let moved = admin.user(&second).await.bindings.into_iter().find(|one| one.app.appid == APP_1).unwrap();
    admin.reset(&second, "binding", &moved.id).await;
    let reset = admin.user(&first).await.resets.into_iter().find(|one| one.kind.name() == "merge").unwrap().id;
    let preview = admin.preview_undo(&first, &reset).await.text;
    assert!(preview.contains("用户本身及其资料") && preview.contains("后来已解绑"), "{preview}");
}

async fn what_is_lost_in_a_merge_is_said_and_comes_back(house: House) {
    let (first, one) = person(&house, "u1", PHONE).await;
    let (second, two) = person(&house, "u2", "13912345678").await;
    name(&house, &one, "江南").await;
    name(&house, &two, "顾北").await;
    let admin = Desk::of(&house, "admin").await;
    let preview = admin.reset(&first, "merge", &second).await;
    for words in ["135******66 不再绑定任何用户", "139******78", "昵称「江南」不再使用"] {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    let survivor = admin.user(&second).await.summary;
    assert_eq!((survivor.phone.as_deref(), survivor.nickname.as_deref()), (Some("139******78"), Some("顾北")));
    assert_eq!(house.count("resets WHERE before_sealed IS NOT NULL AND other_user_id IS NOT NULL").await, 1);
    admin.undo(&first).await;
    let back = admin.user(&first).await.summary;
    assert_eq!((back.phone.as_deref(), back.nickname.as_deref()), (Some("135******66"), Some("江南")));
}

async fn merges_in_a_row_are_undone_in_turn(house: House) {
    let (first, _) = person(&house, "u1", PHONE).await;
    let (second, _) = person(&house, "u2", "13580007777").await;
    let (third, _) = person(&house, "u3", "13580008888").await;
    let admin = Desk::of(&house, "admin").await;
    admin.reset(&first, "merge", &second).await;
    let inner = admin.newest_reset(&first).await;
    house.clock.advance(60);
    admin.reset(&second, "merge", &third).await;
    assert_eq!(house.log_in("u1").await["userInfo"]["userId"], json!(third));
    let found = admin.get(&format!("/console/users?q={first}")).await.text;
    assert!(found.contains(&format!("/console/users/{third}")), "{found}");
    assert_eq!(admin.preview_undo(&first, &inner).await.status, 409, "the later one first");
    admin.undo(&second).await;
    assert_eq!(house.log_in("u1").await["userInfo"]["userId"], json!(second));
    let preview = admin.preview_undo(&first, &inner).await.text;
    admin.confirm_undo(&first, &inner, &seen(&preview)).await;
    assert_eq!(house.log_in("u1").await["userInfo"]["userId"], json!(first));
}

async fn a_merged_user_is_out_of_reach(house: House) {
    let [(first, _), (second, _)] = sharers(&house).await;
    let (third, _) = person(&house, "u3", "13580008888").await;
    let admin = Desk::of(&house, "admin").await;
    // What was taken from him before must not come back to an empty row.
    admin.reset(&first, "phone", "").await;
    let reset = admin.newest_reset(&first).await;
    admin.reset(&first, "merge", &second).await;
    assert_eq!(admin.preview_undo(&first, &reset).await.status, 409);
    for (user, what, of) in [
        (&first, "merge", third.as_str()),
        (&third, "merge", &first),
        (&third, "move_phone", &first),
        (&first, "phone", ""),
        (&first, "block", ""),
        (&first, "everything", ""),
    ] {
        assert_eq!(admin.preview(user, what, of).await.status, 409, "{what}");
    }
}

async fn who_is_erased_takes_those_merged_into_him_along(house: House) {
    let [(first, _), (second, _)] = sharers(&house).await;
    let admin = Desk::of(&house, "admin").await;
    admin.reset(&first, "merge", &second).await;
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    let cancel = json!({ "appid": APP_1, "user": "u2", "url": url, "event": "user_authorization_cancellation" });
    house.sim("push", cancel).await;
    assert_eq!(house.count("resets WHERE before_sealed IS NOT NULL").await, 0, "nothing personal is kept");
    assert_eq!(house.count("phone_changes WHERE old_sealed IS NOT NULL OR new_sealed IS NOT NULL").await, 0);
    assert_eq!(house.count("conflicts").await, 0);
    assert_eq!(house.log_in("u1").await["isNew"], json!(true));
    assert_eq!(admin.preview(&first, "merge", &second).await.status, 409);
}

async fn a_page_holds_twenty(house: House) {
    for number in 0..22 {
        person(&house, &format!("p{number}"), PHONE).await;
        house.clock.advance(1);
    }
    let viewer = Desk::of(&house, "viewer").await;
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
    let admin = Desk::of(&house, "admin").await;
    let conflict = only(&admin, false).await;
    assert_eq!((conflict.kind, conflict.user.user.id.as_str()), (ConflictKind::Wanted, second));
    admin.reset(&first, "move_phone", second).await;
    assert_eq!(admin.user(second).await.summary.phone.as_deref(), Some("135******66"));
    assert_eq!(house.count("users WHERE phone_hash IS NOT NULL").await, 1);
    admin.undo(&first).await;
    assert_eq!(admin.user(&first).await.summary.phone.as_deref(), Some("135******66"));
    assert_eq!(house.count("users WHERE phone_hash IS NOT NULL").await, 1);
}
