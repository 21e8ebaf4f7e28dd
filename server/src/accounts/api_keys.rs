use latchkey_app::types::AuditAction;
use uuid::Uuid;

use super::{Accounts, Actor, Failure, noted};
use crate::{
    clock::Millis,
    sealed::sha256,
    secret::Secret,
    store::{
        StoreError,
        api_keys::{self, ApiKeyRow},
    },
};

const LONGEST_NAME: usize = 64;
/// A key's last use is written at most this often.
const TOUCH_EVERY_S: i64 = 60;

/// Why a key was not made.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    #[error("a name has 1 to {LONGEST_NAME} characters and no control characters")]
    Name,
    #[error("there is a key of that name already; revoked keys keep their names")]
    Taken,
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for ApiKeyError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl Accounts {
    /// Makes a key for `POST /api/introspect`. It is told here and never again: only its SHA-256 is kept.
    pub async fn create_api_key(&self, name: &str, actor: &Actor) -> Result<Secret, ApiKeyError> {
        let name = name.trim();
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(ApiKeyError::Name);
        }
        // The prefix lets secret scanners find one that was published.
        let key = format!("lka_{}", super::base64_url(&self.random.bytes::<32>()));
        let now = self.clock.now();
        let row = ApiKeyRow {
            id: self.random.id(now),
            name: name.to_owned(),
            hash: sha256(&[key.as_bytes()]).to_vec(),
            created_at: now.0,
            created_by: (!actor.is_command_line()).then(|| actor.name.clone()),
            last_used_at: None,
            revoked_at: None,
        };
        let mut tx = self.db.write().await?;
        if !api_keys::insert(&mut tx, &row).await? {
            return Err(ApiKeyError::Taken);
        }
        let detail = serde_json::json!({ "name": name });
        self.write_audit(&mut tx, actor, AuditAction::CreateApiKey, None, &detail).await?;
        tx.commit().await?;
        Ok(Secret::new(key))
    }

    /// Newest first, revoked ones included.
    pub async fn api_keys(&self) -> Result<Vec<ApiKeyRow>, Failure> {
        Ok(api_keys::list(&mut self.db.read().await?).await?)
    }

    /// Ends a key at once; `false` when there is no such living key.
    pub async fn revoke_api_key(&self, id: Uuid, actor: &Actor) -> Result<bool, Failure> {
        let mut tx = self.db.write().await?;
        let Some(name) = api_keys::revoke(&mut tx, id, self.clock.now()).await? else { return Ok(false) };
        let detail = serde_json::json!({ "name": name });
        self.write_audit(&mut tx, actor, AuditAction::RevokeApiKey, None, &detail).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Whose key this is; [`Failure::Unauthorized`] when nobody's.
    pub(super) async fn check_api_key(&self, key: &str) -> Result<(), Failure> {
        let now = self.clock.now();
        let row = api_keys::find(&mut self.db.read().await?, sha256(&[key.as_bytes()])).await?;
        let row = row.filter(|row| row.revoked_at.is_none()).ok_or(Failure::Unauthorized)?;
        if row.last_used_at.is_none_or(|used| now.since(Millis(used)) >= TOUCH_EVERY_S * 1000) {
            noted(self.touch_api_key(row.id, now)).await;
        }
        Ok(())
    }

    async fn touch_api_key(&self, id: Uuid, now: Millis) -> Result<(), Failure> {
        let mut tx = self.db.write().await?;
        api_keys::touch(&mut tx, id, now).await?;
        Ok(tx.commit().await?)
    }
}
