use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    bearer::Bearer,
    error::{ApiError, Failures},
    reply::{Answer, Envelope, Reply},
};
use crate::{accounts::Accounts, arrival::Arrival};

/// `{}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogoutData {}

/// The token is dead at once. Needs no body.
#[utoipa::path(post, path = "/api/logout", tag = "mini program", security(("token" = [])),
    responses((status = 200, body = Envelope<LogoutData>), Failures))]
pub async fn logout(State(accounts): State<Accounts>, arrival: Arrival, Bearer(session): Bearer) -> Answer<LogoutData> {
    accounts.log_out(session).await.map_err(|failure| ApiError::new(arrival, failure))?;
    Ok(Reply { arrival, data: LogoutData {} })
}
