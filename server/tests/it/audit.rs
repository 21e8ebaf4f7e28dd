//! The audit log: its page, and what somebody finds out who changes it by hand.

use latchkey::{accounts::Actor, sealed::Column};
use latchkey_app::types::{AuditAction, Role};
use uuid::Uuid;

use crate::{
    browser::Browser,
    databases::{by_hand, on_both},
    house::House,
    resets::person,
};

on_both!(crate::house::House::new =>
    the_log_is_for_operators,
    the_page_tells_every_act_in_words,
    the_page_is_filtered_and_paged_by_its_address,
    whatever_is_changed_by_hand_is_found,
    an_act_does_not_cover_up_a_cut,
    an_older_state_that_is_put_back_is_found_by_a_running_node,
    a_log_begins_once,
    facts_are_told_in_words,
    a_long_log_is_looked_at_beside_the_page,
);

async fn make_keys(house: &House, count: usize) {
    for number in 0..count {
        let actor = Actor::operator("anna", None);
        house.server.accounts.create_api_key(&format!("key {number}"), &actor).await.unwrap();
    }
}

/// As `latchkey audit verify` on a fresh program sees it.
async fn verified(house: &House) -> Result<i64, i64> {
    house.second_node().await.server.accounts.verify_audit().await.unwrap()
}

async fn the_log_is_for_operators(house: House) {
    let stranger = Browser::new(&house);
    assert_eq!(stranger.get("/console/audit").await.header("location"), "/console/login?next=%2Fconsole%2Faudit");
    assert!(stranger.led("check_audit", &[]).await.starts_with("/console/login?next="));
    let viewer = Browser::of(&house, Role::Viewer).await;
    assert_eq!(viewer.post_with("check_audit", &[], ("sec-fetch-site", "cross-site")).await.status, 403);
    for path in ["?user=x", "?from=yesterday", "?to=2026-13-01", "?cursor=x", "?cursor=after-x", "?cursor=before-"] {
        assert_eq!(viewer.get(&format!("/console/audit{path}")).await.status, 400, "{path}");
    }
    // The beginning, the operator, and his sign-in.
    assert!(viewer.page("/console/audit").await.contains("链条完整 · 3 条记录"));
}

