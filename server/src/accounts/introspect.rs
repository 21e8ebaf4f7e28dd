use super::{Accounts, Failure, Session};
use crate::clock::Millis;

/// What a back end of the business may know of a living token.
#[derive(Debug, Clone)]
pub struct Introspection {
    pub session: Session,
    pub expires_at: Millis,
}

impl Accounts {
    /// For whoever holds an API key: who the token belongs to; `None` when it is unknown, expired or revoked, or its user
    /// is blocked. Asking does not prolong the token's life.
    pub async fn introspect(&self, api_key: &str, token: &str) -> Result<Option<Introspection>, Failure> {
        self.check_api_key(api_key).await?;
        match self.living(token).await {
            Ok((session, row)) => Ok(Some(Introspection { session, expires_at: Millis(row.expires_at) })),
            Err(Failure::Unauthorized | Failure::UserBlocked) => Ok(None),
            Err(other) => Err(other),
        }
    }
}
