//! Secrets that wait in an operator's session: sealed for that session, shown once.

use futures::future::join_all;
use latchkey_app::types::Role;

use crate::{
    browser::Browser,
    databases::{by_hand, on_both},
    house::House,
};

on_both!(crate::house::House::new =>
    a_secret_is_shown_to_one_of_many_who_look_at_once,
    a_secret_opens_in_no_other_session_and_under_no_other_name,
    a_secret_ends_with_the_sessions_id,
);

const KEY: &str = "lka_";

async fn a_secret_is_shown_to_one_of_many_who_look_at_once(house: House) {
    let admin = Browser::of(&house, Role::Admin).await;
    admin.led("create_api_key", &[("name", "orders")]).await;
    let pages = join_all((0..8).map(|_| admin.page("/console/api-keys"))).await;
    assert_eq!(pages.iter().filter(|page| page.contains(KEY)).count(), 1);
    assert_eq!(house.count("session_values").await, 0);
}

async fn a_secret_opens_in_no_other_session_and_under_no_other_name(house: House) {
    let (admin, other) = (Browser::of(&house, Role::Admin).await, Browser::of(&house, Role::Viewer).await);
    // Something of the viewer's own, to put the administrator's in its place.
    other.led("begin_second_factor", &[]).await;
    admin.led("create_api_key", &[("name", "orders")]).await;
    let db = &house.server.accounts.db;
    let key = "(SELECT sealed FROM session_values WHERE name = 'new_api_key')";
    by_hand(db, &format!("UPDATE session_values SET sealed = {key} WHERE name = 'new_totp_secret'")).await;
    let page = other.page("/console/account").await;
    assert!(!page.contains(KEY) && !page.contains("class=\"qr\""), "{page}");
    // Nor in the same session under another name.
    by_hand(db, "UPDATE session_values SET name = 'new_operator_link' WHERE name = 'new_api_key'").await;
    assert!(!admin.page("/console/operators").await.contains(KEY));
}

async fn a_secret_ends_with_the_sessions_id(house: House) {
    let admin = Browser::of(&house, Role::Admin).await;
    admin.led("create_api_key", &[("name", "orders")]).await;
    assert_eq!(house.count("session_values").await, 1);
    by_hand(&house.server.accounts.db, "UPDATE operators SET role = 'support'").await;
    let before = admin.cookie();
    assert!(admin.is_in().await && admin.cookie() != before);
    assert_eq!(house.count("session_values").await, 0);
}
