//! What an administrator gives back.

use latchkey::{
    accounts::{Actor, Order, What},
    jobs,
    random::Random,
};
use latchkey_app::types::Role;
use serde_json::json;
use uuid::Uuid;

use crate::{
    databases::on_both,
    desk::{Desk, seen},
    house::{APP_1, APP_2, House, phone_conflict},
    resets::{log_in_at, person, text},
};

on_both!(crate::house::House::new =>
    who_may_not_undoes_nothing,
    a_phone_comes_back,
    an_openid_comes_back,
    a_unionid_comes_back,
    a_phone_of_another_user_stays_his,
    a_number_that_was_shared_before_is_shared_again,
    a_number_that_an_undo_brought_back_is_its_owners,
    a_newer_phone_stays,
    an_openid_that_is_a_new_user_stays_his,
    of_everything_each_part_comes_back_by_itself,
    sessions_do_not_come_back,
    a_stale_undo_is_refused,
    after_thirty_days_nothing_is_kept,
    a_withdrawn_phone_is_not_kept,
    any_order_of_acts_keeps_the_house_in_order,
);

const DAY_S: i64 = 86_400;

async fn who_may_not_undoes_nothing(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let (other, _) = person(&house, "u2", "13580007777").await;
    let support = Desk::of(&house, Role::Support).await;
    support.reset(&user, "phone", "").await;
    let reset = support.newest_reset(&user).await;
    let admin = Desk::of(&house, Role::Admin).await;
    let shown = seen(&admin.preview_undo(&user, &reset).await.text);
    for role in [Role::Viewer, Role::Support] {
        let desk = Desk::of(&house, role).await;
        assert_eq!(desk.preview_undo(&user, &reset).await.status, 403, "{role:?}");
        assert!(desk.confirm_undo(&user, &reset, &shown).await.ends_with("?problem=Forbidden"), "{role:?}");
        let page = desk.get(&format!("/console/users/{user}")).await.text;
        assert!(!page.contains("/undo/") && page.contains("前可撤销"), "{role:?}");
    }
    let nobody = "01890000-0000-7000-8000-000000000000";
    for (user, reset) in [(other.as_str(), reset.as_str()), (&user, nobody), (&user, "x"), ("x", &reset)] {
        assert_eq!(admin.preview_undo(user, reset).await.status, 404, "{user} {reset}");
    }
    assert!(admin.confirm_undo(&other, &reset, &shown).await.ends_with("?problem=NotFound"));
    let without = [("user", user.as_str()), ("reset", &reset), ("seen", &shown), ("reason", ""), ("typed", "")];
    assert!(admin.post("undo_reset", &without).await.header("location").ends_with("?problem=Reason"));
    assert_eq!(house.count("resets WHERE undone_at IS NOT NULL").await, 0);
    assert_eq!(house.count("users WHERE phone_sealed IS NOT NULL").await, 1);
}

async fn a_phone_comes_back(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let before = Desk::of(&house, Role::Viewer).await.user(&user).await;
    house.clock.advance(60);
    Desk::of(&house, Role::Support).await.reset(&user, "phone", "").await;
    let admin = Desk::of(&house, Role::Admin).await;
    let reset = admin.newest_reset(&user).await;
    house.clock.advance(60);
    let preview = admin.undo(&user).await;
    assert!(preview.contains("135******66") && preview.contains("恢复"), "{preview}");
    let page = admin.user(&user).await;
    assert_eq!((page.summary.phone, page.phone_bound_at), (before.summary.phone, before.phone_bound_at));
    let change = &page.phone_changes[0];
    assert_eq!(
        (change.source.name(), change.operator.as_deref(), change.old.as_deref()),
        ("undone", Some("admin"), None)
    );
    let again = house.log_in("u1").await;
    assert_eq!((text(&again["userInfo"], "userId"), text(&again["userInfo"], "phone")), (user.as_str(), "13580006666"));
    // It is found by its number again.
    let found = admin.get("/console/users?q=13580006666").await.text;
    assert!(found.contains(&format!("/console/users/{user}")));
    // Twice is refused.
    assert_eq!(admin.preview_undo(&user, &reset).await.status, 409);
    assert_eq!(admin.confirm_undo(&user, &reset, "").await, format!("/console/users/{user}?problem=Final"));
    let page = admin.get(&format!("/console/users/{user}")).await.text;
    assert!(page.contains("admin 于") && page.contains("撤销解绑") && page.contains("admin · 撤销重置"), "{page}");
    assert_eq!(house.count("audit WHERE action = 'undo_reset'").await, 1);
    assert_eq!(house.count("resets WHERE before_sealed IS NOT NULL").await, 0, "nothing is left to keep");
}

