//! Links with which somebody chooses a password: invitation, reset, and the one that makes the first administrator. 256 random
//! bits, good once and for a day, kept as SHA-256.

use latchkey_app::types::{AuditAction, Invitation, Role};
use serde_json::json;
use uuid::Uuid;

use super::{Beside, OperatorError, Operators, Result, hashing::Caller, roster::username_allowed};
use crate::{
    accounts::Actor,
    arrival::Arrival,
    sealed::sha256,
    secret::Secret,
    store::{
        Tx,
        operator_links::{self, OperatorLinkRow},
        operator_sessions,
        operators::{self, OperatorRow},
    },
};

const GOOD_FOR_S: i64 = 24 * 3600;

fn hash(token: &str) -> [u8; 32] {
    sha256(&[b"operator link/", token.as_bytes()])
}

impl Operators {
    /// A link that makes the first administrator, while there is no operator at all. Those of other nodes, and of earlier
    /// starts, stay good beside it: whichever is used first ends them all.
    pub async fn set_up_link(&self) -> Result<Option<Secret>> {
        let mut tx = self.change().await?;
        if !operators::list(&mut tx).await?.is_empty() {
            return Ok(None);
        }
        let link = self.add_link(&mut tx, None, false).await?;
        tx.commit().await?;
        Ok(Some(link))
    }

    /// A link in place of all earlier ones for the same operator. Told here and never again.
    pub(super) async fn new_link(&self, tx: &mut Tx, operator: Uuid, drops_totp: bool) -> Result<Secret> {
        operator_links::delete_of(tx, Some(operator)).await?;
        self.add_link(tx, Some(operator), drops_totp).await
    }

    async fn add_link(&self, tx: &mut Tx, operator: Option<Uuid>, drops_totp: bool) -> Result<Secret> {
        let token = hex::encode(self.accounts.random.bytes::<32>());
        let expires_at = self.accounts.clock.now().plus_seconds(GOOD_FOR_S).0;
        let row = OperatorLinkRow { hash: hash(&token).to_vec(), operator_id: operator, drops_totp, expires_at };
        operator_links::insert(tx, &row).await?;
        Ok(Secret::new(format!("{}/console/invite/{token}", self.settings.public_url)))
    }

    /// For whom a link is. Looking at it does not use it up.
    pub async fn open_link(&self, token: &str) -> Result<Invitation> {
        let mut tx = self.accounts.db.read().await?;
        let (link, row) = self.link(&mut tx, token).await?;
        let beside = Beside::of(row.as_ref(), link.drops_totp);
        Ok(Invitation {
            username: row.map(|row| row.username),
            drops_second_factor: link.drops_totp,
            shortest_password: beside.shortest_password(),
        })
    }

    async fn link(&self, tx: &mut Tx, token: &str) -> Result<(OperatorLinkRow, Option<OperatorRow>)> {
        let link = operator_links::find(tx, hash(token), self.accounts.clock.now()).await?;
        let link = link.ok_or(OperatorError::LinkGone)?;
        let row = match link.operator_id {
            Some(id) => operators::find(tx, id).await?.filter(|row| row.disabled_at.is_none()),
            None => None,
        };
        let first = link.operator_id.is_none() && operators::list(tx).await?.is_empty();
        if row.is_some() || first { Ok((link, row)) } else { Err(OperatorError::LinkGone) }
    }

    /// Uses a link up; whether it was the one that makes the first administrator. `username` counts only for that one:
    /// everybody else has a name.
    pub async fn accept_link(
        &self,
        token: &str,
        username: &str,
        password: &Secret,
        arrival: Option<Arrival>,
    ) -> Result<bool> {
        let (link, row) = self.link(&mut self.accounts.db.read().await?, token).await?;
        let username = row.as_ref().map_or(username, |row| &row.username);
        username_allowed(username)?;
        // Before the transaction: it takes its time.
        let (beside, place) = (Beside::of(row.as_ref(), link.drops_totp), self.hashing.place(Caller::Acquainted)?);
        let password_hash = self.hash(username, password, beside, &place).await?;
        let actor = Actor::operator(username, arrival);
        let mut tx = self.change().await?;
        let (link, row) = self.link(&mut tx, token).await?;
        if !operator_links::take(&mut tx, hash(token), self.accounts.clock.now()).await? {
            return Err(OperatorError::LinkGone);
        }
        let first = row.is_none();
        if let Some(row) = row {
            self.set_chosen(&mut tx, &row, &password_hash, &link, &actor).await?;
        } else {
            operator_links::delete_of(&mut tx, None).await?;
            self.forget_tries(&mut tx, &operators::fold(username)).await?;
            self.insert(&mut tx, username, Role::Admin, password_hash, &actor).await?;
        }
        tx.commit().await?;
        Ok(first)
    }

    async fn set_chosen(
        &self,
        tx: &mut Tx,
        row: &OperatorRow,
        password_hash: &str,
        link: &OperatorLinkRow,
        actor: &Actor,
    ) -> Result<()> {
        operators::set_password(tx, row.id, password_hash).await?;
        operator_sessions::delete_of(tx, row.id).await?;
        if link.drops_totp {
            self.drop_second_factor(tx, row.id).await?;
        }
        self.forget_tries(tx, &row.folded).await?;
        let detail = json!({ "secondFactorRemoved": link.drops_totp });
        Ok(self.accounts.write_audit(tx, actor, AuditAction::ChoosePassword, None, &detail).await?)
    }
}
