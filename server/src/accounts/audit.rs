use serde_json::Value;
use uuid::Uuid;

use super::{Accounts, Failure};
use crate::store::{
    Tx,
    audit::{self, AuditRow},
    settings,
};

/// Who acts through `latchkey …` on the machine itself.
pub const COMMAND_LINE: &str = "command line";
const PAGE: i64 = 1000;
const HEAD: &str = "audit_head";

impl Accounts {
    /// Adds an entry to the audit log, in the transaction of the act. Each entry's hash covers the entry and the hash
    /// before it, and is keyed, so that nobody who has only the database can mend the chain. `detail` holds no personal
    /// data.
    pub(super) async fn write_audit(
        &self,
        tx: &mut Tx,
        actor: &str,
        action: &str,
        user_id: Option<Uuid>,
        detail: &Value,
    ) -> Result<(), Failure> {
        // The chain has one end: one entry after the other.
        tx.lock("audit").await?;
        let last = audit::last(tx).await?;
        let mut row = AuditRow {
            seq: last.as_ref().map_or(0, |last| last.seq) + 1,
            at: self.clock.now().0,
            actor: actor.to_owned(),
            action: action.to_owned(),
            user_id,
            detail: detail.to_string(),
            hash: Vec::new(),
        };
        row.hash = self.link(last.as_ref(), &row);
        audit::insert(tx, &row).await?;
        Ok(settings::set(tx, HEAD, &self.head(&row)).await?)
    }

    /// The hash that `row` must have behind `before`.
    fn link(&self, before: Option<&AuditRow>, row: &AuditRow) -> Vec<u8> {
        let before = before.map(|before| hex::encode(&before.hash));
        let text = serde_json::json!([before, row.seq, row.at, row.actor, row.action, row.user_id, row.detail]);
        self.index.audit(&text.to_string()).to_vec()
    }

    /// What vouches for the last entry: whoever cuts the log off at the end cannot make it for the entry before.
    fn head(&self, last: &AuditRow) -> [u8; 32] {
        self.index.audit(&serde_json::json!(["head", last.seq, hex::encode(&last.hash)]).to_string())
    }

    /// The number of entries, or the first one that was changed or follows a missing one.
    pub async fn verify_audit(&self) -> Result<Result<i64, i64>, Failure> {
        let mut tx = self.db.read().await?;
        let mut last: Option<AuditRow> = None;
        loop {
            let seq = last.as_ref().map_or(0, |last| last.seq);
            let rows = audit::after(&mut tx, seq, PAGE).await?;
            if rows.is_empty() {
                let head = settings::find(&mut tx, HEAD).await?;
                let right = last.as_ref().map(|last| self.head(last).to_vec());
                return Ok(if head == right { Ok(seq) } else { Err(seq + 1) });
            }
            for row in rows {
                let next = last.as_ref().map_or(0, |last| last.seq) + 1;
                if row.seq != next || self.link(last.as_ref(), &row) != row.hash {
                    return Ok(Err(row.seq));
                }
                last = Some(row);
            }
        }
    }
}
