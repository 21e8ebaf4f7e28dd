//! A person who asks for his data, or for its end.

use std::collections::BTreeSet;

use latchkey::store::{
    Db,
    users::{self, ProfileChange, StoredPhone},
};
use latchkey_app::types::Role;
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    conflicts::{name, sharers, split},
    databases::{by_hand, on_both},
    desk::{Desk, seen},
    house::{APP_1, APP_2, House},
    resets::{log_in_at, person},
};

on_both!(crate::house::House::new =>
    who_may_not_erase_or_export_does_not,
    an_erased_person_is_nowhere,
    what_comes_late_leaves_no_trace_of_an_erased_person,
    an_export_holds_everything_and_no_secret,
    exports_count_as_looks,
    an_erasure_of_somebody_else_by_now_is_refused,
    a_merged_user_is_neither_erased_nor_exported,
    a_withdrawal_reaches_what_was_taken_before_a_merge,
    an_export_holds_those_who_were_merged,
    an_export_holds_nobody_elses_number,
    what_was_said_of_an_openid_goes_though_it_was_unbound,
);

const PHONES: [&str; 2] = ["13580006666", "13912345678"];
const NICKNAME: &str = "金丝雀小明";
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

/// A person with all that can be held about one.
pub struct Person {
    pub id: String,
    token: String,
    /// What must be nowhere afterwards.
    pub canaries: Vec<String>,
}

pub async fn whole_person(house: &House) -> Person {
    let (id, token) = person(house, "u1", PHONES[0]).await;
    house.sim("users", json!({ "user": "u1", "phone": PHONES[1] })).await;
    house.post_as(&token, "/api/bindPhone", house.tap("u1", "encrypted").await).await.data();
    let profile = json!({ "nickName": NICKNAME, "avatarUrl": "https://canary.example/a.png", "city": "canary city" });
    let me = house.post_as(&token, "/api/profile", profile).await.data();
    let code = house.code("u1", APP_2).await;
    let other = house.post("/api/login", json!({ "code": code, "appid": APP_2 })).await.data();
    // A failure that is his, and a message of WeChat about him.
    let late = house.tap("u1", "encrypted").await;
    house.sim("rotate", json!({ "user": "u1", "appid": APP_1 })).await;
    let fresh = house.tap("u1", "encrypted").await;
    house.post_as(&token, "/api/bindPhone", fresh).await.refused(422, "decrypt_failed", "relogin");
    house.post_as(&token, "/api/bindPhone", json!({ "code": "x".repeat(64) })).await;
    house.post_as(&token, "/api/bindPhone", late).await.data();
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    let push =
        json!({ "appid": APP_1, "user": "u1", "url": url, "event": "user_authorization_revoke", "revokeInfo": "99" });
    house.sim("push", push).await;
    house.server.accounts.reports_written().await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut canaries = vec![text(&me["openId"]), text(&me["unionId"]), text(&other["userInfo"]["openId"])];
    canaries.extend(PHONES.map(str::to_owned));
    canaries.extend([NICKNAME.to_owned(), "canary.example".into(), "canary city".into()]);
    assert_eq!(other["userInfo"]["userId"], id.as_str(), "one person in both mini programs");
    Person { id, token, canaries }
}

/// The form of an erasure, as its preview fills it in; where it leads to.
pub async fn erase(admin: &Browser<'_>, id: &str, reason: &str) -> String {
    let shown = seen(&admin.page(&format!("/console/users/{id}/erase")).await);
    let form = [("user", id), ("seen", shown.as_str()), ("typed", end(id)), ("reason", reason)];
    admin.led("erase_user", &form).await
}

fn end(id: &str) -> &str {
    &id[id.len() - 4..]
}

