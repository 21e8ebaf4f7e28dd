use super::{Accounts, Failure};
use crate::{
    clock::Millis,
    store::{
        Tx,
        bindings::{self, BindingRow},
        unionid_conflicts::{self, UnionidConflictRow},
    },
};

impl Accounts {
    /// A unionid that appears later may be another user's already: the same person, most likely, but whether their data
    /// are to be one is not for a program to decide. Both stay, and the operator is told.
    pub(super) async fn note_conflict(
        &self,
        tx: &mut Tx,
        known: &BindingRow,
        unionid: &str,
        now: Millis,
    ) -> Result<(), Failure> {
        let Some(other) = bindings::other_user_with_unionid(tx, unionid, known.user_id).await? else { return Ok(()) };
        let row = UnionidConflictRow {
            id: self.random.id(now),
            at: now.0,
            unionid: unionid.to_owned(),
            binding_id: known.id,
            user_id: known.user_id,
            other_user_id: other,
        };
        unionid_conflicts::insert(tx, &row).await?;
        Ok(())
    }
}
