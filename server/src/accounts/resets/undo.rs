use latchkey_app::types::{AuditAction, ResetKind};
use serde_json::json;
use uuid::Uuid;

use super::{KEPT_S, Part, PhonePart, ResetError, login_lock};
use crate::{
    accounts::{Accounts, Actor, Failure, Fault},
    clock::Millis,
    phone::PhoneNumber,
    store::{
        Tx, bindings,
        resets::{self, ResetRow},
        tokens,
        users::{self, UserRow},
    },
};

/// What would become of a part if its reset were undone now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Returns,
    /// The user has it already.
    There,
    /// Another user has the phone now.
    PhoneOf(Uuid),
    /// The user has another phone now.
    OtherPhone(PhoneNumber),
    /// The openid has logged in since, and is another user's now.
    OpenidOf(Uuid),
    /// The binding whose unionid it was is not the user's any more.
    NoBinding,
    /// The binding was unbound since.
    Unbound,
    /// WeChat has given another unionid since.
    OtherUnionid,
}

/// What undoing a reset would do. Planning writes nothing.
#[expect(missing_debug_implementations, reason = "its parts hold a phone number in plain text")]
pub struct UndoPlan {
    pub reset: ResetRow,
    pub user: UserRow,
    pub parts: Vec<(Part, Fate)>,
    /// How many API tokens end: those of bindings that go back.
    pub sessions: i64,
}

impl Accounts {
    /// What undoing a reset would do now.
    pub async fn preview_undo(&self, reset: Uuid) -> Result<UndoPlan, ResetError> {
        self.plan_undo(&mut self.db.read().await?, reset).await
    }

    /// Gives back every part that can be, if the state is still the one that was `seen` ([`Accounts::undo_seen`]).
    pub async fn undo_reset(&self, reset: Uuid, seen: &str, actor: &Actor, reason: &str) -> Result<(), ResetError> {
        let mut tx = self.db.write().await?;
        self.lock_undo(&mut tx, reset).await?;
        let plan = self.plan_undo(&mut tx, reset).await?;
        if self.undo_seen(&plan) != seen {
            return Err(ResetError::Stale);
        }
        if !plan.parts.iter().any(|(_, fate)| *fate == Fate::Returns) {
            return Err(ResetError::Nothing);
        }
        for (part, _) in plan.parts.iter().filter(|(_, fate)| *fate == Fate::Returns) {
            self.give_back(&mut tx, &plan, part, actor).await?;
        }
        for user in std::iter::once(plan.user.id).chain(plan.reset.other_user_id) {
            self.review_conflicts(&mut tx, user).await?;
        }
        if !resets::undo(&mut tx, reset, self.clock.now(), &actor.name).await? {
            return Err(ResetError::Final);
        }
        let left = plan.parts.iter().filter(|(_, fate)| *fate != Fate::Returns).count();
        let detail = json!({
            "reset": reset, "kind": plan.reset.kind, "reason": reason, "notRestored": left,
            "other": plan.reset.other_user_id, "sessions": plan.sessions,
        });
        self.write_audit(&mut tx, actor, AuditAction::UndoReset, Some(plan.user.id), &detail).await?;
        Ok(tx.commit().await?)
    }

    /// Until when a reset can be undone; `None` when nothing is kept of it, or no more.
    pub fn undoable_until(&self, row: &ResetRow) -> Option<Millis> {
        let until = Millis(row.at).plus_seconds(KEPT_S);
        (row.before_sealed.is_some() && row.undone_at.is_none() && self.clock.now() < until).then_some(until)
    }

    /// Stands for the state that a plan was made from.
    pub fn undo_seen(&self, plan: &UndoPlan) -> String {
        let fates = plan.parts.iter().map(|(_, fate)| match fate {
            Fate::OtherPhone(phone) => phone.e164(),
            other => format!("{other:?}"),
        });
        let lines: Vec<_> = fates.enumerate().map(|line| json!(line)).collect();
        self.seen_of(&json!(["undo", plan.reset.id]), &lines)
    }

