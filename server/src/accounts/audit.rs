use latchkey_app::types::AuditAction;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Accounts, Failure};
use crate::arrival::Arrival;
use crate::store::{
    StoreError, Tx,
    audit::{self, AuditRow},
    settings,
};

/// Who acts through `latchkey …` on the machine itself.
const COMMAND_LINE: &str = "command line";
pub(super) const HEAD: &str = "audit_head";
/// Who tries to sign in and fails.
const NOBODY: &str = "not signed in";

/// Who acts, and through which request.
#[derive(Debug, Clone)]
pub struct Actor {
    /// An operator's username, [`COMMAND_LINE`] or [`NOBODY`].
    pub name: String,
    /// `None` on the machine itself.
    pub arrival: Option<Arrival>,
}

impl Actor {
    pub fn operator(username: &str, arrival: Option<Arrival>) -> Self {
        Self { name: username.to_owned(), arrival }
    }

    pub fn command_line() -> Self {
        Self { name: COMMAND_LINE.to_owned(), arrival: None }
    }

    /// Somebody who has not proven who he is.
    pub fn nobody(arrival: Option<Arrival>) -> Self {
        Self { name: NOBODY.to_owned(), arrival }
    }

    /// No username has a space.
    pub fn is_command_line(&self) -> bool {
        self.name == COMMAND_LINE
    }

    /// `detail` with where it came from: the request, and the network without the part that names a household.
    fn sign(&self, detail: &Value) -> Value {
        let mut signed = detail.as_object().cloned().unwrap_or_else(Map::new);
        if let Some(arrival) = self.arrival {
            signed.insert("from".to_owned(), arrival.network().into());
            signed.insert("requestId".to_owned(), arrival.request_id.to_string().into());
        }
        Value::Object(signed)
    }
}

impl Accounts {
    /// Adds an entry to the audit log, in the transaction of the act. Each entry's hash covers the entry and the hash
    /// before it, and is keyed, so that nobody who has only the database can mend the chain. `detail` is a JSON object
    /// without personal data; an operator's reason is its `reason`.
    pub async fn write_audit(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        action: AuditAction,
        user_id: Option<Uuid>,
        detail: &Value,
    ) -> Result<(), Failure> {
        // The chain has one end: one entry after the other.
        tx.lock("audit").await?;
        let last = audit::last(tx).await?;
        let seq = self.next_seq(tx, last.as_ref()).await?;
        let mut row = AuditRow {
            seq,
            at: self.clock.now().0,
            actor: actor.name.clone(),
            action: action.name().to_owned(),
            user_id,
            detail: actor.sign(detail).to_string(),
            hash: Vec::new(),
        };
        row.hash = self.link(last.as_ref(), &row);
        audit::insert(tx, &row).await?;
        Ok(settings::set(tx, HEAD, &self.head(&row)).await?)
    }

    /// One more than the last. When the head does not vouch for the last entry, somebody has cut the log off, and the new
    /// entry would cover it up: it leaves a gap instead, which shows for ever.
    async fn next_seq(&self, tx: &mut Tx, last: Option<&AuditRow>) -> Result<i64, Failure> {
        let head = settings::find(tx, HEAD).await?;
        let vouched = last.is_some_and(|last| head.as_deref() == Some(&self.head(last)));
        Ok(last.map_or(0, |last| last.seq) + if vouched { 1 } else { 2 })
    }

    /// The first entry of an installation's log, made with the mark that it has one (see `startup`).
    pub(super) async fn begin_audit(&self, tx: &mut Tx) -> Result<(), StoreError> {
        if audit::last(tx).await?.is_some() {
            return Ok(());
        }
        let (actor, action) = (COMMAND_LINE.to_owned(), AuditAction::BeginLog.name().to_owned());
        let (at, detail) = (self.clock.now().0, "{}".to_owned());
        let mut row = AuditRow { seq: 1, at, actor, action, user_id: None, detail, hash: Vec::new() };
        row.hash = self.link(None, &row);
        audit::insert(tx, &row).await?;
        settings::set(tx, HEAD, &self.head(&row)).await
    }

    /// The hash that `row` must have behind `before`.
    pub(super) fn link(&self, before: Option<&AuditRow>, row: &AuditRow) -> Vec<u8> {
        let before = before.map(|before| hex::encode(&before.hash));
        let text = serde_json::json!([before, row.seq, row.at, row.actor, row.action, row.user_id, row.detail]);
        self.index.audit(&text.to_string()).to_vec()
    }

    /// What vouches for the last entry: whoever cuts the log off at the end cannot make it for the entry before.
    pub(super) fn head(&self, last: &AuditRow) -> [u8; 32] {
        self.index.audit(&serde_json::json!(["head", last.seq, hex::encode(&last.hash)]).to_string())
    }
}
