//! One's own account: password, second factor, sessions.

use latchkey_app::types::Role;

use crate::{
    browser::{Browser, id_of, totp, turn_on},
    databases::{on_both, sqlite_url},
    house::{House, PASSWORD},
};

on_both!(crate::house::House::new =>
    a_stranger_has_no_account,
    a_password_is_changed_with_the_current_one,
    the_second_factor_is_on_once_the_app_has_shown_a_code,
    the_second_factor_goes_with_password_and_code,
    sessions_are_listed_and_ended,
    nobody_ends_the_sessions_of_others,
);

const NEW: &str = "four green kettles";

async fn a_stranger_has_no_account(house: House) {
    let stranger = Browser::new(&house);
    assert_eq!(stranger.get("/console/account").await.status, 302);
    for (name, fields) in [
        ("change_password", &[("current", PASSWORD), ("password", NEW), ("repeat", NEW)][..]),
        ("begin_second_factor", &[]),
        ("confirm_second_factor", &[("code", "123456")]),
        ("end_second_factor", &[("password", PASSWORD), ("code", "123456")]),
        ("end_own_session", &[("id", "00")]),
        ("end_other_sessions", &[]),
    ] {
        assert!(stranger.led(name, fields).await.ends_with("problem=SignedOut"), "{name}");
    }
}

async fn a_password_is_changed_with_the_current_one(house: House) {
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    let elsewhere = Browser::new(&house);
    elsewhere.sign_in("anna", PASSWORD).await;
    let form = |current, new, repeat| [("current", current), ("password", new), ("repeat", repeat)];
    for (form, problem) in [
        (form("wrong", NEW, NEW), "PasswordWrong"),
        (form(PASSWORD, "short", "short"), "PasswordLength"),
        (form(PASSWORD, "qwertyuiop123", "qwertyuiop123"), "PasswordCommon"),
        (form(PASSWORD, NEW, "four green kettle"), "PasswordsDiffer"),
    ] {
        assert_eq!(anna.led("change_password", &form).await, format!("/console/account?problem={problem}"));
    }
    assert!(elsewhere.is_in().await);
    let before = anna.cookie();
    assert_eq!(anna.led("change_password", &form(PASSWORD, NEW, NEW)).await, "/console/account?done=password_changed");
    assert!(anna.cookie() != before && anna.is_in().await, "a new session id");
    assert!(!elsewhere.is_in().await, "the other sessions have ended");
    elsewhere.take_cookie(&before);
    assert!(!elsewhere.is_in().await, "so has the old id");
    assert!(elsewhere.sign_in("anna", PASSWORD).await.ends_with("problem=SignInFailed"));
    assert_eq!(elsewhere.sign_in("anna", NEW).await, "/console");
}

async fn the_second_factor_is_on_once_the_app_has_shown_a_code(house: House) {
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    let problem = |name| format!("/console/account?problem={name}");
    assert_eq!(anna.led("confirm_second_factor", &[("code", "123456")]).await, problem("BadRequest"), "none was begun");
    anna.led("begin_second_factor", &[]).await;
    let page = anna.get("/console/account").await.text;
    assert!(page.contains("class=\"qr\"") && page.contains("otpauth://totp/Latchkey:anna?secret="), "{page}");
    assert_eq!(anna.led("confirm_second_factor", &[("code", "000000x")]).await, problem("CodeWrong"));
    let elsewhere = Browser::new(&house);
    assert_eq!(elsewhere.sign_in("anna", PASSWORD).await, "/console", "it is not on yet");
    let (secret, recovery) = turn_on(&house, &anna).await;
    let page = anna.get("/console/account").await.text;
    assert!(!page.contains(&secret) && !page.contains(&recovery[0]), "both are shown once");
    assert!(anna.led("begin_second_factor", &[]).await.starts_with("/console/account"));
    let code = totp(&house, &secret, 1);
    assert_eq!(anna.led("confirm_second_factor", &[("code", &code)]).await, problem("CodeWrong"), "of another secret");
    assert_eq!(house.count("operators WHERE totp_sealed IS NOT NULL").await, 1);
    assert_eq!(house.count("recovery_codes").await, 10);
}