async fn an_openid_comes_back(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let desk = Desk::of(&house, Role::Admin).await;
    let before = desk.user(&user).await.bindings[0].clone();
    desk.reset(&user, "binding", &before.id).await;
    desk.undo(&user).await;
    let after = desk.user(&user).await.bindings[0].clone();
    assert_eq!((&after.id, &after.openid, &after.unionid), (&before.id, &before.openid, &before.unionid));
    assert_eq!(after.created_at, before.created_at);
    let again = house.log_in("u1").await;
    assert_eq!((text(&again["userInfo"], "userId"), &again["isNew"]), (user.as_str(), &json!(false)));
}

async fn a_unionid_comes_back(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let desk = Desk::of(&house, Role::Admin).await;
    let binding = desk.user(&user).await.bindings[0].clone();
    desk.reset(&user, "unionid", &binding.id).await;
    // Somebody logs in elsewhere with the same unionid: nobody knows that it is the same person.
    let elsewhere = log_in_at(&house, "u1", APP_2).await;
    assert_ne!(text(&elsewhere["userInfo"], "userId"), user);
    desk.undo(&user).await;
    assert_eq!(desk.user(&user).await.bindings[0].unionid, binding.unionid);
    assert_eq!(house.count("conflicts").await, 1, "that two have it now is told");
    // One that has come back by itself needs no undo.
    house.clock.advance(1);
    desk.reset(&user, "unionid", &binding.id).await;
    house.log_in("u1").await;
    let reset = desk.newest_reset(&user).await;
    let preview = desk.preview_undo(&user, &reset).await.text;
    assert!(preview.contains("已经恢复") && preview.contains("没有可以恢复的内容"), "{preview}");
}

async fn a_phone_of_another_user_stays_his(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let desk = Desk::of(&house, Role::Admin).await;
    desk.reset(&user, "phone", "").await;
    house.clock.advance(60);
    let (other, token) = person(&house, "u2", "13580006666").await;
    let reset = desk.newest_reset(&user).await;
    let preview = desk.preview_undo(&user, &reset).await.text;
    assert!(
        preview.contains("现在属于另一个用户") && preview.contains(&format!("/console/users/{other}")),
        "{preview}"
    );
    assert!(!preview.contains("name=\"seen\""), "there is nothing to confirm");
    let to = desk.confirm_undo(&user, &reset, "").await;
    assert!(to.ends_with("problem=Stale"), "{to}");
    assert_eq!(text(&house.me(&token).await.data(), "phone"), "13580006666");
    // Once he has another one, it comes back.
    house.sim("users", json!({ "user": "u2", "phone": "13580009999" })).await;
    house.post_as(&token, "/api/bindPhone", house.tap("u2", "code").await).await.data();
    desk.undo(&user).await;
    assert_eq!(desk.user(&user).await.summary.phone.as_deref(), Some("135******66"));
}

async fn a_number_that_was_shared_before_is_shared_again(house: House) {
    let (other, _) = person(&house, "u2", "13580006666").await;
    let (user, _) = person(&house, "u1", "13580006666").await;
    house.clock.advance(60);
    let desk = Desk::of(&house, Role::Admin).await;
    desk.reset(&user, "phone", "").await;
    desk.undo(&user).await;
    for id in [&user, &other] {
        assert_eq!(desk.user(id).await.summary.phone.as_deref(), Some("135******66"));
    }
}