async fn who_may_not_erase_or_export_does_not(house: House) {
    let Person { id, token, .. } = whole_person(&house).await;
    let (admin, support) = (Browser::of(&house, Role::Admin).await, Browser::of(&house, Role::Support).await);
    let viewer = Browser::of(&house, Role::Viewer).await;
    let page = format!("/console/users/{id}");
    let erase = [("user", id.as_str()), ("seen", "x"), ("typed", end(&id)), ("reason", "by mail")];
    let export = [("user", id.as_str()), ("reason", "by mail")];
    for desk in [&support, &viewer] {
        assert_eq!(desk.get(&format!("{page}/erase")).await.status, 403);
        assert_eq!(desk.led("erase_user", &erase).await, format!("{page}/erase?problem=Forbidden"));
        assert_eq!(desk.led("export_user", &export).await, format!("{page}?problem=Forbidden"));
        let text = desk.page(&page).await;
        assert!(!text.contains("export_user") && !text.contains("/erase"));
    }
    for name in ["erase_user", "export_user"] {
        let to = Browser::new(&house).led(name, &erase).await;
        assert!(to.starts_with("/console/login?next=%2Fconsole%2Fusers%2F"), "{to}");
        for header in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
            assert_eq!(admin.post_with(name, &erase, header).await.status, 403);
        }
        assert_ne!(admin.get(&format!("/console/fn/{name}")).await.status, 200, "a link does nothing");
    }
    for (confirm, reason, problem) in [
        ("", "by mail", "Unconfirmed"),
        ("0000x", "by mail", "Unconfirmed"),
        (&id, "by mail", "Unconfirmed"),
        (&end(&id)[1..], "by mail", "Unconfirmed"),
        (end(&id), "", "Reason"),
        (end(&id), "wants 13912345678 gone", "Reason"),
    ] {
        let to = admin.led("erase_user", &[("user", &id), ("seen", "x"), ("typed", confirm), ("reason", reason)]).await;
        assert_eq!(to, format!("{page}/erase?problem={problem}"));
    }
    assert_eq!(admin.led("export_user", &[("user", &id), ("reason", " ")]).await, format!("{page}?problem=Reason"));
    assert_eq!(admin.led("export_user", &[("reason", "by mail")]).await, "/console/users?problem=NotFound");
    for user in [NOBODY, "x", "../../evil", "\u{0}"] {
        let confirm = user.get(user.len().saturating_sub(4)..).unwrap();
        let to =
            admin.led("erase_user", &[("user", user), ("seen", "x"), ("typed", confirm), ("reason", "by mail")]).await;
        assert!(to.ends_with("problem=NotFound") && to.starts_with("/console"), "{to}");
        let to = admin.led("export_user", &[("user", user), ("reason", "by mail")]).await;
        assert!(to.ends_with("problem=NotFound") && to.starts_with("/console/users"), "{to}");
    }
    for path in [format!("/console/users/{NOBODY}/erase"), "/console/users/x/erase".into()] {
        assert_eq!(admin.get(&path).await.status, 404);
    }
    house.me(&token).await.data();
    assert_eq!(house.count("audit WHERE action IN ('erase_user', 'export_user')").await, 0);
    assert_eq!(house.count("erasures").await, 0);
}

