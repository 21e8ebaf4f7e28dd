//! Who may do what in the console: every server function and every page, tried by everybody. The lists are held against
//! what the program has; whatever has no row here fails the test.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, header, request::Builder},
};
use latchkey::secret::Secret;
use latchkey_app::types::Role;
use leptos::server_fn::axum::server_fn_paths;

use crate::{
    databases::on_both,
    house::{Answer, House, PASSWORD},
};

on_both!(crate::house::House::new =>
    a_function_is_for_its_role_and_no_less,
    a_page_is_for_its_role_and_no_less,
    nothing_is_done_for_another_site,
);

const ANYBODY: Least = Least::Role(None);
/// Who has given his password and has to give a code: none of these.
const HALFWAY: Least = Least::Halfway;
const VIEWER: Least = Least::Role(Some(Role::Viewer));
const SUPPORT: Least = Least::Role(Some(Role::Support));
const ADMIN: Least = Least::Role(Some(Role::Admin));
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

/// What is posted under `/console/fn/`, the least role it takes, and a form that it can read.
const FUNCTIONS: &[(&str, Least, &str)] = &[
    ("accept_invitation", ANYBODY, "token=x&password=three+blue+teapots&repeat=three+blue+teapots"),
    ("ask_wechat", SUPPORT, "id={}"),
    ("begin_second_factor", VIEWER, ""),
    ("block_users", SUPPORT, "act=block&reason=test&back=/console/users&users[0]={}"),
    ("change_password", VIEWER, "current=wrong&password=three+blue+teapots&repeat=three+blue+teapots"),
    ("check_app", ADMIN, "appid=wx0"),
    ("check_audit", VIEWER, ""),
    ("confirm_second_factor", VIEWER, "code=000000"),
    ("create_api_key", ADMIN, "name=orders"),
    ("disable_operator", ADMIN, "id={}"),
    ("enable_operator", ADMIN, "id={}"),
    ("end_other_sessions", VIEWER, ""),
    ("end_own_session", VIEWER, "id=x"),
    ("end_second_factor", VIEWER, "password=wrong&code=000000"),
    ("erase_user", ADMIN, "user={}&seen=x&typed=0000&reason=test"),
    ("invite_operator", ADMIN, "username=bert&role=viewer"),
    ("keep_apart", SUPPORT, "id={}&reason=test"),
    ("renew_recovery_codes", VIEWER, "password=wrong&code=000000"),
    ("require_second_factor", ADMIN, "was=none&policy=none"),
    ("reset_operator", ADMIN, "id={}"),
    ("reset_user", SUPPORT, "user={}&what=phone&of=&seen=x&reason=test&typed=0000"),
    ("reveal_phone", SUPPORT, "user={}&reason=test"),
    ("revoke_api_key", ADMIN, "id={}"),
    ("search", VIEWER, "q=nobody"),
    ("set_operator_role", ADMIN, "id={}&was=admin&role=viewer"),
    ("set_preference", ANYBODY, "lang=en&back=/console"),
    ("settle_alert", ADMIN, "appid=wx0&kind=secret_leaked&last_at=0"),
    ("sign_in", ANYBODY, "username=nobody&password=wrong"),
    ("sign_in_code", HALFWAY, "code=000000"),
    ("sign_out", ANYBODY, ""),
    ("undo_reset", ADMIN, "user={}&reset={}&seen=x&reason=test&typed=0000"),
];

/// Forms that are answered by something else than a server function.
const POSTS: &[(&str, Least, &str)] = &[
    ("/console/try", ADMIN, ""),
    ("/console/users/export", VIEWER, "format=csv"),
    ("/console/users/export", SUPPORT, "format=csv&full=on&reason=test"),
];

/// Answered with a file, or led back as by a server function.
const EXPORT: (&str, Least, &str) = ("export_user", ADMIN, "user={}&reason=test");

/// The pages, with `:id` for anything.
const PAGES: &[(&str, Least)] = &[
    ("/console", VIEWER),
    ("/console/*any", VIEWER),
    ("/console/account", VIEWER),
    ("/console/api-keys", ADMIN),
    ("/console/apps", VIEWER),
    ("/console/audit", VIEWER),
    ("/console/conflicts", VIEWER),
    ("/console/conflicts/:id", VIEWER),
    ("/console/failures", VIEWER),
    ("/console/failures/:id", VIEWER),
    ("/console/invite/:token", ANYBODY),
    ("/console/login", ANYBODY),
    ("/console/login/code", HALFWAY),
    ("/console/operators", ADMIN),
    ("/console/phone-changes", VIEWER),
    ("/console/try", ADMIN),
    ("/console/users", VIEWER),
    ("/console/users/:id", VIEWER),
    ("/console/users/:id/erase", ADMIN),
    ("/console/users/:id/reset", SUPPORT),
    ("/console/users/:id/undo/:reset", ADMIN),
];

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Least {
    /// Whoever has this role or a greater one; `None` is a stranger.
    Role(Option<Role>),
    Halfway,
}