async fn the_second_factor_goes_with_password_and_code(house: House) {
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    let (secret, recovery) = turn_on(&house, &anna).await;
    let code = totp(&house, &secret, 0);
    for (password, code, problem) in [
        ("wrong", recovery[0].as_str(), "PasswordWrong"),
        (PASSWORD, "", "CodeWrong"),
        (PASSWORD, code.as_str(), "CodeWrong"),
    ] {
        let to = anna.led("end_second_factor", &[("password", password), ("code", code)]).await;
        assert_eq!(to, format!("/console/account?problem={problem}"), "the code it was turned on with is used");
    }
    let form = [("password", PASSWORD), ("code", recovery[0].as_str())];
    assert_eq!(anna.led("end_second_factor", &form).await, "/console/account?done=second_factor_off");
    assert_eq!(house.count("recovery_codes").await, 0);
    assert_eq!(Browser::new(&house).sign_in("anna", PASSWORD).await, "/console");
    for action in ["turn_on_second_factor", "turn_off_second_factor"] {
        assert_eq!(house.count(&format!("audit WHERE action = '{action}'")).await, 1);
    }
}

/// The ids of the sessions that the account's page offers to end.
async fn ids(browser: &Browser<'_>) -> Vec<String> {
    let page = browser.get("/console/account").await.text;
    page.split("name=\"id\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn sessions_are_listed_and_ended(house: House) {
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    let others = [Browser::from(&house, "203.0.113.9"), Browser::from(&house, "203.0.113.10")];
    for other in &others {
        house.clock.advance(60);
        other.sign_in("anna", PASSWORD).await;
    }
    let page = anna.get("/console/account").await.text;
    assert_eq!((page.matches("Firefox · Linux").count() >= 3, page.matches("当前会话").count()), (true, 1));
    assert!(page.contains("203.0.113.0/24") && !page.contains("203.0.113.9"), "the household is not named");
    let listed = ids(&anna).await;
    assert_eq!(listed.len(), 2);
    let done = "/console/account?done=session_ended";
    assert_eq!(anna.led("end_own_session", &[("id", &listed[0])]).await, done);
    assert_eq!((others[0].is_in().await, others[1].is_in().await), (true, false), "newest first");
    assert_eq!(anna.led("end_own_session", &[("id", &listed[0])]).await, "/console/account?problem=NotFound");
    assert_eq!(anna.led("end_other_sessions", &[]).await, done);
    assert!(!others[0].is_in().await && anna.is_in().await);
    assert_eq!(house.count("operator_sessions").await, 1);
}

async fn nobody_ends_the_sessions_of_others(house: House) {
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    let eve = Browser::named(&house, "eve", Role::Admin).await;
    Browser::new(&house).sign_in("anna", PASSWORD).await;
    let hers = ids(&anna).await;
    for id in [hers[0].as_str(), "zz", "", &id_of(&house, "anna").await] {
        assert_eq!(eve.led("end_own_session", &[("id", id)]).await, "/console/account?problem=NotFound");
    }
    assert_eq!(eve.led("end_other_sessions", &[]).await, "/console/account?done=session_ended");
    assert_eq!(ids(&anna).await, hers);
}

#[tokio::test]
async fn where_it_is_asked_for_an_administrator_gets_to_nothing_without_a_second_factor() {
    let house = House::with(&sqlite_url(), |config| config.require_admin_totp = true).await;
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    assert!(anna.is_in().await, "others are not asked");
    let root = Browser::named(&house, "root", Role::Admin).await;
    for path in ["/console", "/console/users", "/console/operators", "/console/api-keys"] {
        let answer = root.get(path).await;
        assert_eq!((answer.status, answer.header("location")), (302, "/console/account"), "{path}");
    }
    let to = root.led("create_api_key", &[("name", "orders")]).await;
    assert!(to.ends_with("problem=SecondFactorMissing"), "{to}");
    assert!(root.get("/console/account").await.text.contains("请先开启两步验证"));
    turn_on(&house, &root).await;
    assert!(root.is_in().await);
    assert_eq!(root.get("/console/operators").await.status, 200);
}
