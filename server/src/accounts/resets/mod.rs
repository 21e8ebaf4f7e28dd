//! What support takes from a user, and what an administrator gives back.
//!
//! `plan` says what a reset would do and writes nothing: it is what the preview shows. `carry_out` plans once more inside the
//! transaction; if the plan is not the one that was confirmed, nothing is done. What a reset takes away is a list of
//! [`Part`]s, each with a file of its own that knows how to take it, what would become of it, and how to give it back.
//! `kept` seals the list into the reset's row, for [`KEPT_S`]; `undo` gives back whichever parts can be.
//!
//! A new kind of reset adds a name to [`ResetKind`], a line to `plan`, and, if it takes something new, a part.

mod account;
mod binding;
mod carry_out;
mod handed_phone;
mod kept;
mod pair;
mod phone;
mod plan;
mod undo;
mod unionid;
mod wechat_session;

use std::collections::BTreeSet;

use latchkey_app::types::ResetKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use account::AccountPart;
pub use binding::{BindingPart, ComesBack};
pub use handed_phone::HandedPhone;
pub use kept::KEPT_S;
pub use phone::PhonePart;
pub use plan::Plan;
pub use undo::{Fate, UndoPlan};
pub use unionid::UnionidPart;

use super::{Accounts, Actor, Failure, bind_phone::Occasion};
use crate::{
    phone::PhoneNumber,
    sealed::SealError,
    store::{
        StoreError, Tx,
        bindings::{self, BindingRow},
        users,
    },
};

/// What is to be done, to whom.
#[derive(Debug, Clone)]
pub struct Order {
    pub user: Uuid,
    pub what: What,
}

/// What is to be done; bindings by their ids, a session by its own ([`crate::store::tokens::TokenRow::id`]).
#[derive(Debug, Clone)]
pub enum What {
    Phone,
    Binding(Uuid),
    Unionid(Uuid),
    WechatSession(Uuid),
    Session(String),
    Sessions,
    Everything,
    Block,
    Unblock,
    /// The phone, to this user.
    Move(Uuid),
    /// All of him, into this user.
    Merge(Uuid),
}

impl What {
    pub const fn kind(&self) -> ResetKind {
        match self {
            Self::Phone => ResetKind::Phone,
            Self::Binding(_) => ResetKind::Binding,
            Self::Unionid(_) => ResetKind::Unionid,
            Self::WechatSession(_) => ResetKind::WechatSession,
            Self::Session(_) => ResetKind::Session,
            Self::Sessions => ResetKind::Sessions,
            Self::Everything => ResetKind::Everything,
            Self::Block => ResetKind::Block,
            Self::Unblock => ResetKind::Unblock,
            Self::Move(_) => ResetKind::Move,
            Self::Merge(_) => ResetKind::Merge,
        }
    }
}

/// Something that was a user's, whole enough to be given back. Its JSON is sealed; names stay as they are.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
#[expect(missing_debug_implementations, reason = "it holds a phone number in plain text")]
pub enum Part {
    Phone(PhonePart),
    Binding(BindingPart),
    Unionid(UnionidPart),
    /// The phone, which the other user gets.
    HandedPhone(HandedPhone),
    /// The phone that the other user had until he got that one.
    ReplacedPhone(PhonePart),
    /// A binding, which the other user gets.
    MovedBinding(BindingPart),
    /// The user himself, who is merged into the other one.
    Account(AccountPart),
}

/// Why an operator's act did nothing.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    #[error("there is no such user, binding, session or reset")]
    Unknown,
    #[error("there is nothing to take away or to change")]
    Nothing,
    #[error("something has changed since the operator looked")]
    Stale,
    #[error("it has been undone, or cannot be any more")]
    Final,
    #[error("the user was merged into another one")]
    Merged,
    #[error("no session_key is kept that WeChat still takes: there is nothing to reset")]
    NoSession,
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for ResetError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<SealError> for ResetError {
    fn from(error: SealError) -> Self {
        Self::Failure(error.into())
    }
}

impl Order {
    /// Whom it concerns.
    fn users(&self) -> Vec<Uuid> {
        let other = match self.what {
            What::Move(other) | What::Merge(other) => Some(other),
            _ => None,
        };
        std::iter::once(self.user).chain(other).collect()
    }
}

impl Accounts {
    /// Until the end of this transaction nobody logs in with these bindings, nothing else changes the users or their phones,
    /// and nobody else gets one of `phones`. Everybody who takes several of these locks takes them in this order.
    async fn lock_whole(
        &self,
        tx: &mut Tx,
        users: &[Uuid],
        wechat_ids: impl Iterator<Item = String>,
        mut phones: Vec<PhoneNumber>,
    ) -> Result<(), Failure> {
        for id in wechat_ids.collect::<BTreeSet<_>>() {
            tx.lock(&id).await?;
        }
        let users: BTreeSet<_> = users.iter().collect();
        for user in &users {
            tx.lock_user(**user).await?;
        }
        for user in users {
            self.lock_phone(tx, *user).await?;
            if let Some(row) = users::find(tx, *user).await? {
                phones.extend(self.phone_of(&row)?);
            }
        }
        self.lock_numbers(tx, phones.iter()).await
    }

    /// [`Self::lock_whole`] for users with everything that is theirs.
    async fn lock_users(&self, tx: &mut Tx, users: &[Uuid]) -> Result<(), Failure> {
        let rows = bindings::of_users(tx, users).await?;
        self.lock_whole(tx, users, rows.into_iter().map(login_lock), Vec::new()).await
    }

    /// An operator's act, for the phone history.
    fn occasion<'a>(&self, actor: &'a Actor) -> Occasion<'a> {
        let request_id = actor.arrival.map(|arrival| arrival.request_id).unwrap_or_default();
        Occasion { appid: None, request_id, operator: Some(&actor.name), now: self.clock.now() }
    }
}

/// What a login of this binding locks.
fn login_lock(row: BindingRow) -> String {
    row.unionid.unwrap_or(row.openid)
}
