use latchkey_app::types::PhoneSource;
use uuid::Uuid;

use super::{Accounts, Failure, Fault, bind_phone::Occasion};
use crate::store::{
    Tx, bindings, calls, conflicts,
    erasures::{self, ErasureRow},
    failures, phone_changes, push, resets, users,
};

/// Whose data goes, and why.
pub(super) struct Erasure<'a> {
    pub user_id: Uuid,
    /// The event of WeChat, or the operator's act.
    pub cause: &'a str,
    pub appid: Option<&'a str>,
    pub request_id: Uuid,
}

/// What the law asks for: the data is gone from the live tables, and a record without it says so.
impl Accounts {
    /// The phone and every number in its history. A user who has none is left alone.
    pub(super) async fn erase_phone(&self, tx: &mut Tx, erasure: &Erasure<'_>) -> Result<(), Failure> {
        let (user_id, now) = (erasure.user_id, self.clock.now());
        let user = users::find(tx, user_id).await?.ok_or(Fault::Missing("the user"))?;
        let mut known = user.phone_sealed.is_some();
        users::set_phone(tx, user_id, None, now).await?;
        for one in users::with_merged(tx, user_id).await? {
            self.forget_kept_phones(tx, one).await?;
            known |= !phone_changes::of_user(tx, one, 1).await?.is_empty();
            phone_changes::erase_of(tx, one, now).await?;
        }
        if user.phone_sealed.is_some() {
            let Erasure { appid, request_id, .. } = *erasure;
            let occasion = Occasion { appid, request_id, operator: None, now };
            self.record_change(tx, user_id, None, None, PhoneSource::Revoked, &occasion).await?;
        }
        if known { self.record_erasure(tx, erasure, "phone").await } else { Ok(()) }
    }

    /// The nickname, the avatar, or both.
    pub(super) async fn erase_profile(
        &self,
        tx: &mut Tx,
        erasure: &Erasure<'_>,
        nickname: bool,
        avatar: bool,
    ) -> Result<(), Failure> {
        let user_id = erasure.user_id;
        let user = users::find(tx, user_id).await?.ok_or(Fault::Missing("the user"))?;
        for one in users::with_merged(tx, user_id).await? {
            self.forget_kept_profiles(tx, one, nickname, avatar).await?;
        }
        if !(nickname && user.nickname.is_some() || avatar && user.avatar_url.is_some()) {
            return Ok(());
        }
        users::clear_profile(tx, user_id, nickname, avatar).await?;
        self.record_erasure(tx, erasure, "profile").await
    }

    /// Everything personal: phone, history, profile, openids, unionids, session_keys, tokens. The user's row stays, empty,
    /// so that records that name its id keep their meaning. Whoever comes back with the same openid is a new user. Whoever
    /// was merged into him was the same person.
    pub(super) async fn erase_user(&self, tx: &mut Tx, erasure: &Erasure<'_>) -> Result<(), Failure> {
        let (user_id, now) = (erasure.user_id, self.clock.now());
        // The lock of binds that count owners (`bind_phone`).
        tx.lock("phones").await?;
        for one in users::with_merged(tx, user_id).await? {
            // After this, no table knows what was unbound.
            for (appid, openid) in self.kept_openids(tx, one).await? {
                failures::erase_of_openid(tx, &appid, &openid).await?;
            }
            resets::drop_of(tx, one).await?;
            failures::erase_of(tx, one).await?;
            calls::delete_of(tx, one).await?;
            push::erase_of(tx, one).await?;
            bindings::delete_of(tx, one).await?;
            phone_changes::erase_of(tx, one, now).await?;
            users::erase(tx, one, now).await?;
            self.review_conflicts(tx, one).await?;
            conflicts::delete_of(tx, one).await?;
        }
        self.record_erasure(tx, erasure, "everything").await
    }

    async fn record_erasure(&self, tx: &mut Tx, erasure: &Erasure<'_>, what: &str) -> Result<(), Failure> {
        let now = self.clock.now();
        let row = ErasureRow {
            id: self.random.id(now),
            at: now.0,
            user_id: erasure.user_id,
            what: what.to_owned(),
            cause: erasure.cause.to_owned(),
            appid: erasure.appid.map(str::to_owned),
            request_id: erasure.request_id.to_string(),
        };
        Ok(erasures::insert(tx, &row).await?)
    }
}
