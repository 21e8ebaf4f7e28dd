//! One's own account: password, second factor, sessions.

use latchkey::{
    accounts::Actor,
    secret::Secret,
    store::{operators, recovery_codes},
};
use latchkey_app::types::{Role, SecondFactorPolicy};

use crate::{
    browser::{Browser, id_of, totp, turn_on},
    databases::{blocks, by_hand, on_both, postgres_url, sqlite_url},
    house::{House, PASSWORD},
};

on_both!(crate::house::House::new =>
    a_stranger_has_no_account,
    a_password_is_changed_with_the_current_one,
    the_second_factor_is_on_once_the_app_has_shown_a_code,
    the_second_factor_goes_with_password_and_code,
    turning_it_on_takes_the_password_and_ends_other_sessions,
    recovery_codes_are_made_anew,
    a_sign_in_that_is_overtaken_is_none,
    of_two_changes_at_once_one_counts,
    a_lone_administrator_gets_in_again_from_the_command_line,
    sessions_are_listed_and_ended,
    nobody_ends_the_sessions_of_others,
    a_password_beside_a_second_factor_may_be_shorter,
    who_must_use_a_second_factor_is_chosen_for_every_node_at_once,
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
        ("renew_recovery_codes", &[("password", PASSWORD), ("code", "123456")]),
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
        (form(PASSWORD, "fourteen chars", "fourteen chars"), "PasswordLength"),
        (form(PASSWORD, "passwordpassword", "passwordpassword"), "PasswordCommon"),
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

/// Whoever gives a new password changes the operator, and then drops the codes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recovery_code_waits_before_it_is_used_up() {
    let house = House::new(&postgres_url().await).await;
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    let (_, recovery) = turn_on(&house, &anna).await;
    let id = id_of(&house, "anna").await.parse().unwrap();
    let db = &house.server.accounts.db;
    let mut reset = db.write().await.unwrap();
    operators::set_totp(&mut reset, id, None, None).await.unwrap();
    let dropped = async {
        blocks(db, &mut reset).await;
        recovery_codes::replace(&mut reset, id, &[]).await.unwrap();
        reset.commit().await.unwrap();
    };
    let form = [("password", PASSWORD), ("code", recovery[0].as_str())];
    let (to, ()) = tokio::join!(anna.led("end_second_factor", &form), dropped);
    assert_eq!(to, "/console/account?problem=CodeWrong");
}

async fn turning_it_on_takes_the_password_and_ends_other_sessions(house: House) {
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    let elsewhere = Browser::new(&house);
    elsewhere.sign_in("anna", PASSWORD).await;
    let asks = async |browser: &Browser<'_>| {
        let page = browser.page("/console/account").await;
        page.split("id=\"second-factor\"")
            .nth(1)
            .unwrap()
            .split("</section>")
            .next()
            .unwrap()
            .contains("type=\"password\"")
    };
    assert!(!asks(&anna).await, "who has just given it need not again");
    house.clock.advance(5 * 60);
    assert!(asks(&anna).await);
    for form in [&[][..], &[("password", "wrong")]] {
        assert_eq!(anna.led("begin_second_factor", form).await, "/console/account?problem=PasswordWrong");
    }
    assert_eq!(anna.led("begin_second_factor", &[("password", PASSWORD)]).await, "/console/account#second-factor");
    let page = anna.page("/console/account").await;
    let secret = page.split("<dd>").nth(1).unwrap().split("<code>").nth(1).unwrap().split('<').next().unwrap();
    let before = anna.cookie();
    anna.led("confirm_second_factor", &[("code", &totp(&house, secret, 0))]).await;
    assert!(anna.cookie() != before && anna.page("/console/account").await.contains("class=\"codes\""));
    assert!(!elsewhere.is_in().await, "who came in without it is out");
    assert_eq!(house.count("operator_sessions").await, 1);
}

async fn recovery_codes_are_made_anew(house: House) {
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    let (_, old) = turn_on(&house, &anna).await;
    for (password, code, problem) in [("wrong", old[0].as_str(), "PasswordWrong"), (PASSWORD, "x", "CodeWrong")] {
        let to = anna.led("renew_recovery_codes", &[("password", password), ("code", code)]).await;
        assert_eq!(to, format!("/console/account?problem={problem}"));
    }
    let form = [("password", PASSWORD), ("code", old[0].as_str())];
    assert_eq!(anna.led("renew_recovery_codes", &form).await, "/console/account");
    let page = anna.page("/console/account").await;
    let list = page.split("class=\"codes\"").nth(1).unwrap().split("</ul>").next().unwrap();
    let new: Vec<_> = list.split("<code>").skip(1).map(|code| code.split('<').next().unwrap()).collect();
    assert_eq!((new.len(), new.iter().any(|code| old.iter().any(|old| old == code))), (10, false));
    assert!(anna.is_in().await, "sessions go on");
    let again = Browser::new(&house);
    again.sign_in("anna", PASSWORD).await;
    assert!(again.led("sign_in_code", &[("code", &old[1])]).await.ends_with("problem=CodeWrong"));
    assert_eq!(again.led("sign_in_code", &[("code", new[0])]).await, "/console");
    assert_eq!(house.count("audit WHERE action = 'renew_recovery_codes'").await, 1);
}

/// A reset ends the sessions there are. One that a sign-in was just beginning comes after it, and is worth nothing.
async fn a_sign_in_that_is_overtaken_is_none(house: House) {
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    by_hand(&house.server.accounts.db, "UPDATE operators SET password_hash = ''").await;
    assert!(!anna.is_in().await);
    let _ = house.server.operators.reset_password("anna", &Secret::new(PASSWORD), false).await;
    anna.sign_in("anna", PASSWORD).await;
    let (_, recovery) = turn_on(&house, &anna).await;
    anna.led("sign_out", &[]).await;
    anna.sign_in("anna", PASSWORD).await;
    let _ = house.server.operators.reset_password("anna", &Secret::new(NEW), false).await;
    assert!(
        anna.led("sign_in_code", &[("code", &recovery[0])]).await.contains("problem=SignedOut"),
        "half of one, too"
    );
}

