use latchkey_app::types::AuditAction;
use serde_json::{Value, json};

use super::{Accounts, Actor, Failure};
use crate::store::audit;

/// Of one operator.
const AN_HOUR: i64 = 10;

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("as many exports as an operator may make in an hour")]
    TooMany,
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl Accounts {
    /// Files an export before its first row leaves. `detail` says what it is narrowed to, without personal data.
    pub async fn begin_export(&self, actor: &Actor, detail: &Value) -> Result<(), ExportError> {
        let mut tx = self.db.write().await.map_err(Failure::from)?;
        // Counted behind the lock of the log: two at once are two.
        tx.lock("audit").await.map_err(Failure::from)?;
        let hour_ago = self.clock.now().plus_seconds(-3600);
        if audit::times(&mut tx, &actor.name, AuditAction::ExportUsers.name(), hour_ago).await.map_err(Failure::from)?
            >= AN_HOUR
        {
            return Err(ExportError::TooMany);
        }
        self.write_audit(&mut tx, actor, AuditAction::ExportUsers, None, detail).await?;
        Ok(tx.commit().await.map_err(Failure::from)?)
    }

    /// How much of it has left; not whole when whoever asked for it hung up, or a row could not be read.
    pub async fn end_export(&self, actor: &Actor, rows: u64, whole: bool) -> Result<(), Failure> {
        let mut tx = self.db.write().await?;
        self.write_audit(&mut tx, actor, AuditAction::ExportUsersEnded, None, &json!({ "rows": rows, "whole": whole }))
            .await?;
        Ok(tx.commit().await?)
    }
}