/// Two have had one number, one after the other, and both were reset. It comes back to one of them.
async fn a_number_that_an_undo_brought_back_is_its_owners(house: House) {
    let (first, _) = person(&house, "u1", "13580006666").await;
    let desk = Desk::of(&house, Role::Admin).await;
    house.clock.advance(60);
    desk.reset(&first, "phone", "").await;
    house.clock.advance(60);
    let (second, _) = person(&house, "u2", "13580006666").await;
    house.clock.advance(60);
    desk.reset(&second, "phone", "").await;
    house.clock.advance(60);
    desk.undo(&first).await;
    let reset = desk.newest_reset(&second).await;
    let preview = desk.preview_undo(&second, &reset).await.text;
    assert!(
        preview.contains("现在属于另一个用户") && preview.contains(&format!("/console/users/{first}")),
        "{preview}"
    );
    assert_eq!(house.count("users WHERE phone_hash IS NOT NULL").await, 1);
}

async fn a_newer_phone_stays(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let desk = Desk::of(&house, Role::Admin).await;
    desk.reset(&user, "phone", "").await;
    person(&house, "u1", "13912345678").await;
    let reset = desk.newest_reset(&user).await;
    let preview = desk.preview_undo(&user, &reset).await.text;
    assert!(preview.contains("用户已绑定另一个号码 139******78"), "{preview}");
    assert!(!preview.contains("13912345678"));
}

async fn an_openid_that_is_a_new_user_stays_his(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let desk = Desk::of(&house, Role::Admin).await;
    let binding = desk.user(&user).await.bindings[0].id.clone();
    desk.reset(&user, "binding", &binding).await;
    let new = house.log_in("u1").await;
    let reset = desk.newest_reset(&user).await;
    let preview = desk.preview_undo(&user, &reset).await.text;
    let other = text(&new["userInfo"], "userId");
    assert!(preview.contains("已重新登录") && preview.contains(&format!("/console/users/{other}")), "{preview}");
    house.me(text(&new, "token")).await.data();
    assert_eq!(house.count("bindings").await, 1);
}

async fn of_everything_each_part_comes_back_by_itself(house: House) {
    // Two openids that nothing ties together, one user.
    let (user, _) = person(&house, "u1", "13580006666").await;
    log_in_at(&house, "u1", APP_2).await;
    let desk = Desk::of(&house, Role::Admin).await;
    desk.reset(&user, "everything", "").await;
    house.sim("openplatform", json!({ "appid": APP_1, "linked": false })).await;
    let new = house.log_in("u1").await;
    assert_eq!(new["isNew"], json!(true));
    let preview = desk.undo(&user).await;
    assert!(preview.contains("已重新登录") && preview.contains("135******66"), "{preview}");
    let page = desk.user(&user).await;
    assert_eq!(page.summary.phone.as_deref(), Some("135******66"));
    let apps: Vec<_> = page.bindings.iter().map(|binding| binding.app.appid.as_str()).collect();
    assert_eq!(apps, [APP_2]);
    house.me(text(&new, "token")).await.data();
}

async fn sessions_do_not_come_back(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let desk = Desk::of(&house, Role::Admin).await;
    desk.reset(&user, "sessions", "").await;
    let reset = desk.newest_reset(&user).await;
    assert_eq!(desk.preview_undo(&user, &reset).await.status, 409);
    assert_eq!(desk.confirm_undo(&user, &reset, "").await, format!("/console/users/{user}?problem=Final"));
    assert!(!desk.get(&format!("/console/users/{user}")).await.text.contains("/undo/"));
}

async fn a_stale_undo_is_refused(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let desk = Desk::of(&house, Role::Admin).await;
    desk.reset(&user, "everything", "").await;
    let reset = desk.newest_reset(&user).await;
    let shown = seen(&desk.preview_undo(&user, &reset).await.text);
    house.clock.advance(60);
    person(&house, "u2", "13580006666").await;
    let to = desk.confirm_undo(&user, &reset, &shown).await;
    assert_eq!(to, format!("/console/users/{user}/undo/{reset}?problem=Stale"));
    let fresh = desk.get(&to).await.text;
    assert!(fresh.contains("期间情况有变") && fresh.matches("以下一项在您上次查看之后有变").count() == 1, "{fresh}");
    assert_eq!(house.count("resets WHERE undone_at IS NOT NULL").await, 0);
}

