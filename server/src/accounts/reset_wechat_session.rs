use latchkey_app::types::AuditAction;
use uuid::Uuid;

use super::{Accounts, Actor, Failure};
use crate::{
    store::{StoreError, bindings, session_keys},
    wechat::{Refusal, WeChatError},
};

/// WeChat has no living key for the user, or not the one that is kept (protocol §2.3).
const NO_LIVE_KEY: [i64; 2] = [87007, 87009];

/// Why an operator's reset did nothing.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    #[error("there is no such binding")]
    Unknown,
    #[error("no session_key is kept that WeChat still takes: there is nothing to reset")]
    NoSession,
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for ResetError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl Accounts {
    /// Ends the session_key of a binding at WeChat and keeps the new one. Whoever holds the old one, in a leaked log
    /// perhaps, can decrypt nothing more; the user stays logged in.
    pub async fn reset_wechat_session(&self, binding: Uuid, actor: &Actor, reason: &str) -> Result<(), ResetError> {
        let mut tx = self.db.read().await?;
        let row = bindings::find(&mut tx, binding).await?.ok_or(ResetError::Unknown)?;
        let ring = self.key_ring(&mut tx, binding, self.clock.now()).await?;
        drop(tx);
        let newest = ring.first().ok_or(ResetError::NoSession)?;
        self.user_quota.take(binding)?;
        let key = match self.wechat.reset_session(&row.appid, &row.openid, &newest.key).await {
            Ok(key) => key,
            Err(WeChatError::Refused(Refusal { errcode, .. })) if NO_LIVE_KEY.contains(&errcode) => {
                return Err(ResetError::NoSession);
            }
            Err(error) => return Err(self.wechat_failed(&row.appid, error).await.into()),
        };
        let mut tx = self.db.write().await?;
        // The binding may have been erased while WeChat was asked.
        bindings::find(&mut tx, binding).await?.ok_or(ResetError::Unknown)?;
        // Data made under a key that somebody else may hold proves nothing any more.
        session_keys::delete_of(&mut tx, binding).await?;
        self.keep_key(&mut tx, binding, &key, self.clock.now()).await?;
        let detail = serde_json::json!({ "binding": binding, "appid": row.appid, "reason": reason });
        self.write_audit(&mut tx, actor, AuditAction::ResetWechatSession, Some(row.user_id), &detail).await?;
        tx.commit().await?;
        Ok(())
    }
}
