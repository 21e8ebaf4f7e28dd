use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use axum::{Router, body::Body, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::client_address::Peer;
use crate::clock::{Clock, Millis};

/// An idle connection, and one that does not finish its headers, ends after this; longer than the proxies in front
/// keep theirs (nginx: 60 s), or they would lose requests to the race.
const IDLE: Duration = Duration::from_secs(70);
/// Request line and headers together.
const LONGEST_HEAD: usize = 64 * 1024;
/// What runs when the program is told to stop may take this long to finish (contract §6).
const LAST_REQUESTS: Duration = Duration::from_secs(30);
/// When the machine is out of file handles, trying again at once would only burn its processor.
const BREATH: Duration = Duration::from_millis(100);
/// A request counts as having arrived when its connection did, but no earlier than this before it was read.
const ARRIVAL_SLACK_S: i64 = 1;

/// When the connection came that brought its first request. That request may have waited to be read while another
/// one with the same login code was already answered; it came "at once" all the same.
#[derive(Debug, Clone, Copy)]
pub struct AcceptedAt(pub Millis);

/// The program has been told to stop: what would go on for ever ends now.
#[derive(Debug, Clone)]
pub(super) struct Stopping(pub CancellationToken);

/// Serves until `stop` is done, then finishes what runs.
///
/// Not `axum::serve`, which has no time limit on headers and does not tell when a connection was accepted.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    clock: Clock,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let (graceful, stopping) = (GracefulShutdown::new(), Stopping(CancellationToken::new()));
    let _end = stopping.0.clone().drop_guard();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let came = Came { peer: Peer(peer.ip()), stopping: stopping.clone() };
                    connection(stream, came, router.clone(), clock.clone(), &graceful);
                }
                Err(error) => {
                    tracing::error!(%error, "a connection could not be accepted");
                    tokio::time::sleep(BREATH).await;
                }
            },
        }
    }
    drop(listener);
    stopping.0.cancel();
    if tokio::time::timeout(LAST_REQUESTS, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
    Ok(())
}

/// What every request of a connection is told.
struct Came {
    peer: Peer,
    stopping: Stopping,
}

fn connection(stream: TcpStream, came: Came, router: Router, clock: Clock, graceful: &GracefulShutdown) {
    // Small answers leave at once; failing to set this costs nothing but time.
    let _ = stream.set_nodelay(true);
    let accepted = clock.now();
    let first = AtomicBool::new(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(came.peer);
        request.extensions_mut().insert(came.stopping.clone());
        if first.swap(false, Ordering::Relaxed) {
            let at = accepted.max(clock.now().plus_seconds(-ARRIVAL_SLACK_S));
            request.extensions_mut().insert(AcceptedAt(at));
        }
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended badly");
        }
    });
}
