use latchkey_app::types::PhoneSource;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Fate;
use crate::{
    accounts::{Accounts, Failure, Fault, bind_phone::Occasion},
    clock::Millis,
    config::PhoneConflict,
    phone::PhoneNumber,
    sealed::Column,
    store::{
        Tx, phone_changes,
        resets::ResetRow,
        users::{self, UserRow},
    },
};

/// A user's phone.
#[derive(Clone, Serialize, Deserialize)]
#[expect(missing_debug_implementations, reason = "it holds a phone number in plain text")]
pub struct PhonePart {
    /// [`PhoneNumber::to_sealed_text`].
    number: String,
    pub bound_at: Option<i64>,
}

impl PhonePart {
    pub(super) fn new(phone: &PhoneNumber, user: &UserRow) -> Self {
        Self { number: phone.to_sealed_text(), bound_at: user.phone_bound_at }
    }

    pub fn number(&self) -> Result<PhoneNumber, Failure> {
        PhoneNumber::from_sealed_text(&self.number).ok_or(Failure::Internal(Fault::Missing("a whole phone number")))
    }
}

impl Accounts {
    pub(super) async fn take_phone(
        &self,
        tx: &mut Tx,
        user: Uuid,
        part: &PhonePart,
        source: PhoneSource,
        occasion: &Occasion<'_>,
    ) -> Result<(), Failure> {
        users::set_phone(tx, user, None, occasion.now).await?;
        self.record_change(tx, user, Some(&part.number()?), None, source, occasion).await
    }

    /// A number that somebody else has bound since the reset stays his. Who shared it before may go on doing so, where the
    /// installation allows it.
    pub(super) async fn phone_fate(&self, tx: &mut Tx, reset: &ResetRow, part: &PhonePart) -> Result<Fate, Failure> {
        self.fate_of_phone(tx, reset.at, (reset.user_id, None), &part.number()?, None).await
    }

    /// [`Self::phone_fate`] of a number that was `user`'s until `at`; `giver` has it now and gives it back, and what the
    /// user has now is no obstacle if it is `gone` by then.
    pub(super) async fn fate_of_phone(
        &self,
        tx: &mut Tx,
        at: i64,
        (user, giver): (Uuid, Option<Uuid>),
        number: &PhoneNumber,
        gone: Option<&PhoneNumber>,
    ) -> Result<Fate, Failure> {
        let user = users::find(tx, user).await?.ok_or(Fault::Missing("the user"))?;
        if let Some(phone) = self.phone_of(&user)?.filter(|phone| Some(phone) != gone) {
            return Ok(if phone == *number { Fate::There } else { Fate::OtherPhone(phone) });
        }
        for owner in users::with_phone(tx, self.index.phone(number)).await? {
            let shares = self.rules.phone_conflict == PhoneConflict::Allow;
            if Some(owner.id) != giver && !(shares && self.had_before(tx, &owner, number, at).await?) {
                return Ok(Fate::PhoneOf(owner.id));
            }
        }
        Ok(Fate::Returns)
    }

    /// Whether the number was this owner's before `at`, and has been since. One that an undo has brought back bears its old
    /// date; his history knows better.
    async fn had_before(&self, tx: &mut Tx, owner: &UserRow, number: &PhoneNumber, at: i64) -> Result<bool, Failure> {
        let line = phone_changes::last_before(tx, owner.id, Millis(at)).await?;
        let Some((id, sealed)) = line.and_then(|line| Some((line.id, line.new_sealed?))) else { return Ok(false) };
        let text = self.vault.open_text(Column::NewPhone, id, &sealed)?;
        let had = PhoneNumber::from_sealed_text(&text).as_ref() == Some(number);
        Ok(had && owner.phone_bound_at.is_some_and(|bound| bound < at))
    }

    pub(super) async fn give_back_phone(
        &self,
        tx: &mut Tx,
        user: Uuid,
        part: &PhonePart,
        occasion: &Occasion<'_>,
    ) -> Result<(), Failure> {
        let number = part.number()?;
        let bound_at = part.bound_at.map_or(occasion.now, Millis);
        users::set_phone(tx, user, Some(&self.stored(user, &number)?), bound_at).await?;
        self.record_change(tx, user, None, Some(&number), PhoneSource::Undone, occasion).await
    }
}
