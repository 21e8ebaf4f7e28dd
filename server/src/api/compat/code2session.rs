use axum::extract::State;
use serde::Serialize;

use super::{super::reply::Flat, Fields, RefererApp, log_in, plain};
use crate::{
    accounts::Accounts,
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

#[derive(Debug, Clone, Serialize)]
pub struct OpenidData {
    pub openid: String,
}

/// `POST /code2Session {jsCode}`: the openid. The session_key is kept here and never told.
pub async fn code2session(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    mut fields: Fields,
) -> Result<Flat<OpenidData>, ApiError> {
    let request =
        plain(&mut fields, "jsCode", referer, &accounts).map_err(|failure| ApiError::new(arrival, failure))?;
    let done = log_in(&accounts, request, arrival).await?;
    Ok(Flat(Reply { arrival, data: OpenidData { openid: done.user.open_id } }))
}
