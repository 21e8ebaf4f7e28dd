use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
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

#[derive(Deserialize, ToSchema, utoipa::IntoParams)]
pub struct ThirdSession {
    /// Of `wx.login`.
    code: String,
    appid: Option<String>,
}

#[derive(Clone, Serialize, ToSchema)]
pub struct ThirdSessionData {
    /// JSON in a string, as these clients parse it: `{"third_Session":"<token>"}`.
    #[serde(rename = "Data")]
    data: String,
}

/// The token, as `third_Session`.
#[utoipa::path(method(get, post), path = "/thirdSession", tag = "older clients", params(ThirdSession),
    request_body(content((ThirdSession = "application/json"), (ThirdSession = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = FlatEnvelope<ThirdSessionData>), Failures))]
pub async fn third_session(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    Fields(fields): Fields<ThirdSession>,
) -> Result<Flat<ThirdSessionData>, ApiError> {
    let request = plain(fields.code, "code", fields.appid, referer, &accounts)
        .map_err(|failure| ApiError::new(arrival, failure))?;
    let done = log_in(&accounts, request, arrival).await?;
    let data = json!({ "third_Session": done.token.expose() }).to_string();
    Ok(Flat(Reply { arrival, data: ThirdSessionData { data } }))
}