async fn after_thirty_days_nothing_is_kept(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let desk = Desk::of(&house, Role::Admin).await;
    desk.reset(&user, "phone", "").await;
    let reset = desk.newest_reset(&user).await;
    house.clock.advance(30 * DAY_S - 1);
    jobs::sweep(&house.server.accounts).await.unwrap();
    let desk = Desk::of(&house, Role::Admin).await;
    assert_eq!(desk.preview_undo(&user, &reset).await.status, 200, "on the last second");
    house.clock.advance(1);
    // Nobody has swept yet, and it is too late all the same.
    assert_eq!(desk.preview_undo(&user, &reset).await.status, 409);
    assert_eq!(desk.confirm_undo(&user, &reset, "").await, format!("/console/users/{user}?problem=Final"));
    house.clock.advance(1);
    jobs::sweep(&house.server.accounts).await.unwrap();
    assert_eq!(house.count("resets WHERE before_sealed IS NOT NULL").await, 0);
    assert!(desk.get(&format!("/console/users/{user}")).await.text.contains("已不可撤销"));
}

async fn a_withdrawn_phone_is_not_kept(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    log_in_at(&house, "u1", APP_2).await;
    Desk::of(&house, Role::Admin).await.reset(&user, "phone", "").await;
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    house.sim("push", json!({ "appid": APP_1, "user": "u1", "url": url, "event": "user_authorization_revoke" })).await;
    assert_eq!(house.count("resets WHERE before_sealed IS NOT NULL").await, 0);
    // What else was taken stays.
    let (user, _) = person(&house, "u2", "13580007777").await;
    let desk = Desk::of(&house, Role::Admin).await;
    desk.reset(&user, "everything", "").await;
    let (again, _) = person(&house, "u2", "13580008888").await;
    assert_ne!(again, user);
    assert_eq!(house.count("resets WHERE before_sealed IS NOT NULL").await, 1);
}

#[tokio::test]
async fn where_a_number_has_one_owner_it_keeps_one() {
    use latchkey::config::PhoneConflict;
    let house = House::with(&crate::databases::sqlite_url(), phone_conflict(PhoneConflict::Move)).await;
    let (user, _) = person(&house, "u1", "13580006666").await;
    let desk = Desk::of(&house, Role::Admin).await;
    desk.reset(&user, "phone", "").await;
    person(&house, "u2", "13580006666").await;
    let reset = desk.newest_reset(&user).await;
    assert!(desk.preview_undo(&user, &reset).await.text.contains("现在属于另一个用户"));
    assert_eq!(house.count("users WHERE phone_hash IS NOT NULL").await, 1);
}

/// Random sequences of whatever users and operators do. After each, every user is in order.
async fn any_order_of_acts_keeps_the_house_in_order(house: House) {
    for seed in [5, 6] {
        play(&house, seed).await;
    }
    assert!(house.count("resets WHERE undone_at IS NOT NULL").await > 0, "there was something to undo");
    assert!(house.count("erasures").await > 0 && house.count("resets WHERE kind = 'merge'").await > 0);
    assert_eq!(house.server.accounts.verify_audit().await.unwrap(), Ok(house.count("audit").await));
}

#[tokio::test]
async fn any_order_of_acts_leaves_a_number_its_one_owner() {
    use latchkey::config::PhoneConflict;
    for (seed, rule) in [(7, PhoneConflict::Move), (8, PhoneConflict::Reject)] {
        let house = House::with(&crate::databases::sqlite_url(), phone_conflict(rule)).await;
        play(&house, seed).await;
    }
}

async fn play(house: &House, seed: u64) {
    const STEPS: usize = 80;
    let random = Random::seeded(seed);
    let (actor, desk) = (Actor::operator("anna", None), Desk::of(house, Role::Viewer).await);
    for step in 0..STEPS {
        let [act, who, which, app] = random.bytes::<4>();
        let (name, app_of) = (format!("p{}", who % 3), if app % 2 == 0 { APP_1 } else { APP_2 });
        house.clock.advance(1);
        match act % 16 {
            0..=2 => drop(come(house, &name, app_of).await),
            3..=5 => bind(house, &name, app_of, &format!("1358000666{}", which % 4)).await,
            6..=8 => reset_something(&desk, &actor, which).await,
            9..=10 => join_two(&desk, &actor, which, app).await,
            11..=13 => undo_something(&desk, &actor, which).await,
            14 => keep_two_apart(&desk, &actor).await,
            _ => erase_somebody(&desk, &actor, which).await,
        }
        in_order(&desk, &format!("seed {seed}, step {step}: {act} {who} {which} {app}")).await;
    }
}

