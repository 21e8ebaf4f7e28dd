use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
};

use axum::{extract::FromRequestParts, http::request::Parts};
use uuid::Uuid;

use crate::{
    arrival::{Arrival, Client},
    clock::Millis,
};

impl<S: Sync> FromRequestParts<S> for Arrival {
    type Rejection = Infallible;

    /// Put there by `http`'s outermost layer, without which there is no request id to give.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let none = Self { request_id: Uuid::nil(), at: Millis(0), address: nowhere, client: Client::default() };
        Ok(parts.extensions.get().copied().unwrap_or(none))
    }
}
