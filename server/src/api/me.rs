use axum::extract::State;

use super::{
    bearer::Bearer,
    error::ApiError,
    reply::{Answer, Reply},
};
use crate::{
    accounts::{Accounts, UserInfo},
    arrival::Arrival,
};

/// `GET /api/me`: the signed-in user.
pub async fn me(State(accounts): State<Accounts>, arrival: Arrival, Bearer(session): Bearer) -> Answer<UserInfo> {
    let data = accounts.get_me(session).map_err(|failure| ApiError::new(arrival, failure))?;
    Ok(Reply { arrival, data })
}
