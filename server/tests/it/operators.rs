//! Operators: who may make, change and end them, and the links they come by.

use latchkey::{console::operators::OperatorError, secret::Secret};
use latchkey_app::types::Role;
use serde_json::Value;

use crate::{
    browser::{Browser, id_of, turn_on},
    databases::{by_hand, on_both, sqlite_url},
    house::{House, PASSWORD},
};

on_both!(crate::house::House::new =>
    only_administrators_manage_operators,
    an_invited_person_chooses_a_password_once,
    a_link_that_is_used_expired_or_made_up_is_gone,
    a_password_that_may_not_be_had_leaves_the_link,
    a_reset_ends_password_and_sessions,
    the_last_administrator_stays,
    two_administrators_cannot_end_each_other,
    a_disabled_operator_is_out_at_once,
    a_role_counts_at_once_and_under_a_new_session_id,
    the_first_start_makes_an_administrator_and_no_second_one,
    a_name_is_one_operators_in_whatever_case,
    names_of_before_that_differ_in_case_stay_two_operators,
);

const NEW_PASSWORD: &str = "three blue teapots";

async fn only_administrators_manage_operators(house: House) {
    let admin = Browser::named(&house, "root", Role::Admin).await;
    let root = id_of(&house, "root").await;
    let mut others = vec![Browser::new(&house)];
    for role in [Role::Viewer, Role::Support] {
        others.push(Browser::named(&house, role.name(), role).await);
    }
    let before = house.count("audit").await;
    for (browser, problem) in others.iter_mut().zip(["SignedOut", "Forbidden", "Forbidden"]) {
        for (name, fields) in [
            ("invite_operator", &[("username", "eve"), ("role", "admin")][..]),
            ("set_operator_role", &[("id", root.as_str()), ("was", "admin"), ("role", "viewer")]),
            ("reset_operator", &[("id", root.as_str())]),
            ("disable_operator", &[("id", root.as_str())]),
            ("enable_operator", &[("id", root.as_str())]),
        ] {
            let to = browser.led(name, fields).await;
            assert!(to.ends_with(&format!("problem={problem}")), "{name}: {to}");
        }
        let page = browser.get("/console/operators").await;
        assert!(page.status != 200 && !page.text.contains(&root), "{problem}");
    }
    assert_eq!((house.count("audit").await, house.count("operators").await), (before, 3));
    let page = admin.get("/console/operators").await;
    assert_eq!(page.status, 200);
    for shown in ["root", "viewer", "support", "客服", "href=\"/console/operators\""] {
        assert!(page.text.contains(shown), "{shown}");
    }
    // Nothing that no page offers is done.
    let unknown = "00000000-0000-7000-8000-000000000000";
    for (name, fields, problem) in [
        ("set_operator_role", &[("id", unknown), ("was", "viewer"), ("role", "viewer")][..], "NotFound"),
        ("set_operator_role", &[("id", root.as_str()), ("was", "admin"), ("role", "god")], "BadRequest"),
        ("disable_operator", &[("id", "x")], "NotFound"),
        ("reset_operator", &[("id", root.as_str())], "BadRequest"),
        ("invite_operator", &[("username", "a b"), ("role", "viewer")], "UsernameInvalid"),
        ("invite_operator", &[("username", ""), ("role", "viewer")], "UsernameInvalid"),
        ("invite_operator", &[("username", "viewer"), ("role", "viewer")], "OperatorTaken"),
    ] {
        assert_eq!(admin.led(name, fields).await, format!("/console/operators?problem={problem}"), "{name}");
    }
}

/// Invites a person and gives the path of his link.
async fn invite(admin: &Browser<'_>, username: &str, role: &str) -> String {
    let form = [("username", username), ("role", role)];
    assert_eq!(admin.led("invite_operator", &form).await, "/console/operators");
    admin.new_link().await.unwrap()
}

async fn choose(browser: &Browser<'_>, link: &str, password: &str, repeat: &str) -> String {
    let token = link.rsplit('/').next().unwrap();
    browser.led("accept_invitation", &[("token", token), ("password", password), ("repeat", repeat)]).await
}

const CHOSEN: &str = "/console/login?done=password_chosen";

