//! The request's body as the edge sees it: how far it has come, and what becomes of the part that no handler reads.
//!
//! A connection goes on only behind the end of a body. An answer that leaves earlier, such as a 401, must therefore read
//! the rest, or announce that the connection ends: otherwise the client's next request is lost.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Extension,
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{
        HeaderValue, StatusCode,
        header::{CONNECTION, EXPECT, RETRY_AFTER},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use tokio::time::{sleep, timeout};

use super::{Bare, connection::Stopping};

/// The most that is read of a body whose answer is known: the limit of the longest body that any handler takes.
const MOST_UNREAD: u64 = 64 * 1024;
/// When to come again after a delay of ours.
const RETRY_SOON: HeaderValue = HeaderValue::from_static("1");

/// The longest waits for a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestPatience {
    /// Until its answer begins; longer than any call of ours may take.
    whole: Duration,
    /// For the rest of its body, when the program is told to stop.
    at_stop: Duration,
    /// For a body whose answer is known.
    unread: Duration,
}

impl Default for RequestPatience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { whole: seconds(30), at_stop: seconds(5), unread: seconds(2) }
    }
}

#[cfg(test)]
impl RequestPatience {
    /// For tests: waits for nothing.
    pub(super) fn hasty() -> Self {
        let short = Duration::from_millis(1);
        Self { whole: short, at_stop: short, unread: short }
    }
}

/// A body that its handler and the layers around it share. Clones are the same body.
#[derive(Debug, Clone)]
struct RequestBody(Arc<Mutex<Reading>>);

#[derive(Debug)]
struct Reading {
    body: Body,
    /// Bytes that have been read.
    read: u64,
    progress: Progress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Nobody has asked for it yet.
    Untouched,
    /// Its reader waits for the client.
    Awaited,
    /// Its reader has all that has come.
    Partial,
    Complete,
    /// It broke off, or is not what its headers promise.
    Broken,
}

impl RequestBody {
    fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(Reading { body, read: 0, progress: Progress::Untouched })))
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_awaited(&self) -> bool {
        self.reading().progress == Progress::Awaited
    }

    /// Reads what is left of a small body. `false`: some of it is still to come, or will never come.
    async fn read_rest(mut self, expects_continue: bool, patience: Duration) -> bool {
        let progress = self.reading().progress;
        match progress {
            Progress::Complete => true,
            Progress::Broken => false,
            // The client sends the body only when it is asked to.
            Progress::Untouched if expects_continue => false,
            _ => timeout(patience, self.drain()).await.unwrap_or(false),
        }
    }

    async fn drain(&mut self) -> bool {
        loop {
            if self.reading().exceeds(MOST_UNREAD) {
                return false;
            }
            match poll_fn(|context| Pin::new(&mut *self).poll_frame(context)).await {
                Some(Ok(_)) => {}
                Some(Err(_)) => return false,
                None => return true,
            }
        }
    }
}

impl Reading {
    fn exceeds(&self, most: u64) -> bool {
        self.read.saturating_add(self.body.size_hint().lower()) > most
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.progress = match &polled {
            Poll::Pending => Progress::Awaited,
            Poll::Ready(None) => Progress::Complete,
            Poll::Ready(Some(Err(_))) => Progress::Broken,
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.read = self.read.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
                if self.body.is_end_stream() { Progress::Complete } else { Progress::Partial }
            }
        };
        polled
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.reading().poll(context)
    }

    fn is_end_stream(&self) -> bool {
        self.reading().body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.reading().body.size_hint()
    }
}

