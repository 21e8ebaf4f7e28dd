//! A Postgres that falls silent, that is away behind a proxy, and clients that hang up while it is asked.

use std::{
    path::PathBuf,
    pin::pin,
    str::FromStr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use axum::{body::Body, http::Method};
use futures::{future::join_all, poll};
use latchkey::{jobs, store::Db};
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use tokio::{
    io::{AsyncRead, AsyncWrite, copy_bidirectional},
    net::{TcpListener, TcpStream, UnixStream},
};
use tokio_util::sync::CancellationToken;

use crate::{
    databases::postgres_url,
    house::{APP_1, House},
};

/// The number of connections that the product has for API calls.
const POOL: usize = 16;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A proxy between the product and Postgres. It never closes a connection.
#[derive(Clone, Default)]
struct Proxy {
    /// Of the connections that there are, until they fall silent.
    open: Arc<Mutex<Line>>,
    /// New connections hear nothing, either.
    deaf: Arc<AtomicBool>,
}

/// Connections that fall silent together. Each holds `passing`, until nothing passes any more.
#[derive(Clone, Default)]
struct Line {
    silence: CancellationToken,
    passing: Arc<()>,
}

impl Proxy {
    /// With the address at which it is Postgres.
    async fn before(url: &str) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let this = Self::default();
        let target = PgConnectOptions::from_str(url).unwrap();
        let login = url.split_once("://").unwrap().1.split_once('@').unwrap().0;
        let path = target.get_database().unwrap();
        let options = url.split_once("options=").unwrap().1;
        let address = format!("postgres://{login}@127.0.0.1:{port}/{path}?sslmode=disable&options={options}");
        tokio::spawn(this.clone().accept(listener, target));
        (this, address)
    }

    async fn accept(self, listener: TcpListener, target: PgConnectOptions) {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            tokio::spawn(self.clone().pass(client, target.clone()));
        }
    }

    async fn pass(self, mut client: TcpStream, target: PgConnectOptions) {
        let Line { silence, passing } = self.open.lock().unwrap().clone();
        if !self.deaf.load(SeqCst) {
            let mut server: Box<dyn Stream> = match target.get_socket() {
                Some(folder) => Box::new(UnixStream::connect(socket(folder, target.get_port())).await.unwrap()),
                None => Box::new(TcpStream::connect((target.get_host(), target.get_port())).await.unwrap()),
            };
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => return,
                () = silence.cancelled() => drop(passing),
            }
            // Both sides stay open, and hear nothing.
            return std::future::pending().await;
        }
        drop(passing);
        std::future::pending::<()>().await;
    }

    /// When it is done, nothing passes any more on the connections that there were.
    async fn silence(&self, deaf: bool) {
        self.deaf.store(deaf, SeqCst);
        let line = std::mem::take(&mut *self.open.lock().unwrap());
        line.silence.cancel();
        while Arc::strong_count(&line.passing) > 1 {
            tokio::task::yield_now().await;
        }
    }

    fn listen_again(&self) {
        self.deaf.store(false, SeqCst);
    }
}

fn socket(folder: &std::path::Path, port: u16) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}

async fn behind_a_proxy() -> (Proxy, House) {
    let (proxy, url) = Proxy::before(&postgres_url().await).await;
    (proxy, House::new(&url).await)
}

/// Every connection of the pool is asked at the same time.
async fn pool_is_whole(house: &House) {
    let all = join_all((0..POOL).map(|_| house.server.accounts.db.read())).await;
    for tx in all {
        latchkey::store::users::any(&mut tx.unwrap()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_fall_silent_are_replaced() {
    let (proxy, house) = behind_a_proxy().await;
    // Idle ones: nobody but the one who proves them notices.
    pool_is_whole(&house).await;
    proxy.silence(false).await;
    pool_is_whole(&house).await;

    // In use: within a transaction, and in the middle of calls.
    let mut held = Vec::new();
    for _ in 0..POOL / 2 {
        held.push(house.server.accounts.db.write().await.unwrap());
    }
    let codes = join_all((0..40).map(|user| code(&house, user))).await;
    let calls = codes.iter().map(|code| house.post("/api/login", json!({ "code": code, "appid": APP_1 })));
    let silence = async {
        // Some of the calls are done by now, some wait for the database, some for a connection.
        tokio::task::yield_now().await;
        proxy.silence(false).await;
        for mut tx in held {
            let broken = latchkey::store::users::any(&mut tx).await.unwrap_err();
            assert!(broken.passing(), "{broken}");
        }
    };
    let (answers, ()) = tokio::join!(join_all(calls), silence);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(503, "unavailable", "retry");
    }
    pool_is_whole(&house).await;
    house.log_in("after").await;
}

async fn code(house: &House, user: usize) -> String {
    house.code(&format!("u{user}"), APP_1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_is_unavailable_and_keeps_no_program_from_ending() {
    let (proxy, house) = behind_a_proxy().await;
    let token = house.token("u1").await;
    let readyz = || house.call(Method::GET, "/readyz", None, Body::empty());
    assert_eq!(readyz().await.status, 200);
    let mut held = house.server.accounts.db.write().await.unwrap();
    proxy.silence(true).await;
    house.clock.advance(2);
    let body = json!({ "code": code(&house, 2).await, "appid": APP_1 });
    let (login, me, ready, in_use) = tokio::join!(
        house.post("/api/login", body.clone()),
        house.me(&token),
        readyz(),
        latchkey::store::users::any(&mut held),
    );
    login.refused(503, "unavailable", "retry");
    me.refused(503, "unavailable", "retry");
    assert_eq!(ready.status, 503);
    assert!(in_use.unwrap_err().passing());
    proxy.listen_again();
    house.post("/api/login", body).await.data();
    house.me(&token).await.data();
    assert_eq!(readyz().await.status, 200);

    let held = house.server.accounts.db.read().await;
    proxy.silence(true).await;
    jobs::end(&house.server.accounts).await;
    drop(held);
}

/// Runs a call until it has waited for so many things, then drops it: the client has hung up.
async fn hang_up_after(polls: usize, call: impl Future) {
    let mut call = pin!(call);
    for _ in 0..polls {
        if poll!(call.as_mut()).is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_spoils_nobody_elses_call() {
    let house = House::new(&postgres_url().await).await;
    let token = house.token("u1").await;
    for round in 0..20 {
        join_all((0..30).map(|polls| hang_up_after(polls + round, house.me(&token)))).await;
        let codes = join_all((0..POOL).map(|user| code(&house, user))).await;
        let logins = codes.iter().map(|code| house.post("/api/login", json!({ "code": code, "appid": APP_1 })));
        for answer in join_all(logins).await {
            answer.data();
        }
    }
}

#[tokio::test]
async fn a_proxy_before_a_postgres_that_is_down_is_passing_trouble() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://nobody@{}/nothing", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            // Taken, and closed without a word.
            drop(listener.accept().await.unwrap());
        }
    });
    for address in [url.clone(), format!("{url}?sslmode=disable"), format!("{url}?sslmode=require")] {
        let error = Db::open(&address).await.unwrap_err();
        assert!(error.passing(), "{address}: {error}");
    }
}