async fn an_invited_person_chooses_a_password_once(house: House) {
    let admin = Browser::named(&house, "root", Role::Admin).await;
    let link = invite(&admin, "anna", "support").await;
    assert_eq!(admin.new_link().await, None, "it is shown once");
    let anna = Browser::new(&house);
    for password in ["", PASSWORD] {
        assert!(anna.sign_in("anna", password).await.ends_with("problem=SignInFailed"), "there is no password yet");
    }
    // Looking, as mail scanners do, uses nothing up.
    for _ in 0..2 {
        let page = anna.get(&link).await;
        assert_eq!((page.status, page.header("referrer-policy")), (200, "origin"));
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.text.contains("anna"));
    }
    // Of two who send it at once, one is taken.
    let other = Browser::new(&house);
    let both = tokio::join!(
        choose(&anna, &link, NEW_PASSWORD, NEW_PASSWORD),
        choose(&other, &link, NEW_PASSWORD, NEW_PASSWORD)
    );
    assert_ne!(both.0 == CHOSEN, both.1 == CHOSEN, "{both:?}");
    let again = choose(&Browser::new(&house), &link, "another long one", "another long one").await;
    assert_eq!(again, format!("{link}?problem=LinkGone"));
    assert_eq!(anna.get(&link).await.status, 410);
    assert_eq!(anna.sign_in("anna", NEW_PASSWORD).await, "/console");
    assert!(anna.is_in().await);
    assert_eq!(anna.get("/console/operators").await.status, 403);
    for action in ["create_operator", "choose_password", "sign_in"] {
        assert!(house.count(&format!("audit WHERE action = '{action}'")).await > 0, "{action}");
    }
    assert!(house.server.accounts.verify_audit().await.unwrap().is_ok());
}

async fn a_link_that_is_used_expired_or_made_up_is_gone(house: House) {
    let admin = Browser::named(&house, "root", Role::Admin).await;
    let link = invite(&admin, "anna", "viewer").await;
    let stranger = Browser::new(&house);
    for guess in ["/console/invite/0", &format!("/console/invite/{}", "0".repeat(64)), &link[..link.len() - 1]] {
        let page = stranger.get(guess).await;
        assert_eq!(page.status, 410, "{guess}");
        assert!(page.text.contains("链接已失效") && !page.text.contains("anna"));
        assert!(choose(&stranger, guess, NEW_PASSWORD, NEW_PASSWORD).await.ends_with("problem=LinkGone"));
    }
    // A newer one ends it.
    let anna = id_of(&house, "anna").await;
    assert_eq!(admin.led("reset_operator", &[("id", &anna)]).await, "/console/operators");
    let newer = admin.new_link().await.unwrap();
    assert_eq!((stranger.get(&link).await.status, stranger.get(&newer).await.status), (410, 200));
    house.clock.advance(24 * 3600 - 1);
    assert_eq!(stranger.get(&newer).await.status, 200);
    house.clock.advance(2);
    assert_eq!(stranger.get(&newer).await.status, 410, "a day is over");
    assert!(choose(&stranger, &newer, NEW_PASSWORD, NEW_PASSWORD).await.ends_with("problem=LinkGone"));
}

async fn a_password_that_may_not_be_had_leaves_the_link(house: House) {
    let admin = Browser::named(&house, "root", Role::Admin).await;
    let link = invite(&admin, "anna-the-operator", "viewer").await;
    let anna = Browser::new(&house);
    let long = "a b".repeat(400);
    for (password, repeat, problem) in [
        ("elevenchars", "elevenchars", "PasswordLength"),
        (long.as_str(), long.as_str(), "PasswordLength"),
        ("fourteen chars", "fourteen chars", "PasswordLength"),
        ("passwordpassword", "passwordpassword", "PasswordCommon"),
        ("Anna-The-Operator", "Anna-The-Operator", "PasswordCommon"),
        (NEW_PASSWORD, "three blue teapot", "PasswordsDiffer"),
    ] {
        assert_eq!(choose(&anna, &link, password, repeat).await, format!("{link}?problem={problem}"));
    }
    assert!(anna.get(&format!("{link}?problem=PasswordCommon")).await.text.contains("太容易被猜到"));
    assert_eq!(choose(&anna, &link, "十五个字或更多的密码也是可以的", "十五个字或更多的密码也是可以的").await, CHOSEN);
}

