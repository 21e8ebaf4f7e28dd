//! Who is an operator, and as what: what administrators and the command line change.

use latchkey_app::types::{AuditAction, Role};
use serde_json::json;
use uuid::Uuid;

use super::{Beside, OperatorError, Operators, Result, hashing::Caller};
use crate::{
    accounts::Actor,
    secret::Secret,
    store::{
        Tx, operator_links, operator_sessions,
        operators::{self, OperatorRow},
    },
};

const LONGEST_USERNAME: usize = 64;

pub(super) fn username_allowed(username: &str) -> Result<()> {
    let letters = username.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte));
    let right = letters && (1..=LONGEST_USERNAME).contains(&username.len());
    if right { Ok(()) } else { Err(OperatorError::Username) }
}

/// The command line's.
impl Operators {
    /// With a password, at once.
    pub async fn create(&self, username: &str, role: Role, password: &Secret) -> Result<()> {
        self.create_beside(username, role, password, Beside::Nothing).await
    }

    /// [`Self::create`] with a password that needs to be no longer than what stands beside it asks for.
    pub async fn create_beside(&self, username: &str, role: Role, password: &Secret, beside: Beside) -> Result<()> {
        username_allowed(username)?;
        let place = self.hashing.place(Caller::Acquainted)?;
        let hash = self.hash(username, password, beside, &place).await?;
        let mut tx = self.change().await?;
        self.insert(&mut tx, username, role, hash, &Actor::command_line()).await?;
        Ok(tx.commit().await?)
    }

    /// Gives a new password and ends every session of the operator; his second factor, too, if it is lost.
    pub async fn reset_password(&self, username: &str, password: &Secret, drops_totp: bool) -> Result<()> {
        let row = operators::find_username(&mut self.accounts.db.read().await?, username).await?;
        let (beside, place) = (Beside::of(row.as_ref(), drops_totp), self.hashing.place(Caller::Acquainted)?);
        let hash = self.hash(username, password, beside, &place).await?;
        let mut tx = self.change().await?;
        let row = operators::find_username(&mut tx, username).await?.ok_or(OperatorError::Unknown)?;
        operators::set_password(&mut tx, row.id, &hash).await?;
        operator_sessions::delete_of(&mut tx, row.id).await?;
        operator_links::delete_of(&mut tx, Some(row.id)).await?;
        if drops_totp {
            self.drop_second_factor(&mut tx, row.id).await?;
        }
        self.forget_tries(&mut tx, &row.folded).await?;
        let detail = json!({ "operator": row.username, "removesSecondFactor": drops_totp });
        let actor = Actor::command_line();
        self.accounts.write_audit(&mut tx, &actor, AuditAction::ResetOperatorPassword, None, &detail).await?;
        Ok(tx.commit().await?)
    }

    /// Lets the operator in again, or out at once.
    pub async fn set_enabled(&self, username: &str, enabled: bool) -> Result<()> {
        let row = operators::find_username(&mut self.accounts.db.read().await?, username).await?;
        self.enable(row.ok_or(OperatorError::Unknown)?.id, enabled, &Actor::command_line()).await
    }
}

impl Operators {
    pub(super) async fn insert(
        &self,
        tx: &mut Tx,
        username: &str,
        role: Role,
        password_hash: String,
        actor: &Actor,
    ) -> Result<()> {
        let now = self.accounts.clock.now();
        let row = OperatorRow {
            id: self.accounts.random.id(now),
            username: username.to_owned(),
            folded: operators::fold(username),
            password_hash,
            role: role.name().to_owned(),
            created_at: now.0,
            disabled_at: None,
            last_sign_in_at: None,
            totp_sealed: None,
            totp_step: None,
        };
        if !operators::insert(tx, &row).await? {
            return Err(OperatorError::Taken);
        }
        let detail = json!({ "operator": username, "role": role.name() });
        Ok(self.accounts.write_audit(tx, actor, AuditAction::CreateOperator, None, &detail).await?)
    }