async fn the_page_tells_every_act_in_words(house: House) {
    let (id, _) = person(&house, "u1", "13580006666").await;
    house.server.accounts.create_api_key("order service", &Actor::command_line()).await.unwrap();
    let support = Browser::of(&house, Role::Support).await;
    support.led("reveal_phone", &[("user", &id), ("reason", "工单 1001")]).await;
    let page = support.page("/console/audit").await;
    for part in [
        "开始记录审计日志",
        "创建 API 密钥",
        "命令行",
        "order service",
        "查看完整手机号",
        "<strong>support</strong>",
        "工单 1001",
        &format!("href=\"/console/users/{id}\""),
        "198.51.100.0/24",
        "链条完整 · 5 条记录",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let request = page.split("198.51.100.0/24").nth(1).unwrap().split("<code>").nth(1).unwrap();
    assert!(request.split('<').next().unwrap().parse::<Uuid>().is_ok(), "the request's id: {request}");
    assert!(!page.contains("{\"") && !page.contains("reveal_phone</"), "words, not JSON");
    let english = support.in_english();
    let page = english.page("/console/audit").await;
    for part in ["saw the full phone", "made an API key", "command line", "Chain whole · 5 entries"] {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(verified(&house).await, Ok(5));
}

async fn the_page_is_filtered_and_paged_by_its_address(house: House) {
    let (id, _) = person(&house, "u1", "13580006666").await;
    make_keys(&house, 60).await;
    house.clock.advance(2 * 86_400);
    let support = Browser::of(&house, Role::Support).await;
    support.led("reveal_phone", &[("user", &id), ("reason", "工单 1001")]).await;
    let rows = |page: &str| page.matches("class=\"cell-why\"").count();
    for (query, count) in [
        ("action=reveal_phone".to_owned(), 1),
        (format!("user={id}"), 1),
        ("user=00000000-0000-7000-8000-000000000000".into(), 0),
        ("actor=support".into(), 2),
        ("actor=anna&action=reveal_phone".into(), 0),
        ("actor=%27%20OR%201%3D1".into(), 0),
        ("from=2026-11-23".into(), 3),
        ("to=2026-11-20".into(), 0),
        ("from=2026-11-21&to=2026-11-21&action=create_api_key&actor=anna".into(), 50),
        (format!("action=reveal_phone&actor=support&user={id}&from=2026-11-22&to=2026-11-24"), 1),
        ("action=of_the_future".into(), 0),
    ] {
        assert_eq!(rows(&support.page(&format!("/console/audit?{query}")).await), count, "{query}");
    }
    let link = |page: &str, rel: &str| {
        let (_, rest) = page.split_once(&format!("rel=\"{rel}\" href=\""))?;
        Some(rest.split('"').next().unwrap().replace("&amp;", "&"))
    };
    let first = support.page("/console/audit?actor=anna").await;
    assert_eq!((rows(&first), link(&first, "prev")), (50, None));
    let second = support.page(&link(&first, "next").unwrap()).await;
    assert_eq!((rows(&second), link(&second, "next")), (10, None));
    let back = support.page(&link(&second, "prev").unwrap()).await;
    assert_eq!((rows(&back), link(&back, "prev")), (50, None));
}

async fn whatever_is_changed_by_hand_is_found(house: House) {
    let viewer = Browser::of(&house, Role::Viewer).await;
    make_keys(&house, 4).await;
    assert!(viewer.page("/console/audit").await.contains("链条完整 · 7 条记录"));
    by_hand(&house.server.accounts.db, "CREATE TABLE kept_audit AS SELECT * FROM audit").await;
    by_hand(&house.server.accounts.db, "CREATE TABLE kept_settings AS SELECT * FROM settings").await;
    for (what, sql, broken) in [
        ("changed", "UPDATE audit SET actor = 'bert' WHERE seq = 5", 5),
        ("its words changed", "UPDATE audit SET detail = '{}' WHERE seq = 4", 4),
        ("its time changed", "UPDATE audit SET at = at + 1 WHERE seq = 7", 7),
        ("removed", "DELETE FROM audit WHERE seq = 5", 6),
        ("the first removed", "DELETE FROM audit WHERE seq = 1", 2),
        (
            "removed, and the gap closed",
            "DELETE FROM audit WHERE seq = 5; UPDATE audit SET seq = seq - 1 WHERE seq > 5",
            5,
        ),
        (
            "swapped",
            "UPDATE audit SET seq = 9 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 9",
            5,
        ),
        ("added", "INSERT INTO audit SELECT 8, at, actor, action, user_id, detail, hash FROM audit WHERE seq = 7", 8),
        ("the end cut off", "DELETE FROM audit WHERE seq > 5", 6),
        (
            "the end cut off, and its head",
            "DELETE FROM audit WHERE seq > 5; DELETE FROM settings WHERE name = 'audit_head'",
            6,
        ),
        ("the head alone", "DELETE FROM settings WHERE name = 'audit_head'", 8),
        ("all", "DELETE FROM audit", 1),
        ("all, and what vouches for it", "DELETE FROM audit; DELETE FROM settings WHERE name = 'audit_head'", 1),
    ] {
        for statement in sql.split("; ") {
            by_hand(&house.server.accounts.db, statement).await;
        }
        assert_eq!(verified(&house).await, Err(broken), "{what}");
        assert_eq!(viewer.led("check_audit", &[]).await, "/console/audit");
        let page = viewer.page("/console/audit").await;
        let told = format!("审计链在第 {broken} 条断裂");
        assert!(page.contains(&told) && page.contains("链条断裂") && !page.contains("链条完整"), "{what}: {page}");
        for table in ["audit", "settings"] {
            by_hand(&house.server.accounts.db, &format!("DELETE FROM {table}")).await;
            by_hand(&house.server.accounts.db, &format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
        assert_eq!(verified(&house).await, Ok(7), "{what}, and mended");
        viewer.led("check_audit", &[]).await;
        assert!(viewer.page("/console/audit").await.contains("链条完整 · 7 条记录"));
    }
    // Without the button: what is new at the next look, and all of it once an hour.
    by_hand(&house.server.accounts.db, "DELETE FROM audit WHERE seq = 7").await;
    assert!(viewer.page("/console/audit").await.contains("链条断裂"));
    by_hand(&house.server.accounts.db, "INSERT INTO audit SELECT * FROM kept_audit WHERE seq = 7").await;
    viewer.led("check_audit", &[]).await;
    by_hand(&house.server.accounts.db, "UPDATE audit SET actor = 'bert' WHERE seq = 2").await;
    house.clock.advance(3600);
    assert!(Browser::of(&house, Role::Viewer).await.page("/console/audit").await.contains("第 2 条"));
}

async fn an_act_does_not_cover_up_a_cut(house: House) {
    make_keys(&house, 4).await;
    by_hand(&house.server.accounts.db, "DELETE FROM audit WHERE seq > 3").await;
    make_keys_again(&house, "later").await;
    assert_eq!(verified(&house).await, Err(5), "the entry behind the cut leaves a gap");
    make_keys_again(&house, "later still").await;
    assert_eq!(verified(&house).await, Err(5), "for ever");
    by_hand(&house.server.accounts.db, "DELETE FROM audit").await;
    by_hand(&house.server.accounts.db, "DELETE FROM settings WHERE name = 'audit_head'").await;
    make_keys_again(&house, "after all of it").await;
    assert_eq!(verified(&house).await, Err(2), "an emptied log does not begin again");
}

async fn facts_are_told_in_words(house: House) {
    person(&house, "u1", "13580006666").await;
    let support = Browser::of(&house, Role::Support).await;
    let form = [("format", "csv"), ("status", "active"), ("phone", "no")];
    assert_eq!(support.submit("/console/users/export", &form).await.status, 200);
    let page = support.page("/console/audit?action=export_users").await;
    for part in ["格式", "有手机号", "状态", "正常"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let facts = page.split("entry-facts").nth(1).unwrap().split("</ul>").next().unwrap();
    assert!(!facts.contains("{&quot;") && !facts.contains("filter"), "words, not JSON: {facts}");
}

/// Whoever leaves does not take it back to the beginning, and a page never waits for the end.
async fn a_long_log_is_looked_at_beside_the_page(house: House) {
    let accounts = &house.server.accounts;
    let actor = Actor::operator("anna", None);
    let mut tx = accounts.db.write().await.unwrap();
    for number in 0..3000 {
        let detail = serde_json::json!({ "name": format!("key {number}") });
        accounts.write_audit(&mut tx, &actor, AuditAction::CreateApiKey, None, &detail).await.unwrap();
    }
    tx.commit().await.unwrap();
    for _ in 0..3 {
        // Hangs up at once; the look goes on.
        let look = accounts.audit_chain(true);
        tokio::select! { biased; _ = look => {}, () = std::future::ready(()) => {} }
    }
    assert_eq!(accounts.verify_audit().await.unwrap(), Ok(3001));
    let viewer = Browser::of(&house, Role::Viewer).await;
    assert!(viewer.page("/console/audit").await.contains("链条完整 · 3\u{202f}003 条记录"));
    let chain = accounts.audit_chain(false).await.unwrap();
    assert_eq!((chain.checking, chain.last.is_some()), (None, true));
}

async fn make_keys_again(house: &House, name: &str) {
    house.server.accounts.create_api_key(name, &Actor::operator("anna", None)).await.unwrap();
}

async fn an_older_state_that_is_put_back_is_found_by_a_running_node(house: House) {
    make_keys(&house, 2).await;
    by_hand(
        &house.server.accounts.db,
        "CREATE TABLE kept_settings AS SELECT * FROM settings WHERE name = 'audit_head'",
    )
    .await;
    make_keys_again(&house, "unwelcome").await;
    assert_eq!(house.server.accounts.verify_audit().await.unwrap(), Ok(4));
    by_hand(&house.server.accounts.db, "DELETE FROM audit WHERE seq > 3").await;
    by_hand(&house.server.accounts.db, "DELETE FROM settings WHERE name = 'audit_head'").await;
    by_hand(&house.server.accounts.db, "INSERT INTO settings SELECT * FROM kept_settings").await;
    assert_eq!(house.server.accounts.verify_audit().await.unwrap(), Err(4));
}

/// An installation from before logs had a beginning gets it at its next start; one that has it, never again.
async fn a_log_begins_once(house: House) {
    assert_eq!(verified(&house).await, Ok(1));
    let accounts = &house.server.accounts;
    let mut tx = accounts.db.write().await.unwrap();
    let sealed = latchkey::store::settings::find(&mut tx, "blind_index_key").await.unwrap().unwrap();
    let key = accounts.vault.open(Column::BlindIndexKey, Uuid::nil(), &sealed).unwrap();
    let older = accounts.vault.seal(Column::BlindIndexKey, Uuid::nil(), &key[..32]).unwrap();
    latchkey::store::settings::set(&mut tx, "blind_index_key", &older).await.unwrap();
    tx.commit().await.unwrap();
    by_hand(&house.server.accounts.db, "DELETE FROM audit").await;
    by_hand(&house.server.accounts.db, "DELETE FROM settings WHERE name = 'audit_head'").await;
    let nodes = tokio::join!(house.second_node(), house.second_node());
    assert_eq!(nodes.0.server.accounts.verify_audit().await.unwrap(), Ok(1));
    assert_eq!(nodes.1.server.accounts.verify_audit().await.unwrap(), Ok(1));
    by_hand(&house.server.accounts.db, "DELETE FROM audit").await;
    by_hand(&house.server.accounts.db, "DELETE FROM settings WHERE name = 'audit_head'").await;
    assert_eq!(verified(&house).await, Err(1));
}