async fn an_erased_person_is_nowhere(house: House) {
    let Person { id, token, canaries } = whole_person(&house).await;
    let (stays, _) = person(&house, "u2", "13700001111").await;
    let conflict = format!(
        "INSERT INTO conflicts (id, at, kind, shared, user_id, other_user_id) SELECT a.id, 1, 'unionid', b.unionid, \
         a.user_id, b.user_id FROM bindings a, bindings b WHERE a.user_id <> b.user_id AND b.unionid = '{}' AND b.appid = '{APP_1}'",
        canaries[1]
    );
    by_hand(&house.server.accounts.db, &conflict).await;
    let admin = Browser::of(&house, Role::Admin).await;
    let page = format!("/console/users/{id}");

    let preview = admin.page(&format!("{page}/erase")).await;
    for part in ["139******78", "历史中的号码<b>2</b>", "unionid）<b>2</b>", "（立即失效）<b>2</b>", "冲突<b>1</b>"]
    {
        assert!(preview.contains(part), "{part}: {preview}");
    }
    let calls = format!("登录等调用记录<b>{}</b>", house.count("calls").await - 1);
    assert!(preview.contains(&calls), "{calls}: {preview}");
    let before = dump(&house).await;
    assert!(
        canaries[..3].iter().all(|canary| before.contains(canary)) && before.contains(NICKNAME),
        "the search works"
    );
    assert_eq!(erase(&admin, &id, "by mail, ticket 7").await, format!("{page}?done=erased"));

    let after = dump(&house).await;
    for canary in &canaries {
        for form in [canary.clone(), hex::encode(canary)] {
            assert!(!after.contains(&form), "{form}");
        }
    }
    // What is left is the other user's: sealed values, hashes to find them by, and whose anything is.
    for (table, count) in [
        ("bindings", 1),
        ("tokens", 1),
        ("conflicts", 0),
        ("ciphertexts", 0),
        ("users WHERE phone_sealed IS NOT NULL", 1),
        ("users WHERE phone_hash IS NOT NULL OR phone_last_four_hash IS NOT NULL", 1),
        ("phone_changes WHERE old_sealed IS NOT NULL OR new_sealed IS NOT NULL", 1),
        ("failures WHERE user_id IS NOT NULL OR binding_id IS NOT NULL OR ciphertext_hash IS NOT NULL", 0),
        ("failures WHERE request_id <> '' OR rid IS NOT NULL", 0),
        ("calls", 1),
        ("push_events WHERE user_id IS NOT NULL", 0),
        ("erasures WHERE cause = 'erase_user' AND what = 'everything'", 1),
    ] {
        assert_eq!(house.count(table).await, count, "{table}");
    }
    house.me(&token).await.refused(401, "unauthorized", "relogin");

    // A tombstone, found by its id and by nothing else.
    let tomb = admin.page(&format!("{page}?done=erased")).await;
    for part in ["已删除的用户", "个人数据已删除", "全部个人数据", "删除记录", "by mail, ticket 7", "已删除（"]
    {
        assert!(part == "by mail, ticket 7" || tomb.contains(part), "{part}: {tomb}");
    }
    for part in ["fn/reveal_phone", "fn/export_user", "/erase\"", "微信绑定", "fn/reset_wechat_session"] {
        assert!(!tomb.contains(part), "{part}");
    }
    for q in canaries.iter().map(String::as_str).chain(["5678", "6666"]) {
        let query: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
        assert!(admin.page(&format!("/console/users?q={query}")).await.contains("没有找到匹配的用户"), "{q}");
    }
    assert!(admin.page("/console/audit").await.contains("by mail, ticket 7"));
    assert!(admin.page(&format!("/console/users/{stays}")).await.contains("137******11"));
    let form = [("user", id.as_str()), ("seen", "x"), ("typed", end(&id)), ("reason", "by mail, ticket 7")];
    assert_eq!(admin.led("erase_user", &form).await, format!("{page}?problem=Erased"));
    assert_eq!(admin.get(&format!("{page}/erase")).await.status, 409);
    let reveal = admin.led("reveal_phone", &[("user", &id), ("reason", "why not")]).await;
    assert_eq!(reveal, format!("{page}?problem=NoPhone"));
    assert!(house.server.accounts.verify_audit().await.unwrap().is_ok());

    // Who comes back is somebody else.
    assert_eq!(house.log_in("u1").await["isNew"], json!(true));
}

/// A request that was on its way when the person was erased.
async fn what_comes_late_leaves_no_trace_of_an_erased_person(house: House) {
    let Person { id, .. } = whole_person(&house).await;
    let admin = Browser::of(&house, Role::Admin).await;
    let rows = house.count("failures").await;
    erase(&admin, &id, "by mail").await;
    let (user, now) = (id.parse().unwrap(), house.clock.now());
    let mut tx = house.server.accounts.db.write().await.unwrap();
    let phone = StoredPhone { sealed: vec![1], hash: [1; 32], national_hash: [1; 32], last_four_hash: [1; 32] };
    assert!(!users::set_phone(&mut tx, user, Some(&phone), now).await.unwrap());
    let change = ProfileChange { nickname: Some(NICKNAME), ..ProfileChange::default() };
    users::set_profile(&mut tx, user, &change).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(house.count("users WHERE phone_hash IS NOT NULL OR nickname IS NOT NULL").await, 0);
    assert_eq!(house.count("failures").await, rows);
}

