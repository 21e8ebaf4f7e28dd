//! What an operator does with his own account.

use latchkey_app::types::AuditAction;
use serde_json::json;
use uuid::Uuid;

use super::{
    Beside, OperatorError, Operators, Result,
    hashing::Caller,
    tries::{Guess, Try},
};
use crate::{
    accounts::Actor,
    arrival::Arrival,
    secret::Secret,
    store::{
        operator_sessions::{self, OperatorSessionRow},
        operators::{self, OperatorRow},
        recovery_codes,
    },
};

impl Operators {
    /// Changes the password for whoever has the current one, and ends every session, this one too: it goes on under a new
    /// id, for the operator as the row then says.
    pub async fn change_password(
        &self,
        id: Uuid,
        current: Secret,
        new: Secret,
        arrival: Option<Arrival>,
    ) -> Result<OperatorRow> {
        self.to_the_end(|operators| async move { operators.password_changed(id, &current, &new, arrival).await }).await
    }

    async fn password_changed(
        &self,
        id: Uuid,
        current: &Secret,
        new: &Secret,
        arrival: Option<Arrival>,
    ) -> Result<OperatorRow> {
        let (mut row, tried) = self.owner(id, current, Guess::Password, arrival).await?;
        let hash = self.hash(&row.username, new, Beside::of(Some(&row), false), &tried.place).await;
        let mut tx = self.accounts.db.write().await?;
        if let Ok(hash) = &hash {
            // Not when it was taken away or changed while this was checked.
            if !operators::replace_password(&mut tx, id, &row.password_hash, hash).await? {
                return Err(OperatorError::WrongPassword);
            }
            operator_sessions::delete_of(&mut tx, id).await?;
        }
        self.succeed(&mut tx, &tried).await?;
        if hash.is_ok() {
            let actor = Actor::operator(&row.username, arrival);
            self.accounts.write_audit(&mut tx, &actor, AuditAction::ChangePassword, None, &json!({})).await?;
        }
        tx.commit().await?;
        row.password_hash = hash?;
        Ok(row)
    }

    /// The operator, for whoever has the password; the try is yet to be ended.
    pub(super) async fn owner(
        &self,
        id: Uuid,
        password: &Secret,
        guess: Guess,
        arrival: Option<Arrival>,
    ) -> Result<(OperatorRow, Try)> {
        let row = self.find(id).await?.ok_or(OperatorError::Unknown)?;
        let place = self.hashing.place(Caller::Acquainted)?;
        let tried = self.begin_try(&row.folded, guess, place, arrival).await?;
        if self.matches(Some(&row), password, &tried.place).await? {
            return Ok((row, tried));
        }
        self.fail(&tried, Some(&row), "password");
        Err(OperatorError::WrongPassword)
    }

    /// Whether it is the operator in person, by the password.
    pub async fn check_owner(&self, id: Uuid, password: Secret, arrival: Option<Arrival>) -> Result<()> {
        self.to_the_end(|operators| async move {
            let (_, tried) = operators.owner(id, &password, Guess::Password, arrival).await?;
            let mut tx = operators.accounts.db.write().await?;
            operators.succeed(&mut tx, &tried).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    /// How many recovery codes are left; `None` where the second factor is off.
    pub async fn recovery_codes_left(&self, id: Uuid) -> Result<Option<i64>> {
        let mut tx = self.accounts.db.read().await?;
        let on = operators::find(&mut tx, id).await?.is_some_and(|row| row.totp_sealed.is_some());
        Ok(if on { Some(recovery_codes::count(&mut tx, id).await?) } else { None })
    }

    pub async fn sessions(&self, id: Uuid) -> Result<Vec<OperatorSessionRow>> {
        let now = self.accounts.clock.now();
        Ok(operator_sessions::of(&mut self.accounts.db.read().await?, id, now).await?)
    }

    /// Ends a session of this operator, by its hash.
    pub async fn end_session(&self, id: Uuid, hash: &[u8], actor: &Actor) -> Result<()> {
        let mut tx = self.accounts.db.write().await?;
        if !operator_sessions::delete_one_of(&mut tx, id, hash).await? {
            return Err(OperatorError::Unknown);
        }
        self.accounts.write_audit(&mut tx, actor, AuditAction::EndOwnSessions, None, &json!({ "sessions": 1 })).await?;
        Ok(tx.commit().await?)
    }

    /// Ends every session of this operator but the one with this hash.
    pub async fn end_other_sessions(&self, id: Uuid, but: &[u8], actor: &Actor) -> Result<()> {
        let mut tx = self.accounts.db.write().await?;
        let sessions = operator_sessions::delete_others(&mut tx, id, but).await?;
        self.accounts
            .write_audit(&mut tx, actor, AuditAction::EndOwnSessions, None, &json!({ "sessions": sessions }))
            .await?;
        Ok(tx.commit().await?)
    }
}
