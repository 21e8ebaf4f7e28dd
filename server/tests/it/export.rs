//! Exports of the users list: who may, what is in them, what is filed.

use latchkey_app::types::{Role, Zone};
use serde_json::json;

use crate::{
    browser::Browser,
    databases::{NOW, on_both},
    house::{APP_1, Answer, House},
};

on_both!(crate::house::House::new =>
    only_who_may_and_says_why_gets_full_phones,
    ten_an_hour_and_no_more,
    a_csv_holds_the_list_as_it_was_narrowed,
    nothing_in_a_cell_is_a_formula,
    a_workbook_is_one,
    a_selection_is_exported_alone,
    an_export_of_many_pieces_is_whole,
);

const EXPORT: &str = "/console/users/export";

async fn person(house: &House, name: &str, nickname: &str, phone: &str, country_code: &str) -> String {
    house.sim("users", json!({ "user": name, "phone": phone, "countryCode": country_code })).await;
    let token = house.token(name).await;
    let bound = house.post_as(&token, "/api/bindPhone", house.tap(name, "code").await).await.data();
    house.post_as(&token, "/api/profile", json!({ "nickName": nickname })).await.data();
    bound["userInfo"]["userId"].as_str().unwrap().to_owned()
}

fn lines(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text.strip_prefix('\u{FEFF}').expect("a byte order mark").lines().collect()
}

/// The end of an export is filed by a task of its own.
async fn filed(house: &House, condition: &str, count: i64) {
    for _ in 0..500 {
        if house.count(&format!("audit WHERE {condition}")).await == count {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{condition}: {}", house.count(&format!("audit WHERE {condition}")).await);
}

async fn only_who_may_and_says_why_gets_full_phones(house: House) {
    person(&house, "a", "A", "13580006666", "86").await;
    let (viewer, support) = (Browser::of(&house, Role::Viewer).await, Browser::of(&house, Role::Support).await);
    let stranger = Browser::new(&house);
    let answer = stranger.submit(EXPORT, &[("format", "csv")]).await;
    assert_eq!(answer.status, 302);
    assert!(answer.header("location").starts_with("/console/login"), "{}", answer.header("location"));
    for (browser, form, status) in [
        (&viewer, vec![("format", "csv"), ("full", "1"), ("reason", "because")], 403),
        (&support, vec![("format", "csv"), ("full", "1"), ("reason", " ")], 422),
        (&support, vec![("format", "csv"), ("full", "1")], 422),
        (&support, vec![("format", "pdf")], 400),
        (&support, vec![], 400),
        (&support, vec![("format", "csv"), ("status", "dead")], 400),
        (&support, vec![("format", "csv"), ("from", "yesterday")], 400),
        (&support, vec![("format", "csv"), ("selected", "1")], 400),
        (&support, vec![("format", "csv"), ("selected", "1"), ("users[0]", "x")], 400),
        (&support, vec![("format", "csv"), ("find", "nonsense")], 404),
    ] {
        let answer = browser.submit(EXPORT, &form).await;
        assert_eq!(answer.status, status, "{form:?}: {}", answer.text);
        assert!(answer.text.contains("<html") && !answer.text.contains("13580006666"), "{form:?}");
    }
    assert_eq!(house.count("audit WHERE action LIKE 'export%'").await, 0);
    // It changes nothing, but it is no page either.
    assert_eq!(support.get(EXPORT).await.status, 404);

    let masked = viewer.submit(EXPORT, &[("format", "csv")]).await;
    assert!(masked.text.contains(",135******66,") && !masked.text.contains("13580006666"), "{}", masked.text);
    let full = support.submit(EXPORT, &[("format", "csv"), ("full", "1"), ("reason", "a recall")]).await;
    assert!(full.text.contains(",13580006666,"), "{}", full.text);
    for answer in [&masked, &full] {
        assert_eq!(answer.header("cache-control"), "no-store");
        let name = format!("attachment; filename=\"latchkey-users-{}.csv\"", Zone::default().day(NOW));
        assert_eq!(answer.header("content-disposition"), name);
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    }
    filed(&house, "actor = 'viewer' AND action = 'export_users' AND detail LIKE '%\"full\":false%'", 1).await;
    let said = "detail LIKE '%\"full\":true%' AND detail LIKE '%\"reason\":\"a recall\"%'";
    filed(&house, &format!("actor = 'support' AND action = 'export_users' AND {said}"), 1).await;
    let ended = "detail LIKE '%\"rows\":1,%' AND detail LIKE '%\"whole\":true%'";
    filed(&house, &format!("action = 'export_users_ended' AND {ended}"), 2).await;
    assert!(house.server.accounts.verify_audit().await.unwrap().is_ok());
}

async fn ten_an_hour_and_no_more(house: House) {
    person(&house, "a", "A", "13580006666", "86").await;
    let (viewer, support) = (Browser::of(&house, Role::Viewer).await, Browser::of(&house, Role::Support).await);
    for _ in 0..10 {
        assert_eq!(viewer.submit(EXPORT, &[("format", "csv")]).await.status, 200);
    }
    let refused = viewer.submit(EXPORT, &[("format", "csv"), ("status", "active")]).await;
    assert_eq!(refused.status, 429);
    assert!(refused.text.contains("次数过多") && refused.text.contains("status"), "{}", refused.text);
    assert_eq!(support.submit(EXPORT, &[("format", "csv")]).await.status, 200, "another operator has his own");
    house.clock.advance(3601);
    let viewer = Browser::of(&house, Role::Viewer).await;
    assert_eq!(viewer.submit(EXPORT, &[("format", "csv")]).await.status, 200);
}

async fn a_csv_holds_the_list_as_it_was_narrowed(house: House) {
    let a = person(&house, "a", "陈晓, \"C\"", "13580006666", "86").await;
    house.clock.advance(60);
    let b = person(&house, "b", "Wong", "51234567", "852").await;
    let browser = Browser::of(&house, Role::Viewer).await;
    let all = browser.submit(EXPORT, &[("format", "csv"), ("sort", "created-asc"), ("cursor", "ignored")]).await;
    let all = lines(&all);
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all[0].starts_with("用户 ID,昵称,国家代码,手机号,小程序,openid,unionid,状态,"), "{}", all[0]);
    assert!(all[1].starts_with(&format!("{a},\"陈晓, \"\"C\"\"\",86,135******66,App 1,{APP_1}:")), "{}", all[1]);
    assert!(all[2].starts_with(&format!("{b},Wong,852,51****67,App 1,")), "{}", all[2]);
    assert!(
        all[1].ends_with(&format!(",正常,{},{}", Zone::default().text(NOW), Zone::default().text(NOW))),
        "{}",
        all[1]
    );
    for (field, value, found) in [("q", "wong", &b), ("q", "13580006666", &a), ("q", "6666", &a)] {
        let some = browser.submit(EXPORT, &[("format", "csv"), (field, value)]).await;
        let some = lines(&some);
        assert!(some.len() == 2 && some[1].starts_with(found.as_str()), "{value}: {some:?}");
    }
    let none = browser.submit(EXPORT, &[("format", "csv"), ("status", "blocked")]).await;
    assert_eq!(lines(&none).len(), 1);
    filed(&house, "detail LIKE '%6666%' OR detail LIKE '%ong%'", 0).await;
    filed(&house, "detail LIKE '%\"search\":true%'", 3).await;
    filed(&house, "detail LIKE '%\"status\":\"blocked\"%'", 1).await;
}

async fn nothing_in_a_cell_is_a_formula(house: House) {
    for (number, nickname) in ["=1+1", "+1", "-1", "@SUM(1)", " =1", "＝1"].into_iter().enumerate() {
        person(&house, &format!("u{number}"), nickname, &format!("1358000666{number}"), "86").await;
    }
    let browser = Browser::of(&house, Role::Viewer).await;
    let answer = browser.submit(EXPORT, &[("format", "csv")]).await;
    for line in &lines(&answer)[1..] {
        let cells: Vec<_> = line.split(',').map(|cell| cell.trim_matches('"')).collect();
        assert!(cells[1].starts_with('\''), "{line}");
        assert!(cells.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '＝'])), "{line}");
    }
}