/// Somebody who tries, with his cookie; the stranger has none.
struct Caller {
    role: Option<Role>,
    cookie: String,
}

impl Caller {
    fn may(&self, least: Least) -> bool {
        matches!(least, Least::Role(least) if self.role >= least)
    }

    async fn get(&self, house: &House, path: &str) -> Answer {
        house.send(Request::get(path).header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, house: &House, path: &str, form: &str) -> Answer {
        let request = Request::post(path).header(header::COOKIE, &self.cookie);
        house.send(as_form(request, form)).await
    }
}

fn as_form(request: Builder, form: &str) -> Request<Body> {
    let form = form.replace("{}", NOBODY);
    let request = request
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, form.len())
        .header(header::ACCEPT, "text/html");
    request.body(Body::from(form)).unwrap()
}

/// A stranger and one operator of each role, signed in anew: some of what is tried ends a session.
async fn everybody(house: &House) -> Vec<Caller> {
    let mut callers = vec![Caller { role: None, cookie: String::new() }];
    for role in Role::ALL {
        callers.push(caller(house, role).await);
    }
    callers
}

async fn caller(house: &House, role: Role) -> Caller {
    // The second time he is there already.
    let _ = house.server.operators.create(role.name(), role, &Secret::new(PASSWORD)).await;
    let form = format!("username={}&password={}", role.name(), PASSWORD.replace(' ', "+"));
    let answer = house.send(as_form(Request::post("/console/fn/sign_in"), &form)).await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(!cookie.is_empty(), "{}", answer.text);
    Caller { role: Some(role), cookie }
}

async fn a_function_is_for_its_role_and_no_less(house: House) {
    // What the program has, whether anybody has thought of it here or not.
    let there: BTreeSet<_> = server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    let listed: BTreeSet<_> = FUNCTIONS.iter().map(|(name, ..)| format!("POST /console/fn/{name}")).collect();
    assert_eq!(there, listed);
    for (name, least, form) in FUNCTIONS.iter().chain([&EXPORT]) {
        // What failed before is no reason to lock anybody out.
        house.clock.advance(3600);
        for caller in everybody(&house).await {
            let answer = caller.post(&house, &format!("/console/fn/{name}"), form).await;
            let (to, what) = (answer.header("location"), format!("{name} by {:?}: {}", caller.role, answer.text));
            let refused = to.contains("problem=SignedOut") || to.contains("problem=Forbidden");
            assert_eq!((answer.status, refused), (302, !caller.may(*least)), "{what} {to}");
            assert!(!to.contains("problem=Internal"), "{what} {to}");
        }
    }
}

async fn a_page_is_for_its_role_and_no_less(house: House) {
    let routes = include_str!("../../../app/src/routes.rs");
    let there: BTreeSet<_> = routes.split("path!(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(there, PAGES.iter().map(|(path, _)| *path).collect());
    let callers = everybody(&house).await;
    for (path, least) in PAGES {
        for caller in &callers {
            let path =
                path.replace(":id", NOBODY).replace(":reset", NOBODY).replace(":token", "x").replace("*any", "x");
            let answer = caller.get(&house, &path).await;
            expect_page(&answer, caller, *least, &path);
        }
    }
    for (path, least, form) in POSTS {
        for caller in &callers {
            expect_page(&caller.post(&house, path, form).await, caller, *least, path);
        }
    }
}

/// A stranger is sent to sign in, whoever is too small is told so, and everybody else gets an answer of another kind.
fn expect_page(answer: &Answer, caller: &Caller, least: Least, path: &str) {
    let to_sign_in = answer.status == 302 && answer.header("location").starts_with("/console/login?next=");
    let what = format!("{path} by {:?}: {}", caller.role, answer.status);
    match (caller.role, caller.may(least)) {
        // Signed in already, or not at all.
        _ if least == HALFWAY => assert_eq!(answer.status, 302, "{what}"),
        (None, false) => assert!(to_sign_in, "{what}"),
        (Some(_), false) => assert_eq!(answer.status, 403, "{what}"),
        (_, true) => assert!(!to_sign_in && answer.status != 403 && answer.status < 500, "{what}"),
    }
}

async fn nothing_is_done_for_another_site(house: House) {
    let admin = caller(&house, Role::Admin).await;
    let functions = FUNCTIONS.iter().chain([&EXPORT]).map(|(name, _, form)| (format!("/console/fn/{name}"), *form));
    let posts = POSTS.iter().map(|(path, _, form)| ((*path).to_owned(), *form));
    for (path, form) in functions.chain(posts) {
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let request = Request::post(&path).header(header::COOKIE, &admin.cookie).header(header::HOST, "latchkey");
            let answer = house.send(as_form(request.header(name, value), form)).await;
            assert_eq!(answer.status, 403, "{path} {name}: {}", answer.text);
        }
    }
    // He is still signed in.
    assert_eq!(admin.get(&house, "/console/api-keys").await.status, 200);
    assert_eq!(house.count("api_keys").await, 0);
}