/// A login, as far as he may; its token.
async fn come(house: &House, name: &str, appid: &str) -> Option<String> {
    let code = house.code(name, appid).await;
    let answer = house.post("/api/login", json!({ "code": code, "appid": appid })).await;
    assert!(matches!(answer.status, 200 | 403), "{}", answer.text);
    answer.json()["data"]["token"].as_str().map(str::to_owned)
}

async fn bind(house: &House, name: &str, appid: &str, phone: &str) {
    house.sim("users", json!({ "user": name, "phone": phone })).await;
    let Some(token) = come(house, name, appid).await else { return };
    let tap = house.sim("phone", json!({ "user": name, "appid": appid, "mode": "code" })).await;
    let answer = house.post_as(&token, "/api/bindPhone", tap).await;
    assert!(matches!(answer.status, 200 | 409), "{}", answer.text);
}

async fn keep_two_apart(desk: &Desk<'_>, actor: &Actor) {
    if let Some(conflict) = desk.conflicts(false).await.first() {
        desk.house.server.accounts.keep_apart(conflict.id.parse().unwrap(), actor, "reason").await.unwrap();
    }
}

async fn erase_somebody(desk: &Desk<'_>, actor: &Actor, which: u8) {
    let users = desk.users().await;
    let Some(user) = users.get(usize::from(which) % users.len().max(1)) else { return };
    let (accounts, id) = (&desk.house.server.accounts, user.summary.id.parse().unwrap());
    let plan = accounts.preview_erasure(id).await.unwrap();
    accounts.erase_person(id, &accounts.erasure_seen(&plan), actor, "reason").await.unwrap();
}

async fn reset_something(desk: &Desk<'_>, actor: &Actor, which: u8) {
    let users = desk.users().await;
    if users.is_empty() {
        return;
    }
    let user = &users[usize::from(which) % users.len()];
    let binding = user.bindings.first().map(|binding| binding.id.parse::<Uuid>().unwrap());
    let what = match (which % 8, binding) {
        (0, Some(binding)) => What::Binding(binding),
        (1, Some(binding)) => What::Unionid(binding),
        (2, _) => What::Everything,
        (3, _) => What::Block,
        (4..=5, _) => What::Unblock,
        _ => What::Phone,
    };
    let accounts = &desk.house.server.accounts;
    let order = Order { user: user.summary.id.parse().unwrap(), what };
    if let Ok(plan) = accounts.preview_reset(&order).await {
        accounts.reset(&order, &accounts.seen(&plan), actor, "reason").await.unwrap();
    }
}

/// Moves a phone to another user, or merges the two.
async fn join_two(desk: &Desk<'_>, actor: &Actor, which: u8, other: u8) {
    let users = desk.users().await;
    let Some(last) = users.len().checked_sub(1).filter(|last| *last > 0) else { return };
    let id = |number: usize| users[number].summary.id.parse::<Uuid>().unwrap();
    let first = usize::from(which) % users.len();
    let second = id((first + 1 + usize::from(other) % last) % users.len());
    let what = if other.is_multiple_of(2) { What::Move(second) } else { What::Merge(second) };
    let accounts = &desk.house.server.accounts;
    let order = Order { user: id(first), what };
    if let Ok(plan) = accounts.preview_reset(&order).await {
        accounts.reset(&order, &accounts.seen(&plan), actor, "reason").await.unwrap();
    }
}

async fn undo_something(desk: &Desk<'_>, actor: &Actor, which: u8) {
    let accounts = &desk.house.server.accounts;
    let resets: Vec<_> = desk.users().await.into_iter().flat_map(|user| user.resets).collect();
    if resets.is_empty() {
        return;
    }
    let reset = resets[usize::from(which) % resets.len()].id.parse().unwrap();
    if let Ok(plan) = accounts.preview_undo(reset).await {
        let done = accounts.undo_reset(reset, &accounts.undo_seen(&plan), actor, "reason").await;
        assert!(
            done.is_ok() || plan.parts.iter().all(|(_, fate)| *fate != latchkey::accounts::Fate::Returns),
            "{done:?}"
        );
    }
}

