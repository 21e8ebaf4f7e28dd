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
    few_in_full_are_looks_at_each_of_them,
    many_in_full_are_an_administrators,
    an_export_ends_when_its_operator_is_out,
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
    for _ in 0..5_000 {
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
    let to = answer.header("location");
    assert!(to.starts_with("/console/login") && !to.contains("SignedOut"), "{to}");
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
    assert!(masked.text.contains(",\"135******66\",") && !masked.text.contains("13580006666"), "{}", masked.text);
    let full = support.submit(EXPORT, &[("format", "csv"), ("full", "1"), ("reason", "a recall")]).await;
    assert!(full.text.contains(",\"13580006666\","), "{}", full.text);
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
    let browser = Browser::of(&house, Role::Support).await;
    let all = browser.submit(EXPORT, &[("format", "csv"), ("sort", "created-asc"), ("cursor", "ignored")]).await;
    let all = lines(&all);
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(
        all[0].starts_with("\"用户 ID\",\"昵称\",\"国家代码\",\"手机号\",\"小程序\",\"openid\",\"unionid\",\"状态\","),
        "{}",
        all[0]
    );
    assert!(
        all[1].starts_with(&format!("\"{a}\",\"陈晓, \"\"C\"\"\",\"86\",\"135******66\",\"App 1\",\"{APP_1}:")),
        "{}",
        all[1]
    );
    assert!(all[2].starts_with(&format!("\"{b}\",\"Wong\",\"852\",\"51****67\",\"App 1\",")), "{}", all[2]);
    assert!(
        all[1].ends_with(&format!(",\"正常\",\"{}\",\"{}\"", Zone::default().text(NOW), Zone::default().text(NOW))),
        "{}",
        all[1]
    );
    for (field, value, found) in [("q", "wong", &b), ("q", "13580006666", &a), ("q", "6666", &a)] {
        let some = browser.submit(EXPORT, &[("format", "csv"), (field, value)]).await;
        let some = lines(&some);
        assert!(some.len() == 2 && some[1].starts_with(&format!("\"{found}\"")), "{value}: {some:?}");
    }
    // The order of the list is kept but for one that changes while the file is read.
    house.clock.advance(60);
    house.log_in("a").await;
    let by_login = browser.submit(EXPORT, &[("format", "csv"), ("sort", "login")]).await;
    assert!(lines(&by_login)[1].starts_with(&format!("\"{b}\"")), "the newest first");
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
    let mut found: Vec<_> =
        lines(&answer)[1..].iter().map(|line| line.split(',').next().unwrap().trim_matches('"')).collect();
    found.sort_unstable();
    let mut chosen = [a.as_str(), b.as_str()];
    chosen.sort_unstable();
    assert_eq!(found, chosen);
    filed(&house, &format!("detail LIKE '%\"selected\":[\"{b}\",\"{a}\"]%'"), 1).await;
}

async fn an_export_of_many_pieces_is_whole(house: House) {
    crowd(&house, 1_203).await;
    let browser = Browser::of(&house, Role::Viewer).await;
    for sort in ["created", "login-asc"] {
        let answer = browser.submit(EXPORT, &[("format", "csv"), ("sort", sort)]).await;
        let mut ids: Vec<_> =
            lines(&answer)[1..].iter().map(|line| line.split(',').next().unwrap().trim_matches('"')).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 1203, "{sort}");
    }
    filed(&house, "action = 'export_users_ended' AND detail LIKE '%\"rows\":1203,%'", 2).await;
}

const WHY: &str = "a recall";

async fn full(browser: &Browser<'_>, fields: &[(&str, &str)]) -> Answer {
    let form = [&[("format", "csv"), ("full", "1"), ("reason", WHY)], fields].concat();
    browser.submit(EXPORT, &form).await
}

