//! The policy that says which operators must use a second factor. It stands in the database, so that it holds on every node
//! from the next request on. The configuration sets a lower bound.

use latchkey_app::types::{AuditAction, Role, SecondFactorPolicy};
use serde_json::json;

use super::{OperatorError, Operators, Result};
use crate::{
    accounts::Actor,
    store::{Tx, operators::OperatorRow, settings},
};

const SETTING: &str = "require_second_factor";

impl Operators {
    /// The lower bound that the configuration sets.
    pub fn least_policy(&self) -> SecondFactorPolicy {
        if self.settings.require_admin_totp { SecondFactorPolicy::Admins } else { SecondFactorPolicy::None }
    }

    /// The policy that holds.
    pub async fn second_factor_policy(&self) -> Result<SecondFactorPolicy> {
        Ok(self.chosen_policy(&mut self.accounts.db.read().await?).await?.max(self.least_policy()))
    }

    async fn chosen_policy(&self, tx: &mut Tx) -> Result<SecondFactorPolicy> {
        let kept = settings::find(tx, SETTING).await?;
        let name = kept.as_deref().and_then(|name| std::str::from_utf8(name).ok());
        // A name that only a newer version knows asks for more than this one can say.
        Ok(name.map_or(SecondFactorPolicy::None, |name| {
            SecondFactorPolicy::from_name(name).unwrap_or(SecondFactorPolicy::All)
        }))
    }

    /// Chooses the policy. [`OperatorError::Stale`] unless the one that holds is still what the page showed as `was`; without
    /// it, whatever holds.
    pub async fn require_second_factor(
        &self,
        was: Option<SecondFactorPolicy>,
        policy: SecondFactorPolicy,
        actor: &Actor,
    ) -> Result<()> {
        let mut tx = self.change().await?;
        let chosen = self.chosen_policy(&mut tx).await?;
        if was.is_some_and(|was| was != chosen.max(self.least_policy())) {
            return Err(OperatorError::Stale);
        }
        if chosen == policy {
            return Ok(());
        }
        settings::set(&mut tx, SETTING, policy.name().as_bytes()).await?;
        let detail = json!({ "oldPolicy": chosen.name(), "policy": policy.name() });
        self.accounts.write_audit(&mut tx, actor, AuditAction::RequireSecondFactor, None, &detail).await?;
        Ok(tx.commit().await?)
    }

    /// Whether this operator has to turn on a second factor before anything else.
    pub async fn lacks_second_factor(&self, row: &OperatorRow) -> Result<bool> {
        let Some(role) = Role::from_name(&row.role).filter(|_| row.totp_sealed.is_none()) else { return Ok(false) };
        Ok(self.least_policy().covers(role) || self.second_factor_policy().await?.covers(role))
    }
}