async fn a_reset_ends_password_and_sessions(house: House) {
    let admin = Browser::named(&house, "root", Role::Admin).await;
    let anna = Browser::named(&house, "anna", Role::Support).await;
    turn_on(&house, &anna).await;
    let id = id_of(&house, "anna").await;
    assert_eq!(admin.led("reset_operator", &[("id", &id)]).await, "/console/operators");
    let link = admin.new_link().await.unwrap();
    assert!(!anna.is_in().await, "her session has ended");
    assert!(anna.sign_in("anna", PASSWORD).await.ends_with("problem=SignInFailed"), "so has her password");
    assert_eq!(choose(&anna, &link, NEW_PASSWORD, NEW_PASSWORD).await, CHOSEN);
    let to = anna.sign_in("anna", NEW_PASSWORD).await;
    assert!(to.starts_with("/console/login/code"), "the second factor stays: {to}");
    assert_eq!(admin.led("reset_operator", &[("id", &id), ("drop_second_factor", "yes")]).await, "/console/operators");
    let link = admin.new_link().await.unwrap();
    assert!(
        anna.led("sign_in_code", &[("code", "000000")]).await.ends_with("problem=SignedOut"),
        "half a session, too"
    );
    assert_eq!(choose(&anna, &link, PASSWORD, PASSWORD).await, CHOSEN);
    assert_eq!(anna.sign_in("anna", PASSWORD).await, "/console", "unless it was to go");
}

async fn the_last_administrator_stays(house: House) {
    let admin = Browser::named(&house, "root", Role::Admin).await;
    let root = id_of(&house, "root").await;
    // One who has yet to choose a password does not count.
    invite(&admin, "newcomer", "admin").await;
    let refused = "/console/operators?problem=LastAdmin";
    assert_eq!(admin.led("disable_operator", &[("id", &root)]).await, refused);
    assert_eq!(admin.led("set_operator_role", &[("id", &root), ("was", "admin"), ("role", "viewer")]).await, refused);
    assert!(house.server.operators.set_enabled("root", false).await.is_err(), "not from the command line either");
    assert!(admin.get(refused).await.text.contains("最后一个管理员"));
    house.server.operators.create("second", Role::Admin, &Secret::new(PASSWORD)).await.unwrap();
    assert_eq!(
        admin.led("set_operator_role", &[("id", &root), ("was", "admin"), ("role", "viewer")]).await,
        "/console/operators?done=role_changed"
    );
    assert_eq!(admin.get("/console/operators").await.status, 403);
}

async fn two_administrators_cannot_end_each_other(house: House) {
    let one = Browser::named(&house, "one", Role::Admin).await;
    let two = Browser::named(&house, "two", Role::Admin).await;
    let (id_one, id_two) = (id_of(&house, "one").await, id_of(&house, "two").await);
    let (a, b) = ([("id", id_two.as_str())], [("id", id_one.as_str())]);
    let ends = tokio::join!(one.led("disable_operator", &a), two.led("disable_operator", &b));
    assert_ne!(ends.0.ends_with("done=operator_disabled"), ends.1.ends_with("done=operator_disabled"), "{ends:?}");
    assert_eq!(house.count("operators WHERE disabled_at IS NULL").await, 1);
}

async fn a_disabled_operator_is_out_at_once(house: House) {
    let admin = Browser::named(&house, "root", Role::Admin).await;
    let anna = Browser::named(&house, "anna", Role::Viewer).await;
    let id = id_of(&house, "anna").await;
    let done = "/console/operators?done=operator_disabled";
    assert_eq!(admin.led("disable_operator", &[("id", &id)]).await, done);
    let other_node = house.second_node().await;
    assert!(!anna.is_in().await && !Browser::from(&other_node, "198.51.100.9").is_in().await);
    assert!(anna.sign_in("anna", PASSWORD).await.ends_with("problem=SignInFailed"));
    assert!(admin.led("enable_operator", &[("id", &id)]).await.ends_with("done=operator_enabled"));
    assert!(!anna.is_in().await, "the old session stays ended");
    assert_eq!(anna.sign_in("anna", PASSWORD).await, "/console");
}

