use axum::{
    Extension,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header::ALLOW},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Bare;

/// Stands for every method that is not a standard one.
const OTHER: &str = "other";
/// The methods that some route of ours takes.
const TAKEN: HeaderValue = HeaderValue::from_static("GET, HEAD, POST");

/// The method's name in logs and metrics. A client may send any word as its method, so only standard names are passed on.
pub(super) fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::CONNECT => "CONNECT",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::PATCH => "PATCH",
        _ => OTHER,
    }
}

/// Answers a made-up method before anything else looks at the request.
pub(super) async fn refuse_unknown(request: Request, next: Next) -> Response {
    if name(request.method()) == OTHER {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, TAKEN)], Extension(Bare)).into_response();
    }
    next.run(request).await
}