async fn in_order(desk: &Desk<'_>, step: &str) {
    for user in desk.users().await {
        // Those of users who were merged into him stand among them.
        let own = user.phone_changes.iter().filter(|change| change.user_id == user.summary.id).collect::<Vec<_>>();
        let newest = own.first().and_then(|change| change.new.clone());
        assert_eq!(user.summary.phone, newest, "{step}: the phone is the last entry's");
        for pair in own.windows(2) {
            assert_eq!(pair[0].old, pair[1].new, "{step}: no entry is missing");
        }
    }
    for wrong in [
        "bindings a JOIN bindings b ON a.appid = b.appid AND a.openid = b.openid AND a.id <> b.id",
        "tokens t JOIN bindings b ON b.id = t.binding_id WHERE b.user_id <> t.user_id",
        "users WHERE (phone_hash IS NULL) <> (phone_sealed IS NULL)",
        "bindings b JOIN users u ON u.id = b.user_id WHERE u.merged_into IS NOT NULL",
        "tokens t JOIN users u ON u.id = t.user_id WHERE u.merged_into IS NOT NULL",
        "users WHERE merged_into IS NOT NULL AND (phone_hash IS NOT NULL OR nickname IS NOT NULL)",
        "conflicts c JOIN users u ON u.id IN (c.user_id, c.other_user_id) WHERE c.settled_at IS NULL \
         AND u.merged_into IS NOT NULL",
        "conflicts c JOIN users a ON a.id = c.user_id JOIN users b ON b.id = c.other_user_id \
         WHERE c.settled_at IS NULL AND c.kind = 'phone' AND a.phone_hash <> b.phone_hash",
        // Whoever has a number that an older user has is in a conflict, unless somebody has decided.
        "users u WHERE phone_hash IS NOT NULL AND EXISTS (SELECT 1 FROM users o WHERE o.phone_hash = u.phone_hash \
         AND o.id <> u.id) AND NOT EXISTS (SELECT 1 FROM conflicts c WHERE c.kind = 'phone' \
         AND (c.settled_at IS NULL OR c.settlement = 'kept_apart') AND u.id IN (c.user_id, c.other_user_id))",
        "resets WHERE undone_at IS NOT NULL AND before_sealed IS NOT NULL",
        "tokens t JOIN users u ON u.id = t.user_id WHERE u.blocked_at IS NOT NULL",
        // Of who is erased, nothing is left.
        "users WHERE erased_at IS NOT NULL AND (phone_sealed IS NOT NULL OR phone_hash IS NOT NULL OR nickname IS NOT NULL)",
        "bindings b JOIN users u ON u.id = b.user_id WHERE u.erased_at IS NOT NULL",
        "tokens t JOIN users u ON u.id = t.user_id WHERE u.erased_at IS NOT NULL",
        "phone_changes p JOIN users u ON u.id = p.user_id WHERE u.erased_at IS NOT NULL \
         AND (p.old_sealed IS NOT NULL OR p.new_sealed IS NOT NULL)",
        "resets r JOIN users u ON u.id IN (r.user_id, r.other_user_id) WHERE u.erased_at IS NOT NULL \
         AND r.before_sealed IS NOT NULL",
        "conflicts c JOIN users u ON u.id IN (c.user_id, c.other_user_id) WHERE u.erased_at IS NOT NULL",
        "users m JOIN users s ON s.id = m.merged_into WHERE s.erased_at IS NOT NULL AND m.erased_at IS NULL",
    ] {
        assert_eq!(desk.house.count(wrong).await, 0, "{step}: {wrong}");
    }
    if desk.house.config.phone_conflict != latchkey::config::PhoneConflict::Allow {
        let two = "users a JOIN users b ON a.phone_hash = b.phone_hash AND a.id <> b.id";
        assert_eq!(desk.house.count(two).await, 0, "{step}: {two}");
    }
}
