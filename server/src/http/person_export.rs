use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Redirect, Response},
};
use latchkey_app::error::ConsoleError;
use tower_sessions::Session;

use super::console::{LONGEST_FORM, Pages};
use crate::console::Visit;

/// The form of a user's page: fields `user` and `reason`.
#[derive(Default)]
struct Form {
    user: String,
    reason: String,
}

/// The one write that answers with a file, and so no server function. Anybody may save the answer, so it is asked for with
/// a POST: it cannot be linked to, and is refused from other sites like every other one.
pub(super) async fn person_export(State(pages): State<Pages>, session: Session, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_FORM).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let form = Form::read(&body);
    let visit = Visit::begin(pages.server, session, parts.extensions.get().copied());
    let exported = async { visit.admin().await?.export_user(&form.user, &form.reason).await };
    match exported.await {
        Ok(json) => file(json),
        Err(problem) => back(&form.user, problem).into_response(),
    }
}

impl Form {
    fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "user" => form.user = value.into_owned(),
                "reason" => form.reason = value.into_owned(),
                _ => {}
            }
        }
        form
    }
}

/// The file's name is nobody's: it stands in the browser's list of downloads.
fn file(json: String) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"user.json\"")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, Body::from(json)).into_response()
}

/// To the page of the form, or to sign-in when the session has ended.
fn back(user: &str, problem: ConsoleError) -> Response {
    let known = !user.is_empty() && user.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let page = if known { format!("/console/users/{user}") } else { "/console/users".to_owned() };
    let to = match problem {
        ConsoleError::SignedOut => {
            let next: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
            format!("/console/login?next={next}&problem={problem}")
        }
        _ => format!("{page}?problem={problem}"),
    };
    let mut response = Redirect::to(&to).into_response();
    *response.status_mut() = StatusCode::FOUND;
    response
}
