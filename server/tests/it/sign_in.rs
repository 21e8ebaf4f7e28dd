//! Signing in against somebody who guesses: tries are counted on every node, alike for names that exist and names that do not.

use axum::{
    body::Body,
    http::{Request, header},
};
use futures::{StreamExt, future::join_all};
use latchkey::secret::Secret;
use latchkey_app::types::Role;

use crate::{
    browser::{Browser, id_of, totp, turn_on},
    databases::{by_hand, on_both, sqlite_url},
    house::{House, PASSWORD},
};

on_both!(crate::house::House::new =>
    ten_failures_lock_an_account_and_address_whether_it_exists_or_not,
    fifty_failures_lock_an_address_and_a_hundred_an_account,
    failures_age_though_others_sign_in_from_the_same_address,
    whoever_is_given_a_new_way_in_finds_it_open,
    of_many_guesses_at_once_ten_are_checked,
    a_lock_holds_on_every_node,
    success_clears_the_account_and_not_the_address,
    a_second_factor_that_is_guessed_locks_the_account,
    no_flow_gets_around_the_lock_of_another,
    a_code_is_good_once,
    half_a_session_opens_nothing,
    failures_and_locks_are_filed_without_what_was_typed,
    failures_and_the_lock_are_filed_though_the_client_hangs_up,
);

const LOCKED: &str = "/console/login?next=%2Fconsole&problem=TooManyAttempts";
const FAILED: &str = "/console/login?next=%2Fconsole&problem=SignInFailed";
const CODE_PAGE: &str = "/console/login/code?next=%2Fconsole";
const ADDRESSES: [&str; 4] = ["198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"];

async fn make(house: &House, username: &str) {
    house.server.operators.create(username, Role::Viewer, &Secret::new(PASSWORD)).await.unwrap();
}

async fn fail(browser: &Browser<'_>, username: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(browser.sign_in(username, "wrong wrong wrong").await, FAILED, "{username}");
    }
}

async fn ten_failures_lock_an_account_and_address_whether_it_exists_or_not(house: House) {
    make(&house, "anna").await;
    let mut pages = Vec::new();
    for (username, address) in [("anna", ADDRESSES[0]), ("nobody", ADDRESSES[1])] {
        let browser = Browser::from(&house, address);
        fail(&browser, username, 10).await;
        for password in ["wrong wrong wrong", PASSWORD] {
            assert_eq!(browser.sign_in(username, password).await, LOCKED, "right or wrong");
        }
        assert_eq!(browser.sign_in(&username.to_uppercase(), PASSWORD).await, LOCKED);
        let page = browser.get(LOCKED).await;
        assert_eq!(page.header("retry-after"), "900");
        let text = page.text.split("<main").nth(1).unwrap().split("<form").next().unwrap().to_owned();
        assert!(text.contains("15 分钟"), "{text}");
        pages.push((page.status, text));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0].0, 429);
    assert_eq!(Browser::from(&house, ADDRESSES[3]).sign_in("anna", PASSWORD).await, "/console", "she herself comes in");
    house.clock.advance(15 * 60 - 1);
    let there = Browser::from(&house, ADDRESSES[0]);
    assert_eq!(there.sign_in("anna", PASSWORD).await, LOCKED);
    house.clock.advance(1);
    assert_eq!(there.sign_in("anna", PASSWORD).await, "/console", "it ends by itself");
}

/// As if there had been so many tries.
async fn tries(house: &House, condition: &str, tries: i64) {
    let sql = format!("UPDATE sign_in_tries SET tries = {tries} WHERE {condition}");
    by_hand(&house.server.accounts.db, &sql).await;
}

