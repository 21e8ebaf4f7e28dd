//! Server-sent events: who gets them, what they say, and when they end.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, header},
};
use futures::StreamExt;
use latchkey::{http::serve, secret::Secret};
use latchkey_app::types::Role;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};
use tower::ServiceExt;

use crate::{
    browser::{Browser, id_of},
    databases::{by_hand, on_both, sqlite_url},
    house::{APP_1, APP_2, Answer, House, PASSWORD},
};

on_both!(crate::live::with_operator =>
    a_stranger_hears_nothing,
    a_failure_is_told_to_those_whose_filter_it_fits,
    it_ends_with_the_session,
    it_ends_on_every_node_when_somebody_is_put_out,
    another_role_leaves_the_session_of_an_open_page,
    listening_is_no_sign_of_life,
    the_eleventh_page_of_a_session_takes_the_place_of_the_first,
);

/// Far longer than it takes; a busy machine has time.
const PATIENCE: Duration = Duration::from_secs(20);

async fn with_operator(url: &str) -> House {
    let house = House::new(url).await;
    house.server.operators.create("anna", Role::Viewer, &Secret::new(PASSWORD)).await.unwrap();
    house
}

async fn submit(house: &House, path: &str, cookie: &str, form: &str) -> Answer {
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, form.len());
    house.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

async fn sign_in(house: &House) -> String {
    let form = format!("username=anna&password={}", PASSWORD.replace(' ', "+"));
    let answer = submit(house, "/console/fn/sign_in", "", &form).await;
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn get(house: &House, path: &str, cookie: &str, background: bool) -> Answer {
    let mut request = Request::get(path).header(header::COOKIE, cookie);
    if background {
        request = request.header("x-latchkey-background", "1");
    }
    house.send(request.body(Body::empty()).unwrap()).await
}

struct Events(BodyDataStream);

impl Events {
    async fn open(house: &House, query: &str, cookie: &str) -> Self {
        let request = Request::get(format!("/console/live{query}")).header(header::COOKIE, cookie);
        let answer = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"text/event-stream".parse().unwrap())
        );
        assert_eq!(
            (&answer.headers()["cache-control"], &answer.headers()["x-accel-buffering"]),
            (&"no-cache".parse().unwrap(), &"no".parse().unwrap())
        );
        Self(answer.into_body().into_data_stream())
    }

    /// The next event as it comes; `None` when the stream has ended. Heart-beats are none.
    async fn next(&mut self) -> Option<String> {
        loop {
            let bytes = timeout(PATIENCE, self.0.next()).await.expect("an event in time")?.unwrap();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            if !text.starts_with(':') {
                return Some(text);
            }
        }
    }

    async fn news(&mut self) -> Value {
        let text = self.next().await.unwrap();
        serde_json::from_str(text.trim().strip_prefix("data: ").unwrap_or_else(|| panic!("{text}"))).unwrap()
    }
}

async fn fail(house: &House, appid: &str) {
    house.post("/api/login", json!({ "code": "0".repeat(32), "appid": appid })).await;
    house.server.accounts.reports_written().await;
}

async fn a_stranger_hears_nothing(house: House) {
    for cookie in ["", "latchkey=AAAAAAAAAAAAAAAAAAAAAA", "latchkey=nonsense"] {
        assert_eq!(get(&house, "/console/live", cookie, false).await.status, 401);
    }
    let cookie = sign_in(&house).await;
    for nonsense in ["?cause=nonsense", "?since=nonsense", "?from=yesterday", "?user=x"] {
        assert_eq!(get(&house, &format!("/console/live{nonsense}"), &cookie, false).await.status, 400, "{nonsense}");
    }
}

async fn a_failure_is_told_to_those_whose_filter_it_fits(house: House) {
    fail(&house, APP_1).await;
    let cookie = sign_in(&house).await;
    let mut all = Events::open(&house, "", &cookie).await;
    let mut other = Events::open(&house, &format!("?app={APP_2}"), &cookie).await;
    let first = all.news().await;
    assert_eq!((&first["failures"], first.as_object().unwrap().len()), (&json!(1), 2), "counts, and nothing else");
    assert_eq!(other.news().await["failures"], 0);

    house.clock.advance(1);
    fail(&house, APP_2).await;
    let second = all.news().await;
    assert_eq!(second["failures"], 2);
    assert_ne!(second["mark"], first["mark"], "the dashboard's numbers are others now");
    assert_eq!(other.news().await["failures"], 1);

    // A login changes the numbers, and no list.
    house.token("u1").await;
    let third = all.news().await;
    assert_eq!(third["failures"], 2);
    assert_ne!(third["mark"], second["mark"]);

    let viewer = house.console("viewer").await.viewer().await.unwrap();
    let newest = viewer.failures(latchkey_app::types::FailureQuery::default()).await.unwrap().page.items.remove(0).id;
    let mut since = Events::open(&house, &format!("?since={newest}"), &cookie).await;
    assert_eq!(since.news().await["failures"], 0, "the newest that the page shows is not new");
}