async fn a_role_counts_at_once_and_under_a_new_session_id(house: House) {
    let admin = Browser::named(&house, "root", Role::Admin).await;
    let anna = Browser::named(&house, "anna", Role::Admin).await;
    let id = id_of(&house, "anna").await;
    let (before, old) = (anna.cookie(), Browser::new(&house));
    old.take_cookie(&before);
    assert_eq!(anna.get("/console/operators").await.status, 200);
    assert_eq!(anna.cookie(), before);
    let done = "/console/operators?done=role_changed";
    assert_eq!(admin.led("set_operator_role", &[("id", &id), ("was", "admin"), ("role", "viewer")]).await, done);
    assert_eq!(anna.get("/console/operators").await.status, 403, "at once");
    // Another administrator's page is out of date by now.
    let stale = [("id", id.as_str()), ("was", "admin"), ("role", "support")];
    assert_eq!(admin.led("set_operator_role", &stale).await, "/console/operators?problem=Stale");
    assert!(anna.cookie() != before && anna.is_in().await);
    assert!(!old.is_in().await, "the old id is worth nothing");
}

async fn the_first_start_makes_an_administrator_and_no_second_one(house: House) {
    let path =
        |link: Secret| link.expose().split_once("/console/").map(|(_, path)| format!("/console/{path}")).unwrap();
    let first = path(house.server.operators.set_up_link().await.unwrap().unwrap());
    let second = path(house.server.operators.set_up_link().await.unwrap().unwrap());
    let browser = Browser::new(&house);
    let both = (browser.get(&first).await.status, browser.get(&second).await.status);
    assert_eq!(both, (200, 200), "a node that starts does not end the link of another");
    let token = second.rsplit('/').next().unwrap();
    let form = |username| [("token", token), ("username", username), ("password", PASSWORD), ("repeat", PASSWORD)];
    let invalid = browser.led("accept_invitation", &form("a b")).await;
    assert_eq!(invalid, format!("{second}?problem=UsernameInvalid"));
    let offer = "/console/account?offer=second_factor";
    let next: String = form_urlencoded::byte_serialize(offer.as_bytes()).collect();
    assert_eq!(browser.led("accept_invitation", &form("root")).await, format!("{CHOSEN}&next={next}"));
    let signed_in = [("username", "root"), ("password", PASSWORD), ("next", offer)];
    assert_eq!(browser.led("sign_in", &signed_in).await, offer, "a second factor is offered");
    let page = browser.page(offer).await;
    assert!(page.contains("最后一步：开启两步验证") && page.contains("以后再说"), "{page}");
    assert!(!browser.page("/console/account").await.contains("最后一步"));
    let reminder = "您的管理员账号还没有开启两步验证";
    assert!(browser.page("/console").await.contains(reminder), "who puts it off is reminded");
    turn_on(&house, &browser).await;
    assert!(!browser.page("/console").await.contains(reminder) && !browser.page(offer).await.contains("最后一步"));
    assert_eq!(browser.get("/console/operators").await.status, 200);
    assert!(browser.led("accept_invitation", &form("second")).await.ends_with("problem=LinkGone"));
    assert_eq!(browser.get(&first).await.status, 410, "the first that is used ends all");
    assert_eq!(house.count("operator_links").await, 0);
    assert!(house.server.operators.set_up_link().await.unwrap().is_none(), "there is somebody now");
}

#[tokio::test]
async fn a_link_leads_to_the_public_address_whatever_the_request_says() {
    let house = House::with(&sqlite_url(), |config| config.public_url = "http://login.example".into()).await;
    let admin = Browser::named(&house, "root", Role::Admin).await;
    invite(&admin, "anna", "viewer").await;
    let anna = id_of(&house, "anna").await;
    admin.led("reset_operator", &[("id", &anna)]).await;
    let page = admin.get("/console/operators").await.text;
    assert!(page.contains("http://login.example/console/invite/"), "{page}");
}

