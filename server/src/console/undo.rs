use latchkey_app::{
    error::ConsoleError,
    types::{Confirmation, Fate, Taken, UndoPart, UndoPreview},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{
    ConsoleServer, Failed,
    confirmed::{confirmed, keep_typed, typed},
    resets::{refused, user_ref},
};
use crate::{
    accounts::{self, Actor, Part, UndoPlan},
    store::{Tx, bindings},
};

impl ConsoleServer {
    /// What undoing a reset of this user would do. Another user's is none of this page's.
    pub(super) async fn preview_undo(&self, user: &str, reset: &str, session: &Session) -> Result<UndoPreview, Failed> {
        let plan = self.undo_plan(user, reset).await?;
        let typed = typed(&self.accounts, session, reset).await?;
        let mut tx = self.accounts.db.read().await?;
        let own = bindings::of_users(&mut tx, &[plan.user.id]).await?;
        let mut parts = Vec::new();
        for (part, fate) in &plan.parts {
            let (what, fate) = (self.taken(&mut tx, part).await?, fate_of(&mut tx, fate).await?);
            parts.push(UndoPart { what, fate });
        }
        let seen = self.accounts.undo_seen(&plan);
        Ok(UndoPreview {
            user: self.summary(&plan.user, &own),
            reset: self.reset_record(&mut tx, &plan.reset).await?,
            parts,
            sessions: plan.sessions,
            since: typed.since(&seen),
            seen,
            reason: typed.reason,
        })
    }

    pub(super) async fn undo_reset(
        &self,
        user: &str,
        reset: &str,
        said: &Confirmation,
        actor: &Actor,
        session: &Session,
    ) -> Result<(), Failed> {
        let done = async {
            let reason = confirmed(said, user)?;
            let plan = self.undo_plan(user, reset).await?;
            Ok(self.accounts.undo_reset(plan.reset.id, &said.seen, actor, reason).await.map_err(refused)?)
        };
        let done: Result<(), Failed> = done.await;
        if done.is_err() {
            keep_typed(&self.accounts, session, reset, said).await?;
        }
        done
    }

    async fn undo_plan(&self, user: &str, reset: &str) -> Result<UndoPlan, Failed> {
        let id = |text: &str| text.parse::<Uuid>().map_err(|_| ConsoleError::NotFound);
        let (user, reset) = (id(user)?, id(reset)?);
        let plan = self.accounts.preview_undo(reset).await.map_err(refused)?;
        if plan.user.id == user { Ok(plan) } else { Err(ConsoleError::NotFound.into()) }
    }

    async fn taken(&self, tx: &mut Tx, part: &Part) -> Result<Taken, Failed> {
        Ok(match part {
            Part::Phone(part) => Taken::Phone(part.number()?.masked()),
            Part::HandedPhone(part) => Taken::HandedPhone(part.phone.number()?.masked()),
            Part::ReplacedPhone(part) => Taken::ReplacedPhone(part.number()?.masked()),
            Part::Account(_) => Taken::Account,
            Part::Binding(part) | Part::MovedBinding(part) => {
                Taken::Openid { app: self.app(&part.appid), openid: part.openid.clone() }
            }
            Part::Unionid(part) => {
                let row = bindings::find(tx, part.binding).await?;
                Taken::Unionid { app: row.map(|row| self.app(&row.appid)), unionid: part.unionid.clone() }
            }
        })
    }
}

async fn fate_of(tx: &mut Tx, fate: &accounts::Fate) -> Result<Fate, Failed> {
    Ok(match fate {
        accounts::Fate::Returns => Fate::Returns,
        accounts::Fate::There => Fate::There,
        accounts::Fate::PhoneOf(user) => Fate::PhoneOf(user_ref(tx, *user).await?),
        accounts::Fate::OtherPhone(phone) => Fate::OtherPhone(phone.masked()),
        accounts::Fate::OpenidOf(user) => Fate::OpenidOf(user_ref(tx, *user).await?),
        accounts::Fate::NoBinding => Fate::NoBinding,
        accounts::Fate::Unbound => Fate::Unbound,
        accounts::Fate::OtherUnionid => Fate::OtherUnionid,
    })
}