async fn an_export_holds_everything_and_no_secret(house: House) {
    let Person { id, token, canaries } = whole_person(&house).await;
    let (support, admin) = (Browser::of(&house, Role::Support).await, Browser::of(&house, Role::Admin).await);
    support.led("reveal_phone", &[("user", &id), ("reason", "the user called")]).await;
    let answer = admin.post("export_user", &[("user", &id), ("reason", "by mail, ticket 8")]).await;
    let headers = ["content-type", "content-disposition", "cache-control"].map(|name| answer.header(name));
    let expected = ["application/json; charset=utf-8", "attachment; filename=\"user.json\"", "no-store"];
    assert_eq!((answer.status, headers), (200, expected));
    for canary in &canaries {
        assert!(answer.text.contains(canary), "{canary}: {}", answer.text);
    }
    let held = answer.json();
    assert_eq!((&held["format"], &held["userId"]), (&json!("latchkey.person/1"), &json!(id)));
    assert_eq!(held["phone"], json!({ "countryCode": "86", "purePhoneNumber": PHONES[1] }));
    for (list, length) in [("bindings", 2), ("sessions", 2), ("phoneChanges", 2), ("pushes", 1), ("operators", 2)] {
        assert_eq!(held[list].as_array().unwrap().len(), length, "{list}: {held}");
    }
    assert!(
        !held["failures"].as_array().unwrap().is_empty() && !held["openedCiphertexts"].as_array().unwrap().is_empty()
    );
    let first = held["calls"].as_array().unwrap().iter().filter(|call| call["kind"] == "first_login").count();
    assert_eq!(first, 2, "{held}");
    let acts =
        |field: &str| held["operators"].as_array().unwrap().iter().map(|act| act[field].clone()).collect::<Vec<_>>();
    assert_eq!(acts("action"), ["reveal_phone", "export_user"]);
    assert_eq!(acts("reason"), ["the user called", "by mail, ticket 8"]);
    let hash = hex::encode(latchkey::sealed::sha256(&[token.as_bytes()]));
    let (secret, code) = ("1".repeat(32), house.code("u1", APP_1).await);
    let exchange = format!("appid={APP_1}&secret={secret}&js_code={code}&grant_type=authorization_code");
    let key = house.wechat(&format!("/sns/jscode2session?{exchange}")).await;
    let key = key["session_key"].as_str().unwrap().to_owned();
    for secret in [&token, &hash, &key] {
        assert!(!answer.text.contains(secret.as_str()), "{secret}");
    }
    // Of somebody who was erased there is little to hand out, but what there is.
    erase(&admin, &id, "by mail").await;
    let again = admin.post("export_user", &[("user", &id), ("reason", "what is left")]).await.json();
    assert_eq!((&again["phone"], &again["bindings"]), (&Value::Null, &json!([])));
    assert_eq!(again["erasures"][0]["what"], "everything");
    assert!(canaries.iter().all(|canary| !again.to_string().contains(canary)));
}

async fn exports_count_as_looks(house: House) {
    let (id, _) = person(&house, "u1", PHONES[0]).await;
    let admin = Browser::of(&house, Role::Admin).await;
    let form = [("user", id.as_str()), ("reason", "again")];
    for _ in 0..15 {
        admin.led("reveal_phone", &form).await;
        assert_eq!(admin.post("export_user", &form).await.status, 200);
    }
    let refused = format!("/console/users/{id}?problem=TooManyReveals");
    for name in ["export_user", "reveal_phone"] {
        assert_eq!(admin.led(name, &form).await, refused);
    }
    assert_eq!(admin.get(&refused).await.header("retry-after"), "3600");
    let page = admin.page(&format!("/console/users/{id}")).await;
    assert_eq!((page.matches("查看完整手机号</td>").count(), page.matches("导出个人数据</td>").count()), (15, 15));
}

async fn an_erasure_of_somebody_else_by_now_is_refused(house: House) {
    let [first, second] = split(&house).await;
    let admin = Desk::of(&house, Role::Admin).await;
    let page = format!("/console/users/{second}/erase");
    let shown = seen(&admin.page(&page).await);
    admin.reset(&first, "merge", &second).await;
    let form = [("user", second.as_str()), ("seen", &shown), ("typed", end(&second)), ("reason", "by mail")];
    let to = admin.led("erase_user", &form).await;
    assert_eq!(to, format!("{page}?problem=Stale"));
    let again = admin.page(&to).await;
    for words in ["期间情况有变", "有用户合并进来", "微信绑定有变", "value=\"by mail\""] {
        assert!(again.contains(words), "{words}: {again}");
    }
    assert!(!again.contains("手机号有变"), "{again}");
    assert_eq!(house.count("erasures").await + house.count("users WHERE erased_at IS NOT NULL").await, 0);
    // A login changes nothing of whom it is.
    let shown = seen(&again);
    house.clock.advance(60);
    log_in_at(&house, "u1", APP_2).await;
    let form = [("user", second.as_str()), ("seen", &shown), ("typed", end(&second)), ("reason", "by mail")];
    assert_eq!(admin.led("erase_user", &form).await, format!("/console/users/{second}?done=erased"));
    assert_eq!(house.count("users WHERE erased_at IS NOT NULL").await, 2);
}

