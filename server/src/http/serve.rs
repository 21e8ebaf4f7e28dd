use std::{convert::Infallible, io, time::Duration};

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    connection::{Host, Stopping},
    connections::{ConnectionLimits, Connections},
};
use crate::clock::Clock;

/// The time for requests under way to finish, when the program is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(30);
/// When the machine is out of file handles, trying again at once would only burn its processor.
const BREATH: Duration = Duration::from_millis(100);

/// [`serve_within`] the default limits.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    clock: Clock,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_within(ConnectionLimits::default(), listener, router, clock, stop).await
}

/// Serves until `stop` is done, then finishes the requests that are under way.
///
/// Not `axum::serve`, which limits neither connections nor time, and does not tell when a connection was accepted.
pub async fn serve_within(
    limits: ConnectionLimits,
    listener: TcpListener,
    router: Router,
    clock: Clock,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let (graceful, stopping) = (GracefulShutdown::new(), Stopping(CancellationToken::new()));
    let _end = stopping.0.clone().drop_guard();
    let host = Host { router, clock, stopping: stopping.clone(), patience: limits.patience };
    let connections = Connections::new(limits);
    tokio::select! {
        () = stop => {}
        never = accept(&listener, &connections, &host, &graceful) => match never {},
    }
    drop(listener);
    stopping.0.cancel();
    if tokio::time::timeout(LAST_REQUESTS, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
    Ok(())
}

/// Accepts connections as long as there is room for them; beyond that, they wait in the kernel's queue.
async fn accept(
    listener: &TcpListener,
    connections: &Connections,
    host: &Host,
    graceful: &GracefulShutdown,
) -> Infallible {
    loop {
        let room = connections.room().await;
        match listener.accept().await {
            Ok((stream, peer)) => {
                let address = peer.ip().to_canonical();
                if let Some(place) = connections.admit(address, room) {
                    host.receive(stream, address, place, graceful);
                }
            }
            Err(error) => {
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}