async fn of_two_changes_at_once_one_counts(house: House) {
    let one = Browser::named(&house, "anna", Role::Viewer).await;
    let two = Browser::new(&house);
    two.sign_in("anna", PASSWORD).await;
    let form = |new| [("current", PASSWORD), ("password", new), ("repeat", new)];
    let (a, b) = (form(NEW), form("five red umbrellas"));
    let both = tokio::join!(one.led("change_password", &a), two.led("change_password", &b));
    assert_ne!(both.0.ends_with("done=password_changed"), both.1.ends_with("done=password_changed"), "{both:?}");
    assert_eq!(house.count("audit WHERE action = 'change_password'").await, 1);
}

async fn a_lone_administrator_gets_in_again_from_the_command_line(house: House) {
    let root = Browser::named(&house, "root", Role::Admin).await;
    turn_on(&house, &root).await;
    house.server.operators.reset_password("root", &Secret::new(NEW), true).await.unwrap();
    assert!(!root.is_in().await);
    assert_eq!(root.sign_in("root", NEW).await, "/console");
    assert_eq!(house.count("recovery_codes").await, 0);
    assert!(root.page("/console/audit").await.contains("移除两步验证"));
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

async fn a_password_beside_a_second_factor_may_be_shorter(house: House) {
    const SHORT: &str = "teapots+blue";
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    assert!(anna.page("/console/account").await.contains("minlength=\"15\""));
    let form = [("current", PASSWORD), ("password", SHORT), ("repeat", SHORT)];
    assert_eq!(anna.led("change_password", &form).await, "/console/account?problem=PasswordLength");
    let (_, recovery) = turn_on(&house, &anna).await;
    assert!(anna.page("/console/account").await.contains("minlength=\"12\""));
    assert_eq!(anna.led("change_password", &form).await, "/console/account?done=password_changed");
    // It does not stand alone.
    let off = |code| [("password", SHORT), ("code", code)];
    let to = anna.led("end_second_factor", &off(recovery[0].as_str())).await;
    assert_eq!(to, "/console/account?problem=PasswordLength");
    assert_eq!(house.count("operators WHERE totp_sealed IS NOT NULL").await, 1);
    let operators = &house.server.operators;
    assert!(operators.reset_password("anna", &Secret::new(SHORT), true).await.is_err());
    assert!(operators.reset_password("anna", &Secret::new(SHORT), false).await.is_ok());
}

async fn who_must_use_a_second_factor_is_chosen_for_every_node_at_once(house: House) {
    let (root, anna) =
        (Browser::named(&house, "root", Role::Admin).await, Browser::named(&house, "anna", Role::Viewer).await);
    let other = house.second_node().await;
    let (root_there, anna_there) = (root.at(&other), anna.at(&other));
    let page = root.page("/console/operators").await;
    assert!(page.contains("两步验证要求") && page.contains("<option value=\"none\" selected"), "{page}");
    let choose = async |was, policy| root.led("require_second_factor", &[("was", was), ("policy", policy)]).await;
    for (was, policy, problem) in [("none", "some", "BadRequest"), ("all", "admins", "Stale")] {
        assert_eq!(choose(was, policy).await, format!("/console/operators?problem={problem}"));
    }
    assert_eq!(choose("none", "admins").await, "/console/operators?done=policy_changed");
    for browser in [&root, &root_there] {
        let answer = browser.get("/console/users").await;
        assert_eq!((answer.status, answer.header("location")), (302, "/console/account"));
    }
    assert!(anna.is_in().await && anna_there.is_in().await, "others are not asked");
    turn_on(&house, &root).await;
    assert_eq!(root.get("/console/operators").await.status, 200);
    assert_eq!(choose("admins", "all").await, "/console/operators?done=policy_changed");
    assert!(!anna_there.is_in().await, "at once");
    assert!(anna.led("search", &[("q", "x")]).await.contains("problem=SecondFactorMissing"));
    // From the command line.
    house.server.operators.require_second_factor(None, SecondFactorPolicy::None, &Actor::command_line()).await.unwrap();
    assert!(anna.is_in().await && anna_there.is_in().await);
    assert_eq!(house.count("audit WHERE action = 'require_second_factor'").await, 3);
    let audit = root.page("/console/audit").await;
    assert!(audit.contains("更改两步验证要求") && audit.contains("所有人"), "{audit}");
}

#[tokio::test]
async fn the_configuration_asks_for_no_less() {
    let house = House::with(&sqlite_url(), |config| config.require_admin_totp = true).await;
    let operators = &house.server.operators;
    operators.require_second_factor(None, SecondFactorPolicy::None, &Actor::command_line()).await.unwrap();
    assert_eq!(operators.second_factor_policy().await.unwrap(), SecondFactorPolicy::Admins);
    let root = Browser::named(&house, "root", Role::Admin).await;
    assert!(!root.is_in().await);
    turn_on(&house, &root).await;
    let page = root.page("/console/operators").await;
    assert!(page.contains("LATCHKEY_REQUIRE_ADMIN_TOTP") && !page.contains("<option value=\"none\""), "{page}");
    let to = root.led("require_second_factor", &[("was", "admins"), ("policy", "none")]).await;
    assert_eq!(to, "/console/operators?problem=BadRequest");
    let to = root.led("require_second_factor", &[("was", "admins"), ("policy", "all")]).await;
    assert_eq!(to, "/console/operators?done=policy_changed");
}
