use axum::extract::State;
use serde::Serialize;

use super::{
    bearer::Bearer,
    error::ApiError,
    reply::{Answer, Reply},
};
use crate::{accounts::Accounts, arrival::Arrival};

/// `{}`.
#[derive(Debug, Serialize)]
pub struct LogoutData {}

/// `POST /api/logout`: the token is dead at once. Needs no body.
pub async fn logout(State(accounts): State<Accounts>, arrival: Arrival, Bearer(session): Bearer) -> Answer<LogoutData> {
    accounts.log_out(session).await.map_err(|failure| ApiError::new(arrival, failure))?;
    Ok(Reply { arrival, data: LogoutData {} })
}
