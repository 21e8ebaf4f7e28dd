use std::{
    convert::Infallible,
    net::IpAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    http::{Request, Response},
};
use hyper::{
    body::{Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{net::TcpStream, sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{
    client_address::Peer,
    connections::{Patience, Place},
    stream::Stream,
};
use crate::clock::{Clock, Millis};

/// An idle connection, and one that does not finish its headers, ends after this; longer than the proxies in front
/// keep theirs (nginx: 60 s), or they would lose requests to the race.
const IDLE: Duration = Duration::from_secs(70);
/// Request line and headers together.
const LONGEST_HEAD: usize = 64 * 1024;
/// A request counts as having arrived when its connection did, but no earlier than this before it was read.
const ARRIVAL_SLACK_S: i64 = 1;

/// When the connection came that brought its first request. That request may have waited to be read while another
/// one with the same login code was already answered; it came "at once" all the same.
#[derive(Debug, Clone, Copy)]
pub struct AcceptedAt(pub Millis);

/// Cancelled when the program is told to stop: an answer without an end must end then.
#[derive(Debug, Clone, Default)]
pub(super) struct Stopping(pub CancellationToken);

/// A request on its way to its answer.
type Answering = Pin<Box<dyn Future<Output = Result<Response<Answer>, Infallible>> + Send>>;

/// The state of one connection, shared by its parts.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Requests that have been read and not wholly answered.
    under_way: AtomicUsize,
    /// Told when the first request has been read.
    first_head: Notify,
    /// Part of an answer waits until the client reads.
    pub(super) blocked: AtomicBool,
}

/// Everything that the connections of one listener have in common.
#[derive(Debug)]
pub(super) struct Host {
    pub router: Router,
    pub clock: Clock,
    pub stopping: Stopping,
    pub patience: Patience,
}

impl Host {
    /// Serves the connection on a task of its own, until it ends; `place` is free again then.
    pub(super) fn receive(&self, stream: TcpStream, peer: IpAddr, place: Place, graceful: &GracefulShutdown) {
        let progress = Arc::<Progress>::default();
        let stream = Stream::new(stream, progress.clone(), self.patience, self.stopping.0.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(IDLE)
            .max_buf_size(LONGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service_fn(self.service(peer, &progress)));
        let connection = graceful.watch(connection);
        let (first_head, stopping) = (self.patience.first_head, self.stopping.0.clone());
        tokio::spawn(async move {
            let _place = place;
            let mut connection = pin!(connection);
            let cut = async {
                tokio::select! {
                    () = progress.without_request(first_head) => {}
                    () = progress.idle_at(&stopping) => {}
                }
            };
            tokio::select! {
                biased;
                ended = &mut connection => if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended badly");
                },
                () = cut => tracing::debug!("a connection without a whole request is closed"),
            }
        });
    }

    fn service(&self, peer: IpAddr, progress: &Arc<Progress>) -> impl Fn(Request<Incoming>) -> Answering + use<> {
        let (router, clock, stopping, progress) =
            (self.router.clone(), self.clock.clone(), self.stopping.clone(), progress.clone());
        let accepted = clock.now();
        let first = AtomicBool::new(true);
        move |request| {
            let under_way = UnderWay::begin(&progress);
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            request.extensions_mut().insert(stopping.clone());
            if first.swap(false, Ordering::Relaxed) {
                let at = accepted.max(clock.now().plus_seconds(-ARRIVAL_SLACK_S));
                request.extensions_mut().insert(AcceptedAt(at));
            }
            let answer = router.clone().oneshot(request);
            Box::pin(async move { Ok(answer.await?.map(|body| Answer { body, _under_way: under_way })) })
        }
    }
}

impl Progress {
    /// Done when no request has been read in this time.
    async fn without_request(&self, longest: Duration) {
        if timeout(longest, self.first_head.notified()).await.is_ok() {
            std::future::pending::<()>().await;
        }
    }

    /// Done when the program is told to stop while no request is under way here; one that is, is answered first.
    async fn idle_at(&self, stopping: &CancellationToken) {
        stopping.cancelled().await;
        if self.under_way.load(Ordering::Acquire) > 0 || self.blocked.load(Ordering::Acquire) {
            std::future::pending::<()>().await;
        }
    }
}

/// A request under way, from its head to the last byte of its answer.
#[derive(Debug)]
struct UnderWay(Arc<Progress>);

impl UnderWay {
    fn begin(progress: &Arc<Progress>) -> Self {
        progress.under_way.fetch_add(1, Ordering::AcqRel);
        progress.first_head.notify_one();
        Self(progress.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The body of an answer; its request is under way as long as it is there.
#[derive(Debug)]
struct Answer {
    body: Body,
    _under_way: UnderWay,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
