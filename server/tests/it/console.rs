//! The console over HTTP, as a browser without JavaScript sees it.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use latchkey::{
    secret::Secret,
    store::{
        Tx,
        users::{self, ProfileChange},
    },
};
use latchkey_app::types::Role;
use serde_json::json;
use uuid::Uuid;

use crate::{
    databases::{on_both, sqlite_url},
    house::{APP_1, Answer, House, PASSWORD},
};

on_both!(crate::console::with_operator =>
    a_stranger_learns_nothing,
    a_wrong_password_is_refused,
    a_session_is_new_at_sign_in_and_dead_after_sign_out,
    a_session_ends_by_itself,
    an_operator_who_is_disabled_is_out_at_once,
    a_user_is_found_by_everything,
    pages_of_users_go_both_ways,
    a_user_page_shows_bindings_and_history_and_no_full_phone,
);

async fn with_operator(url: &str) -> House {
    let house = House::new(url).await;
    house.server.operators.create("anna", Role::Viewer, &Secret::new(PASSWORD)).await.unwrap();
    house
}

async fn get(house: &House, path: &str, cookie: &str) -> Answer {
    house.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
}

async fn submit(house: &House, path: &str, cookie: &str, form: &str) -> Answer {
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, form.len())
        .header(header::ACCEPT, "text/html");
    house.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

