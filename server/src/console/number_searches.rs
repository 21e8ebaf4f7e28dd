//! Counts searches for what is or may be a phone number. Without a limit, an operator could find out a masked number digit
//! by digit, and which numbers of any list belong to users. Many searches within an hour are in the audit log.

use latchkey_app::{
    error::ConsoleError,
    types::{AuditAction, Role},
};
use serde_json::json;

use super::{ConsoleServer, Failed, account::Own};
use crate::store::{audit, number_searches};

const HOUR_S: i64 = 3600;

/// The searches that an operator may make within an hour.
struct Allowance {
    most: i64,
    /// Beyond this number the audit log has an entry.
    unnoticed: i64,
}

impl Allowance {
    const fn of(role: Role) -> Self {
        match role {
            Role::Viewer => Self { most: 20, unnoticed: 10 },
            Role::Support | Role::Admin => Self { most: 120, unnoticed: 30 },
        }
    }
}

impl ConsoleServer {
    /// Counts one search, on all nodes, or refuses it with [`ConsoleError::TooManySearches`]. What is searched for is
    /// written down nowhere.
    pub(super) async fn count_number_search(&self, own: &Own) -> Result<(), Failed> {
        let (accounts, now) = (&self.accounts, self.accounts.clock.now());
        let (allowance, hour_ago) = (Allowance::of(own.operator.role), now.plus_seconds(-HOUR_S));
        let mut tx = accounts.db.write().await?;
        // Two searches at once count one after the other.
        tx.lock(&format!("number searches/{}", own.id)).await?;
        let searches = number_searches::count(&mut tx, own.id, hour_ago).await? + 1;
        if searches > allowance.most {
            return Err(ConsoleError::TooManySearches.into());
        }
        number_searches::insert(&mut tx, accounts.random.id(now), own.id, now).await?;
        let action = AuditAction::SearchNumbers;
        if searches > allowance.unnoticed
            && audit::times(&mut tx, &own.operator.username, action.name(), hour_ago).await? == 0
        {
            let detail = json!({ "searches": searches, "most": allowance.most });
            accounts.write_audit(&mut tx, &own.actor, action, None, &detail).await?;
        }
        Ok(tx.commit().await?)
    }
}