async fn a_merged_user_is_neither_erased_nor_exported(house: House) {
    let [first, second] = split(&house).await;
    let admin = Desk::of(&house, Role::Admin).await;
    admin.reset(&first, "merge", &second).await;
    let page = format!("/console/users/{first}");
    let text = admin.page(&page).await;
    assert!(!text.contains("export_user") && !text.contains("/erase\""), "{text}");
    assert_eq!(admin.get(&format!("{page}/erase")).await.status, 409);
    let form = [("user", first.as_str()), ("seen", "x"), ("typed", end(&first)), ("reason", "by mail")];
    for act in ["erase_user", "export_user"] {
        let to = admin.led(act, &form).await;
        assert_eq!(to, format!("{page}?problem=Merged"), "{act}");
        assert!(admin.page(&to).await.contains(&format!("/console/users/{second}")), "the way to the survivor");
    }
    assert_eq!(house.count("erasures").await + house.count("audit WHERE action = 'export_user'").await, 0);
}

async fn a_withdrawal_reaches_what_was_taken_before_a_merge(house: House) {
    let (first, token) = person(&house, "u1", PHONES[0]).await;
    name(&house, &token, NICKNAME).await;
    let second = house.log_in("u2").await["userInfo"]["userId"].as_str().unwrap().to_owned();
    let admin = Desk::of(&house, Role::Admin).await;
    admin.reset(&first, "phone", "").await;
    admin.reset(&first, "merge", &second).await;
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    let push = |user| json!({ "appid": APP_1, "user": user, "url": url, "event": "user_authorization_revoke" });
    assert_eq!(house.count("resets WHERE kind = 'phone' AND before_sealed IS NOT NULL").await, 1);
    house.sim("push", push("u2")).await;
    assert_eq!(house.count("resets WHERE kind = 'phone' AND before_sealed IS NOT NULL").await, 0);
    let numbers = "phone_changes WHERE old_sealed IS NOT NULL OR new_sealed IS NOT NULL";
    assert_eq!((house.count(numbers).await, house.count("erasures WHERE what = 'phone'").await), (0, 1));
}

async fn an_export_holds_those_who_were_merged(house: House) {
    let (first, _) = person(&house, "u1", PHONES[0]).await;
    let (second, _) = person(&house, "u2", PHONES[1]).await;
    let admin = Desk::of(&house, Role::Admin).await;
    admin.led("reveal_phone", &[("user", &first), ("reason", "the user called")]).await;
    admin.reset(&first, "merge", &second).await;
    let held = admin.post("export_user", &[("user", &second), ("reason", "by mail")]).await.json();
    assert_eq!(held["mergedUserIds"], json!([first]));
    assert_eq!(held["phoneChanges"].as_array().unwrap().len(), 3, "{held}");
    assert!(held["phoneChanges"].to_string().contains(PHONES[0]), "his history was his own");
    assert!(held["resets"][0]["kept"].to_string().contains(PHONES[0]), "and what is kept of it");
    let acts: Vec<_> = held["operators"].as_array().unwrap().iter().map(|act| act["action"].clone()).collect();
    assert_eq!(acts, ["reveal_phone", "merge_users", "export_user"]);
    let page = admin.page(&format!("/console/users/{second}")).await;
    assert_eq!(page.matches("查看完整手机号</td>").count(), 1, "who looked before is told");
    assert!(page.contains("此用户") && page.contains(&format!("已合并的用户 …{}", end(&first))), "{page}");
}

async fn an_export_holds_nobody_elses_number(house: House) {
    let [(first, _), (second, token)] = sharers(&house).await;
    house.sim("users", json!({ "user": "u2", "phone": PHONES[1] })).await;
    house.post_as(&token, "/api/bindPhone", house.tap("u2", "code").await).await.data();
    let admin = Desk::of(&house, Role::Admin).await;
    admin.reset(&first, "move_phone", &second).await;
    let export = async |user: &str| admin.post("export_user", &[("user", user), ("reason", "by mail")]).await.json();
    let (his, others) = (export(&first).await, export(&second).await);
    assert!(!his.to_string().contains(PHONES[1]), "{his}");
    assert!(his["resets"][0]["kept"].to_string().contains(PHONES[0]));
    assert!(others["resets"][0]["kept"].to_string().contains(PHONES[1]), "{others}");
}

