//! `GET|POST /wechat/push/{appid}`: the one call that comes from WeChat, and answers in plain text.

use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};

use super::caller::Caller;
use crate::{
    accounts::{Accounts, Failure, PushError, PushFailure, PushQuery},
    arrival::Arrival,
};

/// WeChat's own have 19 digits.
const LONGEST_ECHO: usize = 256;

/// Answers echostr when the signature is right: WeChat verifies the address.
#[utoipa::path(get, path = "/wechat/push/{appid}", tag = "from WeChat", params(("appid" = String, Path), PushQuery),
    responses((status = 200, body = String), (status = 400, body = String), (status = 403, body = String),
        (status = 404, body = String), (status = 408, body = String), (status = 429, body = String),
        (status = 500, body = String)))]
pub async fn verify(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    caller: Caller,
    Path(appid): Path<String>,
    Query(query): Query<PushQuery>,
) -> Response {
    match accounts.verify_push_address(&appid, &query).await {
        Ok(echo) if echo.len() <= LONGEST_ECHO && echo.is_ascii() => echo.into_response(),
        Ok(_) => refused(arrival, &accounts, &caller, &appid, PushError::Unreadable("echostr")),
        Err(failure) => failed(arrival, &accounts, &caller, &appid, failure),
    }
}

/// Takes a message, in plain, compatible or safe mode, JSON or XML: `success` once its work is stored, so that WeChat
/// sends it no more.
#[utoipa::path(post, path = "/wechat/push/{appid}", tag = "from WeChat", params(("appid" = String, Path), PushQuery),
    request_body(content = String, content_type = "text/xml"),
    responses((status = 200, body = String), (status = 400, body = String), (status = 403, body = String),
        (status = 404, body = String), (status = 408, body = String), (status = 413, body = String),
        (status = 429, body = String), (status = 500, body = String)))]
pub async fn take(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    caller: Caller,
    Path(appid): Path<String>,
    Query(query): Query<PushQuery>,
    body: Bytes,
) -> Response {
    match accounts.take_push(&appid, &query, &body, arrival).await {
        Ok(()) => "success".into_response(),
        Err(failure) => failed(arrival, &accounts, &caller, &appid, failure),
    }
}

fn failed(arrival: Arrival, accounts: &Accounts, caller: &Caller, appid: &str, failure: PushFailure) -> Response {
    match failure {
        PushFailure::Refused(error) => refused(arrival, accounts, caller, appid, error),
        PushFailure::Failure(failure) => {
            super::error::log(arrival.request_id, &failure);
            (StatusCode::INTERNAL_SERVER_ERROR, "try again\n").into_response()
        }
    }
}

/// The cause goes to the log and on record, for whoever sets the push up; the caller, who may be anybody, is told the
/// least. The appid is logged as it is configured: what stands in the path is the caller's to fill. Pushes are looked at
/// before they are counted: behind a proxy, forged ones come from the address of good ones. What is beyond the limit
/// leaves no trace.
fn refused(arrival: Arrival, accounts: &Accounts, caller: &Caller, appid: &str, error: PushError) -> Response {
    if let Err(Failure::RateLimited { retry_after_s }) = caller.is_stranger(true) {
        return (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, retry_after_s.to_string())], "too many\n")
            .into_response();
    }
    accounts.report_push(arrival, appid, error);
    let appid = accounts.apps.find(appid).map(|app| app.appid.as_str());
    tracing::warn!(request_id = %arrival.request_id, appid, %error, "a push was refused");
    match error {
        PushError::NotConfigured => (StatusCode::NOT_FOUND, "not configured\n"),
        PushError::Unreadable(_) => (StatusCode::BAD_REQUEST, "not readable\n"),
        _ => (StatusCode::FORBIDDEN, "refused\n"),
    }
    .into_response()
}
