use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    super::reply::{Flat, FlatEnvelope},
    Failures, Fields, RefererApp, encrypted, log_in, plain,
};
use crate::{
    accounts::{Accounts, ProfileClaim},
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThirdLogin {
    /// Of `wx.login`.
    code: String,
    /// The user info; may be percent-encoded.
    encrypted_data: String,
    iv: String,
    appid: Option<String>,
}

#[derive(Clone, Serialize, ToSchema)]
pub struct ThirdLoginData {
    /// The token.
    session_id: String,
    /// The user's id.
    uid: String,
}

/// Logs in; the encrypted user info fills the profile.
#[utoipa::path(post, path = "/thirdLogin", tag = "older clients",
    request_body(content((ThirdLogin = "application/json"), (ThirdLogin = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = FlatEnvelope<ThirdLoginData>), Failures))]
pub async fn third_login(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    Fields(fields): Fields<ThirdLogin>,
) -> Result<Flat<ThirdLoginData>, ApiError> {
    let mut request = plain(fields.code, "code", fields.appid, referer, &accounts)
        .map_err(|failure| ApiError::new(arrival, failure))?;
    request.profile = Some(ProfileClaim::Encrypted(encrypted(fields.encrypted_data, fields.iv)));
    let done = log_in(&accounts, request, arrival).await?;
    let data = ThirdLoginData { session_id: done.token.expose().to_owned(), uid: done.user.user_id };
    Ok(Flat(Reply { arrival, data }))
}
