use latchkey_app::types::{AuditAction, Holdings};
use uuid::Uuid;

use super::{Accounts, Actor, Failure, erase::Erasure};
use crate::{
    clock::Millis,
    store::{
        StoreError, Tx, bindings, conflicts, failures, phone_changes, session_keys, tokens,
        users::{self, UserRow},
    },
};

/// Why nobody was erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    #[error("there is no such user")]
    Unknown,
    #[error("the user is erased already")]
    Erased,
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for EraseError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl Accounts {
    /// What [`Self::erase_person`] would take.
    pub async fn holdings(&self, user_id: Uuid) -> Result<(UserRow, Holdings), EraseError> {
        let mut tx = self.db.read().await?;
        let user = living(&mut tx, user_id).await?;
        let bindings = bindings::of_users(&mut tx, &[user_id]).await?;
        let (mut keys, always) = (0, (Millis(i64::MIN), Millis(i64::MAX)));
        for binding in &bindings {
            keys += session_keys::ring(&mut tx, binding.id, always.0, i64::MAX).await?.len();
        }
        let changes = phone_changes::of_user(&mut tx, user_id, i64::MAX).await?;
        let place = [&user.nickname, &user.avatar_url, &user.province, &user.city, &user.country];
        let held = Holdings {
            profile: user.gender != 0 || place.into_iter().any(Option::is_some),
            bindings: bindings.len(),
            session_keys: keys,
            sessions: tokens::of_user(&mut tx, user_id, self.clock.now(), i64::MAX).await?.len(),
            numbers: changes.iter().filter(|change| change.erased_at.is_none()).count(),
            failures: failures::of_user(&mut tx, user_id, always.0, always.1, i64::MAX).await?.len(),
            conflicts: conflicts::of_user(&mut tx, user_id).await?.len(),
        };
        Ok((user, held))
    }

    /// Takes everything personal out, for good, at the wish of the person. What stays is said in [`super::erase`].
    pub async fn erase_person(&self, user_id: Uuid, actor: &Actor, reason: &str) -> Result<(), EraseError> {
        let mut tx = self.db.write().await?;
        self.keep_out(&mut tx, user_id).await?;
        living(&mut tx, user_id).await?;
        let request_id = actor.arrival.map_or(Uuid::nil(), |arrival| arrival.request_id);
        let cause = AuditAction::EraseUser.name();
        self.erase_user(&mut tx, &Erasure { user_id, cause, appid: None, request_id }).await?;
        let detail = serde_json::json!({ "reason": reason });
        self.write_audit(&mut tx, actor, AuditAction::EraseUser, Some(user_id), &detail).await?;
        Ok(tx.commit().await?)
    }

    /// Until the end of this transaction, no login and no bind of this user gets in between. They lock the same names, in
    /// the same order.
    async fn keep_out(&self, tx: &mut Tx, user_id: Uuid) -> Result<(), EraseError> {
        let bindings = bindings::of_users(tx, &[user_id]).await?;
        let mut names: Vec<_> = bindings.into_iter().map(|one| one.unionid.unwrap_or(one.openid)).collect();
        names.sort();
        names.dedup();
        names.push(format!("user {user_id}"));
        for name in names {
            tx.lock(&name).await?;
        }
        Ok(())
    }
}

async fn living(tx: &mut Tx, user_id: Uuid) -> Result<UserRow, EraseError> {
    let user = users::find(tx, user_id).await?.ok_or(EraseError::Unknown)?;
    if user.erased_at.is_some() { Err(EraseError::Erased) } else { Ok(user) }
}
