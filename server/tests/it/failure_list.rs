//! The list of failures when there are more than one page looks through.

use latchkey::store::failures::{self, Filter, WALK};
use latchkey_app::types::Role;
use serde_json::json;

use crate::{
    browser::{Browser, link},
    databases::on_both,
    house::House,
};

on_both!(crate::house::House::new => a_rare_failure_among_many_is_found_page_by_page);

const RARE: &str = "/console/failures?cause=truncated";

/// One that is alone of its kind, and so many others after it; the user whose it is.
async fn one_among_many(house: &House) -> String {
    let login = house.log_in("u1").await;
    let tap = house.tap("u1", "encrypted").await;
    let cut = json!({ "encryptedData": &tap["encryptedData"].as_str().unwrap()[..100], "iv": tap["iv"] });
    house.post_as(login["token"].as_str().unwrap(), "/api/bindPhone", cut).await.refused(
        422,
        "decrypt_failed",
        "relogin",
    );
    let accounts = &house.server.accounts;
    accounts.reports_written().await;
    let mut tx = accounts.db.write().await.unwrap();
    let all = failures::list(&mut tx, &Filter::default(), latchkey::store::Start::Newest, 2).await.unwrap();
    let [rare] = all.rows.try_into().unwrap();
    // Two in each second: more in an hour than one page looks through.
    for number in 0..WALK {
        house.clock.advance(1 - number % 2);
        let now = accounts.clock.now();
        let mut other = rare.clone();
        (other.id, other.at) = (accounts.random.id(now), now.0);
        (other.cause, other.user_id) = ("code_used".to_owned(), None);
        failures::insert(&mut tx, &other).await.unwrap();
    }
    tx.commit().await.unwrap();
    login["userInfo"]["userId"].as_str().unwrap().to_owned()
}

async fn a_rare_failure_among_many_is_found_page_by_page(house: House) {
    let user = one_among_many(&house).await;
    let viewer = Browser::of(&house, Role::Viewer).await;

    let page = viewer.page(RARE).await;
    assert!(!page.contains("cell-cause"), "it lies further back");
    assert!(page.contains("这一部分记录中没有符合条件的") && page.contains("次数统计自最新的 4,000 条记录"), "{page}");
    let next = link(&page, "next").unwrap();
    let page = viewer.page(&next).await;
    assert_eq!(page.matches("class=\"cell-user cell-cause\"").count(), 1, "{page}");
    assert!(!page.contains("一部分") && link(&page, "next").is_none());
    let back = viewer.page(&link(&page, "prev").unwrap()).await;
    assert!(!back.contains("cell-cause") && link(&back, "prev").is_some(), "as many again lie before it");

    // Who knows whose it is, or when it was, need not turn pages.
    for narrowed in [format!("{RARE}&user={user}"), format!("{RARE}&to=2026-11-21T03:41:00Z")] {
        let page = viewer.page(&narrowed).await;
        assert_eq!(page.matches("class=\"cell-user cell-cause\"").count(), 1, "{narrowed}");
    }
    // That there are no others like it is said of those that were looked through.
    let page = viewer.page(&format!("{RARE}&user={user}")).await;
    let id = page.split("href=\"/console/failures/").nth(1).unwrap().split('"').next().unwrap();
    let page = viewer.page(&format!("/console/failures/{id}")).await;
    assert!(page.contains("最新的 4,000 条记录中没有其他相同的失败") && !page.contains("近 7 天没有"), "{page}");
    // Of a span that was looked through to its end, nothing is left for another page.
    for (span, whole) in [("from=2026-11-21T04:13:00Z", 42), ("from=2026-11-21T04:13:00Z&cause=truncated", 0)] {
        let page = viewer.page(&format!("/console/failures?{span}")).await;
        assert_eq!(page.matches("class=\"cell-user cell-cause\"").count(), whole, "{span}");
        assert!(!page.contains("一部分") && link(&page, "next").is_none(), "{span}");
    }
    let many = viewer.page("/console/failures?cause=code_used").await;
    assert_eq!(many.matches("class=\"cell-user cell-cause\"").count(), 50);
    assert!(!many.contains("一部分"));
}
