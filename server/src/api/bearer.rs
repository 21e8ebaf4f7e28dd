use std::convert::Infallible;

use axum::{
    RequestPartsExt,
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};

use super::{ApiError, caller::Caller, given};
use crate::{
    accounts::{Accounts, Failure, Session},
    arrival::Arrival,
    secret::Secret,
};

/// The session of `Authorization: Bearer <token>`; the word before the token may be missing.
#[derive(Debug)]
pub struct Bearer(pub Session);

impl FromRequestParts<Accounts> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, accounts: &Accounts) -> Result<Self, ApiError> {
        let arrival: Arrival = parts.extract().await.unwrap_or_else(|never: Infallible| match never {});
        let caller: Caller = parts.extract_with_state(accounts).await?;
        let session = caller.authenticate(accounts, token(&parts.headers).as_deref()).await;
        session.map(Self).map_err(|failure| ApiError::new(arrival, failure))
    }
}

/// The token or API key of `Authorization`; `None` when none was sent. Bytes that are no ASCII, such as a byte-order mark,
/// are no part of it.
pub fn token(headers: &HeaderMap) -> Option<String> {
    let header = String::from_utf8_lossy(headers.get(AUTHORIZATION)?.as_bytes()).into_owned();
    given::token(&header).map(str::to_owned)
}

/// The API key of a back end, in the same header.
#[derive(Debug)]
pub struct Key(pub Secret);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let arrival: Arrival = parts.extract().await.unwrap_or_else(|never: Infallible| match never {});
        if let Some(key) = token(&parts.headers) {
            return Ok(Self(Secret::new(key)));
        }
        let caller: Caller = parts.extract_with_state(state).await?;
        let failure = caller.is_stranger(false).err().unwrap_or(Failure::Unauthorized);
        Err(ApiError::new(arrival, failure))
    }
}