/// `name=value` of the session cookie that an answer sets.
fn session(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn sign_in(house: &House) -> String {
    sign_in_as(house, "anna").await
}

async fn sign_in_as(house: &House, username: &str) -> String {
    let form = format!("username={username}&password={}", PASSWORD.replace(' ', "+"));
    let answer = submit(house, "/console/fn/sign_in", "", &form).await;
    assert_eq!((answer.status, answer.header("location")), (302, "/console"), "{}", answer.text);
    session(&answer)
}

async fn a_stranger_learns_nothing(house: House) {
    let user = house.log_in("u1").await["userInfo"]["userId"].as_str().unwrap().to_owned();
    for path in [
        "/console",
        "/console/users?q=13",
        &format!("/console/users/{user}"),
        "/console/phone-changes",
        "/console/nothing",
    ] {
        for cookie in ["", "latchkey=AAAAAAAAAAAAAAAAAAAAAA", "latchkey=nonsense"] {
            let answer = get(&house, path, cookie).await;
            assert_eq!(answer.status, 302, "{path}");
            let to = answer.header("location");
            assert!(to == "/console/users" || to.starts_with("/console/login?next="), "{path}: {to}");
            assert!(!answer.text.contains(&user) || path.contains(&user), "{path}");
        }
    }
}

async fn a_wrong_password_is_refused(house: House) {
    for form in ["username=anna&password=wrong", "username=nobody&password=wrong", "username=&password="] {
        let answer = submit(&house, "/console/fn/sign_in", "", form).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (302, "/console/login?next=%2Fconsole&problem=SignInFailed")
        );
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert_eq!(submit(&house, "/console/fn/sign_in", "", "username=anna").await.header("set-cookie"), "");
    let page = get(&house, "/console/login?problem=SignInFailed", "").await;
    assert!(page.text.contains("用户名或密码不正确"), "{}", page.text);
    assert_eq!(house.count("operator_sessions").await, 0);
}

async fn a_session_is_new_at_sign_in_and_dead_after_sign_out(house: House) {
    let planted = "latchkey=AAAAAAAAAAAAAAAAAAAAAA";
    let form = format!("username=anna&password={}&next=%2Fconsole%2Fphone-changes", PASSWORD.replace(' ', "+"));
    let answer = submit(&house, "/console/fn/sign_in", planted, &form).await;
    assert_eq!(answer.header("location"), "/console/phone-changes");
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    let first = session(&answer);
    assert_ne!(first, planted);
    assert_eq!(get(&house, "/console/users", &first).await.status, 200);
    // Whoever signs in again gets another id, and the old one is worth nothing.
    let second = session(&submit(&house, "/console/fn/sign_in", &first, &form).await);
    assert_ne!(second, first);
    assert_eq!(get(&house, "/console/users", &first).await.status, 302);
    assert_eq!(submit(&house, "/console/fn/sign_out", &second, "").await.header("location"), "/console/login");
    assert_eq!(get(&house, "/console/users", &second).await.status, 302);
    assert_eq!(house.count("operator_sessions").await, 0);
}

async fn a_session_ends_by_itself(house: House) {
    let idle = sign_in(&house).await;
    house.clock.advance(29 * 60);
    assert_eq!(get(&house, "/console/users", &idle).await.status, 200);
    house.clock.advance(29 * 60);
    assert_eq!(get(&house, "/console/users", &idle).await.status, 200, "use keeps it alive");
    house.clock.advance(30 * 60);
    assert_eq!(get(&house, "/console/users", &idle).await.status, 302, "half an hour without use");

    let busy = sign_in(&house).await;
    for _ in 0..35 {
        house.clock.advance(20 * 60);
        assert_eq!(get(&house, "/console/users", &busy).await.status, 200);
    }
    house.clock.advance(20 * 60);
    assert_eq!(get(&house, "/console/users", &busy).await.status, 302, "half a day");
}

async fn an_operator_who_is_disabled_is_out_at_once(house: House) {
    let cookie = sign_in(&house).await;
    house.server.operators.set_enabled("anna", false).await.unwrap();
    assert_eq!(get(&house, "/console/users", &cookie).await.status, 302);
    let form = format!("username=anna&password={}", PASSWORD.replace(' ', "+"));
    let refused = submit(&house, "/console/fn/sign_in", "", &form).await;
    assert!(refused.header("location").ends_with("problem=SignInFailed"));
    house.server.operators.set_enabled("anna", true).await.unwrap();
    assert_eq!(get(&house, "/console/users", &cookie).await.status, 302, "the old session stays ended");
    let again = sign_in(&house).await;
    house.server.operators.reset_password("anna", &Secret::new("another password"), false).await.unwrap();
    assert_eq!(get(&house, "/console/users", &again).await.status, 302);
}

async fn bind(house: &House, user: &str, phone: &str, country_code: &str) -> serde_json::Value {
    house.sim("users", json!({ "user": user, "phone": phone, "countryCode": country_code })).await;
    let token = house.token(user).await;
    house.post_as(&token, "/api/bindPhone", house.tap(user, "code").await).await.data()["userInfo"].clone()
}

async fn name(tx: &mut Tx, user: Uuid, nickname: &str) {
    let change = ProfileChange { nickname: Some(nickname), ..ProfileChange::default() };
    users::set_profile(tx, user, &change).await.unwrap();
}

async fn a_user_is_found_by_everything(house: House) {
    let chen = bind(&house, "u1", "13580006666", "86").await;
    let wong = bind(&house, "u2", "91234567", "852").await;
    let mut tx = house.server.accounts.db.write().await.unwrap();
    name(&mut tx, chen["userId"].as_str().unwrap().parse().unwrap(), "陈晓 Chen").await;
    name(&mut tx, wong["userId"].as_str().unwrap().parse().unwrap(), "Wong").await;
    tx.commit().await.unwrap();
    // Support finds by the last four digits, too.
    house.server.operators.create("bert", Role::Support, &Secret::new(PASSWORD)).await.unwrap();
    let cookie = sign_in_as(&house, "bert").await;
    let (chen_id, wong_id) = (chen["userId"].as_str().unwrap(), wong["userId"].as_str().unwrap());
    for (q, found, other) in [
        ("13580006666", chen_id, wong_id),
        ("135%208000%206666", chen_id, wong_id),
        ("%2B8613580006666", chen_id, wong_id),
        ("8613580006666", chen_id, wong_id),
        ("6666", chen_id, wong_id),
        ("%E9%99%88", chen_id, wong_id),
        (chen["openId"].as_str().unwrap(), chen_id, wong_id),
        (chen["unionId"].as_str().unwrap(), chen_id, wong_id),
        (chen_id, chen_id, wong_id),
        ("%2B85291234567", wong_id, chen_id),
        ("wO", wong_id, chen_id),
    ] {
        let page = get(&house, &format!("/console/users?q={q}"), &cookie).await.text;
        assert!(
            page.contains(&format!("/console/users/{found}")) && !page.contains(&format!("/console/users/{other}\"")),
            "{q}"
        );
    }
    for q in ["13580006667", "1358000", "%2B8513580006666", "%25", "_", "'%20OR%201=1", "ong"] {
        let page = get(&house, &format!("/console/users?q={q}"), &cookie).await;
        assert!(page.status == 200 && page.text.contains("没有找到匹配的用户"), "{q}: {}", page.status);
    }
}

async fn pages_of_users_go_both_ways(house: House) {
    for number in 0..52 {
        house.clock.advance(1);
        house.log_in(&format!("p{number}")).await;
    }
    let cookie = sign_in(&house).await;
    let link = |page: &str, rel: &str| {
        let (_, rest) = page.split_once(&format!("rel=\"{rel}\" href=\""))?;
        Some(rest.split('"').next().unwrap().replace("&amp;", "&"))
    };
    let first = get(&house, "/console/users", &cookie).await.text;
    assert_eq!((first.matches("<tr>").count(), link(&first, "prev")), (51, None));
    let second = get(&house, &link(&first, "next").unwrap(), &cookie).await.text;
    assert_eq!((second.matches("<tr>").count(), link(&second, "next")), (3, None));
    let back = get(&house, &link(&second, "prev").unwrap(), &cookie).await.text;
    assert_eq!(back.matches("<tr>").count(), 51);
    for broken in ["after-x", "x", "before-", "after-00000000-0000-0000-0000-00000000000"] {
        assert_eq!(get(&house, &format!("/console/users?cursor={broken}"), &cookie).await.status, 400, "{broken}");
    }
}

async fn a_user_page_shows_bindings_and_history_and_no_full_phone(house: House) {
    bind(&house, "u1", "13580006666", "86").await;
    house.clock.advance(5);
    let info = bind(&house, "u1", "13912345678", "86").await;
    let cookie = sign_in(&house).await;
    let id = info["userId"].as_str().unwrap();
    for path in [format!("/console/users/{id}"), "/console/users".into(), "/console/phone-changes".into()] {
        let page = get(&house, &path, &cookie).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("139******78"), "{path}: {}", page.text);
        assert!(!page.text.contains("13912345678") && !page.text.contains("13580006666"), "{path}");
    }
    let page = get(&house, &format!("/console/users/{id}"), &cookie).await.text;
    for shown in ["135******66", info["openId"].as_str().unwrap(), info["unionId"].as_str().unwrap(), "App 1", APP_1] {
        assert!(page.contains(shown), "{shown}");
    }
    for nobody in ["x", "00000000-0000-7000-8000-000000000000", "..%2F..", "%00"] {
        assert_eq!(get(&house, &format!("/console/users/{nobody}"), &cookie).await.status, 404, "{nobody}");
    }
    assert_eq!(get(&house, "/console/nothing", &cookie).await.status, 404);
}

