use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    super::reply::{Flat, FlatEnvelope},
    Failures, Fields, RefererApp, log_in, plain,
};
use crate::{
    accounts::Accounts,
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Code2Session {
    /// Of `wx.login`.
    js_code: String,
    appid: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenidData {
    pub openid: String,
}

/// The openid. The session_key is kept here and never told.
#[utoipa::path(post, path = "/code2Session", tag = "older clients",
    request_body(content((Code2Session = "application/json"), (Code2Session = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = FlatEnvelope<OpenidData>), Failures))]
pub async fn code2session(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    Fields(fields): Fields<Code2Session>,
) -> Result<Flat<OpenidData>, ApiError> {
    let request = plain(fields.js_code, "jsCode", fields.appid, referer, &accounts)
        .map_err(|failure| ApiError::new(arrival, failure))?;
    let done = log_in(&accounts, request, arrival).await?;
    Ok(Flat(Reply { arrival, data: OpenidData { openid: done.user.open_id } }))
}
