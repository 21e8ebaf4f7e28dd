use axum::extract::State;

use super::{
    bearer::Bearer,
    error::{ApiError, Failures},
    reply::{Answer, Envelope, Reply},
};
use crate::{
    accounts::{Accounts, UserInfo},
    arrival::Arrival,
};

/// The signed-in user.
#[utoipa::path(get, path = "/api/me", tag = "mini program", security(("token" = [])),
    responses((status = 200, body = Envelope<UserInfo>), Failures))]
pub async fn me(State(accounts): State<Accounts>, arrival: Arrival, Bearer(session): Bearer) -> Answer<UserInfo> {
    let data = accounts.get_me(session).map_err(|failure| ApiError::new(arrival, failure))?;
    Ok(Reply { arrival, data })
}
