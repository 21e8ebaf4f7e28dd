use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiError;
use crate::arrival::Arrival;

/// What a handler answers.
pub type Answer<T> = Result<Reply<T>, ApiError>;

/// Success.
#[derive(Debug)]
pub struct Reply<T> {
    pub arrival: Arrival,
    pub data: T,
}

/// `{"code":0,"msg":"ok","data":…,"requestId":…}` (contract §3).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<T> {
    /// 0.
    code: u8,
    msg: &'static str,
    data: T,
    request_id: String,
}

impl<T> Reply<T> {
    pub fn envelope(self) -> Envelope<T> {
        Envelope { code: 0, msg: "ok", data: self.data, request_id: self.arrival.request_id.to_string() }
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        Json(self.envelope()).into_response()
    }
}

/// Success for older clients, which look for the fields at the top level or under `data` (contract §4): both.
#[derive(Debug)]
pub struct Flat<T>(pub Reply<T>);

#[derive(Serialize, ToSchema)]
pub struct FlatEnvelope<T> {
    #[serde(flatten)]
    top: T,
    #[serde(flatten)]
    envelope: Envelope<T>,
}

impl<T: Serialize + Clone> IntoResponse for Flat<T> {
    fn into_response(self) -> Response {
        let top = self.0.data.clone();
        Json(FlatEnvelope { top, envelope: self.0.envelope() }).into_response()
    }
}
