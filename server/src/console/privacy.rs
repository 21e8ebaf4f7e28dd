use latchkey_app::{
    error::ConsoleError,
    types::{AuditAction, Confirmation, ErasePreview, Erasure, Millis, Privacy, RevealedPhone},
};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use uuid::Uuid;

use super::{
    ConsoleServer, Failed,
    confirmed::{confirmed, keep_typed, typed},
    internal,
    reason::reason,
};
use crate::{
    accounts::{Actor, DISCLOSURES, EraseError, RevealError},
    sealed::Column,
    store::{
        Tx,
        audit::{self, AuditRow},
        erasures,
        users::{self, UserRow},
    },
};

/// How long a number stays revealed.
const SHOWN_S: i64 = 60;
/// The mark in the session of whoever has revealed a number. Not the number itself.
const REVEALED: &str = "revealed";
/// More than anybody reads; the audit page has all of them.
const MOST_LOOKS: i64 = 100;

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Revealed {
    user: Uuid,
    until: Millis,
}

impl ConsoleServer {
    pub(super) async fn privacy(&self, user: &str) -> Result<Privacy, Failed> {
        let id = user_id(user)?;
        let mut tx = self.accounts.db.read().await?;
        let user = users::find(&mut tx, id).await?.ok_or(ConsoleError::NotFound)?;
        let looks = self.looks_at(&mut tx, &user).await?;
        let erasures = erasures::of_user(&mut tx, id).await?;
        let looks = self.audit_entries(&mut tx, looks).await?;
        let erasure = |row: erasures::ErasureRow| Erasure {
            at: Millis(row.at),
            what: row.what,
            cause: row.cause,
            request_id: row.request_id,
        };
        Ok(Privacy {
            erased_at: user.erased_at.map(Millis),
            looks,
            erasures: erasures.into_iter().map(erasure).collect(),
        })
    }

    /// At him and at whoever was merged into him, newest first; and the exports that he may have been in.
    async fn looks_at(&self, tx: &mut Tx, user: &UserRow) -> Result<Vec<AuditRow>, Failed> {
        let until = user.erased_at.map_or(self.accounts.clock.now(), Millis);
        let many = AuditAction::ExportPhones.name();
        let all = users::with_merged(tx, user.id).await?;
        let from = users::first_created(tx, &all).await?;
        let mut looks = audit::of_action(tx, many, from, until, MOST_LOOKS).await?;
        for one in all {
            looks.extend(audit::acts_on(tx, one, DISCLOSURES, MOST_LOOKS).await?);
        }
        looks.sort_by_key(|row| std::cmp::Reverse(row.seq));
        looks.truncate(usize::try_from(MOST_LOOKS).unwrap_or(usize::MAX));
        Ok(looks)
    }

    /// The log first: a number whose reveal is not written down is not shown.
    pub(super) async fn reveal_phone(
        &self,
        user: &str,
        why: &str,
        actor: &Actor,
        session: &Session,
    ) -> Result<(), Failed> {
        let (user, why) = (user_id(user)?, reason(why)?);
        self.accounts.reveal_phone(user, actor, why).await.map_err(reveal_error)?;
        let until = self.accounts.clock.now().plus_seconds(SHOWN_S);
        Ok(session.insert(REVEALED, Revealed { user, until }).await.map_err(|error| internal(&error))?)
    }

    pub(super) async fn revealed_phone(&self, user: &str, session: &Session) -> Result<Option<RevealedPhone>, Failed> {
        let (user, now) = (user_id(user)?, self.accounts.clock.now());
        let mark: Option<Revealed> = session.get(REVEALED).await.map_err(|error| internal(&error))?;
        let Some(mark) = mark.filter(|mark| mark.user == user && now < mark.until) else { return Ok(None) };
        let row = users::find(&mut self.accounts.db.read().await?, user).await?.ok_or(ConsoleError::NotFound)?;
        let seconds_left = u32::try_from((mark.until.since(now) + 999) / 1000).unwrap_or(0);
        // One that does not open stays as it is shown to everybody.
        let phone = self.accounts.sealed_number(Column::UserPhone, user, row.phone_sealed.as_deref(), None);
        Ok(phone.ok().flatten().map(|phone| RevealedPhone {
            number: phone.display(),
            masked: phone.masked(),
            seconds_left,
        }))
    }

    pub(super) async fn reveal_wait(&self, actor: &Actor) -> Result<u32, Failed> {
        Ok(self.accounts.disclosure_wait(&actor.name).await?)
    }

    pub(super) async fn preview_erasure(&self, user: &str, session: &Session) -> Result<ErasePreview, Failed> {
        let id = user_id(user)?;
        let plan = self.accounts.preview_erasure(id).await.map_err(erase_error)?;
        let typed = typed(&self.accounts, session, &erasure_of(user)).await?;
        let seen = self.accounts.erasure_seen(&plan);
        let (user, since) = (self.summary(&plan.user, &plan.bindings), typed.since(&seen));
        Ok(ErasePreview { user, held: plan.held, since, seen, reason: typed.reason })
    }

    pub(super) async fn erase_user(
        &self,
        user: &str,
        said: &Confirmation,
        actor: &Actor,
        session: &Session,
    ) -> Result<(), Failed> {
        let erased = async {
            let (id, why) = (user_id(user)?, confirmed(said, user)?);
            self.accounts.erase_person(id, &said.seen, actor, why).await.map_err(erase_error)
        };
        if let Err(error) = erased.await {
            keep_typed(&self.accounts, session, &erasure_of(user), said).await?;
            return Err(error.into());
        }
        Ok(())
    }

    pub(super) async fn export_user(&self, user: &str, why: &str, actor: &Actor) -> Result<String, Failed> {
        let (user, why) = (user_id(user)?, reason(why)?);
        let held = self.accounts.export_person(user, actor, why).await.map_err(reveal_error)?;
        Ok(serde_json::to_string_pretty(&held).map_err(|error| internal(&error))?)
    }
}

/// The page whose reason is kept.
fn erasure_of(user: &str) -> String {
    format!("{user} erase")
}

/// An id of another shape is no user.
fn user_id(text: &str) -> Result<Uuid, ConsoleError> {
    text.parse().map_err(|_| ConsoleError::NotFound)
}

pub(super) fn reveal_error(error: RevealError) -> ConsoleError {
    match error {
        RevealError::Unknown => ConsoleError::NotFound,
        RevealError::Merged => ConsoleError::Merged,
        RevealError::NoPhone => ConsoleError::NoPhone,
        RevealError::TooMany => ConsoleError::TooManyReveals,
        RevealError::Failure(failure) => internal(&failure),
    }
}

fn erase_error(error: EraseError) -> ConsoleError {
    match error {
        EraseError::Unknown => ConsoleError::NotFound,
        EraseError::Erased => ConsoleError::Erased,
        EraseError::Merged => ConsoleError::Merged,
        EraseError::Stale => ConsoleError::Stale,
        EraseError::Failure(failure) => internal(&failure),
    }
}
