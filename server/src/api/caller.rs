//! Who calls, where a call brings a token, an API key or WeChat's signature, and for whom it counts.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::request::Parts,
    middleware::Next,
    response::Response,
};
use uuid::Uuid;

use super::{
    ApiError,
    limits::{ClientsFault, Limits, Who},
};
use crate::{
    accounts::{Accounts, Failure, Session, TokenPart},
    arrival::Arrival,
};

/// Known to be a user once the token has turned out to be good.
#[derive(Debug, Clone)]
pub struct Caller {
    limits: Arc<Limits>,
    arrival: Arrival,
    cost: Cost,
    user: Arc<OnceLock<Uuid>>,
}

/// Whether a call counts for its user when it succeeds, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    Something,
    Nothing,
}

impl Caller {
    /// The session of a token, which is whole and clean. `None`: none was sent.
    pub async fn authenticate(&self, accounts: &Accounts, token: Option<&str>) -> Result<Session, Failure> {
        let Some(token) = token else {
            self.is_stranger(false)?;
            return Err(Failure::Unauthorized);
        };
        match accounts.authenticate(token).await {
            Ok(session) => {
                self.is(session.user.id)?;
                Ok(session)
            }
            Err(Failure::Unauthorized) => {
                // Every token looks like one after its life has ended.
                self.is_stranger(!matches!(TokenPart::of(token), Some(TokenPart::Whole(_))))?;
                Err(Failure::Unauthorized)
            }
            Err(other) => Err(other),
        }
    }

    fn is(&self, user: Uuid) -> Result<(), Failure> {
        // Only one token is looked at in a call.
        let _ = self.user.set(user);
        if self.cost == Cost::Something { self.limits.admit(Who::User(user)) } else { Ok(()) }
    }

    /// Counts a call whose token, API key or signature is not good; an error when there were too many from this address.
    /// A `guess` counts as failed, too.
    pub fn is_stranger(&self, guess: bool) -> Result<(), Failure> {
        let who = Who::Stranger(self.limits.network(self.arrival.address));
        self.limits.admit(who)?;
        if guess {
            self.limits.count_failure(who);
        }
        Ok(())
    }
}

/// Stands before the calls that say who calls.
pub async fn by_caller(
    State((limits, cost)): State<(Arc<Limits>, Cost)>,
    arrival: Arrival,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let caller = Caller { limits: limits.clone(), arrival, cost, user: Arc::default() };
    request.extensions_mut().insert(caller.clone());
    let response = next.run(request).await;
    if response.extensions().get::<ClientsFault>().is_some() {
        match caller.user.get() {
            Some(user) => limits.count_failure(Who::User(*user)),
            // It failed before its token was looked at.
            None => caller.is_stranger(true).map_err(|failure| ApiError::new(arrival, failure))?,
        }
    }
    Ok(response)
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    /// Put there by [`by_caller`], without which a call would pass no limit.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let arrival = Arrival::from_request_parts(parts, state).await.unwrap_or_else(|never| match never {});
        Err(ApiError::new(arrival, Failure::Internal(crate::accounts::Fault::Missing("the limits of a call"))))
    }
}
