use std::{collections::BTreeMap, convert::Infallible};

use axum::{
    RequestExt,
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde_json::{Map, Value};

use super::super::{body, error::ApiError};
use crate::{accounts::Failure, arrival::Arrival};

/// The fields of an older call, from the query and from a body of JSON or of a form: which of the two, the body itself
/// says, because many a client names the wrong Content-Type. The body wins.
#[derive(Debug)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// `None` when it is absent or empty.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|text| !text.is_empty())
    }

    pub fn need(&mut self, name: &'static str) -> Result<String, Failure> {
        self.take(name).ok_or(Failure::InvalidRequest(name))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = ApiError;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, ApiError> {
        let arrival: Arrival = request.extract_parts().await.unwrap_or_else(|never: Infallible| match never {});
        let mut fields = form(request.uri().query().unwrap_or_default().as_bytes());
        let bytes = request.extract::<Bytes, _>().await.map_err(|rejection| body::unread(arrival, &rejection))?;
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes).trim_ascii();
        fields.extend(if bytes.starts_with(b"{") { json(arrival, bytes)? } else { form(bytes) });
        Ok(Self(fields))
    }
}

fn form(text: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn json(arrival: Arrival, bytes: &[u8]) -> Result<BTreeMap<String, String>, ApiError> {
    let malformed = |message, field| ApiError::malformed(arrival, StatusCode::BAD_REQUEST, message, field);
    let object: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| malformed("请求体不是合法的 JSON", None))?;
    let mut fields = BTreeMap::new();
    for (name, value) in object {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Array(_) | Value::Object(_) => return Err(malformed("请求参数缺失或类型有误", Some(name))),
        };
        fields.insert(name, text);
    }
    Ok(fields)
}
