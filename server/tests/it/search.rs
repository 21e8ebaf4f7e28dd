//! The search box of every page: whatever an operator pastes, he lands where it belongs, and nothing private stands in an
//! address on the way.

use futures::future::join_all;
use latchkey::store::{
    number_searches,
    user_lists::{Filter, Place, Search, Sort, SortBy, Status, UserList},
    users::{self, ProfileChange, StoredPhone},
};
use latchkey_app::types::Role;
use serde_json::json;

use crate::{
    browser::{Browser, id_of, listed},
    databases::{NOW, on_both},
    house::{APP_1, House},
};

on_both!(crate::house::House::new =>
    nobody_searches_without_a_session,
    one_hit_opens_the_user,
    a_failure_of_nobody_opens_itself,
    several_hits_are_a_list,
    a_search_that_is_private_stands_in_no_address,
    somebody_elses_search_is_not_found,
    a_blocked_users_tokens_are_not_found_any_more,
    one_of_many_is_not_taken_for_the_one,
    what_was_copied_along_is_no_part_of_it,
    a_search_on_a_narrowed_list_stays_in_it,
    a_number_is_found_in_every_spelling,
    a_viewer_finds_by_the_whole_number_and_few_of_them,
    searches_for_numbers_are_counted_wherever_they_are_made,
    many_searches_for_numbers_are_on_record,
);

async fn person(house: &House, name: &str, phone: &str) -> serde_json::Value {
    house.sim("users", json!({ "user": name, "phone": phone, "countryCode": "86" })).await;
    let login = house.log_in(name).await;
    let token = login["token"].as_str().unwrap();
    let bound = house.post_as(token, "/api/bindPhone", house.tap(name, "code").await).await;
    house.post_as(token, "/api/profile", json!({ "nickName": name })).await.data();
    json!({ "login": login, "info": login["userInfo"], "request": bound.header("x-request-id") })
}

/// Where the box leads.
async fn search(browser: &Browser<'_>, q: &str) -> String {
    let answer = browser.post("search", &[("q", q)]).await;
    assert_eq!(answer.status, 302, "{q}: {}", answer.text);
    answer.header("location").to_owned()
}

async fn nobody_searches_without_a_session(house: House) {
    let chen = person(&house, "Chen", "13580006666").await;
    let stranger = Browser::new(&house);
    for q in ["13580006666", chen["info"]["userId"].as_str().unwrap(), ""] {
        assert!(search(&stranger, q).await.starts_with("/console/login?next="), "{q}");
    }
    assert_ne!(stranger.get("/console/fn/search?q=13580006666").await.status, 302);
}

async fn one_hit_opens_the_user(house: House) {
    let chen = person(&house, "Chen", "13580006666").await;
    person(&house, "Wong", "13912345678").await;
    let (info, token) = (&chen["info"], chen["login"]["token"].as_str().unwrap());
    // A ciphertext that is none: a failure of a known user, whose request id is known.
    let spoilt = json!({ "encryptedData": "AAAA", "iv": "AAAAAAAAAAAAAAAAAAAAAA==" });
    let failed = house.post_as(token, "/api/bindPhone", spoilt).await;
    house.server.accounts.reports_written().await;
    let browser = Browser::of(&house, Role::Support).await;
    let page = format!("/console/users/{}", info["userId"].as_str().unwrap());
    for q in [
        "13580006666",
        " 135 8000-6666 ",
        "+8613580006666",
        "8613580006666",
        "6666",
        "cHE",
        info["openId"].as_str().unwrap(),
        info["unionId"].as_str().unwrap(),
        info["userId"].as_str().unwrap(),
        failed.header("x-request-id"),
        chen["request"].as_str().unwrap(),
        token,
        &token[..11],
        &token[..7],
    ] {
        assert_eq!(search(&browser, q).await, page, "{q}");
    }
    for q in ["13580006667", "135800066661", "lk_", "lk_zzzz", "hen", "%", "\0", "' OR 1=1"] {
        assert!(search(&browser, q).await.starts_with("/console/users"), "{q:?}");
        assert_ne!(search(&browser, q).await, page, "{q:?}");
    }
}

