use std::collections::HashMap;

use latchkey_app::{
    error::ConsoleError,
    types::{Conflict, ConflictKind, ConflictQuery, Millis, OwnConflict, Page, Party, Settled, Settlement, UserRef},
};
use uuid::Uuid;

use super::{
    ConsoleServer, Failed, page,
    reason::reason as reason_of,
    resets::{refused, user_ref},
    start,
};
use crate::{
    accounts::Actor,
    store::{
        Tx, bindings,
        conflicts::{self, ConflictRow},
        users,
    },
};

/// Each takes as much room as a page of its own on a phone.
const PAGE: usize = 20;
/// The newest of a user; the list of conflicts has all of them.
const MOST_OF_USER: usize = 3;

impl ConsoleServer {
    /// A page of the open conflicts, or of the settled ones.
    pub(super) async fn conflicts(&self, query: &ConflictQuery) -> Result<Page<Conflict>, Failed> {
        let start = start(query.cursor.as_ref())?;
        let mut tx = self.accounts.db.read().await?;
        let slice = conflicts::list(&mut tx, !query.settled, start, PAGE).await?;
        let items = self.compared(&mut tx, &slice.rows).await?;
        Ok(page(&slice, |row| row.id, items))
    }

    pub(super) async fn conflict(&self, id: &str) -> Result<Conflict, Failed> {
        let id: Uuid = id.parse().map_err(|_| ConsoleError::NotFound)?;
        let mut tx = self.accounts.db.read().await?;
        let row = conflicts::find(&mut tx, id).await?.ok_or(ConsoleError::NotFound)?;
        let mut found = self.compared(&mut tx, &[row]).await?;
        Ok(found.pop().ok_or(ConsoleError::NotFound)?)
    }

    pub(super) async fn keep_apart(&self, id: &str, reason: &str, actor: &Actor) -> Result<(), Failed> {
        let id: Uuid = id.parse().map_err(|_| ConsoleError::NotFound)?;
        Ok(self.accounts.keep_apart(id, actor, reason_of(reason)?).await.map_err(refused)?)
    }

    /// The open ones of a user.
    pub(super) async fn conflicts_of(&self, tx: &mut Tx, user: Uuid) -> Result<Vec<OwnConflict>, Failed> {
        let mut own = Vec::new();
        for row in conflicts::open_of(tx, user).await?.into_iter().rev().take(MOST_OF_USER) {
            let kind = ConflictKind::from_name(&row.kind).ok_or(ConsoleError::Internal)?;
            let with = if row.user_id == user { row.other_user_id } else { row.user_id };
            own.push(OwnConflict { id: row.id.to_string(), kind, with: user_ref(tx, with).await? });
        }
        Ok(own)
    }

    async fn compared(&self, tx: &mut Tx, rows: &[ConflictRow]) -> Result<Vec<Conflict>, Failed> {
        let ids: Vec<Uuid> = rows.iter().flat_map(|row| [row.user_id, row.other_user_id]).collect();
        let parties = self.parties(tx, &ids).await?;
        let party = |id| parties.get(&id).cloned().ok_or(ConsoleError::Internal);
        let conflict = |row: &ConflictRow| {
            let kind = ConflictKind::from_name(&row.kind).ok_or(ConsoleError::Internal)?;
            Ok(Conflict {
                id: row.id.to_string(),
                kind,
                at: Millis(row.at),
                unionid: (kind == ConflictKind::Unionid).then(|| row.shared.clone()),
                user: party(row.user_id)?,
                other: party(row.other_user_id)?,
                settled: settled(row)?,
            })
        };
        rows.iter().map(conflict).collect()
    }

    async fn parties(&self, tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Party>, Failed> {
        let bindings = bindings::of_users(tx, ids).await?;
        let mut parties = HashMap::new();
        for row in users::of_ids(tx, ids).await? {
            let own = bindings.iter().filter(|binding| binding.user_id == row.id);
            let party = Party {
                user: self.summary(&row, &bindings),
                phone_bound_at: row.phone_bound_at.map(Millis),
                bindings: own.map(|binding| self.binding(binding, &[])).collect(),
                merged_into: merged_into(tx, row.merged_into).await?,
                erased: row.erased_at.is_some(),
            };
            parties.insert(row.id, party);
        }
        Ok(parties)
    }
}

pub(super) async fn merged_into(tx: &mut Tx, user: Option<Uuid>) -> Result<Option<UserRef>, Failed> {
    Ok(match user {
        Some(user) => Some(user_ref(tx, user).await?),
        None => None,
    })
}

fn settled(row: &ConflictRow) -> Result<Option<Settled>, ConsoleError> {
    let (Some(at), Some(how)) = (row.settled_at, &row.settlement) else { return Ok(None) };
    let how = Settlement::from_name(how).ok_or(ConsoleError::Internal)?;
    Ok(Some(Settled { how, at: Millis(at), by: row.settled_by.clone(), reason: row.reason.clone() }))
}