async fn fifty_failures_lock_an_address_and_a_hundred_an_account(house: House) {
    make(&house, "anna").await;
    let browser = Browser::from(&house, "2001:db8::1");
    fail(&browser, "name0", 1).await;
    tries(&house, "account IS NULL", 49).await;
    fail(&browser, "name1", 1).await;
    assert_eq!(browser.sign_in("anna", PASSWORD).await, LOCKED);
    assert_eq!(Browser::from(&house, "2001:db8::2").sign_in("anna", PASSWORD).await, LOCKED, "the same network");
    assert_eq!(Browser::from(&house, "2001:db8:1::1").sign_in("anna", PASSWORD).await, "/console", "others are let in");

    fail(&Browser::from(&house, ADDRESSES[0]), "anna", 1).await;
    tries(&house, "hash = account AND tries > 0", 99).await;
    fail(&Browser::from(&house, ADDRESSES[1]), "anna", 1).await;
    assert_eq!(Browser::from(&house, ADDRESSES[2]).sign_in("anna", PASSWORD).await, LOCKED, "from wherever");
    let reset = house.server.operators.reset_password("anna", &Secret::new(PASSWORD), false).await;
    assert!(reset.is_ok());
    assert_eq!(Browser::from(&house, ADDRESSES[2]).sign_in("anna", PASSWORD).await, "/console");
}

async fn failures_age_though_others_sign_in_from_the_same_address(house: House) {
    make(&house, "anna").await;
    let office = Browser::from(&house, ADDRESSES[0]);
    fail(&office, "nobody", 1).await;
    tries(&house, "account IS NULL", 49).await;
    for _ in 0..3 {
        house.clock.advance(5 * 60);
        assert_eq!(office.sign_in("anna", PASSWORD).await, "/console");
    }
    fail(&office, "nobody", 1).await;
    assert_eq!(office.sign_in("anna", PASSWORD).await, "/console", "the failures of a quarter of an hour ago are over");
}

async fn whoever_is_given_a_new_way_in_finds_it_open(house: House) {
    make(&house, "anna").await;
    let root = Browser::named(&house, "root", Role::Admin).await;
    let id = id_of(&house, "anna").await;
    let anna = Browser::from(&house, ADDRESSES[0]);
    fail(&anna, "anna", 10).await;
    root.led("reset_operator", &[("id", &id)]).await;
    let link = root.new_link().await.unwrap();
    fail(&anna, "anna", 10).await;
    let token = link.rsplit('/').next().unwrap();
    anna.led("accept_invitation", &[("token", token), ("password", PASSWORD), ("repeat", PASSWORD)]).await;
    assert_eq!(anna.sign_in("anna", PASSWORD).await, "/console");
    for enabled in [false, true] {
        fail(&anna, "anna", if enabled { 0 } else { 10 }).await;
        house.server.operators.set_enabled("anna", enabled).await.unwrap();
    }
    assert_eq!(anna.sign_in("anna", PASSWORD).await, "/console");
}

async fn of_many_guesses_at_once_ten_are_checked(house: House) {
    make(&house, "anna").await;
    let guesses = (0..30).map(|number| {
        let house = &house;
        let name = if number % 2 == 0 { "anna" } else { "ANNA" };
        async move { Browser::from(house, ADDRESSES[0]).sign_in(name, "wrong wrong wrong").await }
    });
    let answers = join_all(guesses).await;
    assert_eq!(answers.iter().filter(|to| *to == FAILED).count(), 10, "{answers:?}");
    assert_eq!(answers.iter().filter(|to| *to == LOCKED).count(), 20);
}

async fn a_lock_holds_on_every_node(house: House) {
    make(&house, "anna").await;
    let other = house.second_node().await;
    fail(&Browser::from(&house, ADDRESSES[0]), "anna", 5).await;
    fail(&Browser::from(&other, ADDRESSES[0]), "anna", 5).await;
    for node in [&house, &other] {
        assert_eq!(Browser::from(node, ADDRESSES[0]).sign_in("anna", PASSWORD).await, LOCKED);
    }
}