/// A failure that named the openid before anybody here had it: the preview counts it, the export holds it, the erasure takes
/// it, while it is bound and afterwards.
async fn what_was_said_of_an_openid_goes_though_it_was_unbound(house: House) {
    let (secret, code) = ("1".repeat(32), house.code("u1", APP_1).await);
    let exchange = format!("appid={APP_1}&secret={secret}&js_code={code}&grant_type=authorization_code");
    let session = house.wechat(&format!("/sns/jscode2session?{exchange}")).await;
    let openid = session["openid"].as_str().unwrap();
    let tap = house.tap("u1", "encrypted").await;
    let body = json!({ "appid": APP_1, "openid": openid, "encryptedData": tap["encryptedData"], "iv": tap["iv"] });
    house.post("/getWXUserPhone", body).await.refused(422, "decrypt_failed", "relogin");
    house.server.accounts.reports_written().await;
    let (id, _) = person(&house, "u1", PHONES[0]).await;
    let admin = Desk::of(&house, Role::Admin).await;
    let (page, export) = (format!("/console/users/{id}/erase"), [("user", id.as_str()), ("reason", "by mail")]);
    let known = async || {
        let preview = admin.page(&page).await;
        assert!(preview.contains("与此人的关联<b>1</b>"), "{preview}");
        let held = admin.post("export_user", &export).await.json();
        assert_eq!((held["failures"].as_array().unwrap().len(), &held["failures"][0]["openid"]), (1, &json!(openid)));
    };
    known().await;
    let binding = admin.user(&id).await.bindings[0].id.clone();
    admin.reset(&id, "binding", &binding).await;
    known().await;
    erase(&admin, &id, "by mail").await;
    assert_eq!(house.count("failures WHERE openid IS NOT NULL OR request_id <> ''").await, 0);
    let after = dump(&house).await;
    assert!(!after.contains(openid) && !after.contains(&hex::encode(openid)));
}

/// Every table that knows users. A new one is put here when `accounts/erase.rs` has learnt to empty it.
#[tokio::test]
async fn every_table_that_knows_users_is_known_to_the_erasure() {
    let house = House::new(&crate::databases::sqlite_url()).await;
    let Db::Sqlite { readers, .. } = &house.server.accounts.db else { unreachable!() };
    let sql = "SELECT DISTINCT t.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND \
               (c.name LIKE '%user_id' OR c.name LIKE '%binding_id' OR c.name LIKE '%openid%' OR c.name LIKE '%unionid%' \
               OR c.name LIKE '%phone%')";
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(readers).await.unwrap();
    let known = [
        "users",
        "bindings",
        "session_keys",
        "tokens",
        "phone_changes",
        "resets",
        "login_codes",
        "erasures",
        "push_events",
        "calls",
        "conflicts",
        "audit",
        "failures",
        "ciphertexts",
    ];
    assert_eq!(tables.into_iter().collect::<BTreeSet<_>>(), known.map(str::to_owned).into());
}

/// Every value of every table as text, bytes in hex and as far as they are text.
async fn dump(house: &House) -> String {
    match &house.server.accounts.db {
        Db::Sqlite { readers, .. } => {
            let sql = "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'";
            let columns: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(readers).await.unwrap();
            let mut text = String::new();
            for (table, column) in columns {
                let sql = format!(
                    "SELECT COALESCE(GROUP_CONCAT(CASE typeof({column}) WHEN 'blob' THEN hex({column}) ELSE {column} END, ' '), '') FROM {table}"
                );
                let values: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(readers).await.unwrap();
                text += &values;
            }
            text
        }
        Db::Postgres(pool) => {
            let sql = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
            let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await.unwrap();
            let mut text = String::new();
            for table in tables {
                let sql = format!("SELECT COALESCE(STRING_AGG({table}::text, ' '), '') FROM {table}");
                let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap();
                text += &rows;
            }
            text
        }
    }
}