#[tokio::test]
async fn a_post_from_another_site_is_refused() {
    let house = with_operator(&sqlite_url()).await;
    let cookie = sign_in(&house).await;
    for (name, value) in
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
    {
        let request =
            Request::post("/console/fn/sign_out").header(header::COOKIE, &cookie).header("host", "login.example");
        let answer = house.send(request.header(name, value).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 403, "{name}: {value}");
    }
    let request = Request::post("/console/fn/sign_out").header("sec-fetch-site", "cross-site");
    let answer = house.send(request.header("accept", "text/html").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 403);
    assert!(
        answer.text.contains("这个请求来自另一个网站") && answer.text.contains("href=\"/console\""),
        "{}",
        answer.text
    );
    assert_eq!(get(&house, "/console/users", &cookie).await.status, 200);
    let by_link = get(&house, "/console/fn/sign_out", &cookie).await;
    assert_ne!(by_link.status, 302, "a link changes nothing");
    assert_eq!(get(&house, "/console/users", &cookie).await.status, 200);
}

#[tokio::test]
async fn a_form_of_our_own_is_taken_whatever_host_the_proxy_says() {
    let house = House::with(&sqlite_url(), |config| config.public_url = "http://Login.example:80/".into()).await;
    for (origin, status) in
        [("http://login.example", 302), ("http://login.example:81", 403), ("https://login.example", 403)]
    {
        let request = Request::post("/console/fn/sign_out").header("host", "10.0.0.7:3000").header("origin", origin);
        assert_eq!(house.send(request.body(Body::empty()).unwrap()).await.status, status, "{origin}");
    }
}

#[tokio::test]
async fn what_goes_wrong_is_said_in_the_consoles_own_look() {
    let house = House::new(&sqlite_url()).await;
    let send = |path: &'static str, form: Body| {
        let request = Request::post(path).header("accept", "text/html").header("content-length", "5");
        house.send(request.header("content-type", "application/x-www-form-urlencoded").body(form).unwrap())
    };
    let nowhere = send("/console/fn/nothing", Body::from("a=b&c")).await;
    assert_eq!(nowhere.status, 404);
    assert!(
        nowhere.text.contains("href=\"/console\"") && !nowhere.text.contains("server function"),
        "{}",
        nowhere.text
    );
    let plain = house.send(Request::post("/console/fn/nothing").body(Body::empty()).unwrap()).await;
    assert_eq!((plain.status, plain.text.as_str()), (404, ""));
}