async fn success_clears_the_account_and_not_the_address(house: House) {
    make(&house, "anna").await;
    let browser = Browser::from(&house, ADDRESSES[0]);
    fail(&browser, "anna", 9).await;
    assert_eq!(browser.sign_in("anna", PASSWORD).await, "/console");
    assert_eq!(browser.sign_in("anna", PASSWORD).await, "/console", "who succeeds is not counted");
    fail(&browser, "anna", 9).await;
    assert_eq!(browser.sign_in("anna", PASSWORD).await, "/console");
    let kept = house.count("sign_in_tries WHERE account IS NULL AND tries = 18").await;
    assert_eq!(kept, 1, "the failures from here, whosever they were");
}

/// Anna, with a second factor: its secret and recovery codes. Her codes of before are used up.
async fn anna(house: &House) -> (String, Vec<String>) {
    let browser = Browser::named(house, "anna", Role::Viewer).await;
    let both = turn_on(house, &browser).await;
    house.clock.advance(90);
    both
}

async fn a_second_factor_that_is_guessed_locks_the_account(house: House) {
    let (secret, recovery) = anna(&house).await;
    let thief = Browser::from(&house, ADDRESSES[0]);
    for number in 0..10 {
        // The password, which he knows, wins him nothing back.
        assert_eq!(thief.sign_in("anna", PASSWORD).await, CODE_PAGE, "{number}");
        let wrong = thief.led("sign_in_code", &[("code", "12345x")]).await;
        assert_eq!(wrong, format!("{CODE_PAGE}&problem=CodeWrong"), "{number}");
    }
    for code in [totp(&house, &secret, 0), recovery[0].clone()] {
        let to = thief.led("sign_in_code", &[("code", &code)]).await;
        assert_eq!(to, format!("{CODE_PAGE}&problem=TooManyAttempts"), "a right one is not even looked at");
    }
    assert_eq!(thief.get(&format!("{CODE_PAGE}&problem=TooManyAttempts")).await.status, 429);
    assert_eq!(thief.sign_in("anna", PASSWORD).await, LOCKED, "nor is the password");
    let elsewhere = Browser::from(&house, ADDRESSES[1]);
    assert_eq!(elsewhere.sign_in("anna", PASSWORD).await, CODE_PAGE);
    let to = elsewhere.led("sign_in_code", &[("code", &totp(&house, &secret, 0))]).await;
    assert_eq!(to, format!("{CODE_PAGE}&problem=TooManyAttempts"), "codes are not guessed from elsewhere, either");
}

async fn no_flow_gets_around_the_lock_of_another(house: House) {
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    turn_on(&house, &anna).await;
    house.clock.advance(90);
    for number in 0..5 {
        let form = [("current", "wrong"), ("password", "four green kettles"), ("repeat", "four green kettles")];
        assert!(anna.led("change_password", &form).await.ends_with("problem=PasswordWrong"), "{number}");
        let form = [("password", PASSWORD), ("code", "000000x")];
        assert!(anna.led("end_second_factor", &form).await.ends_with("problem=CodeWrong"), "{number}");
    }
    let form = [("current", PASSWORD), ("password", "four green kettles"), ("repeat", "four green kettles")];
    assert!(anna.led("change_password", &form).await.ends_with("problem=TooManyAttempts"));
    assert_eq!(Browser::new(&house).sign_in("anna", PASSWORD).await, LOCKED);
    assert!(anna.is_in().await, "who is in stays in");
}

