use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    bearer::Bearer,
    error::{ApiError, Failures},
    reply::{Answer, Envelope, Reply},
};
use crate::{accounts::Accounts, arrival::Arrival};

#[derive(Debug, Serialize, ToSchema)]
pub struct CheckSessionData {
    valid: bool,
}

/// Whether the session_key that is held is still the user's. Needs no body.
#[utoipa::path(post, path = "/api/checkSession", tag = "mini program", security(("token" = [])),
    responses((status = 200, body = Envelope<CheckSessionData>), Failures))]
pub async fn check_session(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    Bearer(session): Bearer,
) -> Answer<CheckSessionData> {
    let valid = accounts.check_session(session).await.map_err(|failure| ApiError::new(arrival, failure))?;
    Ok(Reply { arrival, data: CheckSessionData { valid } })
}