async fn it_ends_with_the_session(house: House) {
    let (mine, others) = (sign_in(&house).await, sign_in(&house).await);
    let mut ending = Events::open(&house, "", &mine).await;
    let mut staying = Events::open(&house, "", &others).await;
    ending.news().await;
    staying.news().await;
    submit(&house, "/console/fn/sign_out", &mine, "").await;
    assert_eq!(ending.next().await.as_deref().map(str::trim), Some("event: end\ndata: -"));
    assert_eq!(ending.next().await, None);
    fail(&house, APP_1).await;
    assert_eq!(staying.news().await["failures"], 1);
}

async fn it_ends_on_every_node_when_somebody_is_put_out(house: House) {
    let other = house.second_node().await;
    let root = Browser::named(&house, "root", Role::Admin).await;
    let anna = id_of(&house, "anna").await;
    for (what, by_herself) in [("disable_operator", false), ("reset_operator", false), ("end_own_session", true)] {
        by_hand(&house.server.accounts.db, "UPDATE operators SET disabled_at = NULL").await;
        let _ = house.server.operators.reset_password("anna", &Secret::new(PASSWORD), false).await;
        let cookie = sign_in(&house).await;
        let mut events = [Events::open(&house, "", &cookie).await, Events::open(&other, "", &cookie).await];
        for listener in &mut events {
            listener.news().await;
        }
        if by_herself {
            let elsewhere = Browser::of_cookie(&house, &sign_in(&house).await);
            let page = elsewhere.page("/console/account").await;
            let listed = page.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
            elsewhere.led(what, &[("id", listed)]).await;
        } else {
            root.led(what, &[("id", &anna)]).await;
        }
        for (listener, node) in events.iter_mut().zip(["this node", "another node"]) {
            // Not only when the time of its check has come.
            let told = timeout(Duration::from_secs(10), listener.next()).await;
            assert_eq!(told.unwrap().as_deref().map(str::trim), Some("event: end\ndata: -"), "{what}: {node}");
        }
    }
}

async fn another_role_leaves_the_session_of_an_open_page(house: House) {
    let anna = Browser::of_cookie(&house, &sign_in(&house).await);
    let mut events = Events::open(&house, "", &anna.cookie()).await;
    events.news().await;
    let root = Browser::named(&house, "root", Role::Admin).await;
    let id = id_of(&house, "anna").await;
    root.led("set_operator_role", &[("id", &id), ("was", "viewer"), ("role", "support")]).await;
    house.server.live.look_again();
    // What is told now is told after the look at the session.
    fail(&house, APP_1).await;
    assert_eq!(events.news().await["failures"], 1);
    assert_eq!(get(&house, "/console", &anna.cookie(), true).await.status, 200, "nor does a page that fetches itself");
    let before = anna.cookie();
    assert!(anna.is_in().await, "the cookie still counts");
    assert_ne!(anna.cookie(), before, "until a press changes it");
    assert!(anna.is_in().await);
}

async fn listening_is_no_sign_of_life(house: House) {
    let cookie = sign_in(&house).await;
    let mut events = Events::open(&house, "", &cookie).await;
    events.news().await;
    house.clock.advance(20 * 60);
    assert_eq!(get(&house, "/console", &cookie, true).await.status, 200);
    let mut again = Events::open(&house, "", &cookie).await;
    again.news().await;
    house.clock.advance(11 * 60);
    assert_eq!(get(&house, "/console", &cookie, true).await.status, 302, "half an hour without a press");
    assert_eq!(get(&house, "/console/live", &cookie, false).await.status, 401);
    let busy = sign_in(&house).await;
    house.clock.advance(20 * 60);
    assert_eq!(get(&house, "/console", &busy, false).await.status, 200);
    house.clock.advance(20 * 60);
    assert_eq!(get(&house, "/console", &busy, true).await.status, 200, "a press keeps it alive");
}

async fn the_eleventh_page_of_a_session_takes_the_place_of_the_first(house: House) {
    let (cookie, other) = (sign_in(&house).await, sign_in(&house).await);
    let mut elsewhere = Events::open(&house, "", &other).await;
    elsewhere.news().await;
    let mut pages = Vec::new();
    for _ in 0..11 {
        let mut page = Events::open(&house, "", &cookie).await;
        page.news().await;
        pages.push(page);
    }
    assert!(pages[0].next().await.unwrap().contains("event: end"));
    assert_eq!(pages[0].next().await, None);
    fail(&house, APP_1).await;
    for page in pages[1..].iter_mut().chain([&mut elsewhere]) {
        assert_eq!(page.news().await["failures"], 1);
    }
    drop(pages.split_off(5));
    let mut again = Events::open(&house, "", &cookie).await;
    again.news().await;
    fail(&house, APP_1).await;
    assert_eq!(pages[1].news().await["failures"], 2, "there is room for a tenth");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_does_not_hold_up_the_end() {
    let house = with_operator(&sqlite_url()).await;
    let cookie = sign_in(&house).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/console/live", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, house.router.clone(), house.clock.clone(), async {
        let _ = stopped.await;
    }));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut events = client.get(url).header("cookie", cookie).send().await.unwrap();
    assert!(timeout(PATIENCE, events.chunk()).await.unwrap().unwrap().is_some());
    stop.send(()).unwrap();
    while timeout(PATIENCE, events.chunk()).await.unwrap().unwrap().is_some() {}
    timeout(PATIENCE, serving).await.unwrap().unwrap().unwrap();
}