    async fn plan_undo(&self, tx: &mut Tx, reset: Uuid) -> Result<UndoPlan, ResetError> {
        let reset = resets::find(tx, reset).await?.ok_or(ResetError::Unknown)?;
        if self.undoable_until(&reset).is_none() {
            return Err(ResetError::Final);
        }
        let user = users::find(tx, reset.user_id).await?.ok_or(Fault::Missing("the user")).map_err(Failure::from)?;
        self.nobody_merged(tx, &reset, &user).await?;
        let (mut parts, mut handed, mut sessions) = (Vec::new(), None, 0);
        for part in self.open_parts(&reset)? {
            let fate = match &part {
                Part::Phone(part) => self.phone_fate(tx, &reset, part).await?,
                Part::Binding(part) => part.fate(tx, &reset).await?,
                Part::Unionid(part) => part.fate(tx, &reset).await?,
                Part::HandedPhone(part) => self.handed_fate(tx, &reset, part).await?,
                Part::ReplacedPhone(part) => self.replaced_fate(tx, &reset, part, handed.as_ref()).await?,
                Part::MovedBinding(part) => part.moved_fate(tx, &reset).await?,
                Part::Account(_) => Fate::Returns,
            };
            if let (Part::HandedPhone(part), Fate::Returns) = (&part, &fate) {
                handed = Some(part.phone.number()?);
            }
            if let (Part::MovedBinding(part), Fate::Returns, Some(other)) = (&part, &fate, reset.other_user_id) {
                sessions += tokens::count(tx, other, Some(part.id), self.clock.now()).await?;
            }
            parts.push((part, fate));
        }
        Ok(UndoPlan { reset, user, parts, sessions })
    }

    /// What is given back to somebody who was merged since would be nobody's. The merge is to be undone first.
    async fn nobody_merged(&self, tx: &mut Tx, reset: &ResetRow, user: &UserRow) -> Result<(), ResetError> {
        let other = match reset.other_user_id {
            Some(other) => users::find(tx, other).await?,
            None => None,
        };
        let mine = reset.other_user_id.filter(|_| reset.kind == ResetKind::Merge.name());
        let other_merged = other.is_some_and(|other| other.merged_into.is_some());
        if user.merged_into == mine && !other_merged { Ok(()) } else { Err(ResetError::Merged) }
    }

    async fn give_back(&self, tx: &mut Tx, plan: &UndoPlan, part: &Part, actor: &Actor) -> Result<(), Failure> {
        let (user, occasion) = (plan.user.id, self.occasion(actor));
        let other = || plan.reset.other_user_id.ok_or(Fault::Missing("the other user"));
        match part {
            Part::Phone(part) => self.give_back_phone(tx, user, part, &occasion).await,
            Part::Binding(part) => self.give_back_binding(tx, user, part).await,
            Part::Unionid(part) => self.give_back_unionid(tx, part).await,
            Part::HandedPhone(part) => self.take_back(tx, [user, other()?], part, &occasion).await,
            Part::ReplacedPhone(part) => self.give_back_phone(tx, other()?, part, &occasion).await,
            Part::MovedBinding(part) => self.take_back_binding(tx, [user, other()?], part).await,
            Part::Account(part) => part.give_back(tx, user, other()?).await,
        }
    }

    /// Nobody logs in with what comes back, and nothing else changes the user.
    async fn lock_undo(&self, tx: &mut Tx, reset: Uuid) -> Result<(), ResetError> {
        let reset = resets::find(tx, reset).await?.ok_or(ResetError::Unknown)?;
        let parts = self.open_parts(&reset)?;
        let users: Vec<_> = std::iter::once(reset.user_id).chain(reset.other_user_id).collect();
        let own = bindings::of_users(tx, &users).await?;
        let coming = parts.iter().filter_map(Part::binding);
        let coming = coming.map(|part| part.unionid.clone().unwrap_or_else(|| part.openid.clone()));
        let locks = own.into_iter().map(login_lock).chain(coming);
        let numbers = parts.iter().filter_map(Part::phone).map(PhonePart::number).collect::<Result<_, _>>()?;
        Ok(self.lock_whole(tx, &users, locks, numbers).await?)
    }
}
