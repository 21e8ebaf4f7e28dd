use std::convert::Infallible;

use axum::{
    RequestExt,
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::super::{body, error::ApiError};
use crate::arrival::Arrival;

/// The fields of an older call, from the query and from a body of JSON or of a form: which of the two, the body itself
/// says, because many a client names the wrong Content-Type. The body wins. An empty field is an absent one, and all of
/// them are texts.
#[derive(Debug)]
pub struct Fields<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + 'static> FromRequest<S> for Fields<T> {
    type Rejection = ApiError;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, ApiError> {
        let arrival: Arrival = request.extract_parts().await.unwrap_or_else(|never: Infallible| match never {});
        let mut fields = form(request.uri().query().unwrap_or_default().as_bytes());
        let bytes = request.extract::<Bytes, _>().await.map_err(|rejection| body::unread(arrival, &rejection))?;
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes).trim_ascii();
        fields.extend(if bytes.starts_with(b"{") { json(arrival, bytes)? } else { form(bytes) });
        fields.retain(|_, value| value != "");
        let value = serde_path_to_error::deserialize(Value::Object(fields));
        value.map(Self).map_err(|error| body::ill_formed(arrival, &error))
    }
}

fn form(text: &[u8]) -> Map<String, Value> {
    form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect()
}

/// Numbers and flags as the texts they are written as.
fn json(arrival: Arrival, bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let malformed = |message, field| ApiError::malformed(arrival, StatusCode::BAD_REQUEST, message, field);
    let object: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| malformed("请求体不是合法的 JSON", None))?;
    let mut fields = Map::new();
    for (name, value) in object {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Array(_) | Value::Object(_) => return Err(malformed("请求参数缺失或类型有误", Some(name))),
        };
        fields.insert(name, Value::String(text));
    }
    Ok(fields)
}
