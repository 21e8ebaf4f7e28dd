//! Failures of which nothing is proved yet, and that the next minute may explain. A client that was refused logs in again at
//! once, and that alone ends the key that was held: WeChat's "not valid" proves nothing before it is clear that no newer key
//! comes. In memory, and bounded: what is lost or left out stays unknown.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use latchkey_app::types::{Asked, Cause, Proof};
use uuid::Uuid;

use super::ask::evidence;
use crate::{
    accounts::{Accounts, Failure},
    clock::Millis,
    open_data::{
        Encrypted,
        diagnosis::{self, HeldKey},
    },
    store::{
        bindings::{self, BindingRow},
        failures::{self, FailureRow},
    },
};

/// How long a newer key may take to come.
const WAIT_S: i64 = 60;
/// So soon after the failure, a key that is not valid was not valid then.
const AT_ONCE_S: i64 = 120;
const MOST: usize = 1000;
/// User info has a few hundred bytes. What is longer is not kept for the wait.
const LONGEST: usize = 4096;

/// The keys that were tried, newest first, and what they were tried on.
#[derive(Debug)]
pub(super) struct Tried {
    pub binding: Uuid,
    pub ring: Vec<HeldKey>,
    pub encrypted: Option<Encrypted>,
}

#[derive(Debug)]
struct Waiting {
    failure: Uuid,
    due: Millis,
    tried: Tried,
}

/// In the order in which they are due.
#[derive(Debug, Default)]
pub struct WaitingList(Mutex<VecDeque<Waiting>>);

impl WaitingList {
    fn push(&self, waiting: Waiting) {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if list.len() < MOST {
            list.push_back(waiting);
        }
    }

    fn pop_due(&self, now: Millis) -> Option<Waiting> {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if list.front().is_some_and(|first| first.due <= now) { list.pop_front() } else { None }
    }
}

impl Accounts {
    /// Looks at the failure once more in a minute.
    pub(super) fn wait_for_newer_key(&self, failure: Uuid, tried: Tried) {
        let due = self.clock.now().plus_seconds(WAIT_S);
        let encrypted = tried.encrypted.filter(|encrypted| encrypted.data.len() <= LONGEST);
        self.waiting.push(Waiting { failure, due, tried: Tried { encrypted, ..tried } });
    }

    /// Concludes what has waited for its minute.
    pub async fn conclude_waiting(&self) -> Result<(), Failure> {
        while let Some(waiting) = self.waiting.pop_due(self.clock.now()) {
            self.conclude_one(&waiting).await?;
        }
        Ok(())
    }

    async fn conclude_one(&self, Waiting { failure, tried, .. }: &Waiting) -> Result<(), Failure> {
        let mut tx = self.db.write().await?;
        tx.lock(&format!("failure {failure}")).await?;
        let row = failures::find(&mut tx, *failure).await?;
        let binding = bindings::find(&mut tx, tried.binding).await?;
        let Some((row, binding)) = row.zip(binding) else { return Ok(()) };
        let ring = self.key_ring(&mut tx, binding.id, self.clock.now()).await?;
        let Some(proof) = rotated(&row, &binding, &ring, tried) else { return Ok(()) };
        let cause = Cause::KeyRotatedElsewhere.name();
        let evidence = latchkey_app::types::Evidence { proof, ..evidence(&row) };
        let evidence = serde_json::to_string(&evidence).unwrap_or_default();
        failures::set_asked(&mut tx, row.id, &row.asked, cause, &evidence).await?;
        self.recount_failure(&mut tx, &row, cause).await?;
        Ok(tx.commit().await?)
    }
}

/// What proves that the user's key was another one when the data came: it opens under a key that came later; or WeChat called
/// the newest key invalid at once and never valid, and nobody has logged in since.
fn rotated(row: &FailureRow, binding: &BindingRow, ring: &[HeldKey], tried: &Tried) -> Option<Proof> {
    let evidence = evidence(row);
    if row.cause != Cause::Unknown.name() || !evidence.no_key_opens() {
        return None;
    }
    let was_tried = |held: &&HeldKey| !tried.ring.iter().any(|other| other.key == held.key);
    let later: Vec<HeldKey> = ring.iter().filter(was_tried).cloned().collect();
    if tried.encrypted.as_ref().is_some_and(|encrypted| diagnosis::opens(encrypted, &later)) {
        return Some(Proof::LaterKeyOpens);
    }
    let asked: Vec<Asked> = serde_json::from_str(&row.asked).unwrap_or_default();
    let at_once = |asked: &Asked| asked.at.since(Millis(row.at)) < AT_ONCE_S * 1000;
    let invalid = asked.iter().any(|asked| asked.key_valid == Some(false) && at_once(asked));
    let was_valid = asked.iter().any(|asked| asked.key_valid == Some(true));
    let newest = ring.first()?.key == tried.ring.first()?.key && binding.last_login_at <= row.at;
    let keys = i64::try_from(evidence.keys.len()).unwrap_or(i64::MAX);
    (invalid && !was_valid && newest).then_some(Proof::NewestKeyInvalid(keys))
}
