//! A sealed value that does not open: its row says so, and everything beside it is shown as ever.

use latchkey_app::types::Role;
use serde_json::json;

use crate::{
    browser::{Browser, listed},
    databases::{by_hand, on_both},
    house::House,
};

on_both!(crate::house::House::new =>
    a_damaged_number_is_shown_as_damaged_and_raises_an_alert,
);

async fn person(house: &House, name: &str, phone: &str) -> String {
    house.sim("users", json!({ "user": name, "phone": phone, "countryCode": "86" })).await;
    let token = house.token(name).await;
    let bound = house.post_as(&token, "/api/bindPhone", house.tap(name, "code").await).await.data();
    // A failure, whose page tells what came before.
    let spoilt = json!({ "encryptedData": "AAAA", "iv": "AAAAAAAAAAAAAAAAAAAAAA==" });
    house.post_as(&token, "/api/bindPhone", spoilt).await;
    house.server.accounts.reports_written().await;
    bound["userInfo"]["userId"].as_str().unwrap().to_owned()
}

async fn a_damaged_number_is_shown_as_damaged_and_raises_an_alert(house: House) {
    const DAMAGED: &str = "无法解密";
    let (hurt, well) = (person(&house, "a", "13580006666").await, person(&house, "b", "13700001111").await);
    let db = &house.server.accounts.db;
    // The value of another row, as somebody with the database might put it there.
    let other = format!("(SELECT phone_sealed FROM users WHERE phone_sealed IS NOT NULL AND NOT {})", is(&hurt, db));
    by_hand(db, &format!("UPDATE users SET phone_sealed = {other} WHERE {}", is(&hurt, db))).await;
    by_hand(db, "UPDATE phone_changes SET new_sealed = (SELECT phone_sealed FROM users LIMIT 1)").await;
    let admin = Browser::of(&house, Role::Admin).await;
    let list = admin.page("/console/users").await;
    assert_eq!((listed(&list).len(), list.matches(DAMAGED).count()), (2, 1), "{list}");
    assert!(list.contains("137******11"));
    let page = admin.page(&format!("/console/users/{hurt}")).await;
    assert!(page.matches(DAMAGED).count() >= 3 && !page.contains("137******11"), "number, history, time line: {page}");
    assert!(admin.page(&format!("/console/users/{well}")).await.contains("137******11"));
    assert_eq!(admin.page("/console/phone-changes").await.matches(DAMAGED).count(), 2);
    let failures = admin.page("/console/failures").await;
    let failure = failures
        .split("/console/failures/")
        .find_map(|rest| rest.get(..36).filter(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')));
    assert!(admin.page(&format!("/console/failures/{}", failure.unwrap())).await.contains(DAMAGED));
    let csv = admin.submit("/console/users/export", &[("format", "csv")]).await;
    assert!(csv.status == 200 && csv.text.contains(DAMAGED) && csv.text.contains("137******11"), "{}", csv.text);
    let json = admin.submit("/console/fn/export_user", &[("user", &hurt), ("reason", "asked for it")]).await;
    assert_eq!((json.status, &json.json()["phone"]), (200, &json!({ "damaged": true })));
    house.server.accounts.reports_written().await;
    assert_eq!(house.count("alerts WHERE kind = 'damaged_value'").await, 1);
    assert!(admin.page("/console/apps").await.contains("有加密保存的数据无法解密"));
}

/// A condition on the row of this user, as each database writes ids.
fn is(user: &str, db: &latchkey::store::Db) -> String {
    match db {
        latchkey::store::Db::Sqlite { .. } => format!("id = x'{}'", user.replace('-', "")),
        latchkey::store::Db::Postgres(_) => format!("id = '{user}'"),
    }
}
