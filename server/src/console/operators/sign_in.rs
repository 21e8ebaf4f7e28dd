//! Signing in: the password, and then the second factor where it is on.

use latchkey_app::types::AuditAction;
use serde_json::json;

use super::{
    OperatorError, Operators, Result,
    hashing::Place,
    tries::{Guess, Try},
};
use crate::{
    accounts::Actor,
    arrival::Arrival,
    secret::Secret,
    store::{
        Tx,
        operators::{self, OperatorRow},
    },
};

/// How much an operator has proven.
#[derive(Debug)]
pub enum Proven {
    /// All that is asked for.
    All(OperatorRow),
    /// His password; the second factor is still to come.
    Password(OperatorRow),
}

impl Operators {
    /// The first step. Takes the same time, and counts alike, whether the name exists. Runs to its end though the client
    /// hangs up, as does every try: what fails is filed.
    pub async fn check_password(&self, username: &str, password: Secret, arrival: Option<Arrival>) -> Result<Proven> {
        // No database takes that letter, and no name has it.
        let username = username.replace('\0', "");
        let place = self.place_of(arrival).await?;
        self.to_the_end(
            |operators| async move { operators.password_checked(&username, &password, place, arrival).await },
        )
        .await
    }

    async fn password_checked(
        &self,
        username: &str,
        password: &Secret,
        place: Place,
        arrival: Option<Arrival>,
    ) -> Result<Proven> {
        let row = operators::find_username(&mut self.accounts.db.read().await?, username).await?;
        let folded = row.as_ref().map_or_else(|| operators::fold(username), |row| row.folded.clone());
        let tried = self.begin_try(&folded, Guess::Password, place, arrival).await?;
        let able = row.as_ref().filter(|row| row.disabled_at.is_none());
        let right = self.matches(able, password, &tried.place).await?;
        let Some(able) = able.filter(|_| right) else {
            self.fail(&tried, row.as_ref(), "password");
            return Err(OperatorError::SignInFailed);
        };
        let renewed = self.renewed(able, password, &tried.place).await?;
        let mut tx = self.accounts.db.write().await?;
        // Checking took its time: what was right may have been taken away meanwhile.
        let mut row = operators::find(&mut tx, able.id).await?.ok_or(OperatorError::SignInFailed)?;
        if row.disabled_at.is_some() || row.password_hash != able.password_hash {
            return Err(OperatorError::SignInFailed);
        }
        if let Some(hash) = renewed
            && operators::replace_password(&mut tx, row.id, &row.password_hash, &hash).await?
        {
            row.password_hash = hash;
        }
        let whole = row.totp_sealed.is_none();
        if whole {
            self.admit(&mut tx, &row, &tried, None).await?;
        } else {
            self.succeed_half(&mut tx, &tried).await?;
        }
        tx.commit().await?;
        Ok(if whole { Proven::All(row) } else { Proven::Password(row) })
    }

    /// The second step, for an operator whose password was right: a code of the app, or a recovery code.
    pub async fn check_code(&self, row: OperatorRow, code: &str, arrival: Option<Arrival>) -> Result<OperatorRow> {
        let (code, place) = (code.to_owned(), self.place_of(arrival).await?);
        self.to_the_end(|operators| async move { operators.code_checked(row, &code, place, arrival).await }).await
    }

    async fn code_checked(
        &self,
        row: OperatorRow,
        code: &str,
        place: Place,
        arrival: Option<Arrival>,
    ) -> Result<OperatorRow> {
        let tried = self.begin_try(&row.folded, Guess::Code, place, arrival).await?;
        let mut tx = self.accounts.db.write().await?;
        let Some(factor) = self.use_code(&mut tx, &row, code).await? else {
            drop(tx);
            self.fail(&tried, Some(&row), "second factor");
            return Err(OperatorError::WrongCode);
        };
        self.admit(&mut tx, &row, &tried, Some(factor)).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn admit(&self, tx: &mut Tx, row: &OperatorRow, tried: &Try, factor: Option<&str>) -> Result<()> {
        operators::signed_in(tx, row.id, self.accounts.clock.now()).await?;
        self.note_address(tx, tried.arrival).await?;
        self.succeed(tx, tried).await?;
        let actor = Actor::operator(&row.username, tried.arrival);
        let detail = json!({ "secondFactor": factor });
        Ok(self.accounts.write_audit(tx, &actor, AuditAction::SignIn, None, &detail).await?)
    }

    /// For the audit log; the session itself is the visit's to end.
    pub async fn note_sign_out(&self, actor: &Actor) -> Result<()> {
        let mut tx = self.accounts.db.write().await?;
        self.accounts.write_audit(&mut tx, actor, AuditAction::SignOut, None, &json!({})).await?;
        Ok(tx.commit().await?)
    }
}