async fn a_code_is_good_once(house: House) {
    let (secret, recovery) = anna(&house).await;
    let browser = Browser::new(&house);
    let wrong = format!("{CODE_PAGE}&problem=CodeWrong");
    let code = |steps| totp(&house, &secret, steps);
    assert_eq!(browser.sign_in("anna", PASSWORD).await, CODE_PAGE);
    for steps in [-2, 2] {
        assert_eq!(browser.led("sign_in_code", &[("code", &code(steps))]).await, wrong, "too early or too late");
    }
    let before = browser.cookie();
    let spaced = format!("{} {}", &code(0)[..3], &code(0)[3..]);
    assert_eq!(browser.led("sign_in_code", &[("code", &spaced)]).await, "/console");
    assert_ne!(browser.cookie(), before, "a new session id after the second step");
    assert!(browser.is_in().await);

    let again = Browser::new(&house);
    assert_eq!(again.sign_in("anna", PASSWORD).await, CODE_PAGE);
    for steps in [0, -1] {
        assert_eq!(again.led("sign_in_code", &[("code", &code(steps))]).await, wrong, "used, or before one that was");
    }
    assert_eq!(again.led("sign_in_code", &[("code", &code(1))]).await, "/console", "the next one counts");

    assert_eq!(recovery.len(), 10);
    assert_eq!(again.sign_in("anna", PASSWORD).await, CODE_PAGE);
    assert_eq!(again.led("sign_in_code", &[("code", &recovery[3].to_lowercase())]).await, "/console");
    assert!(again.get("/console/account").await.text.contains("剩余 9 个恢复码"));
    assert_eq!(again.sign_in("anna", PASSWORD).await, CODE_PAGE);
    assert_eq!(again.led("sign_in_code", &[("code", &recovery[3])]).await, wrong, "a recovery code, too");
    // Of two who send the same one at once, one is taken.
    let other = Browser::new(&house);
    other.sign_in("anna", PASSWORD).await;
    let (form_a, form_b) = ([("code", recovery[4].as_str())], [("code", recovery[4].as_str())]);
    let both = tokio::join!(again.led("sign_in_code", &form_a), other.led("sign_in_code", &form_b));
    assert_ne!(both.0 == "/console", both.1 == "/console", "{both:?}");
    assert_eq!(house.count("recovery_codes").await, 8);
}

async fn half_a_session_opens_nothing(house: House) {
    let (secret, _) = anna(&house).await;
    let browser = Browser::new(&house);
    let stranger = browser.led("sign_in_code", &[("code", "123456")]).await;
    assert!(stranger.ends_with("problem=SignedOut"), "{stranger}");
    assert_eq!(browser.get(CODE_PAGE).await.status, 302);
    assert_eq!(browser.sign_in("anna", PASSWORD).await, CODE_PAGE);
    for path in ["/console", "/console/users", "/console/account", "/console/operators"] {
        assert_eq!(browser.get(path).await.status, 302, "{path}");
    }
    for name in ["begin_second_factor", "end_other_sessions"] {
        assert!(browser.led(name, &[]).await.contains("problem=SignedOut"), "{name}");
    }
    assert_eq!(browser.get(CODE_PAGE).await.status, 200);
    house.clock.advance(10 * 60);
    let late = browser.led("sign_in_code", &[("code", &totp(&house, &secret, 0))]).await;
    assert!(late.contains("problem=SignedOut"), "ten minutes are enough: {late}");
}

async fn failures_and_locks_are_filed_without_what_was_typed(house: House) {
    make(&house, "anna").await;
    let actions = async |action: &str| {
        house.server.accounts.reports_written().await;
        house.count(&format!("audit WHERE action = '{action}'")).await
    };
    fail(&Browser::from(&house, ADDRESSES[0]), "my-password-by-mistake", 9).await;
    assert_eq!((actions("sign_in_failed").await, actions("sign_in_locked").await), (0, 0));
    fail(&Browser::from(&house, ADDRESSES[0]), "my-password-by-mistake", 1).await;
    assert_eq!((actions("sign_in_failed").await, actions("sign_in_locked").await), (0, 1));
    fail(&Browser::from(&house, ADDRESSES[1]), "anna", 10).await;
    for _ in 0..5 {
        Browser::from(&house, ADDRESSES[1]).sign_in("anna", PASSWORD).await;
    }
    assert_eq!((actions("sign_in_failed").await, actions("sign_in_locked").await), (10, 2), "refusals add nothing");
    assert_eq!(house.count("audit WHERE detail LIKE '%by-mistake%' OR actor LIKE '%by-mistake%'").await, 0);
    assert!(house.server.accounts.verify_audit().await.unwrap().is_ok());
    let anna = Browser::from(&house, ADDRESSES[2]);
    house.clock.advance(15 * 60);
    anna.sign_in("anna", PASSWORD).await;
    anna.led("sign_out", &[]).await;
    assert_eq!((actions("sign_in").await, actions("sign_out").await), (1, 1));
}

