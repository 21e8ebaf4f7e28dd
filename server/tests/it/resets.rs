//! What support takes from a user: previewed, confirmed, recorded, with tokens dead at once.

use axum::{body::Body, http::Request};
use latchkey_app::types::Role;
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    databases::on_both,
    desk::{Desk, Filled, REASON, seen},
    house::{APP_1, APP_2, Answer, House},
};

on_both!(crate::house::House::new =>
    who_may_not_changes_nothing,
    what_is_not_confirmed_changes_nothing,
    what_is_not_there_is_not_reset,
    a_stale_form_is_refused_and_leads_to_a_fresh_preview,
    a_phone_is_unbound,
    an_openid_is_unbound_and_comes_back_as_a_new_user,
    an_openid_with_a_shared_unionid_comes_back_to_its_user,
    a_unionid_is_forgotten,
    sessions_end_one_by_one_or_all_at_once,
    everything_is_reset_at_once,
    a_blocked_user_is_out_until_unblocked,
    unbinding_a_blocked_user_is_warned_of,
    an_erased_user_is_a_tombstone,
);

/// A user of the simulator who has logged in and shared a phone: his id and token.
pub async fn person(house: &House, name: &str, phone: &str) -> (String, String) {
    house.sim("users", json!({ "user": name, "phone": phone })).await;
    let login = house.log_in(name).await;
    let token = login["token"].as_str().unwrap().to_owned();
    house.post_as(&token, "/api/bindPhone", house.tap(name, "code").await).await.data();
    (login["userInfo"]["userId"].as_str().unwrap().to_owned(), token)
}

pub async fn log_in_at(house: &House, name: &str, appid: &str) -> Value {
    let code = house.code(name, appid).await;
    house.post("/api/login", json!({ "code": code, "appid": appid })).await.data()
}

pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

fn dead(answer: &Answer) {
    answer.refused(401, "unauthorized", "relogin");
}

async fn untouched(house: &House, token: &str) {
    assert!(!house.me(token).await.data()["phone"].is_null());
    assert_eq!((house.count("resets").await, house.count("audit WHERE user_id IS NOT NULL").await), (0, 0));
}

async fn who_may_not_changes_nothing(house: House) {
    let (user, token) = person(&house, "u1", "13580006666").await;
    let support = Desk::of(&house, Role::Support).await;
    let shown = seen(&support.preview(&user, "phone", "").await.text);
    let filled = Filled { reason: REASON, typed: &user };

    let viewer = Desk::of(&house, Role::Viewer).await;
    let page = viewer.get(&format!("/console/users/{user}")).await.text;
    assert!(!page.contains("/reset?what="), "{page}");
    assert_eq!(viewer.preview(&user, "phone", "").await.status, 403);
    let to = viewer.confirm(&user, "phone", "", &shown, &filled).await;
    assert!(to.ends_with("&problem=Forbidden"), "{to}");
    let stranger = Browser::new(&house);
    assert_eq!(stranger.preview(&user, "phone", "").await.status, 302);
    assert!(stranger.confirm(&user, "phone", "", &shown, &filled).await.starts_with("/console/login?next="));

    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        for function in ["reset_user", "undo_reset"] {
            let request = Request::post(format!("/console/fn/{function}")).header("host", "login.example");
            let request = request.header(name, value).header("cookie", support.cookie());
            assert_eq!(house.send(request.body(Body::empty()).unwrap()).await.status, 403, "{function} {name}");
        }
    }
    untouched(&house, &token).await;
}

