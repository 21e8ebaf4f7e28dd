use latchkey_app::types::AuditAction;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Accounts, Actor, Failure, RevealError};
use crate::store::{StoreError, audit};

/// Of one operator.
const AN_HOUR: i64 = 10;

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("as many exports as an operator may make in an hour")]
    TooMany,
    #[error(transparent)]
    Reveal(#[from] RevealError),
}

impl From<Failure> for ExportError {
    fn from(error: Failure) -> Self {
        Self::Reveal(error.into())
    }
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Reveal(error.into())
    }
}

/// Whose numbers an export shows in full.
#[derive(Debug)]
pub enum InFull {
    Nobody,
    /// Few enough: each of them counts as a reveal, and is told on his own page.
    These(Vec<Uuid>),
    /// More than that. The pages of all users tell it.
    Many,
}

impl Accounts {
    /// Files an export before its first row leaves. `detail` says what it is narrowed to, without personal data.
    pub async fn begin_export(
        &self,
        actor: &Actor,
        detail: &Value,
        shown: &InFull,
        reason: &str,
    ) -> Result<(), ExportError> {
        let mut tx = self.db.write().await?;
        // Counted behind the lock of the log: two at once are two.
        tx.lock("audit").await?;
        let (masked, many) = (AuditAction::ExportUsers, AuditAction::ExportPhones);
        let (mut times, hour_ago) = (0, self.clock.now().plus_seconds(-3600));
        for action in [masked, many] {
            times += audit::times(&mut tx, &actor.name, action.name(), hour_ago).await?;
        }
        if times >= AN_HOUR {
            return Err(ExportError::TooMany);
        }
        let action = if matches!(shown, InFull::Many) { many } else { masked };
        self.write_audit(&mut tx, actor, action, None, detail).await?;
        if let InFull::These(users) = shown {
            for user in users {
                self.disclose(&mut tx, actor, AuditAction::ExportPhone, *user, reason).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// How much of it has left; not whole when whoever asked for it hung up, or may not have it any more, or a row could
    /// not be read.
    pub async fn end_export(&self, actor: &Actor, rows: u64, whole: bool) -> Result<(), Failure> {
        let mut tx = self.db.write().await?;
        self.write_audit(&mut tx, actor, AuditAction::ExportUsersEnded, None, &json!({ "rows": rows, "whole": whole }))
            .await?;
        Ok(tx.commit().await?)
    }
}
