use std::collections::HashMap;

use latchkey_app::{
    error::ConsoleError,
    types::{Cursor, DAMAGED, Millis, Page, PhoneChange, PhoneSource},
};
use uuid::Uuid;

use super::{ConsoleServer, Failed, PAGE, page, start};
use crate::{
    accounts::Damaged,
    sealed::Column,
    store::{
        phone_changes::{self, PhoneChangeRow},
        users,
    },
};

impl ConsoleServer {
    /// A page of every user's phone changes.
    pub(super) async fn phone_changes(&self, cursor: Option<&Cursor>) -> Result<Page<PhoneChange>, Failed> {
        let start = start(cursor)?;
        let mut tx = self.accounts.db.read().await?;
        let slice = phone_changes::list(&mut tx, start, PAGE).await?;
        let ids: Vec<Uuid> = slice.rows.iter().map(|row| row.user_id).collect();
        let nicknames: HashMap<_, _> = users::nicknames(&mut tx, &ids).await?.into_iter().collect();
        drop(tx);
        let named = |row: &PhoneChangeRow| {
            let nickname = nicknames.get(&row.user_id).cloned();
            self.phone_change(row).map(|change| PhoneChange { nickname, ..change })
        };
        let items = slice.rows.iter().map(named).collect::<Result<_, _>>()?;
        Ok(page(&slice, |row| row.id, items))
    }

    pub(super) fn phone_change(&self, row: &PhoneChangeRow) -> Result<PhoneChange, Failed> {
        Ok(PhoneChange {
            id: row.id.to_string(),
            user_id: row.user_id.to_string(),
            nickname: None,
            at: Millis(row.at),
            old: self.masked(Column::OldPhone, row.id, row.old_sealed.as_deref(), row.appid.as_deref()),
            new: self.masked(Column::NewPhone, row.id, row.new_sealed.as_deref(), row.appid.as_deref()),
            source: PhoneSource::from_name(&row.source).ok_or(ConsoleError::Internal)?,
            app: row.appid.as_deref().map(|appid| self.app(appid)),
            request_id: row.request_id.clone(),
            operator: row.operator.clone(),
            erased: row.erased_at.is_some(),
        })
    }

    /// A sealed number as every operator may see it. One that does not open is [`DAMAGED`], and raises an alert.
    pub(super) fn masked(
        &self,
        column: Column,
        row: Uuid,
        sealed: Option<&[u8]>,
        appid: Option<&str>,
    ) -> Option<String> {
        match self.accounts.sealed_number(column, row, sealed, appid) {
            Ok(number) => number.map(|phone| phone.masked()),
            Err(Damaged) => Some(DAMAGED.to_owned()),
        }
    }
}