async fn what_is_not_confirmed_changes_nothing(house: House) {
    let (user, token) = person(&house, "u1", "13580006666").await;
    let support = Desk::of(&house, Role::Support).await;
    let shown = seen(&support.preview(&user, "phone", "").await.text);
    let long = "长".repeat(501);
    for (reason, typed, problem) in [
        ("", user.as_str(), "Reason"),
        (" \t ", &user, "Reason"),
        (&long, &user, "Reason"),
        (REASON, "", "Unconfirmed"),
        (REASON, "zzzz", "Unconfirmed"),
        (REASON, &user[..30], "Unconfirmed"),
    ] {
        let to = support.confirm(&user, "phone", "", &shown, &Filled { reason, typed }).await;
        assert_eq!(to, format!("/console/users/{user}/reset?what=phone&of=&problem={problem}"));
    }
    // The reason is back in the form, once, and on no other page.
    let back = support.preview(&user, "phone", "").await;
    assert!(
        back.text
            .contains(&format!("name=\"reason\" required maxlength=\"500\" autocomplete=\"off\" value=\"{REASON}\"")),
        "{}",
        back.text
    );
    assert!(!support.preview(&user, "phone", "").await.text.contains(REASON));
    support.confirm(&user, "phone", "", &shown, &Filled { reason: REASON, typed: "" }).await;
    assert!(!support.preview(&user, "sessions", "").await.text.contains(REASON));
    let page = support.get(&format!("/console/users/{user}/reset?what=phone&problem=Unconfirmed")).await;
    assert!(page.text.contains("确认字符不正确"));
    untouched(&house, &token).await;
}

async fn what_is_not_there_is_not_reset(house: House) {
    let (user, token) = person(&house, "u1", "13580006666").await;
    let (other, _) = person(&house, "u2", "13580007777").await;
    let support = Desk::of(&house, Role::Support).await;
    let foreign = support.user(&other).await;
    let (binding, session) = (foreign.bindings[0].id.clone(), foreign.sessions[0].id.clone());
    let nobody = "01890000-0000-7000-8000-000000000000";
    for (user, what, of) in [
        (user.as_str(), "nonsense", ""),
        (&user, "", ""),
        (&user, "binding", binding.as_str()),
        (&user, "binding", "x"),
        (&user, "binding", ""),
        (&user, "unionid", &binding),
        (&user, "wechat_session", &binding),
        (&user, "session", &session),
        (&user, "session", ""),
        (nobody, "phone", ""),
        ("x", "phone", ""),
    ] {
        assert_eq!(support.preview(user, what, of).await.status, 404, "{what} {of}");
        let to = support.confirm(user, what, of, "", &Filled { reason: REASON, typed: user }).await;
        assert!(
            to.ends_with(if user == "x" { "problem=Unconfirmed" } else { "problem=NotFound" }),
            "{what} {of}: {to}"
        );
    }
    for what in ["unblock"] {
        assert_eq!(support.preview(&user, what, "").await.status, 409, "{what}");
    }
    untouched(&house, &token).await;
}

async fn a_stale_form_is_refused_and_leads_to_a_fresh_preview(house: House) {
    let (user, token) = person(&house, "u1", "13580006666").await;
    let support = Desk::of(&house, Role::Support).await;
    let shown = seen(&support.preview(&user, "phone", "").await.text);
    // More logins are no news; another number is.
    house.token("u1").await;
    assert_eq!(seen(&support.preview(&user, "phone", "").await.text), shown);
    house.sim("users", json!({ "user": "u1", "phone": "13912345678" })).await;
    house.post_as(&token, "/api/bindPhone", house.tap("u1", "code").await).await.data();
    let filled = Filled { reason: REASON, typed: &user };
    let to = support.confirm(&user, "phone", "", &shown, &filled).await;
    assert_eq!(to, format!("/console/users/{user}/reset?what=phone&of=&problem=Stale"));
    untouched(&house, &token).await;
    let fresh = support.get(&to).await.text;
    for words in ["期间情况有变", "以下一项在您上次查看之后有变", "139******78", REASON] {
        assert!(fresh.contains(words), "{words}: {fresh}");
    }
    support.confirm(&user, "phone", "", &seen(&fresh), &filled).await;
    // Two operators at once: the second is told that it is done.
    let to = support.confirm(&user, "phone", "", &seen(&fresh), &filled).await;
    assert_eq!(to, format!("/console/users/{user}?problem=NothingToReset"));
    assert_eq!(house.count("resets").await, 1);
}

