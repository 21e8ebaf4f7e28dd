use std::convert::Infallible;

use axum::{
    RequestExt,
    body::Bytes,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::StatusCode,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{ApiError, given};
use crate::arrival::Arrival;

/// Longer than the name of any field.
const LONGEST_NAME: usize = 32;

/// A JSON body, whatever its Content-Type says: older clients say nothing or the wrong thing. Its texts are cleaned
/// ([`given`]), and what it lacks is named.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + 'static> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, ApiError> {
        let arrival: Arrival = request.extract_parts().await.unwrap_or_else(|never: Infallible| match never {});
        let bytes = request.extract::<Bytes, _>().await.map_err(|rejection| unread(arrival, &rejection))?;
        let fields = object(arrival, &bytes)?.cleaned();
        let value = serde_path_to_error::deserialize(Value::Object(fields));
        value.map(Self).map_err(|error| ill_formed(arrival, &error))
    }
}

/// The members of a body of JSON.
pub fn object(arrival: Arrival, bytes: &[u8]) -> Result<given::Object, ApiError> {
    // One byte-order mark is what some HTTP libraries put in front.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let object = serde_path_to_error::deserialize(&mut reader).map_err(|error| ill_formed(arrival, &error))?;
    let no_json = |_| ApiError::malformed(arrival, StatusCode::BAD_REQUEST, "请求体不是合法的 JSON", None);
    reader.end().map_err(no_json)?;
    Ok(object)
}

/// A body that is too large or breaks off.
pub fn unread(arrival: Arrival, rejection: &BytesRejection) -> ApiError {
    let status = rejection.status();
    let message =
        if status == StatusCode::PAYLOAD_TOO_LARGE { "请求体超过 64 KiB" } else { "请求体读取失败" };
    ApiError::malformed(arrival, status, message, None)
}

/// A body that is not what the call reads; the culprit is named.
pub fn ill_formed(arrival: Arrival, error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let status = StatusCode::BAD_REQUEST;
    if !error.inner().is_data() {
        return ApiError::malformed(arrival, status, "请求体不是合法的 JSON", None);
    }
    let (path, said) = (error.path().to_string(), error.inner().to_string());
    if let Some(field) = named(&said, "missing") {
        return ApiError::not_sent(arrival, field);
    }
    if let Some(field) = named(&said, "duplicate") {
        return twice(arrival, &field);
    }
    match path.as_str() {
        "." => ApiError::malformed(arrival, status, "请求体必须是 JSON 对象", None),
        _ => ApiError::malformed(arrival, status, "请求参数类型有误", Some(path)),
    }
}

/// A field with two values. Its name is the client's to choose, so only as much of it is told as a name needs.
pub fn twice(arrival: Arrival, field: &str) -> ApiError {
    let field = field.chars().take(LONGEST_NAME).collect();
    ApiError::malformed(arrival, StatusCode::BAD_REQUEST, "请求参数重复", Some(field))
}

/// serde says "missing field `code` at line 1 column 2" and names it nowhere else.
fn named(message: &str, what: &str) -> Option<String> {
    let (_, tail) = message.split_once(&format!("{what} field `"))?;
    Some(tail.split_once('`')?.0.to_owned())
}