async fn a_workbook_is_one(house: House) {
    person(&house, "a", "陈晓", "13580006666", "86").await;
    let browser = Browser::of(&house, Role::Viewer).await;
    let answer = browser.submit(EXPORT, &[("format", "xlsx")]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.starts_with("PK\u{3}\u{4}"), "a ZIP archive");
    assert!(answer.text.contains("xl/worksheets/sheet1.xml"));
    assert!(answer.header("content-disposition").ends_with(".xlsx\""));
    filed(&house, "action = 'export_users_ended' AND detail LIKE '%\"rows\":1,%'", 1).await;
}

async fn a_selection_is_exported_alone(house: House) {
    let a = person(&house, "a", "A", "13580006666", "86").await;
    let b = person(&house, "b", "B", "13580007777", "86").await;
    person(&house, "c", "C", "13580008888", "86").await;
    let browser = Browser::of(&house, Role::Viewer).await;
    let form = [("format", "csv"), ("selected", "1"), ("users[0]", &*b), ("users[2]", &*a), ("status", "blocked")];
    let answer = browser.submit(EXPORT, &form).await;
    let mut found: Vec<_> = lines(&answer)[1..].iter().map(|line| line.split(',').next().unwrap()).collect();
    found.sort_unstable();
    let mut chosen = [a.as_str(), b.as_str()];
    chosen.sort_unstable();
    assert_eq!(found, chosen);
    filed(&house, "detail LIKE '%\"selected\":2%'", 1).await;
}

async fn an_export_of_many_pieces_is_whole(house: House) {
    let mut tx = house.server.accounts.db.write().await.unwrap();
    for number in 0..1203 {
        let at = NOW.plus_seconds(number - 86_400);
        let id = house.server.accounts.random.id(at);
        latchkey::store::users::insert(&mut tx, id, at).await.unwrap();
    }
    tx.commit().await.unwrap();
    let browser = Browser::of(&house, Role::Viewer).await;
    for sort in ["created", "login-asc"] {
        let answer = browser.submit(EXPORT, &[("format", "csv"), ("sort", sort)]).await;
        let mut ids: Vec<_> = lines(&answer)[1..].iter().map(|line| line.split(',').next().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 1203, "{sort}");
    }
    filed(&house, "action = 'export_users_ended' AND detail LIKE '%\"rows\":1203,%'", 2).await;
}
