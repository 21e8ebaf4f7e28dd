use serde_json::json;
use uuid::Uuid;

use super::{Accounts, Actor, Failure};
use crate::store::{tokens, users};

impl Accounts {
    /// Keeps users out, whose tokens are dead at once, or lets them in again, who then log in anew. All of it or nothing;
    /// how many were changed. Ids of nobody, and those for whom it is so already, are passed over.
    pub async fn set_blocked(
        &self,
        ids: &[Uuid],
        blocked: bool,
        actor: &Actor,
        reason: &str,
    ) -> Result<usize, Failure> {
        let action = if blocked { "block_user" } else { "unblock_user" };
        let blocked_at = blocked.then(|| self.clock.now());
        // Two operators who do this to the same users meet in one order.
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let mut changed = 0;
        let mut tx = self.db.write().await?;
        for id in ids {
            if users::set_blocked(&mut tx, id, blocked_at).await? {
                tokens::delete_of_user(&mut tx, id).await?;
                self.write_audit(&mut tx, actor, action, Some(id), &json!({ "reason": reason })).await?;
                changed += 1;
            }
        }
        tx.commit().await?;
        Ok(changed)
    }
}