#[tokio::test]
async fn an_old_hash_is_made_anew_at_sign_in() {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version, password_hash::phc::PasswordHash};
    let house = House::new(&sqlite_url()).await;
    make(&house, "anna").await;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let old: PasswordHash = weak.hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16]).unwrap();
    let latchkey::store::Db::Sqlite { writer, .. } = &house.server.accounts.db else { unreachable!() };
    sqlx::query("UPDATE operators SET password_hash = $1").bind(old.to_string()).execute(writer).await.unwrap();
    let browser = Browser::new(&house);
    fail(&browser, "anna", 1).await;
    assert_eq!(house.count("operators WHERE password_hash LIKE '%m=8,t=1%'").await, 1, "not by a wrong one");
    assert_eq!(browser.sign_in("anna", PASSWORD).await, "/console");
    assert_eq!(house.count("operators WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'").await, 1);
    assert_eq!(browser.sign_in("anna", PASSWORD).await, "/console");
}

async fn failures_and_the_lock_are_filed_though_the_client_hangs_up(house: House) {
    make(&house, "anna").await;
    let house = std::sync::Arc::new(house);
    for number in 1..=10 {
        let client = house.clone();
        let request =
            tokio::spawn(
                async move { Browser::from(&client, ADDRESSES[0]).sign_in("anna", "wrong wrong wrong").await },
            );
        // The client hangs up as soon as the try is counted.
        while house.count(&format!("sign_in_tries WHERE hash = account AND tries = {number}")).await == 0 {
            tokio::task::yield_now().await;
        }
        request.abort();
        house.server.accounts.reports_written().await;
    }
    let filed = async |action: &str| house.count(&format!("audit WHERE action = '{action}'")).await;
    assert_eq!((filed("sign_in_failed").await, filed("sign_in_locked").await), (10, 1));
    assert_eq!(Browser::from(&house, ADDRESSES[0]).sign_in("anna", PASSWORD).await, LOCKED);
}

/// SQLite has one writer. While the test writes, no try can be counted, and each keeps its place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_strangers_is_refused_and_leaves_room_for_who_was_here_before() {
    const BUSY: &str = "/console/login?next=%2Fconsole&problem=Busy";
    let house = House::new(&sqlite_url()).await;
    make(&house, "anna").await;
    assert_eq!(Browser::from(&house, ADDRESSES[0]).sign_in("anna", PASSWORD).await, "/console");
    let writing = house.server.accounts.db.write().await.unwrap();
    let mut flood: futures::stream::FuturesUnordered<_> = (0..64)
        .map(|_| {
            let house = &house;
            async move { Browser::from(house, ADDRESSES[1]).sign_in("anna", "wrong wrong wrong").await }
        })
        .collect();
    for _ in 0..32 {
        assert_eq!(flood.next().await.as_deref(), Some(BUSY), "what does not get a place is refused at once");
    }
    let refused = Browser::new(&house).get(BUSY).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, "5"));
    assert!(refused.text.contains("登录请求太多"), "{}", refused.text);
    let form = "username=anna&password=x";
    let program = Request::post("/console/fn/sign_in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, form.len())
        .header(header::ACCEPT, "application/json");
    let program = house.send(program.body(Body::from(form)).unwrap()).await;
    assert_eq!((program.status, program.header("retry-after")), (503, "5"), "{}", program.text);
    let known = Browser::from(&house, ADDRESSES[0]);
    let (known, ()) = tokio::join!(known.sign_in("anna", PASSWORD), async {
        tokio::task::yield_now().await;
        drop(writing);
    });
    assert_eq!(known, "/console");
    let rest: Vec<_> = flood.collect().await;
    assert_eq!(rest.iter().filter(|to| *to == FAILED).count(), 10, "{rest:?}");
    assert_eq!(rest.iter().filter(|to| *to == LOCKED).count(), 22, "what was refused did not count");
}
