use latchkey_app::types::AuditAction;
use uuid::Uuid;

use super::{Accounts, Actor, Failure};
use crate::{
    clock::Millis,
    store::{StoreError, Tx, audit, users},
};

/// What shows a person's number in full. They share one limit.
pub const DISCLOSURES: [&str; 3] =
    [AuditAction::RevealPhone.name(), AuditAction::ExportUser.name(), AuditAction::ExportPhone.name()];
/// How many people's data one operator may see in full …
pub const MOST: usize = 30;
/// … in this time.
const PERIOD_S: i64 = 3600;

/// Why nothing was shown.
#[derive(Debug, thiserror::Error)]
pub enum RevealError {
    #[error("there is no such user")]
    Unknown,
    #[error("the user was merged into another one")]
    Merged,
    #[error("the user has no phone")]
    NoPhone,
    #[error("this operator has seen enough for this hour")]
    TooMany,
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for RevealError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl Accounts {
    /// Allows an operator to see a user's number, and writes down that he does and why. The number itself is read when
    /// it is shown.
    pub async fn reveal_phone(&self, user_id: Uuid, actor: &Actor, reason: &str) -> Result<(), RevealError> {
        let mut tx = self.db.write().await?;
        let user = users::find(&mut tx, user_id).await?.ok_or(RevealError::Unknown)?;
        user.phone_sealed.ok_or(RevealError::NoPhone)?;
        self.disclose(&mut tx, actor, AuditAction::RevealPhone, user_id, reason).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Counts and writes down that an operator sees a person's data in full. The log itself is what is counted, so the
    /// limit holds on every node and across restarts.
    pub(super) async fn disclose(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        action: AuditAction,
        user_id: Uuid,
        reason: &str,
    ) -> Result<(), RevealError> {
        // The same lock as the log's: of two that come at once, the second counts the first.
        tx.lock("audit").await?;
        if self.wait(tx, &actor.name).await? > 0 {
            return Err(RevealError::TooMany);
        }
        let detail = serde_json::json!({ "reason": reason });
        Ok(self.write_audit(tx, actor, action, Some(user_id), &detail).await?)
    }

    /// Seconds until this operator may see somebody's data in full again; 0: now.
    pub async fn disclosure_wait(&self, operator: &str) -> Result<u32, Failure> {
        self.wait(&mut self.db.read().await?, operator).await
    }

    async fn wait(&self, tx: &mut Tx, operator: &str) -> Result<u32, Failure> {
        let now = self.clock.now();
        let recent = audit::lately(tx, operator, DISCLOSURES, now.plus_seconds(-PERIOD_S), MOST).await?;
        // The one that has to be an hour old first; with fewer there is room.
        let Some(oldest) = recent.get(MOST - 1) else { return Ok(0) };
        let ms = Millis(*oldest).plus_seconds(PERIOD_S).since(now).max(0);
        Ok(u32::try_from((ms + 999) / 1000).unwrap_or(u32::MAX))
    }
}