#[tokio::test]
async fn the_audit_log_names_no_link_and_no_password() {
    let house = House::new(&sqlite_url()).await;
    let admin = Browser::named(&house, "root", Role::Admin).await;
    let link = invite(&admin, "anna", "viewer").await;
    choose(&Browser::new(&house), &link, NEW_PASSWORD, NEW_PASSWORD).await;
    let latchkey::store::Db::Sqlite { readers, .. } = &house.server.accounts.db else { unreachable!() };
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT action, detail FROM audit ORDER BY seq").fetch_all(readers).await.unwrap();
    let actions: Vec<&str> = rows.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["begin_log", "create_operator", "sign_in", "create_operator", "choose_password"]);
    let made: Value = serde_json::from_str(&rows[3].1).unwrap();
    assert_eq!((&made["operator"], &made["role"]), (&"anna".into(), &"viewer".into()));
    for (_, detail) in &rows {
        assert!(!detail.contains(link.rsplit('/').next().unwrap()) && !detail.contains(NEW_PASSWORD), "{detail}");
    }
}

async fn a_name_is_one_operators_in_whatever_case(house: House) {
    let admin = Browser::named(&house, "root", Role::Admin).await;
    Browser::named(&house, "bob", Role::Viewer).await;
    let form = [("username", "BOB"), ("role", "viewer")];
    assert_eq!(admin.led("invite_operator", &form).await, "/console/operators?problem=OperatorTaken");
    let made = house.server.operators.create("Bob", Role::Admin, &Secret::new(PASSWORD)).await;
    assert!(matches!(made, Err(OperatorError::Taken)), "{made:?}");
    let browser = Browser::new(&house);
    assert_eq!(browser.sign_in("BoB", PASSWORD).await, "/console");
    assert!(browser.page("/console/account").await.contains("<strong>bob</strong>"));
    house.server.operators.set_enabled("BOB", false).await.unwrap();
    assert!(!browser.is_in().await);
}

/// The migration keeps both, each under its exact spelling.
async fn names_of_before_that_differ_in_case_stay_two_operators(house: House) {
    let db = &house.server.accounts.db;
    for (username, before) in [("one", "BOB"), ("two", "bob"), ("three", "anna")] {
        house.server.operators.create(username, Role::Viewer, &Secret::new(PASSWORD)).await.unwrap();
        house.clock.advance(1);
        let sql = format!("UPDATE operators SET username = '{before}' WHERE username = '{username}'");
        by_hand(db, &sql).await;
    }
    by_hand(db, "DROP INDEX operators_folded").await;
    let migration = match db {
        latchkey::store::Db::Sqlite { .. } => include_str!("../../../migrations/sqlite/0014_console.sql"),
        latchkey::store::Db::Postgres(_) => include_str!("../../../migrations/postgres/0014_console.sql"),
    };
    for statement in migration.split(';').filter(|part| part.contains("operators_folded") || part.contains("UPDATE")) {
        let statement: Vec<_> = statement.lines().filter(|line| !line.starts_with("--")).collect();
        let statement = statement.join("\n");
        if !statement.contains("ALTER TABLE") {
            by_hand(db, &statement).await;
        }
    }
    for (typed, who) in [("BOB", "BOB"), ("bob", "bob"), ("Bob", "BOB"), ("ANNA", "anna")] {
        let browser = Browser::new(&house);
        assert_eq!(browser.sign_in(typed, PASSWORD).await, "/console", "{typed}");
        let page = browser.page("/console/account").await;
        assert!(page.contains(&format!("<strong>{who}</strong>")), "{typed} is {who}");
    }
    let alike = house.server.operators.alike().await.unwrap();
    assert_eq!(alike.iter().map(|(one, _)| one.to_lowercase()).collect::<Vec<_>>(), ["bob"]);
    // Each has counts of its own: success of the one is none of the other.
    let thief = Browser::from(&house, "203.0.113.77");
    for _ in 0..9 {
        thief.sign_in("bob", "wrong wrong wrong").await;
    }
    assert_eq!(thief.sign_in("BOB", PASSWORD).await, "/console");
    assert!(thief.sign_in("bob", "wrong wrong wrong").await.ends_with("SignInFailed"));
    assert!(thief.sign_in("bob", "wrong wrong wrong").await.ends_with("TooManyAttempts"));
    for taken in ["BOB", "bob", "boB", "Anna"] {
        let made = house.server.operators.create(taken, Role::Viewer, &Secret::new(PASSWORD)).await;
        assert!(matches!(made, Err(OperatorError::Taken)), "{taken}: {made:?}");
    }
}
