use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, ORIGIN},
    },
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use latchkey_app::{
    error::ConsoleError,
    routes::{Refusal, Site, shell},
    text::Preferences,
    types::Trial,
};
use leptos::{prelude::provide_context, server_fn::axum::server_fn_paths};
use tower_http::{csrf::CsrfLayer, limit::RequestBodyLimitLayer};
use tower_sessions::Session;

use super::{SiteOptions, assets, live, person_export::person_export, streams::Streams};
use crate::{
    arrival::Arrival,
    config,
    console::{ConsoleServer, Export, ExportForm, OperatorSessions, Visit, session_layer},
};

/// Far more than any form of the console sends; what reads them has no limit of its own.
pub(super) const LONGEST_FORM: usize = 64 * 1024;
/// Marks what a page fetches by itself (islands::live). Who sends it has less, not more.
const BACKGROUND: &str = "x-latchkey-background";

#[derive(Clone)]
pub(super) struct Pages {
    pub(super) server: ConsoleServer,
    site: Site,
    pub sessions: Arc<OperatorSessions>,
    pub(super) streams: Streams,
}

/// Pages, server functions and assets under `/console`.
pub fn router(server: &ConsoleServer, site: &SiteOptions) -> Router {
    // Leptos renders on this program's runtime. Fails only when an earlier router has said so already.
    let _ = any_spawner::Executor::init_tokio();
    let accounts = &server.accounts;
    let sessions =
        OperatorSessions { db: accounts.db.clone(), clock: accounts.clock.clone(), random: accounts.random.clone() };
    let site_context = site_of(site);
    Router::new()
        .route("/console", get(page))
        .route("/console/try", get(page).post(try_page))
        .route("/console/users/export", get(page).post(export))
        .route("/console/live", get(live::live))
        .route("/console/{*path}", get(page))
        .route("/console/fn/export_user", post(person_export))
        .route("/console/fn/{name}", post(function))
        .layer(session_layer(sessions.clone(), site.https))
        .layer(own_forms(&site.public_url))
        .layer(middleware::from_fn_with_state(plain_origin(&site.public_url), secure_origin))
        .layer(RequestBodyLimitLayer::new(LONGEST_FORM))
        .layer(middleware::from_fn_with_state(site_context.clone(), in_our_look))
        .route("/console/assets/{hash}/{name}", get(assets::asset))
        .with_state(Pages {
            server: server.clone(),
            site: site_context,
            sessions: Arc::new(sessions),
            streams: Streams::default(),
        })
}

/// What every page knows of the installation.
pub(super) fn site_of(site: &SiteOptions) -> Site {
    Site { assets: assets::folder(), public_url: site.public_url.clone(), https: site.https, demo: site.demo }
}

/// Lets the forms of our own pages through. A proxy may pass another `Host` on than the browser's, and not every browser says
/// `Sec-Fetch-Site`: pages at `public_url` are ours, whatever the request says its host is.
fn own_forms(public_url: &str) -> CsrfLayer {
    let layer = CsrfLayer::new();
    let trusting = config::origin(public_url).and_then(|origin| layer.clone().add_trusted_origin(origin).ok());
    trusting.unwrap_or(layer)
}

