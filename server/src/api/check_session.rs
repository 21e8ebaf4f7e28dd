use axum::extract::State;
use serde::Serialize;

use super::{
    bearer::Bearer,
    error::ApiError,
    reply::{Answer, Reply},
};
use crate::{accounts::Accounts, arrival::Arrival};

#[derive(Debug, Serialize)]
pub struct CheckSessionData {
    valid: bool,
}

/// `POST /api/checkSession`: whether the session_key that is held is still the user's. Needs no body.
pub async fn check_session(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    Bearer(session): Bearer,
) -> Answer<CheckSessionData> {
    let valid = accounts.check_session(session).await.map_err(|failure| ApiError::new(arrival, failure))?;
    Ok(Reply { arrival, data: CheckSessionData { valid } })
}