async fn a_failure_of_nobody_opens_itself(house: House) {
    let answer = house.post("/api/login", json!({ "code": "0".repeat(32), "appid": APP_1 })).await;
    let request = answer.header("x-request-id").to_owned();
    house.server.accounts.reports_written().await;
    let browser = Browser::of(&house, Role::Viewer).await;
    let to = search(&browser, &request).await;
    assert!(to.starts_with("/console/failures/"), "{to}");
    assert_eq!(browser.get(&to).await.status, 200);
    // The failure's own id, too.
    let id = to.rsplit('/').next().unwrap();
    assert_eq!(search(&browser, id).await, to);
    // And WeChat's id of it.
    let page = browser.get(&to).await.text;
    if let Some((_, rest)) = page.split_once("rid</dt>") {
        let rid = rest.split_once("<code>").unwrap().1.split('<').next().unwrap();
        assert_eq!(search(&browser, rid).await, to, "{rid}");
    } else {
        panic!("the failure has no rid: {page}");
    }
}

async fn several_hits_are_a_list(house: House) {
    for (name, phone) in [("Chen-A", "13580006666"), ("Chen-B", "13580007777")] {
        person(&house, name, phone).await;
    }
    let browser = Browser::of(&house, Role::Viewer).await;
    let to = search(&browser, "chen").await;
    assert_eq!(to, "/console/users?q=chen");
    assert_eq!(listed(&browser.get(&to).await.text).len(), 2);
    assert_eq!(search(&browser, "").await, "/console/users");
    assert_eq!(search(&browser, "陈 & x").await, "/console/users?q=%E9%99%88+%26+x");
}

async fn a_search_that_is_private_stands_in_no_address(house: House) {
    for (name, phone) in [("A", "13580006666"), ("B", "13900006666")] {
        person(&house, name, phone).await;
    }
    let browser = Browser::of(&house, Role::Support).await;
    let dead = format!("lk_{}", "a".repeat(43));
    for (q, hits) in [
        ("6666", 2),
        ("13512345678", 0),
        ("+86 135 1234 5678", 0),
        ("陈晓 13512345678", 0),
        ("１３５１２３４５６７８", 0),
        ("\u{202D}13512345678\u{202C}", 0),
        (dead.as_str(), 0),
        (&dead[..12], 0),
    ] {
        let to = search(&browser, q).await;
        assert!(to.starts_with("/console/users?find="), "{q}: {to}");
        let page = browser.get(&to).await;
        assert_eq!((page.status, listed(&page.text).len()), (200, hits), "{q}");
        assert!(page.text.contains(q), "the page says what was searched for");
    }
    // Nor in the database, in the clear.
    let in_the_clear = "operator_sessions WHERE data LIKE '%6666%' OR data LIKE '%1351234%'";
    assert_eq!(house.count(in_the_clear).await, 0);
    assert_eq!(house.count("session_values WHERE name = 'searches'").await, 1);
}

async fn somebody_elses_search_is_not_found(house: House) {
    let (anna, bert) = (Browser::of(&house, Role::Viewer).await, Browser::of(&house, Role::Support).await);
    let to = search(&anna, "13512345678").await;
    assert_eq!(anna.get(&to).await.status, 200);
    assert_eq!(bert.get(&to).await.status, 404);
    assert_eq!(anna.get("/console/users?find=nonsense").await.status, 404);
    // The oldest of many is forgotten.
    for _ in 0..8 {
        search(&anna, "13512345678").await;
    }
    assert_eq!(anna.get(&to).await.status, 404);
}

async fn a_blocked_users_tokens_are_not_found_any_more(house: House) {
    let chen = person(&house, "Chen", "13580006666").await;
    let id = chen["info"]["userId"].as_str().unwrap();
    let support = Browser::of(&house, Role::Support).await;
    let form = [("act", "block"), ("reason", "spam"), ("back", "/console/users"), ("users[0]", id)];
    support.post("block_users", &form).await;
    let token = chen["login"]["token"].as_str().unwrap();
    assert!(search(&support, token).await.starts_with("/console/users?find="));
    assert_eq!(search(&support, "6666").await, format!("/console/users/{id}"));
}

