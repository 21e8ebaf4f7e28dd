use latchkey_app::types::ResetKind;
use uuid::Uuid;

use super::{Plan, ResetError, plan::Ends};
use crate::{
    accounts::{Accounts, Actor},
    store::{
        bindings,
        calls::{self, CallRow},
        session_keys, users,
    },
    wechat::{Refusal, WeChatError},
};

/// WeChat has no living key for the user, or not the one that is kept (protocol §2.3).
const NO_LIVE_KEY: [i64; 2] = [87007, 87009];

impl Accounts {
    /// Ends the session_key of a binding at WeChat and keeps the new one. Whoever holds the old one, in a leaked log
    /// perhaps, can decrypt nothing more; the user stays logged in.
    pub(super) async fn reset_wechat_session(
        &self,
        binding: Uuid,
        actor: &Actor,
        reason: &str,
    ) -> Result<Uuid, ResetError> {
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
        let row = bindings::find(&mut tx, binding).await?.ok_or(ResetError::Unknown)?;
        let user = users::find(&mut tx, row.user_id).await?.ok_or(ResetError::Unknown)?;
        // Data made under a key that somebody else may hold proves nothing any more.
        session_keys::delete_of(&mut tx, binding).await?;
        let new_key = self.keep_key(&mut tx, binding, &key, self.clock.now()).await?;
        let occasion = self.occasion(actor);
        let call = self.call(&row, calls::KEY, occasion.request_id, occasion.now);
        calls::insert(&mut tx, &CallRow { new_key, ..call }).await?;
        let (kind, parts, comes_back) = (ResetKind::WechatSession, Vec::new(), Vec::new());
        let at = self.clock.now();
        let (other, binding) = (None, Some(row));
        let plan = Plan { user, other, kind, at, parts, comes_back, binding, ends: Ends::None, sessions: 0 };
        let id = self.record_reset(&mut tx, &plan, actor, reason).await?;
        tx.commit().await?;
        Ok(id)
    }
}
