use latchkey_app::{
    error::ConsoleError,
    types::{Change, ComesBack, Confirmation, Millis, Reset, ResetKind, ResetOrder, ResetPreview, ResetState, UserRef},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{
    ConsoleServer, Failed,
    confirmed::{confirmed, keep_typed, typed},
    conflicts::merged_into,
    of_failure,
};
use crate::{
    accounts::{self, AccountPart, Actor, BindingPart, Order, Part, Plan, ResetError, What},
    store::{
        Tx, bindings,
        resets::{self, ResetRow},
        users,
    },
};

/// A user with more resets than this has other troubles.
const MOST_RESETS: i64 = 50;

impl ConsoleServer {
    /// What a reset would do, and the reason that was typed when the page was open the last time.
    pub(super) async fn preview_reset(&self, order: &ResetOrder, session: &Session) -> Result<ResetPreview, Failed> {
        let plan = self.accounts.preview_reset(&parsed(order)?).await.map_err(refused)?;
        let typed = typed(&self.accounts, session, &page_of(order)).await?;
        let mut tx = self.accounts.db.read().await?;
        let both: Vec<_> = std::iter::once(plan.user.id).chain(plan.other.as_ref().map(|other| other.id)).collect();
        let own = bindings::of_users(&mut tx, &both).await?;
        let seen = self.accounts.seen(&plan);
        Ok(ResetPreview {
            user: self.summary(&plan.user, &own),
            other: plan.other.as_ref().map(|other| self.summary(other, &own)),
            kind: plan.kind,
            changes: self.changes(&mut tx, &plan).await?,
            sessions: plan.sessions,
            since: typed.since(&seen),
            seen,
            reason: typed.reason,
        })
    }

    pub(super) async fn reset(
        &self,
        order: &ResetOrder,
        said: &Confirmation,
        actor: &Actor,
        session: &Session,
    ) -> Result<(), Failed> {
        let done = async {
            let reason = confirmed(said, &order.user)?;
            self.accounts.reset(&parsed(order)?, &said.seen, actor, reason).await.map_err(refused)
        };
        match done.await {
            Ok(_) => Ok(()),
            Err(error) => {
                keep_typed(&self.accounts, session, &page_of(order), said).await?;
                Err(error.into())
            }
        }
    }

    async fn changes(&self, tx: &mut Tx, plan: &Plan) -> Result<Vec<Change>, Failed> {
        let mut changes = Vec::new();
        for part in &plan.parts {
            changes.push(match part {
                Part::Phone(part) if plan.kind == ResetKind::Merge => Change::LostPhone {
                    number: part.number()?.masked(),
                    kept: self.phone_of_other(plan)?.unwrap_or_default(),
                },
                Part::HandedPhone(part) => {
                    Change::HandedPhone { number: part.phone.number()?.masked(), shared: part.shared }
                }
                Part::ReplacedPhone(part) => Change::ReplacedPhone(part.number()?.masked()),
                Part::MovedBinding(part) => {
                    Change::MovedOpenid { app: self.app(&part.appid), openid: part.openid.clone() }
                }
                Part::Account(part) => account(part),
                Part::Phone(part) => {
                    Change::Phone { number: part.number()?.masked(), bound_at: part.bound_at.map(Millis) }
                }
                Part::Binding(part) => Change::Openid {
                    app: self.app(&part.appid),
                    openid: part.openid.clone(),
                    unionid: part.unionid.clone(),
                    comes_back: self.comes_back(tx, plan, part).await?,
                },
                Part::Unionid(part) => {
                    let row = plan.binding.as_ref().ok_or(ConsoleError::Internal)?;
                    let (app, openid) = (self.app(&row.appid), row.openid.clone());
                    Change::Unionid { app, openid, unionid: part.unionid.clone() }
                }
            });
        }
        if let (ResetKind::WechatSession, Some(row)) = (plan.kind, &plan.binding) {
            changes.push(Change::WechatSession { app: self.app(&row.appid), openid: row.openid.clone() });
        }
        Ok(changes)
    }

    fn phone_of_other(&self, plan: &Plan) -> Result<Option<String>, Failed> {
        let phone = plan.other.as_ref().map(|other| self.accounts.phone_of(other)).transpose()?.flatten();
        Ok(phone.map(|phone| phone.masked()))
    }

    async fn comes_back(&self, tx: &mut Tx, plan: &Plan, part: &BindingPart) -> Result<ComesBack, Failed> {
        let found = plan.comes_back.iter().find(|(id, _)| *id == part.id).map(|(_, who)| *who);
        Ok(match found {
            Some(accounts::ComesBack::As(user)) if user == plan.user.id => ComesBack::Same,
            Some(accounts::ComesBack::As(user)) => ComesBack::Other(user_ref(tx, user).await?),
            Some(accounts::ComesBack::New) | None => ComesBack::New,
        })
    }

    /// What operators did to a user, newest first.
    pub(super) async fn resets_of(&self, tx: &mut Tx, user: Uuid) -> Result<Vec<Reset>, Failed> {
        let rows = resets::of_user(tx, user, MOST_RESETS).await?;
        let mut records = Vec::new();
        for row in &rows {
            records.push(self.reset_record(tx, row).await?);
        }
        Ok(records)
    }

    pub(super) async fn reset_record(&self, tx: &mut Tx, row: &ResetRow) -> Result<Reset, Failed> {
        let kind = ResetKind::from_name(&row.kind).ok_or(ConsoleError::Internal)?;
        let state = match (row.undone_at, &row.undone_by, self.accounts.undoable_until(row)) {
            (Some(at), Some(by), _) => ResetState::Undone { at: Millis(at), by: by.clone() },
            (_, _, Some(until)) => ResetState::Undoable(until),
            _ if kind.undoable() => ResetState::Final,
            _ => ResetState::Never,
        };
        Ok(Reset {
            id: row.id.to_string(),
            user: row.user_id.to_string(),
            other: merged_into(tx, row.other_user_id).await?,
            at: Millis(row.at),
            kind,
            app: row.appid.as_deref().map(|appid| self.app(appid)),
            by: row.actor.clone(),
            reason: row.reason.clone(),
            state,
        })
    }
}

fn account(part: &AccountPart) -> Change {
    let lost = part.lost();
    let lost_more = lost.has_more();
    Change::Account { taken: part.taken.nickname.clone(), lost: lost.nickname, lost_more }
}

pub(super) async fn user_ref(tx: &mut Tx, user: Uuid) -> Result<UserRef, Failed> {
    let nickname = users::nicknames(tx, &[user]).await?.pop().map(|(_, nickname)| nickname);
    Ok(UserRef { id: user.to_string(), nickname })
}

pub(super) fn refused(error: ResetError) -> ConsoleError {
    match error {
        ResetError::Unknown => ConsoleError::NotFound,
        ResetError::Nothing => ConsoleError::NothingToReset,
        ResetError::Stale => ConsoleError::Stale,
        ResetError::Final => ConsoleError::Final,
        ResetError::Merged => ConsoleError::Merged,
        ResetError::NoSession => ConsoleError::NoSession,
        ResetError::Failure(failure) => of_failure(&failure),
    }
}

/// A reason that was typed for one reset is not another one's.
fn page_of(order: &ResetOrder) -> String {
    format!("{} {} {}", order.user, order.what, order.of)
}

/// What no page of ours asks for does not exist.
fn parsed(order: &ResetOrder) -> Result<Order, ConsoleError> {
    let id = |text: &str| text.parse::<Uuid>().map_err(|_| ConsoleError::NotFound);
    let kind = ResetKind::from_name(&order.what).ok_or(ConsoleError::NotFound)?;
    let what = match kind {
        ResetKind::Phone => What::Phone,
        ResetKind::Binding => What::Binding(id(&order.of)?),
        ResetKind::Unionid => What::Unionid(id(&order.of)?),
        ResetKind::WechatSession => What::WechatSession(id(&order.of)?),
        ResetKind::Session => What::Session(order.of.clone()),
        ResetKind::Sessions => What::Sessions,
        ResetKind::Everything => What::Everything,
        ResetKind::Block => What::Block,
        ResetKind::Unblock => What::Unblock,
        ResetKind::Move => What::Move(id(&order.of)?),
        ResetKind::Merge => What::Merge(id(&order.of)?),
    };
    Ok(Order { user: id(&order.user)?, what })
}