    /// An operator without a password, and the link with which he chooses one.
    pub async fn invite(&self, username: &str, role: Role, actor: &Actor) -> Result<Secret> {
        username_allowed(username)?;
        let mut tx = self.change().await?;
        self.insert(&mut tx, username, role, String::new(), actor).await?;
        let row = operators::find_username(&mut tx, username).await?.ok_or(OperatorError::Unknown)?;
        let link = self.new_link(&mut tx, row.id, false).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// Takes password and sessions away and makes a link with which he chooses a new one: his name, and the link.
    pub async fn reset(&self, id: Uuid, drops_totp: bool, actor: &Actor) -> Result<(String, Secret)> {
        let mut tx = self.change().await?;
        let row = operators::find(&mut tx, id).await?.ok_or(OperatorError::Unknown)?;
        // His own session would end, and with it the page that shows the link.
        if row.username == actor.name {
            return Err(OperatorError::Senseless);
        }
        operators::set_password(&mut tx, id, "").await?;
        operator_sessions::delete_of(&mut tx, id).await?;
        keep_an_admin(&mut tx, &row).await?;
        let link = self.new_link(&mut tx, id, drops_totp).await?;
        self.forget_tries(&mut tx, &row.folded).await?;
        let detail = json!({ "operator": row.username, "removesSecondFactor": drops_totp });
        self.accounts.write_audit(&mut tx, actor, AuditAction::ResetOperator, None, &detail).await?;
        tx.commit().await?;
        Ok((row.username, link))
    }

    /// Unless it is another one by now than the one that was seen.
    pub async fn set_role(&self, id: Uuid, was: Role, role: Role, actor: &Actor) -> Result<()> {
        let mut tx = self.change().await?;
        let row = operators::find(&mut tx, id).await?.ok_or(OperatorError::Unknown)?;
        if row.role == role.name() {
            return Ok(());
        }
        if row.role != was.name() {
            return Err(OperatorError::Stale);
        }
        operators::set_role(&mut tx, id, role.name()).await?;
        keep_an_admin(&mut tx, &row).await?;
        let detail = json!({ "operator": row.username, "oldRole": row.role, "role": role.name() });
        self.accounts.write_audit(&mut tx, actor, AuditAction::SetOperatorRole, None, &detail).await?;
        Ok(tx.commit().await?)
    }

    /// Lets an operator in again, or out: his sessions end at once, and so does a link that he has not used.
    pub async fn enable(&self, id: Uuid, enabled: bool, actor: &Actor) -> Result<()> {
        let mut tx = self.change().await?;
        let row = operators::find(&mut tx, id).await?.ok_or(OperatorError::Unknown)?;
        if enabled == row.disabled_at.is_none() {
            return Ok(());
        }
        operators::set_disabled(&mut tx, id, (!enabled).then(|| self.accounts.clock.now())).await?;
        if enabled {
            self.forget_tries(&mut tx, &row.folded).await?;
        } else {
            operator_sessions::delete_of(&mut tx, id).await?;
            operator_links::delete_of(&mut tx, Some(id)).await?;
            keep_an_admin(&mut tx, &row).await?;
        }
        let action = if enabled { AuditAction::EnableOperator } else { AuditAction::DisableOperator };
        self.accounts.write_audit(&mut tx, actor, action, None, &json!({ "operator": row.username })).await?;
        Ok(tx.commit().await?)
    }
}

/// Refuses what has taken the last administrator who can sign in away. `before` is whom it was done to, as he was.
async fn keep_an_admin(tx: &mut Tx, before: &OperatorRow) -> Result<()> {
    let able = before.role == Role::Admin.name() && before.disabled_at.is_none() && !before.password_hash.is_empty();
    if able && operators::able_admins(tx).await? == 0 { Err(OperatorError::LastAdmin) } else { Ok(()) }
}
