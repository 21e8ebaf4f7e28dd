use std::convert::Infallible;

use axum::{
    RequestPartsExt,
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};

use super::ApiError;
use crate::{
    accounts::{Accounts, Failure, Session},
    arrival::Arrival,
    secret::Secret,
};

/// The session of `Authorization: Bearer <token>`.
#[derive(Debug)]
pub struct Bearer(pub Session);

impl FromRequestParts<Accounts> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, accounts: &Accounts) -> Result<Self, ApiError> {
        let arrival: Arrival = parts.extract().await.unwrap_or_else(|never: Infallible| match never {});
        let failed = |failure| ApiError::new(arrival, failure);
        let token = token(parts).ok_or_else(|| failed(Failure::Unauthorized))?;
        accounts.authenticate(token).await.map(Self).map_err(failed)
    }
}

/// The scheme's name is compared without case (RFC 9110 §11.1).
fn token(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The API key of a back end, in the same header.
#[derive(Debug)]
pub struct Key(pub Secret);

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let arrival: Arrival = parts.extract().await.unwrap_or_else(|never: Infallible| match never {});
        token(parts).map(|key| Self(Secret::new(key))).ok_or_else(|| ApiError::new(arrival, Failure::Unauthorized))
    }
}