/// More users than are counted fit, and of those who were looked through only one does.
async fn one_of_many_is_not_taken_for_the_one(house: House) {
    let (fit, others) = (1_001, 2_499);
    let accounts = &house.server.accounts;
    let phone = |last_four| StoredPhone {
        sealed: Vec::new(),
        hash: [1; 32],
        national_hash: [1; 32],
        last_four_hash: accounts.index.last_four(last_four),
    };
    let mut tx = accounts.db.write().await.unwrap();
    for number in 0..fit + others {
        let at = NOW.plus_seconds(number - 86_400);
        let id = accounts.random.id(at);
        users::insert(&mut tx, id, at).await.unwrap();
        if number < fit {
            let change = ProfileChange { nickname: Some("wang"), ..ProfileChange::default() };
            users::set_profile(&mut tx, id, &change).await.unwrap();
            users::set_phone(&mut tx, id, Some(&phone("6666")), at).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    let browser = Browser::of(&house, Role::Support).await;
    assert_eq!(search(&browser, "wang").await, "/console/users?q=wang");
    let to = search(&browser, "6666").await;
    assert!(to.starts_with("/console/users?find="), "{to}");
    // The walk knows of every way to be meant.
    let last_four_hash = Some(accounts.index.last_four("6666"));
    let wanted = Search { nickname_prefix: Some("6666".into()), last_four_hash, ..Search::default() };
    let filter = Filter { search: Some(wanted), status: Some(Status::Any), ..Filter::default() };
    let mut tx = accounts.db.read().await.unwrap();
    let list = UserList::new(&mut tx, &filter).await.unwrap();
    let oldest = Sort { by: SortBy::Created, descending: false };
    assert_eq!(list.page(&mut tx, oldest, Place::First, 50).await.unwrap().rows.len(), 50);
}

async fn what_was_copied_along_is_no_part_of_it(house: House) {
    let chen = person(&house, "Chen", "13580006666").await;
    let (info, token) = (&chen["info"], chen["login"]["token"].as_str().unwrap());
    let browser = Browser::of(&house, Role::Viewer).await;
    let page = format!("/console/users/{}", info["userId"].as_str().unwrap());
    for q in [
        "１３５８０００６６６６",
        "\u{202D}13580006666\u{202C}",
        "\u{A0}135\u{A0}8000\u{A0}6666",
        &format!("Bearer {token}"),
        &format!("\"{token}\","),
        &format!("\u{FEFF}{}\u{200B}", info["openId"].as_str().unwrap()),
    ] {
        assert_eq!(search(&browser, q).await, page, "{q:?}");
    }
}

async fn a_search_on_a_narrowed_list_stays_in_it(house: House) {
    for (name, phone) in [("Chen-A", "13580006666"), ("Chen-B", "13900006666")] {
        person(&house, name, phone).await;
    }
    let browser = Browser::of(&house, Role::Support).await;
    let list = browser.get("/console/users?status=active&q=x&sort=login&cursor=").await.text;
    assert!(list.contains("name=\"within\" value=\"status=active&amp;sort=login\""), "{list}");
    let within = async |q| browser.led("search", &[("q", q), ("within", "status=active&sort=login")]).await;
    assert_eq!(within("chen").await, "/console/users?q=chen&status=active&sort=login");
    assert_eq!(within("").await, "/console/users?status=active&sort=login");
    let hidden = within("6666").await;
    assert!(hidden.starts_with("/console/users?find=") && hidden.ends_with("&status=active&sort=login"), "{hidden}");
    assert_eq!(listed(&browser.get(&hidden).await.text).len(), 2);
    // Who is meant and nobody else is opened, wherever he is.
    assert!(within("chen-a").await.starts_with("/console/users/"));
    assert!(!browser.get("/console/failures?status=active").await.text.contains("name=\"within\""));
}

async fn a_number_is_found_in_every_spelling(house: House) {
    let chen = person(&house, "Chen", "13912340007").await;
    house.sim("users", json!({ "user": "Wong", "phone": "51230001", "countryCode": "852" })).await;
    let wong = house.log_in("Wong").await;
    let bound = house.post_as(wong["token"].as_str().unwrap(), "/api/bindPhone", house.tap("Wong", "code").await).await;
    bound.data();
    let browser = Browser::of(&house, Role::Support).await;
    let page = |info: &serde_json::Value| format!("/console/users/{}", info["userId"].as_str().unwrap());
    for (q, found) in [
        ("00852 51230001", &wong["userInfo"]),
        ("852 5123 0001", &wong["userInfo"]),
        ("５１２３.０００１", &wong["userInfo"]),
        ("008613912340007", &chen["info"]),
        ("139.1234.0007", &chen["info"]),
        ("139/1234·0007", &chen["info"]),
        ("１３９－１２３４－０００７", &chen["info"]),
        ("١٣٩١٢٣٤٠٠٠٧", &chen["info"]),
        ("013912340007", &chen["info"]),
        ("+86 (0)139 1234 0007", &chen["info"]),
        ("00.07", &chen["info"]),
    ] {
        assert_eq!(search(&browser, q).await, page(found), "{q}");
        let query: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
        assert_eq!(listed(&browser.get(&format!("/console/users?q={query}")).await.text).len(), 1, "{q}");
    }
}

const TOO_MANY: &str = "/console/users?problem=TooManySearches";

async fn a_viewer_finds_by_the_whole_number_and_few_of_them(house: House) {
    let chen = person(&house, "Chen", "13580006666").await;
    let page = format!("/console/users/{}", chen["info"]["userId"].as_str().unwrap());
    let viewer = Browser::of(&house, Role::Viewer).await;
    let support = Browser::of(&house, Role::Support).await;
    assert_eq!(search(&support, "6666").await, page);
    let to = search(&viewer, "6666").await;
    assert!(to.starts_with("/console/users?find=") && listed(&viewer.get(&to).await.text).is_empty(), "{to}");
    assert!(listed(&viewer.get("/console/users?q=6666").await.text).is_empty(), "nor by the address");
    for number in 2..20 {
        assert_eq!(search(&viewer, "135 8000 6666").await, page, "{number}");
    }
    for q in ["13580006666", "１３５８０００６６６６", "135.8000.6666", "+8613580006666", "6666", "陈 13580006666"]
    {
        assert_eq!(search(&viewer, q).await, TOO_MANY, "{q}");
    }
    let told = viewer.get(TOO_MANY).await;
    assert_eq!((told.status, told.header("retry-after")), (429, "3600"));
    assert!(told.text.contains("按手机号搜索的次数过多"), "{}", told.text);
    // Other searches go on, and other operators have counts of their own.
    assert_eq!(search(&viewer, "chen").await, page);
    assert_eq!(search(&support, "13580006666").await, page);
    house.clock.advance(3600);
    assert_eq!(search(&Browser::of(&house, Role::Viewer).await, "13580006666").await, page);
}

async fn searches_for_numbers_are_counted_wherever_they_are_made(house: House) {
    for (name, phone) in [("A", "13580006666"), ("B", "13900006666")] {
        person(&house, name, phone).await;
    }
    let node = house.second_node().await;
    let viewer = Browser::of(&house, Role::Viewer).await;
    let there = viewer.at(&node);
    let counted = async |count| assert_eq!(house.count("number_searches").await, count);
    let hidden = search(&viewer, "13512345678").await;
    counted(1).await;
    // Pages of what was found are no further search.
    for _ in 0..3 {
        assert_eq!(viewer.get(&hidden).await.status, 200);
    }
    counted(1).await;
    assert_eq!(there.get("/console/users?q=13512345678&status=active").await.status, 200);
    let export = [("format", "csv"), ("q", "13512345678")];
    assert_eq!(there.submit("/console/users/export", &export).await.status, 200);
    counted(3).await;
    for _ in 3..20 {
        search(&there, "13512345678").await;
    }
    counted(20).await;
    let refused = viewer.get("/console/users?q=13580006666").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "3600"));
    let refused = viewer.submit("/console/users/export", &[("format", "csv"), ("q", "13580006666")]).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "3600"));
    assert!(listed(&refused.text).is_empty() || !refused.text.contains("135******66"), "{}", refused.text);
    assert_eq!(search(&there, "13580006666").await, TOO_MANY);
    counted(20).await;
    house.clock.advance(2 * 3600 + 1);
    latchkey::jobs::sweep(&house.server.accounts).await.unwrap();
    counted(0).await;
}