async fn few_in_full_are_looks_at_each_of_them(house: House) {
    let a = person(&house, "a", "A", "13580006666", "86").await;
    let b = person(&house, "b", "B", "13580007777", "86").await;
    let bare = house.log_in("c").await["userInfo"]["userId"].as_str().unwrap().to_owned();
    let support = Browser::of(&house, Role::Support).await;
    let two = [("selected", "1"), ("users[0]", &*a), ("users[1]", &*b)];
    assert!(full(&support, &two).await.text.contains(",\"13580006666\","));
    filed(&house, &format!("action = 'export_phone' AND detail LIKE '%{WHY}%'"), 2).await;
    for user in [&a, &b] {
        let page = support.page(&format!("/console/users/{user}")).await;
        assert!(page.contains("导出完整手机号</td>") && page.contains(WHY), "{page}");
    }
    assert!(support.page(&format!("/console/users/{bare}")).await.contains("还没有人看过完整数据"));
    // They count as reveals do: the last one that is left is not enough for two.
    for _ in 0..27 {
        support.led("reveal_phone", &[("user", &a), ("reason", WHY)]).await;
    }
    let refused = full(&support, &two).await;
    assert_eq!(refused.status, 429);
    assert!(refused.text.contains("本小时的查看次数已用完") && !refused.text.contains("13580006666"));
    assert_eq!(full(&support, &[("q", "6666")]).await.status, 200);
    assert_eq!(full(&support, &[("q", "6666")]).await.status, 429);
    assert!(support.led("reveal_phone", &[("user", &a), ("reason", WHY)]).await.ends_with("TooManyReveals"));
    filed(&house, "action = 'export_phone'", 3).await;
    assert!(house.server.accounts.verify_audit().await.unwrap().is_ok());
}

async fn many_in_full_are_an_administrators(house: House) {
    let a = person(&house, "a", "A", "13580006666", "86").await;
    crowd(&house, 30).await;
    let (support, admin) = (Browser::of(&house, Role::Support).await, Browser::of(&house, Role::Admin).await);
    let refused = full(&support, &[]).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("仅限管理员导出") && !refused.text.contains("13580006666"), "{}", refused.text);
    assert_eq!(support.submit(EXPORT, &[("format", "csv")]).await.status, 200, "masked it is anybody's");
    assert_eq!(full(&support, &[("phone", "yes")]).await.status, 200, "narrowed, too");
    let all = full(&admin, &[]).await;
    assert_eq!(lines(&all).len(), 32);
    filed(&house, "action = 'export_phones' AND user_id IS NULL AND actor = 'admin'", 1).await;
    // His page tells it, since nobody knows any more who was in it; that of somebody newer does not.
    house.clock.advance(60);
    let newer = person(&house, "b", "B", "13580007777", "86").await;
    assert!(admin.page(&format!("/console/users/{a}")).await.contains("批量导出完整手机号"));
    assert!(!admin.page(&format!("/console/users/{newer}")).await.contains("批量导出完整手机号"));
    let held = admin.post("export_user", &[("user", &a), ("reason", WHY)]).await.json();
    assert!(held["operators"].to_string().contains("export_phones"), "{held}");
}

async fn crowd(house: &House, count: i64) {
    let mut tx = house.server.accounts.db.write().await.unwrap();
    for number in 0..count {
        let at = NOW.plus_seconds(number - 86_400);
        let id = house.server.accounts.random.id(at);
        latchkey::store::users::insert(&mut tx, id, at).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// More pieces than wait for a reader: the last of them are read when he is out.
async fn an_export_ends_when_its_operator_is_out(house: House) {
    use axum::{
        body::{Body, to_bytes},
        http::{Request, header},
    };
    use tower::ServiceExt;
    crowd(&house, 6_000).await;
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    let request = Request::post(EXPORT)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, anna.cookie())
        .body(Body::from("format=csv"))
        .unwrap();
    let response = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    house.server.operators.set_enabled("anna", false).await.unwrap();
    assert!(to_bytes(response.into_body(), 10 << 20).await.is_err(), "the file ends too early, and says so");
    filed(&house, "action = 'export_users_ended' AND detail LIKE '%\"whole\":false%'", 1).await;
}
