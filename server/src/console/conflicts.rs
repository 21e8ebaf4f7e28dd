use std::collections::HashMap;

use latchkey_app::{
    error::ConsoleError,
    types::{Cursor, Millis, Page, UnionidConflict, UserSummary},
};
use uuid::Uuid;

use super::{ConsoleServer, Failed, PAGE, page, start};
use crate::store::{
    bindings::{self, BindingRow},
    unionid_conflicts::{self, UnionidConflictRow},
    users,
};

impl ConsoleServer {
    /// A page of unionids that two users have shown.
    pub(super) async fn unionid_conflicts(&self, cursor: Option<&Cursor>) -> Result<Page<UnionidConflict>, Failed> {
        let start = start(cursor)?;
        let mut tx = self.accounts.db.read().await?;
        let slice = unionid_conflicts::list(&mut tx, start, PAGE).await?;
        let ids: Vec<Uuid> = slice.rows.iter().flat_map(|row| [row.user_id, row.other_user_id]).collect();
        let users = users::of_ids(&mut tx, &ids).await?;
        let bindings = bindings::of_users(&mut tx, &ids).await?;
        drop(tx);
        let summaries = users.iter().map(|user| Ok((user.id, self.summary(user, &bindings)?)));
        let summaries: HashMap<_, _> = summaries.collect::<Result<_, Failed>>()?;
        let items = slice.rows.iter().map(|row| self.conflict(row, &summaries, &bindings)).collect::<Result<_, _>>()?;
        Ok(page(&slice, |row| row.id, items))
    }

    fn conflict(
        &self,
        row: &UnionidConflictRow,
        users: &HashMap<Uuid, UserSummary>,
        bindings: &[BindingRow],
    ) -> Result<UnionidConflict, Failed> {
        let user = |id| users.get(&id).cloned().ok_or(ConsoleError::Internal);
        let binding = bindings.iter().find(|binding| binding.id == row.binding_id).ok_or(ConsoleError::Internal)?;
        Ok(UnionidConflict {
            id: row.id.to_string(),
            unionid: row.unionid.clone(),
            app: self.app(&binding.appid),
            openid: binding.openid.clone(),
            at: Millis(row.at),
            user: user(row.user_id)?,
            other: user(row.other_user_id)?,
        })
    }
}
