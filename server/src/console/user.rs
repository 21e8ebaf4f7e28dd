use latchkey_app::{
    error::ConsoleError,
    types::{Binding, Millis, ResetKind, User, UserSession},
};
use uuid::Uuid;

use super::{ConsoleServer, Failed, conflicts::merged_into, story::Span};
use crate::store::{bindings, bindings::BindingRow, failures, phone_changes, tokens, tokens::TokenRow, users};

/// A user with more changes than this is a test account; the list of all changes shows the rest.
const MOST_CHANGES: i64 = 100;
/// Of the failures the newest tell most; the list of all is one press away.
const MOST_FAILURES: i64 = 5;
const MOST_SESSIONS: i64 = 50;
/// As far back as records of failures are kept.
const LIFE_S: i64 = 30 * 86_400;

impl ConsoleServer {
    /// Everything the user's page shows. An id of another shape is no user.
    pub(super) async fn user(&self, id: &str) -> Result<User, Failed> {
        let id: Uuid = id.parse().map_err(|_| ConsoleError::NotFound)?;
        let mut tx = self.accounts.db.read().await?;
        let user = users::find(&mut tx, id).await?.ok_or(ConsoleError::NotFound)?;
        let rows = bindings::of_users(&mut tx, &[id]).await?;
        let mut ages = Vec::new();
        for row in &rows {
            ages.push(self.accounts.key_ages(&mut tx, row.id).await?);
        }
        let merged = users::merged_into(&mut tx, id).await?;
        let mut changes = Vec::new();
        for whose in merged.iter().chain([&id]) {
            changes.extend(phone_changes::of_user(&mut tx, *whose, MOST_CHANGES).await?);
        }
        changes.sort_by_key(|row| std::cmp::Reverse(row.id));
        let now = self.accounts.clock.now();
        let events = self.events(&mut tx, Span { user: id, from: now.plus_seconds(-LIFE_S), to: now }).await?;
        let sessions = tokens::of_user(&mut tx, id, now, MOST_SESSIONS).await?;
        let resets = self.resets_of(&mut tx, id).await?;
        let failures = failures::newest_of(&mut tx, id, MOST_FAILURES).await?;
        let failures = self.failures_of(&mut tx, &failures).await?;
        let conflicts = self.conflicts_of(&mut tx, id).await?;
        let merged_into = merged_into(&mut tx, user.merged_into).await?;
        drop(tx);
        let block = resets.iter().find(|reset| reset.kind == ResetKind::Block).cloned();
        Ok(User {
            summary: self.summary(&user, &rows),
            blocked_at: user.blocked_at.map(Millis),
            block: block.filter(|block| user.blocked_at == Some(block.at.0)),
            erased_at: user.erased_at.map(Millis),
            merged_into,
            merged: merged.iter().map(Uuid::to_string).collect(),
            conflicts,
            phone_bound_at: user.phone_bound_at.map(Millis),
            sessions: sessions.iter().map(|row| self.user_session(row, &rows)).collect::<Result<_, _>>()?,
            resets,
            failures,
            bindings: rows.iter().zip(ages).map(|(row, ages)| self.binding(row, &ages)).collect(),
            phone_changes: changes.iter().map(|row| self.phone_change(row)).collect::<Result<_, _>>()?,
            events,
        })
    }

    fn user_session(&self, row: &TokenRow, own: &[BindingRow]) -> Result<UserSession, ConsoleError> {
        let binding = own.iter().find(|binding| binding.id == row.binding_id).ok_or(ConsoleError::Internal)?;
        Ok(UserSession {
            id: row.id(),
            app: self.app(&binding.appid),
            client: row.client.clone(),
            created_at: Millis(row.created_at),
            last_used_at: Millis(row.last_used_at),
            expires_at: Millis(row.expires_at),
        })
    }

    /// `key_ages` of its ring, newest first.
    pub(super) fn binding(&self, row: &BindingRow, key_ages: &[Millis]) -> Binding {
        Binding {
            id: row.id.to_string(),
            app: self.app(&row.appid),
            openid: row.openid.clone(),
            unionid: row.unionid.clone(),
            created_at: Millis(row.created_at),
            last_login_at: Millis(row.last_login_at),
            key_received_at: key_ages.first().copied(),
            keys: key_ages.len(),
        }
    }
}
