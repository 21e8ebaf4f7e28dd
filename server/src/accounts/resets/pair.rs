//! What is done with two users: moving the phone from one to the other, and merging one into the other.

use latchkey_app::types::{ResetKind, Settlement};
use uuid::Uuid;

use super::{AccountPart, BindingPart, Fate, HandedPhone, Order, Part, PhonePart, Plan, ResetError, What};
use crate::{
    accounts::{Accounts, Actor, Failure, conflicts::Verdict},
    store::{
        Tx,
        bindings::{self, BindingRow},
        calls, failures,
        resets::ResetRow,
        tokens,
        users::{self, UserRow},
    },
};

impl Accounts {
    /// The second user of what concerns two. One who is gone gets nothing.
    pub(super) async fn second(&self, tx: &mut Tx, order: &Order) -> Result<Option<UserRow>, ResetError> {
        let (What::Move(id) | What::Merge(id)) = order.what else { return Ok(None) };
        let other = users::find(tx, id).await?.ok_or(ResetError::Unknown)?;
        match other {
            UserRow { merged_into: Some(_), .. } => Err(ResetError::Merged),
            UserRow { erased_at: Some(_), .. } => Err(ResetError::Nothing),
            other if other.id == order.user => Err(ResetError::Nothing),
            other => Ok(Some(other)),
        }
    }

    /// The phone goes to the other one; what he had until then he has no more.
    pub(super) fn parts_of_move(&self, user: &UserRow, other: &UserRow) -> Result<Vec<Part>, Failure> {
        let Some(phone) = self.phone_of(user)? else { return Ok(Vec::new()) };
        let his = self.phone_of(other)?;
        let shared = his.as_ref() == Some(&phone);
        let replaced = his.filter(|_| !shared).map(|his| Part::ReplacedPhone(PhonePart::new(&his, other)));
        let handed = Part::HandedPhone(HandedPhone { phone: PhonePart::new(&phone, user), shared });
        Ok(std::iter::once(handed).chain(replaced).collect())
    }

    /// Everything goes to the other one, except where he has the like: one phone, one nickname.
    pub(super) fn parts_of_merge(
        &self,
        user: &UserRow,
        other: &UserRow,
        bindings: &[BindingRow],
    ) -> Result<Vec<Part>, Failure> {
        let (own, his) = (self.phone_of(user)?, self.phone_of(other)?);
        let phone = own.map(|own| {
            let phone = PhonePart::new(&own, user);
            match his {
                Some(his) if his != own => Part::Phone(phone),
                his => Part::HandedPhone(HandedPhone { phone, shared: his.is_some() }),
            }
        });
        let bindings = bindings.iter().map(|row| Part::MovedBinding(BindingPart::new(row)));
        let account = Part::Account(AccountPart::new(user, other));
        Ok(std::iter::once(account).chain(phone).chain(bindings).collect())
    }

    pub(super) async fn take_back_binding(
        &self,
        tx: &mut Tx,
        [user, other]: [Uuid; 2],
        part: &BindingPart,
    ) -> Result<(), Failure> {
        part.hand_over(tx, other, user).await?;
        match &part.unionid {
            Some(unionid) => self.note_unionid(tx, user, unionid).await,
            None => Ok(()),
        }
    }

    /// What is open between the two is settled by the act, before anything changes hands.
    pub(super) async fn settle_pair(
        &self,
        tx: &mut Tx,
        plan: &Plan,
        actor: &Actor,
        reason: &str,
    ) -> Result<(), Failure> {
        let Some(other) = &plan.other else { return Ok(()) };
        let (how, number) = match plan.kind {
            ResetKind::Move => (Settlement::Moved, self.phone_of(&plan.user)?),
            _ => (Settlement::Merged, None),
        };
        let verdict = Verdict { how, actor, reason };
        self.settle_between(tx, [plan.user.id, other.id], number.as_ref(), &verdict).await
    }
}

impl BindingPart {
    /// The binding, with what hangs on it, changes hands. Whoever holds a token of it logs in again.
    pub(super) async fn hand_over(&self, tx: &mut Tx, from: Uuid, to: Uuid) -> Result<(), Failure> {
        tokens::delete_of(tx, from, Some(self.id)).await?;
        bindings::move_to(tx, self.id, to).await?;
        calls::follow_binding(tx, self.id, from, to).await?;
        Ok(failures::follow_binding(tx, self.id, from, to).await?)
    }

    pub(super) async fn moved_fate(&self, tx: &mut Tx, reset: &ResetRow) -> Result<Fate, Failure> {
        let row = match bindings::find(tx, self.id).await? {
            Some(row) => Some(row),
            None => bindings::find_openid(tx, &self.appid, &self.openid).await?,
        };
        Ok(match row {
            Some(row) if Some(row.user_id) == reset.other_user_id && row.id == self.id => Fate::Returns,
            Some(row) if row.user_id == reset.user_id => Fate::There,
            Some(row) => Fate::OpenidOf(row.user_id),
            None => Fate::Unbound,
        })
    }
}