async fn a_phone_is_unbound(house: House) {
    let (user, token) = person(&house, "u1", "13580006666").await;
    house.clock.advance(60);
    let support = Desk::of(&house, Role::Support).await;
    let before = house.count("audit").await;
    let preview = support.preview(&user, "phone", "").await.text;
    for words in ["135******66", "1 个会话立即失效", "30 天内可由管理员撤销", "微信绑定不变"] {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    assert!(!preview.contains("13580006666"));
    assert_eq!((house.count("audit").await, house.count("resets").await), (before, 0), "a look changes nothing");
    support.reset(&user, "phone", "").await;
    dead(&house.me(&token).await);
    let again = house.log_in("u1").await;
    assert_eq!((&again["userInfo"]["userId"], &again["userInfo"]["phone"]), (&json!(user), &Value::Null));
    let page = support.user(&user).await;
    let change = &page.phone_changes[0];
    assert_eq!((change.old.as_deref(), change.new.as_deref()), (Some("135******66"), None));
    assert_eq!((change.source.name(), change.operator.as_deref()), ("reset", Some("support")));
    assert_eq!((page.resets.len(), page.resets[0].reason.as_str()), (1, REASON));
    let shown = support.get(&format!("/console/users/{user}?done=phone")).await.text;
    for words in ["手机号已解绑", "客服解绑", "support · 解绑手机号", REASON] {
        assert!(shown.contains(words), "{words}");
    }
    assert!(
        support.in_english().get(&format!("/console/users/{user}")).await.text.contains("support · unbound the phone")
    );
    assert_eq!(house.count("audit WHERE action = 'unbind_phone'").await, 1);
    assert_eq!(house.count("audit WHERE detail LIKE '%13580006666%' OR detail LIKE '%135***%'").await, 0);
    assert_eq!(house.count("users WHERE phone_hash IS NOT NULL OR phone_sealed IS NOT NULL").await, 0);
    assert!(house.server.accounts.verify_audit().await.unwrap().is_ok());
    // Free for whoever proves it.
    let (other, _) = person(&house, "u2", "13580006666").await;
    assert_ne!(other, user);
}

async fn an_openid_is_unbound_and_comes_back_as_a_new_user(house: House) {
    house.sim("openplatform", json!({ "appid": APP_1, "linked": false })).await;
    let (user, token) = person(&house, "u1", "13580006666").await;
    let support = Desk::of(&house, Role::Support).await;
    let binding = support.user(&user).await.bindings[0].clone();
    let preview = support.reset(&user, "binding", &binding.id).await;
    for words in [binding.openid.as_str(), "下次登录会成为新用户", "1 个会话立即失效"] {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    dead(&house.me(&token).await);
    assert_eq!((house.count("bindings").await, house.count("session_keys").await), (0, 0));
    assert_eq!(support.user(&user).await.summary.phone.as_deref(), Some("135******66"));
    let back = house.log_in("u1").await;
    assert_eq!((&back["isNew"], &back["userInfo"]["openId"]), (&json!(true), &json!(binding.openid)));
    assert_ne!(back["userInfo"]["userId"], json!(user));
}

async fn an_openid_with_a_shared_unionid_comes_back_to_its_user(house: House) {
    let (user, token) = person(&house, "u1", "13580006666").await;
    let elsewhere = log_in_at(&house, "u1", APP_2).await;
    assert_eq!(text(&elsewhere["userInfo"], "userId"), user);
    let support = Desk::of(&house, Role::Support).await;
    let page = support.user(&user).await;
    let binding = page.bindings.iter().find(|binding| binding.app.appid == APP_1).unwrap();
    let preview = support.reset(&user, "binding", &binding.id).await;
    assert!(preview.contains("仍会回到这个用户"), "{preview}");
    dead(&house.me(&token).await);
    house.me(text(&elsewhere, "token")).await.data();
    assert_eq!(house.log_in("u1").await["userInfo"]["userId"], json!(user));
}

async fn a_unionid_is_forgotten(house: House) {
    let (user, token) = person(&house, "u1", "13580006666").await;
    let support = Desk::of(&house, Role::Support).await;
    let binding = support.user(&user).await.bindings[0].clone();
    let preview = support.reset(&user, "unionid", &binding.id).await;
    assert!(preview.contains(binding.unionid.as_deref().unwrap()), "{preview}");
    dead(&house.me(&token).await);
    assert_eq!(support.user(&user).await.bindings[0].unionid, None);
    assert_eq!(support.preview(&user, "unionid", &binding.id).await.status, 409, "there is none any more");
    house.sim("openplatform", json!({ "appid": APP_1, "linked": false })).await;
    assert_eq!(house.log_in("u1").await["userInfo"]["userId"], json!(user));
}

async fn sessions_end_one_by_one_or_all_at_once(house: House) {
    let (user, first) = person(&house, "u1", "13580006666").await;
    house.clock.advance(7200);
    let (second, third) = (house.token("u1").await, house.token("u1").await);
    let support = Desk::of(&house, Role::Support).await;
    let sessions = support.user(&user).await.sessions;
    assert_eq!(sessions.len(), 3);
    let oldest = sessions.iter().min_by_key(|session| session.created_at).unwrap();
    support.reset(&user, "session", &oldest.id).await;
    dead(&house.me(&first).await);
    for token in [&second, &third] {
        house.me(token).await.data();
    }
    assert_eq!(support.preview(&user, "session", &oldest.id).await.status, 404);
    let preview = support.reset(&user, "sessions", "").await;
    assert!(preview.contains("2 个会话立即失效"), "{preview}");
    for token in [&second, &third] {
        dead(&house.me(token).await);
    }
    assert_eq!(support.preview(&user, "sessions", "").await.status, 409);
    // Nothing is kept of what cannot come back.
    assert_eq!(house.count("resets WHERE before_sealed IS NOT NULL").await, 0);
}

async fn everything_is_reset_at_once(house: House) {
    let (user, token) = person(&house, "u1", "13580006666").await;
    let elsewhere = log_in_at(&house, "u1", APP_2).await;
    let support = Desk::of(&house, Role::Support).await;
    let preview = support.reset(&user, "everything", "").await;
    for words in ["135******66", text(&elsewhere["userInfo"], "openId"), "2 个会话立即失效", "成为新用户"] {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    for token in [&token, text(&elsewhere, "token")] {
        dead(&house.me(token).await);
    }
    assert_eq!((house.count("bindings").await, house.count("tokens").await), (0, 0));
    assert_eq!(house.log_in("u1").await["isNew"], json!(true));
}

async fn a_blocked_user_is_out_until_unblocked(house: House) {
    let (user, token) = person(&house, "u1", "13580006666").await;
    let support = Desk::of(&house, Role::Support).await;
    let preview = support.reset(&user, "block", "").await;
    assert!(preview.contains("不能再登录") && preview.contains("1 个会话立即失效"), "{preview}");
    dead(&house.me(&token).await);
    let code = house.code("u1", APP_1).await;
    let refused = house.post("/api/login", json!({ "code": code, "appid": APP_1 })).await;
    refused.refused(403, "user_blocked", "stop");
    assert_eq!(support.preview(&user, "block", "").await.status, 409, "he is");
    let page = support.get(&format!("/console/users/{user}")).await.text;
    assert!(page.contains("起封禁") && page.contains(REASON), "{page}");
    assert_eq!(support.user(&user).await.block.map(|block| block.reason).as_deref(), Some(REASON));
    support.reset(&user, "unblock", "").await;
    dead(&house.me(&token).await);
    assert_eq!(house.log_in("u1").await["userInfo"]["userId"], json!(user));
    assert_eq!(house.count("audit WHERE action IN ('block_user', 'unblock_user')").await, 2);
}

async fn unbinding_a_blocked_user_is_warned_of(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let support = Desk::of(&house, Role::Support).await;
    support.reset(&user, "block", "").await;
    assert!(support.preview(&user, "everything", "").await.text.contains("封禁对它不再有效"));
    assert!(!support.preview(&user, "phone", "").await.text.contains("封禁对它不再有效"));
}

async fn an_erased_user_is_a_tombstone(house: House) {
    let (user, _) = person(&house, "u1", "13580006666").await;
    let support = Desk::of(&house, Role::Support).await;
    support.reset(&user, "phone", "").await;
    assert_eq!(house.count("resets WHERE before_sealed IS NOT NULL").await, 1);
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    let cancel = json!({ "appid": APP_1, "user": "u1", "url": url, "event": "user_authorization_cancellation" });
    house.sim("push", cancel).await;
    assert_eq!(house.count("resets WHERE before_sealed IS NOT NULL").await, 0, "nothing personal is kept");
    let page = support.get(&format!("/console/users/{user}")).await.text;
    assert!(page.contains("已删除的用户") && !page.contains("/reset?what="), "{page}");
    for what in ["phone", "sessions", "everything", "block", "unblock"] {
        assert_eq!(support.preview(&user, what, "").await.status, 409, "{what}");
    }
}
