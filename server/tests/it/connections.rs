//! Connections: how many there may be, how long they may keep others waiting, and what ends them.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{Router, body::Body, routing::get};
use futures::stream;
use latchkey::{
    clock::Clock,
    http::{ConnectionLimits, Patience, serve_within},
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    databases::NOW,
    wire::{PATIENCE, Wire},
};

/// A server of its own, without a database behind it.
struct Server {
    url: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn new(limits: ConnectionLimits, router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let router = router.route("/ok", get(|| async { "ok" }));
        let stopped = async { stopped.await.unwrap_or_default() };
        let serving = tokio::spawn(serve_within(limits, listener, router, Clock::fixed(NOW), stopped));
        Self { url, stop, serving }
    }

    async fn wire(&self) -> Wire {
        Wire::to(&self.url).await
    }

    /// Tells it to stop, and waits until it has.
    async fn end(self) {
        self.stop.send(()).unwrap();
        timeout(PATIENCE, self.serving).await.expect("an end in time").unwrap().unwrap();
    }
}

fn limits(total: usize) -> ConnectionLimits {
    ConnectionLimits { total, ..ConnectionLimits::default() }
}

fn patience(patience: Patience) -> ConnectionLimits {
    ConnectionLimits { patience, ..ConnectionLimits::default() }
}

#[tokio::test]
async fn who_comes_when_all_places_are_taken_is_served_when_one_is_free() {
    let server = Server::new(limits(1), Router::new()).await;
    let mut first = server.wire().await;
    assert_eq!(first.get("/ok").await.unwrap().status, 200);
    let mut second = server.wire().await;
    second.send("GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    for _ in 0..10 {
        assert_eq!(first.get("/ok").await.unwrap().status, 200);
    }
    assert!(!second.has_answer(), "the first one has the only place");
    drop(first);
    assert_eq!(second.answer().await.unwrap().status, 200);
}

#[tokio::test]
async fn a_connection_that_asks_for_nothing_loses_its_place() {
    let hasty = Patience { first_head: Duration::from_millis(1), ..Patience::default() };
    let server = Server::new(patience(hasty), Router::new()).await;
    for head in ["", "GET /ok HTTP/1.1\r\nHost: loc"] {
        let mut wire = server.wire().await;
        wire.send(head).await;
        assert!(wire.ends().await, "{head}");
    }
}

/// Tells when it is dropped.
struct Gone(mpsc::Sender<()>);

impl Drop for Gone {
    fn drop(&mut self) {
        let _ = self.0.try_send(());
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut_off() {
    let (tell, mut told) = mpsc::channel(1);
    let endless = move || {
        let gone = Gone(tell.clone());
        async move {
            Body::from_stream(stream::repeat_with(move || {
                let _answer = &gone;
                Ok::<_, Infallible>(vec![0; 64 * 1024])
            }))
        }
    };
    let hasty = Patience { write: Duration::from_millis(20), ..Patience::default() };
    let server = Server::new(patience(hasty), Router::new().route("/endless", get(endless))).await;
    let mut wire = server.wire().await;
    wire.send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert_eq!(timeout(PATIENCE, told.recv()).await.expect("an end in time"), Some(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_request_does_not_hold_up_the_end_and_a_whole_one_is_answered() {
    let (go_on, wait) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
    let (goes_on, waits) = (go_on.clone(), wait.clone());
    let slow = move || {
        let (goes_on, waits) = (goes_on.clone(), waits.clone());
        async move {
            waits.notify_one();
            goes_on.notified().await;
            "done"
        }
    };
    let server = Server::new(limits(100), Router::new().route("/slow", get(slow))).await;
    let (mut idle, mut half, mut whole) = (server.wire().await, server.wire().await, server.wire().await);
    assert_eq!(idle.get("/ok").await.unwrap().status, 200);
    half.send("GET /ok HTTP/1.1\r\nHost: loc").await;
    whole.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    wait.notified().await;
    let ended = tokio::spawn(server.end());
    assert!(idle.ends().await && half.ends().await, "while a request is under way");
    go_on.notify_one();
    let answer = whole.answer().await.unwrap();
    assert!(answer.status == 200 && answer.body == "done" && answer.closes(), "{}", answer.head);
    ended.await.unwrap();
}
