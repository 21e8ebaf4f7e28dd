use axum::extract::State;
use serde::Serialize;

use super::{super::reply::Flat, Fields, RefererApp, encrypted, log_in, plain};
use crate::{
    accounts::{Accounts, Failure, LogIn, ProfileClaim},
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

#[derive(Clone, Serialize)]
pub struct ThirdLoginData {
    /// The token.
    session_id: String,
    /// The user's id.
    uid: String,
}

/// `POST /thirdLogin code, encryptedData, iv`: logs in; the encrypted user info fills the profile.
pub async fn third_login(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    mut fields: Fields,
) -> Result<Flat<ThirdLoginData>, ApiError> {
    let request = request(&mut fields, referer, &accounts).map_err(|failure| ApiError::new(arrival, failure))?;
    let done = log_in(&accounts, request, arrival).await?;
    let data = ThirdLoginData { session_id: done.token.expose().to_owned(), uid: done.user.user_id };
    Ok(Flat(Reply { arrival, data }))
}

fn request(fields: &mut Fields, referer: RefererApp, accounts: &Accounts) -> Result<LogIn, Failure> {
    let request = plain(fields, "code", referer, accounts)?;
    Ok(LogIn { profile: Some(ProfileClaim::Encrypted(encrypted(fields)?)), ..request })
}