async fn many_searches_for_numbers_are_on_record(house: House) {
    let filed = async || house.count("audit WHERE action = 'search_numbers'").await;
    let viewer = Browser::of(&house, Role::Viewer).await;
    for _ in 0..10 {
        search(&viewer, "13512345678").await;
    }
    assert_eq!(filed().await, 0);
    for _ in 0..12 {
        search(&viewer, "13512345678").await;
    }
    assert_eq!(filed().await, 1, "one entry an hour");
    let support = Browser::of(&house, Role::Support).await;
    for _ in 0..31 {
        search(&support, "5678").await;
    }
    assert_eq!(filed().await, 2);
    let audit = Browser::of(&house, Role::Admin).await.page("/console/audit?action=search_numbers").await;
    assert!(audit.contains("一小时内多次按手机号搜索") && audit.contains("搜索次数"), "{audit}");
    assert_eq!(house.count("audit WHERE detail LIKE '%5678%'").await, 0, "never for what");
    // Searches at once count like searches one after the other.
    let operator = id_of(&house, "support").await.parse().unwrap();
    let accounts = &house.server.accounts;
    let mut tx = accounts.db.write().await.unwrap();
    for _ in 31..115 {
        let id = accounts.random.id(NOW);
        number_searches::insert(&mut tx, id, operator, house.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let led = join_all((0..12).map(|_| search(&support, "13512345678"))).await;
    assert_eq!(led.iter().filter(|to| *to == TOO_MANY).count(), 7, "{led:?}");
    assert!(accounts.verify_audit().await.unwrap().is_ok());
}
