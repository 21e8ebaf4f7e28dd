//! What support takes from a user, and what an administrator gives back.
//!
//! `plan` says what a reset would do and writes nothing: it is what the preview shows. `carry_out` plans once more inside the
//! transaction; if the plan is not the one that was confirmed, nothing is done. What a reset takes away is a list of
//! [`Part`]s, each with a file of its own that knows how to take it, what would become of it, and how to give it back.
//! `kept` seals the list into the reset's row, for [`KEPT_S`]; `undo` gives back whichever parts can be.
//!
//! A new kind of reset adds a name to [`ResetKind`], a line to `plan`, and, if it takes something new, a part.

mod binding;
mod carry_out;
mod kept;
mod phone;
mod plan;
mod undo;
mod unionid;
mod wechat_session;

use latchkey_app::types::ResetKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use binding::{BindingPart, ComesBack};
pub use kept::KEPT_S;
pub use phone::PhonePart;
pub use plan::Plan;
pub use undo::{Fate, UndoPlan};
pub use unionid::UnionidPart;

use super::{Accounts, Actor, Failure, bind_phone::Occasion};
use crate::{
    sealed::SealError,
    store::{
        StoreError, Tx,
        bindings::{self, BindingRow},
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

impl Accounts {
    /// Until the end of this transaction nobody logs in with these bindings, and nothing else changes the user or his
    /// phone. Everybody who takes several of these locks takes them in this order.
    async fn lock_whole(
        &self,
        tx: &mut Tx,
        user: Uuid,
        wechat_ids: impl Iterator<Item = String>,
    ) -> Result<(), Failure> {
        for id in wechat_ids.collect::<std::collections::BTreeSet<_>>() {
            tx.lock(&id).await?;
        }
        tx.lock(&format!("user {user}")).await?;
        self.lock_phone(tx, user).await
    }

    /// [`Self::lock_whole`] for a user with everything that is his.
    async fn lock_user(&self, tx: &mut Tx, user: Uuid) -> Result<(), Failure> {
        let rows = bindings::of_users(tx, &[user]).await?;
        self.lock_whole(tx, user, rows.into_iter().map(login_lock)).await
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
