use latchkey_app::{
    error::ConsoleError,
    types::{Binding, Millis, User},
};
use uuid::Uuid;

use super::{ConsoleServer, Failed, internal, story::Span};
use crate::{
    accounts::{Actor, Failure, ResetError},
    store::{bindings, bindings::BindingRow, phone_changes, users},
};

/// A user with more changes than this is a test account; the list of all changes shows the rest.
const MOST_CHANGES: i64 = 100;
const LONGEST_REASON: usize = 500;
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
        let changes = phone_changes::of_user(&mut tx, id, MOST_CHANGES).await?;
        let now = self.accounts.clock.now();
        let events = self.events(&mut tx, Span { user: id, from: now.plus_seconds(-LIFE_S), to: now }).await?;
        drop(tx);
        Ok(User {
            summary: self.summary(&user, &rows)?,
            phone_bound_at: user.phone_bound_at.map(Millis),
            bindings: rows.iter().zip(ages).map(|(row, ages)| self.binding(row, &ages)).collect(),
            phone_changes: changes.iter().map(|row| self.phone_change(row)).collect::<Result<_, _>>()?,
            events,
        })
    }

    /// An operator's reset; [`ConsoleError::NoSession`] when there is nothing to reset.
    pub(super) async fn reset_wechat_session(&self, binding: &str, reason: &str, actor: &Actor) -> Result<(), Failed> {
        let binding: Uuid = binding.parse().map_err(|_| ConsoleError::NotFound)?;
        let reason = reason.trim();
        if !(1..=LONGEST_REASON).contains(&reason.chars().count()) {
            return Err(ConsoleError::BadRequest.into());
        }
        self.accounts.reset_wechat_session(binding, actor, reason).await.map_err(|error| match error {
            ResetError::Unknown => ConsoleError::NotFound,
            ResetError::NoSession => ConsoleError::NoSession,
            ResetError::Failure(Failure::Internal(fault)) => internal(&fault),
            ResetError::Failure(_) => ConsoleError::WeChat,
        })?;
        Ok(())
    }

    fn binding(&self, row: &BindingRow, key_ages: &[Millis]) -> Binding {
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
