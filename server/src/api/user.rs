use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    app::RefererApp,
    body::Body,
    error::{ApiError, Failures},
    login::{self, LoginBody},
    reply::{Flat, FlatEnvelope, Reply},
};
use crate::{
    accounts::{Accounts, Failure, UserInfo},
    arrival::Arrival,
};

#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserData {
    open_id: String,
    user_id: String,
    phone: Option<String>,
    token: String,
    expires_at: String,
    is_new: bool,
    user_info: UserInfo,
}

/// Logs in and binds in one call. The fields stand both under `data` and at the top level, where older
/// clients look for them. Without a phone the call has failed, although the login has not.
#[utoipa::path(post, path = "/user", tag = "mini program", request_body = LoginBody,
    responses((status = 200, body = FlatEnvelope<UserData>), Failures))]
pub async fn user(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    app: RefererApp,
    Body(body): Body<LoginBody>,
) -> Result<Flat<UserData>, ApiError> {
    let failed = |failure| ApiError::new(arrival, failure);
    let request = body.into_log_in(app, &accounts).map_err(failed)?;
    if request.phone.is_none() {
        return Err(failed(Failure::NotSent("encryptedData")));
    }
    let done = login::run_whole(&accounts, request, arrival).await?;
    let data = UserData {
        open_id: done.user.open_id.clone(),
        user_id: done.user.user_id.clone(),
        phone: done.user.phone.clone(),
        token: done.token.expose().to_owned(),
        expires_at: done.expires_at.rfc3339(),
        is_new: done.is_new,
        user_info: done.user,
    };
    Ok(Flat(Reply { arrival, data }))
}
