use latchkey_app::{
    error::ConsoleError,
    types::{ApiKey, Millis},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{ConsoleServer, Failed, internal, session_values};
use crate::accounts::{Actor, ApiKeyError};

const NEW_API_KEY: &str = "new_api_key";

impl ConsoleServer {
    pub(super) async fn api_keys(&self) -> Result<Vec<ApiKey>, Failed> {
        let rows = self.accounts.api_keys().await?;
        let key = rows.into_iter().map(|row| ApiKey {
            id: row.id.to_string(),
            name: row.name,
            created_at: Millis(row.created_at),
            created_by: row.created_by,
            last_used_at: row.last_used_at.map(Millis),
            revoked_at: row.revoked_at.map(Millis),
        });
        Ok(key.collect())
    }

    /// The key waits, sealed, in the operator's session until his next page shows it.
    pub(super) async fn create_api_key(&self, name: &str, actor: &Actor, session: &Session) -> Result<(), Failed> {
        let key = self.accounts.create_api_key(name, actor).await.map_err(|error| match error {
            ApiKeyError::Name => ConsoleError::BadRequest,
            ApiKeyError::Taken => ConsoleError::Taken,
            ApiKeyError::Failure(failure) => internal(&failure),
        })?;
        session_values::keep(&self.accounts, session, NEW_API_KEY, &key).await
    }

    pub(super) async fn new_api_key(&self, session: &Session) -> Result<Option<String>, Failed> {
        session_values::take(&self.accounts, session, NEW_API_KEY).await
    }

    pub(super) async fn revoke_api_key(&self, id: &str, actor: &Actor) -> Result<(), Failed> {
        let id: Uuid = id.parse().map_err(|_| ConsoleError::NotFound)?;
        let revoked = self.accounts.revoke_api_key(id, actor).await?;
        if revoked { Ok(()) } else { Err(ConsoleError::NotFound.into()) }
    }
}
