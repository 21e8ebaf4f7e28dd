use std::collections::BTreeSet;

use latchkey_app::types::{PhoneSource, ResetKind};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{BindingPart, Order, Part, Plan, ResetError, What, plan::Ends};
use crate::{
    accounts::{Accounts, Actor, Failure, Fault},
    store::{
        Tx,
        resets::{self, ResetRow},
        tokens, users,
    },
};

impl Accounts {
    /// Does what `order` says, if the state is still the one that was `seen` ([`Accounts::seen`]): all of it or nothing, with
    /// the record and the audit entry. Tokens are dead at once. The record's id.
    pub async fn reset(&self, order: &Order, seen: &str, actor: &Actor, reason: &str) -> Result<Uuid, ResetError> {
        if let What::WechatSession(binding) = order.what {
            // WeChat is asked outside of any transaction, so that this one is checked before.
            self.as_seen(self.preview_reset(order).await, seen)?;
            return self.reset_wechat_session(binding, actor, reason).await;
        }
        let mut tx = self.db.write().await?;
        self.lock_users(&mut tx, &order.users()).await?;
        let plan = self.as_seen(self.plan_reset(&mut tx, order).await, seen)?;
        let id = self.carry_out(&mut tx, &plan, actor, reason).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Keeps several users out or lets them in again ([`What::Block`], [`What::Unblock`]), without a preview and for one reason:
    /// all of them or none. Ids of nobody, and those for whom it is so already, are passed over.
    pub async fn reset_each(&self, users: &[Uuid], what: &What, actor: &Actor, reason: &str) -> Result<(), ResetError> {
        let mut tx = self.db.write().await?;
        // All at once: two operators who do this to the same users meet in one order.
        self.lock_users(&mut tx, users).await?;
        for user in users.iter().copied().collect::<BTreeSet<_>>() {
            match self.plan_reset(&mut tx, &Order { user, what: what.clone() }).await {
                Ok(plan) => self.carry_out(&mut tx, &plan, actor, reason).await?,
                Err(ResetError::Unknown | ResetError::Nothing) => continue,
                Err(error) => return Err(error),
            };
        }
        Ok(tx.commit().await?)
    }

    async fn carry_out(&self, tx: &mut Tx, plan: &Plan, actor: &Actor, reason: &str) -> Result<Uuid, ResetError> {
        self.settle_pair(tx, plan, actor, reason).await?;
        for part in &plan.parts {
            self.take(tx, plan, part, actor).await?;
        }
        self.review_conflicts(tx, plan.user.id).await?;
        self.note_moved(tx, plan).await?;
        set_blocked(tx, plan).await?;
        end(tx, plan.user.id, &plan.ends).await?;
        Ok(self.record_reset(tx, plan, actor, reason).await?)
    }

    async fn take(&self, tx: &mut Tx, plan: &Plan, part: &Part, actor: &Actor) -> Result<(), Failure> {
        let (occasion, source) = (self.occasion(actor), source(plan.kind));
        let user = plan.user.id;
        let other = || plan.other.as_ref().ok_or(Fault::Missing("the other user"));
        match part {
            Part::Phone(part) => self.take_phone(tx, user, part, source, &occasion).await,
            Part::Binding(part) => part.take(tx).await,
            Part::Unionid(part) => part.take(tx).await,
            Part::HandedPhone(part) => self.hand_over(tx, [user, other()?.id], part, source, &occasion).await,
            // By the phone that is handed over.
            Part::ReplacedPhone(_) => Ok(()),
            Part::MovedBinding(part) => part.hand_over(tx, user, other()?.id).await,
            Part::Account(part) => part.take(tx, &plan.user, other()?).await,
        }
    }

    /// With a binding, its unionid has come to somebody else.
    async fn note_moved(&self, tx: &mut Tx, plan: &Plan) -> Result<(), Failure> {
        let Some(other) = &plan.other else { return Ok(()) };
        for part in &plan.parts {
            if let Part::MovedBinding(BindingPart { unionid: Some(unionid), .. }) = part {
                self.note_unionid(tx, other.id, unionid).await?;
            }
        }
        Ok(())
    }

    fn as_seen(&self, plan: Result<Plan, ResetError>, seen: &str) -> Result<Plan, ResetError> {
        match plan {
            Ok(plan) if self.seen(&plan) == seen => Ok(plan),
            Ok(_) => Err(ResetError::Stale),
            Err(error) => Err(error),
        }
    }

    /// The record with what was taken away, and the audit entry without it.
    pub(super) async fn record_reset(
        &self,
        tx: &mut Tx,
        plan: &Plan,
        actor: &Actor,
        reason: &str,
    ) -> Result<Uuid, Failure> {
        let id = self.random.id(plan.at);
        let appid = plan.binding.as_ref().map(|row| row.appid.clone());
        let row = ResetRow {
            id,
            at: plan.at.0,
            user_id: plan.user.id,
            other_user_id: plan.other.as_ref().map(|other| other.id),
            kind: plan.kind.name().to_owned(),
            appid,
            actor: actor.name.clone(),
            reason: reason.to_owned(),
            before_sealed: self.seal_parts(id, &plan.parts)?,
            undone_at: None,
            undone_by: None,
        };
        resets::insert(tx, &row).await?;
        let mut detail = json!({ "reset": id, "reason": reason, "sessions": plan.sessions });
        if let (Some(binding), Value::Object(detail)) = (&plan.binding, &mut detail) {
            detail.insert("binding".to_owned(), binding.id.to_string().into());
            detail.insert("appid".to_owned(), binding.appid.clone().into());
        }
        if let (Some(other), Value::Object(detail)) = (&plan.other, &mut detail) {
            detail.insert("other".to_owned(), other.id.to_string().into());
        }
        self.write_audit(tx, actor, plan.kind.action(), Some(plan.user.id), &detail).await?;
        Ok(id)
    }
}

/// What the phone history says of it.
const fn source(kind: ResetKind) -> PhoneSource {
    match kind {
        ResetKind::Move => PhoneSource::Moved,
        ResetKind::Merge => PhoneSource::Merged,
        _ => PhoneSource::Reset,
    }
}

async fn set_blocked(tx: &mut Tx, plan: &Plan) -> Result<(), ResetError> {
    match plan.kind {
        ResetKind::Block => users::set_blocked(tx, plan.user.id, Some(plan.at)).await?,
        ResetKind::Unblock => users::set_blocked(tx, plan.user.id, None).await?,
        _ => {}
    }
    Ok(())
}

async fn end(tx: &mut Tx, user: Uuid, ends: &Ends) -> Result<(), ResetError> {
    match ends {
        Ends::None => {}
        Ends::All => tokens::delete_of(tx, user, None).await?,
        Ends::OfBinding(binding) => tokens::delete_of(tx, user, Some(*binding)).await?,
        Ends::One(hash) => {
            tokens::delete(tx, *hash).await?;
        }
    }
    Ok(())
}
