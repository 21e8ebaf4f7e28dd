//! Two users who are one person: merged, and undone.

use latchkey_app::types::{ConflictKind, Role, Settlement};
use serde_json::json;

use crate::{
    conflicts::{PHONE, name, only, sharers, split},
    databases::on_both,
    desk::{Desk, seen},
    house::{APP_1, APP_2, House},
    resets::{log_in_at, person, text},
};

on_both!(crate::house::House::new =>
    two_are_merged,
    a_merge_is_undone,
    a_login_from_before_a_merge_goes_back_with_it,
    what_came_after_a_merge_stays_with_the_survivor,
    what_is_lost_in_a_merge_is_said_and_comes_back,
    merges_in_a_row_are_undone_in_turn,
    a_merged_user_is_out_of_reach,
    who_is_erased_takes_those_merged_into_him_along,
);

async fn two_are_merged(house: House) {
    let [first, second] = split(&house).await;
    let (again, old) = person(&house, "u1", PHONE).await;
    assert_eq!(again, first);
    name(&house, &old, "江南").await;
    let support = Desk::of(&house, Role::Support).await;
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

async fn a_login_from_before_a_merge_goes_back_with_it(house: House) {
    let [(first, _), (second, _)] = sharers(&house).await;
    let admin = Desk::of(&house, Role::Admin).await;
    let before = admin.user(&second).await.summary.last_login_at;
    house.log_in("u1").await;
    admin.reset(&first, "merge", &second).await;
    assert_eq!(admin.user(&second).await.summary.last_login_at, house.clock.now());
    admin.undo(&first).await;
    assert_eq!(admin.user(&second).await.summary.last_login_at, before);
    assert_eq!(house.count(&format!("audit WHERE action = 'undo_reset' AND detail LIKE '%{second}%'")).await, 1);
}

async fn a_merge_is_undone(house: House) {
    let [first, second] = split(&house).await;
    let (_, token) = person(&house, "u1", PHONE).await;
    name(&house, &token, "江南").await;
    let admin = Desk::of(&house, Role::Admin).await;
    let before = admin.user(&first).await;
    admin.reset(&first, "merge", &second).await;
    house.clock.advance(60);
    let during = log_in_at(&house, "u1", APP_1).await;
    let preview = admin.undo(&first).await;
    for words in [
        "用户本身及其资料",
        "135******66",
        before.bindings[0].openid.as_str(),
        "会立即失效，用户重新登录即可：<b>1</b>",
    ] {
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
    let admin = Desk::of(&house, Role::Admin).await;
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
    let admin = Desk::of(&house, Role::Admin).await;
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
    let admin = Desk::of(&house, Role::Admin).await;
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
    let admin = Desk::of(&house, Role::Admin).await;
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
    let admin = Desk::of(&house, Role::Admin).await;
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
