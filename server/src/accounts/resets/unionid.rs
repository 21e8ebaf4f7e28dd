use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Fate;
use crate::{
    accounts::{Accounts, Failure, Fault},
    store::{
        Tx,
        bindings::{self, BindingRow},
        resets::ResetRow,
    },
};

/// The unionid of one binding.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UnionidPart {
    pub binding: Uuid,
    pub unionid: String,
}

impl UnionidPart {
    pub(super) fn of(row: &BindingRow) -> Option<Self> {
        row.unionid.clone().map(|unionid| Self { binding: row.id, unionid })
    }

    pub(super) async fn take(&self, tx: &mut Tx) -> Result<(), Failure> {
        Ok(bindings::set_unionid(tx, self.binding, None).await?)
    }

    pub(super) async fn fate(&self, tx: &mut Tx, reset: &ResetRow) -> Result<Fate, Failure> {
        let row = bindings::find(tx, self.binding).await?.filter(|row| row.user_id == reset.user_id);
        Ok(match row {
            None => Fate::NoBinding,
            Some(BindingRow { unionid: None, .. }) => Fate::Returns,
            Some(row) if row.unionid.as_ref() == Some(&self.unionid) => Fate::There,
            Some(_) => Fate::OtherUnionid,
        })
    }
}

impl Accounts {
    pub(super) async fn give_back_unionid(&self, tx: &mut Tx, part: &UnionidPart) -> Result<(), Failure> {
        bindings::set_unionid(tx, part.binding, Some(&part.unionid)).await?;
        let row = bindings::find(tx, part.binding).await?.ok_or(Fault::Missing("the binding"))?;
        self.note_unionid(tx, row.user_id, &part.unionid).await
    }
}
