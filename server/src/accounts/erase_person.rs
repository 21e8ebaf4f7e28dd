use std::collections::BTreeSet;

use latchkey_app::types::{AuditAction, Holdings};
use serde_json::json;
use uuid::Uuid;

use super::{Accounts, Actor, Failure, erase::Erasure};
use crate::{
    clock::Millis,
    store::{
        StoreError, Tx,
        bindings::{self, BindingRow},
        calls, conflicts,
        failures::{self, FailureRow},
        phone_changes, session_keys, tokens,
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
    #[error("the user was merged into another one")]
    Merged,
    #[error("something has changed since the operator looked")]
    Stale,
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for EraseError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

/// What an erasure would take. Planning writes nothing.
#[derive(Debug)]
pub struct ErasePlan {
    pub user: UserRow,
    pub bindings: Vec<BindingRow>,
    pub held: Holdings,
    /// He, and whoever was merged into him.
    all: Vec<Uuid>,
    phone_hash: Option<Vec<u8>>,
}

impl Accounts {
    /// What [`Self::erase_person`] would take now.
    pub async fn preview_erasure(&self, user_id: Uuid) -> Result<ErasePlan, EraseError> {
        self.plan_erasure(&mut self.db.read().await?, user_id).await
    }

    async fn plan_erasure(&self, tx: &mut Tx, user_id: Uuid) -> Result<ErasePlan, EraseError> {
        let user = living(tx, user_id).await?;
        let all = users::with_merged(tx, user_id).await?;
        let bindings = bindings::of_users(tx, &all).await?;
        let place = [&user.nickname, &user.avatar_url, &user.province, &user.city, &user.country];
        let mut held = Holdings {
            profile: user.gender != 0 || place.into_iter().any(Option::is_some),
            bindings: bindings.len(),
            ..Holdings::default()
        };
        let (from, to) = (Millis(i64::MIN), Millis(i64::MAX));
        for binding in &bindings {
            held.session_keys += session_keys::ring(tx, binding.id, from, i64::MAX).await?.len();
        }
        let mut both = BTreeSet::new();
        for one in &all {
            let changes = phone_changes::of_user(tx, *one, i64::MAX).await?;
            held.numbers += changes.iter().filter(|change| change.erased_at.is_none()).count();
            held.sessions += tokens::of_user(tx, *one, self.clock.now(), i64::MAX).await?.len();
            held.calls += calls::of_user(tx, *one, from, to, i64::MAX).await?.len();
            both.extend(conflicts::of_user(tx, *one).await?.into_iter().map(|row| row.id));
        }
        held.failures = self.failures_about(tx, &all).await?.len();
        // One between two of them is one.
        held.conflicts = both.len();
        let phone_hash = users::phone_hash(tx, user_id).await?;
        Ok(ErasePlan { user, bindings, held, all, phone_hash })
    }

    /// Every failure that an erasure of these takes out of their hands, oldest first.
    pub(super) async fn failures_about(&self, tx: &mut Tx, all: &[Uuid]) -> Result<Vec<FailureRow>, Failure> {
        let mut rows = Vec::new();
        for one in all {
            rows.extend(failures::about(tx, *one).await?);
            for (appid, openid) in self.kept_openids(tx, *one).await? {
                rows.extend(failures::about_openid(tx, &appid, &openid).await?);
            }
        }
        // One may be about the openids of two of them.
        rows.sort_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        Ok(rows)
    }

    /// Stands for whom an erasure was planned of: if somebody has come to him since, or gone, or he has another phone, it is
    /// another one's. What a login adds is left out: it takes that along.
    pub fn erasure_seen(&self, plan: &ErasePlan) -> String {
        let bindings: Vec<_> = plan.bindings.iter().map(|one| (one.id, &one.unionid)).collect();
        let phone = plan.phone_hash.as_ref().map(hex::encode);
        // In the order that the page tells them in.
        let lines = [json!(["phone", phone]), json!(["bindings", bindings]), json!(["merged", plan.all])];
        self.seen_of(&json!(["erase", plan.user.id]), &lines)
    }

    /// Takes everything personal out, for good, at the wish of the person, if he is still the one who was `seen`
    /// ([`Self::erasure_seen`]). What stays is said in [`super::erase`].
    pub async fn erase_person(&self, user_id: Uuid, seen: &str, actor: &Actor, reason: &str) -> Result<(), EraseError> {
        let mut tx = self.db.write().await?;
        self.keep_out(&mut tx, user_id).await?;
        if self.erasure_seen(&self.plan_erasure(&mut tx, user_id).await?) != seen {
            return Err(EraseError::Stale);
        }
        let request_id = actor.arrival.map_or(Uuid::nil(), |arrival| arrival.request_id);
        let cause = AuditAction::EraseUser.name();
        self.erase_user(&mut tx, &Erasure { user_id, cause, appid: None, request_id }).await?;
        let detail = json!({ "reason": reason });
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
        for name in names {
            tx.lock(&name).await?;
        }
        Ok(tx.lock_user(user_id).await?)
    }
}

async fn living(tx: &mut Tx, user_id: Uuid) -> Result<UserRow, EraseError> {
    let user = users::find(tx, user_id).await?.ok_or(EraseError::Unknown)?;
    match user {
        UserRow { erased_at: Some(_), .. } => Err(EraseError::Erased),
        // An empty row: the person is the other one.
        UserRow { merged_into: Some(_), .. } => Err(EraseError::Merged),
        user => Ok(user),
    }
}
