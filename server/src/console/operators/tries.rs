//! Against guessing: every try of a password or code is counted before it is checked, so that of many at once no more than
//! ten are. What is guessed at an account from one address is counted by itself: whoever knows a name locks out himself and
//! those behind the same address, not whom it belongs to. So that many addresses win him little, an account has a count of
//! its own, and an address too, both much higher. Codes are six digits, and only who has the password gets to guess them:
//! ten of an account, from wherever. Accounts that do not exist are counted alike.

use latchkey_app::types::AuditAction;
use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use serde_json::json;

use super::{
    OperatorError, Operators, Result,
    hashing::{Caller, Place},
};
use crate::{
    accounts::Actor,
    arrival::{Arrival, subscriber},
    store::{
        Tx,
        operators::OperatorRow,
        sign_in_networks,
        sign_in_tries::{self, Counted, Key},
    },
};

/// After as many tries in a row at one account from one address, or with codes, there is no further one …
const MOST: i64 = 10;
/// … as many from one address, whatever the accounts …
const MOST_OF_ADDRESS: i64 = 50;
/// … as many at one account, wherever from …
const MOST_OF_ACCOUNT: i64 = 100;
/// … until the last of them is this long ago.
pub const FORGOTTEN_S: i64 = 15 * 60;
/// For each tenth of what there may be that there was before it, a try waits this long.
const PAUSE: Duration = Duration::from_millis(50);

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    Password,
    /// With or after a password that is right.
    Code,
}

/// A try that was counted, and is to be answered.
pub(super) struct Try {
    pub(super) place: Place,
    account: [u8; 32],
    /// Ended by success.
    own: Vec<Counted>,
    /// Of these only this try is taken back: the others may be about others.
    shared: Vec<Counted>,
    pub(super) arrival: Option<Arrival>,
    /// When it fails, there is no further one.
    last: bool,
}

impl Operators {
    /// A place in the queue for whoever tries to sign in. Those behind an address from which somebody has signed in before
    /// have places of their own.
    pub(super) async fn place_of(&self, arrival: Option<Arrival>) -> Result<Place> {
        let known = sign_in_networks::is_known(&mut self.accounts.db.read().await?, self.address(arrival)).await?;
        self.hashing.place(if known { Caller::Acquainted } else { Caller::Stranger })
    }

    /// Counts a try at the account that is found by `folded`, or refuses it unchecked.
    pub(super) async fn begin_try(
        &self,
        folded: &str,
        guess: Guess,
        place: Place,
        arrival: Option<Arrival>,
    ) -> Result<Try> {
        let (index, now) = (&self.accounts.index, self.accounts.clock.now());
        let account = self.account(folded);
        let of_account = |hash| Key { hash, account: Some(account) };
        let pair = of_account(index.sign_in("pair", &format!("{}/{folded}", network(arrival))));
        let code = of_account(index.sign_in("code", folded));
        let address = Key { hash: self.address(arrival), account: None };
        let mut tried = Try { place, account, own: Vec::new(), shared: Vec::new(), arrival, last: false };
        let mut pause = Duration::ZERO;
        let mut tx = self.accounts.db.write().await?;
        lock(&mut tx, account).await?;
        let own = [pair, code].into_iter().take(if guess == Guess::Code { 2 } else { 1 }).map(|key| (key, MOST));
        let shared = [(of_account(account), MOST_OF_ACCOUNT), (address, MOST_OF_ADDRESS)];
        for (key, most) in own.chain(shared) {
            let counted = sign_in_tries::count(&mut tx, key, now, now.plus_seconds(-FORGOTTEN_S), most).await?;
            let counted = counted.ok_or(OperatorError::Locked)?;
            tried.last |= counted.tries >= most;
            let tenths = u32::try_from((counted.tries - 1) * 10 / most).unwrap_or_default();
            pause = pause.max(PAUSE * tenths);
            if most == MOST { &mut tried.own } else { &mut tried.shared }.push(counted);
        }
        tx.commit().await?;
        tokio::time::sleep(pause).await;
        Ok(tried)
    }

    fn account(&self, folded: &str) -> [u8; 32] {
        self.accounts.index.sign_in("account", folded)
    }

    fn address(&self, arrival: Option<Arrival>) -> [u8; 32] {
        self.accounts.index.sign_in("address", &network(arrival).to_string())
    }

    /// Remembers the address of whoever is let in.
    pub(super) async fn note_address(&self, tx: &mut Tx, arrival: Option<Arrival>) -> Result<()> {
        Ok(sign_in_networks::note(tx, self.address(arrival), self.accounts.clock.now()).await?)
    }

    /// All that was asked for was right.
    pub(super) async fn succeed(&self, tx: &mut Tx, tried: &Try) -> Result<()> {
        lock(tx, tried.account).await?;
        for counted in &tried.own {
            sign_in_tries::clear(tx, counted).await?;
        }
        for counted in &tried.shared {
            sign_in_tries::take_back(tx, counted).await?;
        }
        Ok(())
    }

    /// Right, but not all that is asked for: who knows the password must not get rid of wrong codes by it.
    pub(super) async fn succeed_half(&self, tx: &mut Tx, tried: &Try) -> Result<()> {
        lock(tx, tried.account).await?;
        for counted in tried.own.iter().chain(&tried.shared) {
            sign_in_tries::take_back(tx, counted).await?;
        }
        Ok(())
    }

    /// Whoever is given a new way in must not find it locked by what was tried at the old one.
    pub(super) async fn forget_tries(&self, tx: &mut Tx, folded: &str) -> Result<()> {
        let account = self.account(folded);
        lock(tx, account).await?;
        Ok(sign_in_tries::clear_account(tx, account).await?)
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

/// Counts of one account change one after the other: those who touch several rows would wait for each other in a ring. For the
/// same reason whoever changes the operator, too, does so before this, and files the act after it.
async fn lock(tx: &mut Tx, account: [u8; 32]) -> Result<()> {
    Ok(tx.lock(&format!("tries/{}", hex::encode(account))).await?)
}

/// The subscriber whose tries are counted together; calls without an address, such as the command line's, are one.
fn network(arrival: Option<Arrival>) -> IpAddr {
    arrival.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |arrival| subscriber(arrival.address))
}
