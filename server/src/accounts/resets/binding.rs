use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Fate, Part, PhonePart};
use crate::{
    accounts::{Accounts, Failure, Fault},
    store::{
        Tx,
        bindings::{self, BindingRow},
        resets::ResetRow,
    },
};

/// One (appid, openid) of a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BindingPart {
    pub id: Uuid,
    pub appid: String,
    pub openid: String,
    pub unionid: Option<String>,
    created_at: i64,
    last_login_at: i64,
}

/// As whom the person with an unbound openid logs in the next time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComesBack {
    /// As a new user, without anything.
    New,
    /// As the user who has the same unionid elsewhere: he himself, or another one.
    As(Uuid),
}

impl Part {
    pub(super) fn phone(&self) -> Option<&PhonePart> {
        match self {
            Self::Phone(part) | Self::ReplacedPhone(part) => Some(part),
            Self::HandedPhone(part) => Some(&part.phone),
            _ => None,
        }
    }

    pub(super) fn binding(&self) -> Option<&BindingPart> {
        if let Self::Binding(part) = self { Some(part) } else { None }
    }
}

impl BindingPart {
    pub(super) fn new(row: &BindingRow) -> Self {
        let BindingRow { id, appid, openid, unionid, created_at, last_login_at, .. } = row.clone();
        Self { id, appid, openid, unionid, created_at, last_login_at }
    }

    /// By the rule of the login (`log_in::find_or_make`), once all of `gone` are.
    pub(super) async fn comes_back(&self, tx: &mut Tx, gone: &[&Self]) -> Result<ComesBack, Failure> {
        let Some(unionid) = &self.unionid else { return Ok(ComesBack::New) };
        let rows = bindings::with_unionid(tx, unionid).await?;
        let left = rows.iter().find(|row| gone.iter().all(|part| part.id != row.id));
        Ok(left.map_or(ComesBack::New, |row| ComesBack::As(row.user_id)))
    }

    pub(super) async fn take(&self, tx: &mut Tx) -> Result<(), Failure> {
        Ok(bindings::delete(tx, self.id).await?)
    }

    /// An openid that has logged in since the reset stays whose it is now.
    pub(super) async fn fate(&self, tx: &mut Tx, reset: &ResetRow) -> Result<Fate, Failure> {
        Ok(match bindings::find_openid(tx, &self.appid, &self.openid).await? {
            None => Fate::Returns,
            Some(row) if row.user_id == reset.user_id => Fate::There,
            Some(row) => Fate::OpenidOf(row.user_id),
        })
    }
}

impl Accounts {
    pub(super) async fn give_back_binding(
        &self,
        tx: &mut Tx,
        user_id: Uuid,
        part: &BindingPart,
    ) -> Result<(), Failure> {
        let BindingPart { id, appid, openid, unionid, created_at, last_login_at } = part.clone();
        let row = BindingRow { id, user_id, appid, openid, unionid, created_at, last_login_at };
        if !bindings::insert(tx, &row).await? {
            return Err(Fault::Missing("the place of a binding that was free a moment ago").into());
        }
        match &row.unionid {
            Some(unionid) => self.note_unionid(tx, user_id, unionid).await,
            None => Ok(()),
        }
    }
}
