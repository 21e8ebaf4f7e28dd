use axum::{extract::State, http::HeaderMap};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    bearer,
    caller::Caller,
    error::{ApiError, Failures},
    reply::{Answer, Envelope, Reply},
};
use crate::{
    accounts::{Accounts, Failure},
    arrival::Arrival,
};

/// `{}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogoutData {}

/// The token is dead at once; one that was dead already is no failure. Needs no body.
#[utoipa::path(post, path = "/api/logout", tag = "mini program", security(("token" = [])),
    responses((status = 200, body = Envelope<LogoutData>), Failures))]
pub async fn logout(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    caller: Caller,
    headers: HeaderMap,
) -> Answer<LogoutData> {
    let failed = |failure| ApiError::new(arrival, failure);
    let token = bearer::token(&headers);
    match caller.authenticate(&accounts, token.as_deref()).await {
        Ok(session) => accounts.log_out(session).await.map_err(failed)?,
        Err(Failure::Unauthorized) if token.is_some() => {}
        Err(failure) => return Err(failed(failure)),
    }
    Ok(Reply { arrival, data: LogoutData {} })
}