#[tokio::test]
async fn under_https_the_cookie_is_secure_and_bound_to_the_host() {
    let house = House::with(&sqlite_url(), |config| config.public_url = "https://login.example.com".into()).await;
    house.server.operators.create("anna", Role::Viewer, &Secret::new(PASSWORD)).await.unwrap();
    let form = format!("username=anna&password={}", PASSWORD.replace(' ', "+"));
    let answer = submit(&house, "/console/fn/sign_in", "", &form).await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-latchkey=") && cookie.contains("Secure") && cookie.ends_with("Path=/"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_form_of_65_kib_is_too_large() {
    let house = with_operator(&sqlite_url()).await;
    let form = format!("username=anna&password={}", "a".repeat(65 * 1024));
    let answer = submit(&house, "/console/fn/sign_in", "", &form).await;
    assert_eq!((answer.status, answer.header("connection")), (413, "close"), "the rest of it is not read");
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let house = with_operator(&sqlite_url()).await;
    let form = |next: &str| format!("username=anna&password={}&next={next}", PASSWORD.replace(' ', "+"));
    for next in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2Fconsole%2F..%5Cevil", "javascript%3Aalert(1)"]
    {
        let answer = submit(&house, "/console/fn/sign_in", "", &form(next)).await;
        assert_eq!(answer.header("location"), "/console", "{next}");
    }
}

#[tokio::test]
async fn the_page_that_was_wanted_survives_sign_in() {
    let house = with_operator(&sqlite_url()).await;
    let wanted = "/console/users?q=%E6%9D%8E+%25";
    let to_sign_in = get(&house, wanted, "").await.header("location").to_owned();
    let page = get(&house, &to_sign_in, "").await.text;
    assert!(page.contains(&format!("name=\"next\" value=\"{wanted}\"")), "{page}");
    let form = |password: &str| {
        format!("username=anna&password={password}&next=%2Fconsole%2Fusers%3Fq%3D%25E6%259D%258E%2B%2525")
    };
    let refused = submit(&house, "/console/fn/sign_in", "", &form("wrong")).await.header("location").to_owned();
    let page = get(&house, &refused, "").await.text;
    assert!(
        page.contains(&format!("name=\"next\" value=\"{wanted}\"")) && page.contains("用户名或密码不正确"),
        "{page}"
    );
    let done = submit(&house, "/console/fn/sign_in", "", &form(&PASSWORD.replace(' ', "+"))).await;
    assert_eq!(done.header("location"), wanted);
    let found = get(&house, "/console/users?q=100%2525", &session(&done)).await.text;
    assert!(found.contains("value=\"100%25\""), "a query is decoded once: {found}");
}

#[tokio::test]
async fn a_preference_leads_back_to_where_the_browser_is() {
    let house = House::new(&sqlite_url()).await;
    let chosen = |referer: &'static str| {
        let request = Request::post("/console/fn/set_preference")
            .header(header::HOST, "login.example")
            .header(header::REFERER, referer)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        house.send(request.body("theme=dark&back=%2Fconsole%2Fusers".into()).unwrap())
    };
    for (referer, back) in [
        ("http://login.example/console/users?q=typed", "/console/users?q=typed"),
        ("http://login.example/evil", "/console"),
        ("https://evil.example/console/evil", "/console/users"),
        ("nonsense", "/console/users"),
    ] {
        assert_eq!(chosen(referer).await.header("location"), back, "{referer}");
    }
}

#[tokio::test]
async fn language_and_theme_are_remembered() {
    let house = House::new(&sqlite_url()).await;
    let answer = submit(&house, "/console/fn/set_preference", "", "lang=en&back=%2Fconsole%2Flogin").await;
    assert_eq!(answer.header("location"), "/console/login");
    let english = get(&house, "/console/login", &session(&answer)).await.text;
    assert!(english.contains("lang=\"en\"") && english.contains("Sign in to the console"));
    let dark = get(&house, "/console/login", "latchkey_theme=dark; latchkey_lang=xx").await.text;
    assert!(dark.contains("data-theme=\"dark\"") && dark.contains("lang=\"zh-CN\""));
    assert_eq!(house.call(Method::GET, "/console/login", None, Body::empty()).await.status, 200);
}

#[tokio::test]
async fn what_users_call_themselves_is_only_text() {
    let house = with_operator(&sqlite_url()).await;
    let id = house.log_in("u1").await["userInfo"]["userId"].as_str().unwrap().to_owned();
    let nickname = "<script>alert(1)</script>\"'&\u{202E}";
    let mut tx = house.server.accounts.db.write().await.unwrap();
    name(&mut tx, id.parse().unwrap(), nickname).await;
    tx.commit().await.unwrap();
    let cookie = sign_in(&house).await;
    for path in
        ["/console/users".to_owned(), format!("/console/users/{id}"), "/console/users?q=%3Cscript%3Ealert(1)".into()]
    {
        let page = get(&house, &path, &cookie).await.text;
        assert!(!page.contains("<script>alert"), "{path}");
        assert!(page.contains("&lt;script&gt;alert(1)"), "{path}");
    }
}