/// Lets the connection go on after an answer that has left a small body unread; after any other, announces its end.
pub(super) async fn settle(State(patience): State<RequestPatience>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let expects_continue = request.headers().contains_key(EXPECT);
    let (mut parts, body) = request.into_parts();
    let body = RequestBody::new(body);
    parts.extensions.insert(body.clone());
    let mut response = next.run(Request::from_parts(parts, Body::new(body.clone()))).await;
    let too_late = response.status() == StatusCode::REQUEST_TIMEOUT;
    if too_late || !body.read_rest(expects_continue, patience.unread).await {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Ends a request that takes too long: with 408 when its body has not come, and with 503 when the delay is ours.
pub(super) async fn in_time(State(patience): State<RequestPatience>, request: Request, next: Next) -> Response {
    let body = request.extensions().get::<RequestBody>().cloned();
    let stopping = request.extensions().get::<Stopping>().cloned().unwrap_or_default();
    let awaited = || body.as_ref().is_some_and(RequestBody::is_awaited);
    let last_body = async {
        stopping.0.cancelled().await;
        sleep(patience.at_stop).await;
        while !awaited() {
            sleep(patience.at_stop).await;
        }
    };
    tokio::select! {
        biased;
        response = next.run(request) => return response,
        () = sleep(patience.whole) => {}
        () = last_body => {}
    }
    if awaited() {
        return (StatusCode::REQUEST_TIMEOUT, Extension(Bare)).into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, RETRY_SOON)], Extension(Bare)).into_response()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::{
        Router,
        middleware::from_fn_with_state,
        routing::{any, post},
    };
    use futures::{StreamExt, stream};
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt;

    use super::*;

    const LONG: Duration = Duration::from_mins(10);
    const SHORT: Duration = Duration::from_millis(1);
    const PATIENT: RequestPatience = RequestPatience { whole: LONG, at_stop: LONG, unread: LONG };

    /// So many bytes, which come a little later.
    fn body(length: usize) -> Body {
        let pieces = stream::iter([0, 1, 2]).then(move |piece| async move {
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(if piece == 1 { vec![b'x'; length] } else { Vec::new() })
        });
        Body::from_stream(pieces)
    }

    fn never() -> Body {
        Body::from_stream(stream::pending::<Result<Bytes, Infallible>>())
    }

    /// The status, and whether the connection ends.
    async fn answer(patience: RequestPatience, request: Request) -> (u16, bool) {
        let router = Router::new()
            .route("/early", any(|| async { StatusCode::UNAUTHORIZED }))
            .route("/reads", post(|_: String| async { "read" }))
            .route("/hangs", post(|_: String| std::future::pending::<()>()))
            .layer(from_fn_with_state(patience, in_time))
            .layer(from_fn_with_state(patience, settle));
        let response = router.oneshot(request).await.unwrap();
        let closes = response.headers().get(CONNECTION).is_some_and(|value| value == "close");
        (response.status().as_u16(), closes)
    }

    fn request(path: &str, body: Body) -> Request {
        Request::post(path).body(body).unwrap()
    }

    #[tokio::test]
    async fn an_early_answer_reads_a_small_body_and_announces_the_end_before_any_other() {
        let early = |body| answer(PATIENT, request("/early", body));
        assert_eq!(early(Body::empty()).await, (401, false));
        assert_eq!(early(body(7)).await, (401, false));
        assert_eq!(early(body(64 * 1024)).await, (401, false), "the longest that counts as small");
        assert_eq!(early(body(64 * 1024 + 1)).await, (401, true), "one byte more");
        assert_eq!(early(Body::from(vec![b'x'; 1 << 20])).await, (401, true), "its length is known");
        let broken = stream::once(async { Err::<Bytes, _>(std::io::Error::other("reset")) });
        assert_eq!(early(Body::from_stream(broken)).await, (401, true));
        let hasty = RequestPatience { unread: SHORT, ..PATIENT };
        assert_eq!(answer(hasty, request("/early", never())).await, (401, true), "it does not come");
        let unasked = Request::post("/early").header(EXPECT, "100-continue").body(body(7)).unwrap();
        assert_eq!(answer(PATIENT, unasked).await, (401, true), "the client waits until it may send");
    }

    #[tokio::test]
    async fn what_comes_too_late_is_told_from_what_takes_too_long_here() {
        let hasty = RequestPatience { whole: SHORT, ..PATIENT };
        assert_eq!(answer(PATIENT, request("/reads", body(7))).await, (200, false));
        assert_eq!(answer(hasty, request("/reads", never())).await, (408, true));
        assert_eq!(answer(hasty, request("/hangs", body(7))).await, (503, false));
        assert_eq!(answer(hasty, request("/hangs", Body::empty())).await, (503, false));
    }

    #[tokio::test]
    async fn at_the_end_of_the_program_a_body_has_less_time() {
        let hasty = RequestPatience { at_stop: SHORT, ..PATIENT };
        let stopping = Stopping(CancellationToken::new());
        stopping.0.cancel();
        for (body, status) in [(body(7), 200), (never(), 408)] {
            let mut request = request("/reads", body);
            request.extensions_mut().insert(stopping.clone());
            assert_eq!(answer(hasty, request).await.0, status);
        }
    }
}
