use uuid::Uuid;

use super::{Accounts, Failure};
use crate::{
    clock::Millis,
    open_data::{SessionKey, diagnosis::HeldKey},
    sealed::Column,
    store::{
        Tx,
        session_keys::{self, SessionKeyRow},
    },
};

/// Design decision 3: the last five keys of a binding, of the last 72 hours.
pub(super) const MOST_KEYS: i64 = 5;
pub const KEPT_S: i64 = 72 * 3600;

impl Accounts {
    /// A binding's session_keys, newest first.
    pub(super) async fn key_ring(&self, tx: &mut Tx, binding: Uuid, now: Millis) -> Result<Vec<HeldKey>, Failure> {
        let rows = session_keys::ring(tx, binding, now.plus_seconds(-KEPT_S), MOST_KEYS).await?;
        let held = |row| Ok(HeldKey { key: self.open_key(row)?, received_at: Millis(row.received_at) });
        rows.iter().map(held).collect()
    }

    /// When the keys of a binding's ring arrived, newest first.
    pub async fn key_ages(&self, tx: &mut Tx, binding: Uuid) -> Result<Vec<Millis>, Failure> {
        let rows = session_keys::ring(tx, binding, self.clock.now().plus_seconds(-KEPT_S), MOST_KEYS).await?;
        Ok(rows.iter().map(|row| Millis(row.received_at)).collect())
    }

    /// Puts the key at the front of the ring; whether it was not held yet. WeChat often gives the same key again: then it
    /// only counts from now.
    pub(super) async fn keep_key(
        &self,
        tx: &mut Tx,
        binding: Uuid,
        key: &SessionKey,
        now: Millis,
    ) -> Result<bool, Failure> {
        let since = now.plus_seconds(-KEPT_S);
        let ring = session_keys::ring(tx, binding, since, MOST_KEYS).await?;
        // Behind no other key, whatever the clock does between two logins or on two nodes.
        let received_at = ring.first().map_or(now.0, |newest| now.0.max(newest.received_at + 1));
        for row in &ring {
            if self.open_key(row)? == *key {
                session_keys::renew(tx, row.id, Millis(received_at)).await?;
                return Ok(false);
            }
        }
        let id = self.random.id(now);
        let key_sealed = self.vault.seal(Column::SessionKey, id, key.expose().as_bytes())?;
        session_keys::insert(tx, &SessionKeyRow { id, binding_id: binding, key_sealed, received_at }).await?;
        session_keys::trim(tx, binding, since, MOST_KEYS).await?;
        Ok(true)
    }

    fn open_key(&self, row: &SessionKeyRow) -> Result<SessionKey, Failure> {
        let text = self.vault.open_text(Column::SessionKey, row.id, &row.key_sealed)?;
        SessionKey::new(&text).ok_or(Failure::Internal(super::Fault::Missing("a whole session_key")))
    }
}