/// Under https, refuses a form of a page that came without it. Its host may be ours, but anybody between it and the browser
/// may have written it.
async fn secure_origin(State(plain): State<Option<HeaderValue>>, request: Request, next: Next) -> Response {
    let form = !matches!(*request.method(), Method::GET | Method::HEAD);
    if form && plain.is_some() && request.headers().get(ORIGIN) == plain.as_ref() {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

/// The origin of the same host without https; `None` when there is no https to lose.
fn plain_origin(public_url: &str) -> Option<HeaderValue> {
    let origin = config::origin(public_url)?;
    format!("http://{}", origin.strip_prefix("https://")?).parse().ok()
}

/// What pages and server functions find in their context: the same for both.
fn context(pages: Pages, session: Session, request: &Request) -> impl Fn() + Clone + Send + Sync + 'static {
    let preferences = Preferences::from_headers(request.headers());
    let arrival = request.extensions().get().copied();
    let visit = if request.headers().contains_key(BACKGROUND) {
        Visit::in_background(pages.server, session, arrival)
    } else {
        Visit::begin(pages.server, session, arrival)
    };
    move || {
        provide_context(visit.clone());
        provide_context(pages.site.clone());
        provide_context(preferences.clone());
    }
}

/// What a layer refuses in bare words is said in the console's own look and language, to whoever reads pages.
async fn in_our_look(State(site): State<Site>, request: Request, next: Next) -> Response {
    let reader = PageReader::of(&request);
    let response = next.run(request).await;
    let refusal = match response.status() {
        StatusCode::BAD_REQUEST | StatusCode::METHOD_NOT_ALLOWED => ConsoleError::BadRequest,
        StatusCode::FORBIDDEN => ConsoleError::CrossSite,
        StatusCode::NOT_FOUND => ConsoleError::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => ConsoleError::TooLong,
        StatusCode::INTERNAL_SERVER_ERROR => ConsoleError::Internal,
        _ => return response,
    };
    match reader.filter(|_| !says(response.headers(), &CONTENT_TYPE, "text/html")) {
        Some(reader) => (response.status(), reader.read(refusal, site).await).into_response(),
        None => response,
    }
}

/// A person who asks for something of the console with a browser, and is to read why he does not get it.
pub(super) struct PageReader(Request);

impl PageReader {
    pub(super) fn of(request: &Request) -> Option<Self> {
        let path = request.uri().path();
        let ours = path == "/console" || path.starts_with("/console/");
        if !ours || !says(request.headers(), &ACCEPT, "text/html") {
            return None;
        }
        let mut again = Request::new(Body::empty());
        (*again.uri_mut(), *again.headers_mut()) = (request.uri().clone(), request.headers().clone());
        Some(Self(again))
    }

    pub(super) async fn read(self, refusal: ConsoleError, site: Site) -> Response {
        let preferences = Preferences::from_headers(self.0.headers());
        let context = move || {
            provide_context(Refusal(refusal));
            provide_context(site.clone());
            provide_context(preferences.clone());
        };
        leptos_axum::render_app_async_with_context(context, shell)(self.0).await
    }
}

fn says(headers: &HeaderMap, name: &HeaderName, what: &str) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(what))
}

async fn page(State(pages): State<Pages>, session: Session, request: Request) -> Response {
    let context = context(pages, session, &request);
    leptos_axum::render_app_async_with_context(context, shell)(request).await
}

/// The one page that answers a form itself: what was pasted must not travel in an address, and is not kept for a second
/// request.
async fn try_page(State(pages): State<Pages>, session: Session, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(form) = to_bytes(body, LONGEST_FORM).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let trial = Trial::from_form(&form);
    let request = Request::from_parts(parts, Body::empty());
    let context = context(pages, session, &request);
    let context = move || {
        context();
        provide_context(trial.clone());
    };
    leptos_axum::render_app_async_with_context(context, shell)(request).await
}

/// The users as a file, while they are read. A refusal is the list that was asked for, with the reason and its status.
async fn export(State(pages): State<Pages>, session: Session, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(form) = to_bytes(body, LONGEST_FORM).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let form = ExportForm::of_body(&form);
    let arrival = parts.extensions.get::<Arrival>().copied();
    let visit = Visit::new(pages.server.clone(), session.clone(), arrival);
    match visit.export(&form, &Preferences::from_headers(&parts.headers)).await {
        Ok(export) => file(export),
        Err(problem) => {
            parts.method = Method::GET;
            parts.uri = form.list(problem).parse().unwrap_or_default();
            let mut response = page(State(pages), session, Request::from_parts(parts, Body::empty())).await;
            if problem != ConsoleError::SignedOut {
                *response.status_mut() = StatusCode::from_u16(problem.status()).unwrap_or_default();
            }
            response
        }
    }
}

fn file(export: Export) -> Response {
    let disposition = format!("attachment; filename=\"{}\"", export.name);
    let headers = [(CONTENT_TYPE, export.content_type.to_owned()), (CONTENT_DISPOSITION, disposition)];
    (headers, Body::from_stream(export.body)).into_response()
}

async fn function(State(pages): State<Pages>, session: Session, request: Request) -> Response {
    let path = request.uri().path();
    // The library would answer a developer.
    if !server_fn_paths().any(|(known, _)| known == path) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let context = context(pages, session, &request);
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}
