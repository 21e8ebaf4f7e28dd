//! Conflicts: what two users have and one should. Noted when they begin, reviewed whenever a phone, an openid or a unionid
//! changes hands, settled by an operator or by themselves. No program decides that two users are one person.

use latchkey_app::types::{AuditAction, ConflictKind, Settlement};
use serde_json::json;
use uuid::Uuid;

use super::{Accounts, Actor, Failure, ResetError};
use crate::{
    phone::PhoneNumber,
    store::{
        Tx, bindings,
        conflicts::{self, ConflictRow},
        users,
    },
};

/// How a conflict between two users is over, by whom and why.
pub(super) struct Verdict<'a> {
    pub how: Settlement,
    pub actor: &'a Actor,
    pub reason: &'a str,
}

impl Accounts {
    /// A unionid that appears later may be another user's already: the same person, most likely. Both stay.
    pub(super) async fn note_unionid(&self, tx: &mut Tx, user: Uuid, unionid: &str) -> Result<(), Failure> {
        let rows = bindings::with_unionid(tx, unionid).await?;
        let other = rows.iter().find(|row| row.user_id != user);
        match other.filter(|_| rows.iter().any(|row| row.user_id == user)) {
            Some(other) => self.note(tx, ConflictKind::Unionid, unionid, [user, other.user_id]).await,
            None => Ok(()),
        }
    }

    /// The user has proved a number that `owner` holds, and by the installation's rule keeps.
    pub(super) async fn note_wanted(
        &self,
        tx: &mut Tx,
        user: Uuid,
        owner: Uuid,
        phone: &PhoneNumber,
    ) -> Result<(), Failure> {
        self.note(tx, ConflictKind::Wanted, &hex::encode(self.index.phone(phone)), [user, owner]).await
    }

    /// A user's phone has changed: what that ends, and what begins with it. `numbers` are the one before and the one now.
    pub(super) async fn follow_phone(
        &self,
        tx: &mut Tx,
        user: Uuid,
        numbers: [Option<&PhoneNumber>; 2],
    ) -> Result<(), Failure> {
        self.lock_numbers(tx, numbers.into_iter().flatten()).await?;
        self.review_conflicts(tx, user).await?;
        self.note_phone(tx, user).await
    }

    /// Two who bind one number at once would not see each other. Everybody who takes several takes them in this order.
    pub(super) async fn lock_numbers(
        &self,
        tx: &mut Tx,
        numbers: impl Iterator<Item = &PhoneNumber>,
    ) -> Result<(), Failure> {
        let hashes: std::collections::BTreeSet<_> = numbers.map(|phone| self.index.phone(phone)).collect();
        for hash in hashes {
            tx.lock(&format!("phone {}", hex::encode(hash))).await?;
        }
        Ok(())
    }

    async fn note_phone(&self, tx: &mut Tx, user: Uuid) -> Result<(), Failure> {
        let Some(hash) = users::phone_hash(tx, user).await? else { return Ok(()) };
        match users::other_with_phone(tx, &hash, user).await? {
            Some(other) => self.note(tx, ConflictKind::Phone, &hex::encode(&hash), [user, other]).await,
            None => Ok(()),
        }
    }

    /// What is noted stays as it is, and two who are kept apart stay so, until something else turns up.
    async fn note(
        &self,
        tx: &mut Tx,
        kind: ConflictKind,
        shared: &str,
        [user_id, other_user_id]: [Uuid; 2],
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let row = ConflictRow {
            id: self.random.id(now),
            at: now.0,
            kind: kind.name().to_owned(),
            shared: shared.to_owned(),
            user_id,
            other_user_id,
            settled_at: None,
            settled_by: None,
            settlement: None,
            reason: None,
        };
        let known = conflicts::newest_of_pair(tx, &row).await?;
        let apart = Some(Settlement::KeptApart.name());
        if known.is_none_or(|known| known.settled_at.is_some() && known.settlement.as_deref() != apart) {
            conflicts::insert(tx, &row).await?;
        }
        Ok(())
    }

    /// Ends those of a user's conflicts whose ground is gone. The others who shared it with him may share it with one another.
    pub(super) async fn review_conflicts(&self, tx: &mut Tx, user: Uuid) -> Result<(), Failure> {
        for row in conflicts::open_of(tx, user).await? {
            let (kind, holds) = self.holds(tx, &row).await?;
            if holds {
                continue;
            }
            conflicts::settle(tx, row.id, self.clock.now(), Settlement::Ended.name(), None, None).await?;
            let other = if row.user_id == user { row.other_user_id } else { row.user_id };
            match kind {
                Some(ConflictKind::Phone) => self.note_phone(tx, other).await?,
                Some(ConflictKind::Unionid) => self.note_unionid(tx, other, &row.shared).await?,
                Some(ConflictKind::Wanted) | None => {}
            }
        }
        Ok(())
    }

    /// Whether it is still as it was noted.
    async fn holds(&self, tx: &mut Tx, row: &ConflictRow) -> Result<(Option<ConflictKind>, bool), Failure> {
        let kind = ConflictKind::from_name(&row.kind);
        let holds = match kind {
            Some(ConflictKind::Unionid) => {
                let rows = bindings::with_unionid(tx, &row.shared).await?;
                [row.user_id, row.other_user_id].iter().all(|user| rows.iter().any(|row| row.user_id == *user))
            }
            Some(kind) => {
                let (mine, his) = (self.has(tx, row.user_id, row).await?, self.has(tx, row.other_user_id, row).await?);
                his && mine == (kind == ConflictKind::Phone)
            }
            None => false,
        };
        Ok((kind, holds))
    }

    /// The number of a conflict about one.
    async fn has(&self, tx: &mut Tx, user: Uuid, row: &ConflictRow) -> Result<bool, Failure> {
        Ok(users::phone_hash(tx, user).await?.is_some_and(|hash| hex::encode(hash) == row.shared))
    }

    /// An act has settled what is open between two users: all of it, or what is about one number.
    pub(super) async fn settle_between(
        &self,
        tx: &mut Tx,
        [user, other]: [Uuid; 2],
        number: Option<&PhoneNumber>,
        verdict: &Verdict<'_>,
    ) -> Result<(), Failure> {
        let shared = number.map(|phone| hex::encode(self.index.phone(phone)));
        for row in conflicts::open_of(tx, user).await? {
            let theirs = row.user_id == other || row.other_user_id == other;
            if theirs && shared.as_ref().is_none_or(|shared| *shared == row.shared) {
                let (how, by) = (verdict.how.name(), Some(verdict.actor.name.as_str()));
                conflicts::settle(tx, row.id, self.clock.now(), how, by, Some(verdict.reason)).await?;
            }
        }
        Ok(())
    }

    /// They are two persons, or are to stay two users: the conflict is settled, and nothing else changes.
    pub async fn keep_apart(&self, id: Uuid, actor: &Actor, reason: &str) -> Result<(), ResetError> {
        let mut tx = self.db.write().await?;
        let row = conflicts::find(&mut tx, id).await?.ok_or(ResetError::Unknown)?;
        let how = Settlement::KeptApart.name();
        if !conflicts::settle(&mut tx, id, self.clock.now(), how, Some(&actor.name), Some(reason)).await? {
            return Err(ResetError::Nothing);
        }
        let detail = json!({ "conflict": id, "kind": row.kind, "other": row.other_user_id, "reason": reason });
        self.write_audit(&mut tx, actor, AuditAction::KeepApart, Some(row.user_id), &detail).await?;
        Ok(tx.commit().await?)
    }
}
