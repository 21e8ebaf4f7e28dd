//! `GET /console/live`: server-sent events for the pages that refresh themselves. An answer that never ends: the limit on
//! the time of a request is one on the time until its answer begins.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderName, StatusCode, request::Parts},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::stream;
use latchkey_app::{error::ConsoleError, pages::failure_query, text::Preferences};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tower_sessions::Session;

use super::{connection::Stopping, console::Pages, streams::StreamPlace};
use crate::console::{News, Pulse, Visit, Wanted};

/// That a session's time is over is noticed after this; that somebody ended it, at the next look of [`crate::console::Live`].
const CHECK: Duration = Duration::from_secs(30);
/// Shorter than the patience of the proxies in front.
const HEART_BEAT: Duration = Duration::from_secs(15);
/// nginx would collect the events until there are enough of them.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// What is new under the query of a failures list (with `since`: its newest record), and when the numbers have changed.
pub(super) async fn live(State(pages): State<Pages>, session: Session, request: Request) -> Response {
    let (request, _) = request.into_parts();
    match Listener::new(pages, &session, &request).await {
        Ok(listener) => {
            let events = stream::unfold(listener, |mut listener| async move {
                let event = listener.next().await?;
                Some((Ok::<_, Infallible>(event), listener))
            });
            ([UNBUFFERED], Sse::new(events).keep_alive(KeepAlive::new().interval(HEART_BEAT))).into_response()
        }
        Err(refusal) => {
            StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
    }
}

struct Listener {
    pages: Pages,
    session: Session,
    wanted: Wanted,
    pulses: watch::Receiver<Pulse>,
    told: Option<News>,
    sign_outs: u64,
    check_at: Instant,
    stopping: CancellationToken,
    place: StreamPlace,
    over: bool,
}

impl Listener {
    async fn new(pages: Pages, session: &Session, request: &Parts) -> Result<Self, ConsoleError> {
        let stopping = request.extensions.get::<Stopping>().map(|stopping| stopping.0.clone()).unwrap_or_default();
        let query = request.uri.query().unwrap_or_default();
        let since = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "since");
        let since = since.map(|(_, since)| since.into_owned()).unwrap_or_default();
        let zone = Preferences::from_headers(&request.headers).zone;
        let session = Session::new(session.id(), pages.sessions.clone(), None);
        signed_in(&pages, &session).await?;
        let id = session.id().ok_or(ConsoleError::SignedOut)?;
        let wanted = Wanted::new(&failure_query(query, &zone)?, &since)?;
        let pulses = pages.server.live.listen();
        let sign_outs = pulses.borrow().sign_outs;
        let check_at = Instant::now() + CHECK;
        let place = pages.streams.open(id);
        Ok(Self { pages, session, wanted, pulses, told: None, sign_outs, check_at, stopping, place, over: false })
    }

    /// The next event: `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        while !self.over {
            if self.place.over.is_cancelled() || self.must_check() && !self.still_here().await {
                self.over = true;
                // The browser does not ask again by itself; the page does, later, unless nobody is signed in any more.
                return Some(Event::default().event("end").data("-"));
            }
            if let Some(news) = self.news() {
                return Event::default().json_data(news).ok();
            }
            tokio::select! {
                () = self.stopping.cancelled() => return None,
                () = self.place.over.cancelled() => {}
                changed = self.pulses.changed() => changed.ok()?,
                () = sleep_until(self.check_at) => {}
            }
        }
        None
    }

    fn must_check(&self) -> bool {
        self.pulses.borrow().sign_outs != self.sign_outs || Instant::now() >= self.check_at
    }

    /// What has not been told yet.
    fn news(&mut self) -> Option<News> {
        let news = self.wanted.of(&self.pulses.borrow_and_update())?;
        let new = self.told.as_ref() != Some(&news);
        new.then(|| self.told.insert(news).clone())
    }

    async fn still_here(&mut self) -> bool {
        self.sign_outs = self.pulses.borrow().sign_outs;
        self.check_at = Instant::now() + CHECK;
        // Another object than before: this one remembers what it has read.
        self.session = Session::new(self.session.id(), self.pages.sessions.clone(), None);
        signed_in(&self.pages, &self.session).await.is_ok()
    }
}

/// Listening is no sign of life.
async fn signed_in(pages: &Pages, session: &Session) -> Result<(), ConsoleError> {
    let visit = Visit::in_background(pages.server.clone(), session.clone(), None);
    visit.viewer().await.map(|_: Arc<_>| ())
}
