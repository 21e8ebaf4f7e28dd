use std::convert::Infallible;

use axum::{
    RequestExt,
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::super::{body, error::ApiError, given};
use crate::arrival::Arrival;

/// The fields of an older call, from the query and from a body of JSON or of a form: which of the two, the body itself
/// says, because many a client names the wrong Content-Type. All of them are texts, and cleaned ([`given`]). A field that
/// stands twice in one of them, or has one value in the query and another one in the body, is refused.
#[derive(Debug)]
pub struct Fields<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + 'static> FromRequest<S> for Fields<T> {
    type Rejection = ApiError;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, ApiError> {
        let arrival: Arrival = request.extract_parts().await.unwrap_or_else(|never: Infallible| match never {});
        let form = |text: &[u8]| given::form(text).map_err(|name| body::twice(arrival, &name));
        let mut fields = form(request.uri().query().unwrap_or_default().as_bytes())?;
        let bytes = request.extract::<Bytes, _>().await.map_err(|rejection| body::unread(arrival, &rejection))?;
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes).trim_ascii();
        let in_body = if bytes.starts_with(b"{") { json(arrival, bytes)? } else { form(bytes)? };
        for (name, value) in in_body {
            if fields.get(&name).is_some_and(|in_query| *in_query != value) {
                return Err(body::twice(arrival, &name));
            }
            fields.insert(name, value);
        }
        let value = serde_path_to_error::deserialize(Value::Object(fields));
        value.map(Self).map_err(|error| body::ill_formed(arrival, &error))
    }
}

/// Numbers and flags as the texts they are written as.
fn json(arrival: Arrival, bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let malformed = |field| ApiError::malformed(arrival, StatusCode::BAD_REQUEST, "请求参数类型有误", Some(field));
    let mut fields = body::object(arrival, bytes)?.cleaned();
    for (name, value) in &mut fields {
        match value {
            Value::Number(_) | Value::Bool(_) => *value = Value::String(value.to_string()),
            Value::Array(_) | Value::Object(_) => return Err(malformed(name.clone())),
            Value::String(_) | Value::Null => {}
        }
    }
    Ok(fields)
}
