use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use latchkey_app::{
    routes::{Site, shell},
    text::Preferences,
    types::Trial,
};
use leptos::{config::LeptosOptions, prelude::provide_context};
use tower_http::{csrf::CsrfLayer, limit::RequestBodyLimitLayer};
use tower_sessions::Session;

use super::{SiteOptions, assets, live};
use crate::console::{ConsoleServer, OperatorSessions, Visit, session_layer};

/// Far more than any form of the console sends; what reads them has no limit of its own.
const LONGEST_FORM: usize = 64 * 1024;
/// Marks what a page fetches by itself (islands::live). Who sends it has less, not more.
const BACKGROUND: &str = "x-latchkey-background";

#[derive(Clone)]
pub(super) struct Pages {
    pub server: ConsoleServer,
    site: Site,
    pub sessions: Arc<OperatorSessions>,
}

/// Pages, server functions and assets under `/console`.
pub fn router(server: &ConsoleServer, site: &SiteOptions) -> Router {
    // Leptos renders on this program's runtime. Fails only when an earlier router has said so already.
    let _ = any_spawner::Executor::init_tokio();
    let accounts = &server.accounts;
    let sessions =
        OperatorSessions { db: accounts.db.clone(), clock: accounts.clock.clone(), random: accounts.random.clone() };
    let options = LeptosOptions::builder().output_name("latchkey").site_pkg_dir(assets::folder()).build();
    let site_context = Site { options, public_url: site.public_url.clone(), https: site.https, demo: site.demo };
    Router::new()
        .route("/console", get(page))
        .route("/console/try", get(page).post(try_page))
        .route("/console/live", get(live::live))
        .route("/console/{*path}", get(page))
        .route("/console/fn/{name}", post(function))
        .layer(session_layer(sessions.clone(), site.https))
        .layer(CsrfLayer::new())
        .layer(RequestBodyLimitLayer::new(LONGEST_FORM))
        .route("/console/assets/{hash}/{name}", get(assets::asset))
        .with_state(Pages { server: server.clone(), site: site_context, sessions: Arc::new(sessions) })
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

async fn function(State(pages): State<Pages>, session: Session, request: Request) -> Response {
    let context = context(pages, session, &request);
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}
