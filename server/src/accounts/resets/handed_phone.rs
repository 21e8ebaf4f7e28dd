use latchkey_app::types::PhoneSource;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Fate, PhonePart};
use crate::{
    accounts::{Accounts, Failure, Fault, bind_phone::Occasion},
    phone::PhoneNumber,
    store::{Tx, resets::ResetRow, users},
};

/// A user's phone that another user gets, or keeps as the only one.
#[derive(Clone, Serialize, Deserialize)]
#[expect(missing_debug_implementations, reason = "it holds a phone number in plain text")]
pub struct HandedPhone {
    #[serde(flatten)]
    pub phone: PhonePart,
    /// The other one has the very number already.
    pub shared: bool,
}

impl Accounts {
    /// Both histories get a line.
    pub(super) async fn hand_over(
        &self,
        tx: &mut Tx,
        [user, other]: [Uuid; 2],
        part: &HandedPhone,
        source: PhoneSource,
        occasion: &Occasion<'_>,
    ) -> Result<(), Failure> {
        let number = part.phone.number()?;
        users::set_phone(tx, user, None, occasion.now).await?;
        self.record_change(tx, user, Some(&number), None, source, occasion).await?;
        let before = self.phone_of(&users::find(tx, other).await?.ok_or(Fault::Missing("the other user"))?)?;
        if !part.shared {
            users::set_phone(tx, other, Some(&self.stored(other, &number)?), occasion.now).await?;
        }
        self.record_change(tx, other, before.as_ref(), Some(&number), source, occasion).await
    }

    /// Whoever got it gives it back, unless it has moved on.
    pub(super) async fn handed_fate(&self, tx: &mut Tx, reset: &ResetRow, part: &HandedPhone) -> Result<Fate, Failure> {
        let giver = reset.other_user_id.filter(|_| !part.shared);
        self.fate_of_phone(tx, reset.at, (reset.user_id, giver), &part.phone.number()?, None).await
    }

    pub(super) async fn take_back(
        &self,
        tx: &mut Tx,
        [user, other]: [Uuid; 2],
        part: &HandedPhone,
        occasion: &Occasion<'_>,
    ) -> Result<(), Failure> {
        let number = part.phone.number()?;
        let holder = users::find(tx, other).await?.ok_or(Fault::Missing("the other user"))?;
        if !part.shared && self.phone_of(&holder)?.as_ref() == Some(&number) {
            users::set_phone(tx, other, None, occasion.now).await?;
            self.record_change(tx, other, Some(&number), None, PhoneSource::Undone, occasion).await?;
        }
        self.give_back_phone(tx, user, &part.phone, occasion).await
    }

    /// What the other one had before comes back to him once he has lost what he `got` for it.
    pub(super) async fn replaced_fate(
        &self,
        tx: &mut Tx,
        reset: &ResetRow,
        part: &PhonePart,
        got: Option<&PhoneNumber>,
    ) -> Result<Fate, Failure> {
        let other = reset.other_user_id.ok_or(Fault::Missing("the other user"))?;
        self.fate_of_phone(tx, reset.at, (other, None), &part.number()?, got).await
    }
}
