use axum::extract::State;
use serde::Serialize;
use serde_json::json;

use super::{super::reply::Flat, Fields, RefererApp, log_in, plain};
use crate::{
    accounts::Accounts,
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

#[derive(Clone, Serialize)]
pub struct ThirdSessionData {
    /// JSON in a string, as these clients parse it.
    #[serde(rename = "Data")]
    data: String,
}

/// `GET|POST /thirdSession code`: the token, as `third_Session`.
pub async fn third_session(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    mut fields: Fields,
) -> Result<Flat<ThirdSessionData>, ApiError> {
    let request = plain(&mut fields, "code", referer, &accounts).map_err(|failure| ApiError::new(arrival, failure))?;
    let done = log_in(&accounts, request, arrival).await?;
    let data = json!({ "third_Session": done.token.expose() }).to_string();
    Ok(Flat(Reply { arrival, data: ThirdSessionData { data } }))
}
