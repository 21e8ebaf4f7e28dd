//! Against guessing: every try of a password or code is counted before it is checked, so that of many at once no more than
//! ten are. One count per account, whichever secret is tried and whether the account exists or not; one per address.

use latchkey_app::types::AuditAction;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use serde_json::json;

use super::{OperatorError, Operators, Result};
use crate::{
    accounts::Actor,
    arrival::Arrival,
    store::{Tx, operators::OperatorRow, sign_in_tries},
};

/// After as many tries in a row there is no further one …
const MOST: i64 = 10;
/// … until the last of them is this long ago.
pub const FORGOTTEN_S: i64 = 15 * 60;
/// For each failure before it, a try waits this long.
const PAUSE: Duration = Duration::from_millis(50);

/// A try that was counted, and is to be answered.
pub(super) struct Try {
    account: [u8; 32],
    address: [u8; 32],
    pub(super) arrival: Option<Arrival>,
    /// The tenth of this account, or of this address: when it fails, there is no further one.
    last: bool,
}

impl Operators {
    /// Counts a try at the account of this name, or refuses it unchecked.
    pub(super) async fn begin_try(&self, username: &str, arrival: Option<Arrival>) -> Result<Try> {
        let (index, now) = (&self.accounts.index, self.accounts.clock.now());
        let account = index.sign_in("account", &username.to_lowercase());
        let address = index.sign_in("address", &network(arrival).to_string());
        let mut tx = self.accounts.db.write().await?;
        let mut most = 0;
        for hash in [account, address] {
            let tries = sign_in_tries::count(&mut tx, hash, now, now.plus_seconds(-FORGOTTEN_S), MOST).await?;
            most = tries.ok_or(OperatorError::Locked)?.max(most);
        }
        tx.commit().await?;
        tokio::time::sleep(PAUSE * u32::try_from(most - 1).unwrap_or_default()).await;
        Ok(Try { account, address, arrival, last: most >= MOST })
    }

    /// All that was asked for was right. The address keeps its other failures: they may be about other accounts.
    pub(super) async fn succeed(&self, tx: &mut Tx, tried: &Try) -> Result<()> {
        sign_in_tries::clear(tx, tried.account).await?;
        Ok(sign_in_tries::take_back(tx, tried.address).await?)
    }

    /// Right, but not all that is asked for: who knows the password must not get rid of wrong codes by it.
    pub(super) async fn succeed_half(&self, tx: &mut Tx, tried: &Try) -> Result<()> {
        sign_in_tries::take_back(tx, tried.account).await?;
        Ok(sign_in_tries::take_back(tx, tried.address).await?)
    }

    /// The count stands. Files failures of operators there are, and locks, beside the answer: its time must not tell which
    /// of the two it was. What was typed for a name that nobody has is filed nowhere: it may be a password.
    pub(super) fn fail(&self, tried: &Try, operator: Option<&OperatorRow>, step: &'static str) {
        let username = operator.map(|row| row.username.clone());
        let (accounts, actor, last) = (self.accounts.clone(), Actor::nobody(tried.arrival), tried.last);
        self.accounts.beside(async move {
            let mut tx = accounts.db.write().await?;
            if username.is_some() {
                let detail = json!({ "operator": username, "step": step });
                accounts.write_audit(&mut tx, &actor, AuditAction::SignInFailed, None, &detail).await?;
            }
            if last {
                let detail = json!({ "operator": username, "minutes": FORGOTTEN_S / 60 });
                accounts.write_audit(&mut tx, &actor, AuditAction::SignInLocked, None, &detail).await?;
            }
            Ok(tx.commit().await?)
        });
    }
}

/// Whoever holds one IPv6 address holds the 2⁶⁴ around it.
fn network(arrival: Option<Arrival>) -> IpAddr {
    match arrival.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |arrival| arrival.address) {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (!0 << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}
