use latchkey_app::{
    error::ConsoleError,
    types::{Cursor, Millis, Page, PhoneChange, PhoneSource},
};
use uuid::Uuid;

use super::{ConsoleServer, Failed, PAGE, page, start};
use crate::{
    phone::PhoneNumber,
    sealed::{Column, SealError},
    store::phone_changes::{self, PhoneChangeRow},
};

impl ConsoleServer {
    /// A page of every user's phone changes.
    pub(super) async fn phone_changes(&self, cursor: Option<&Cursor>) -> Result<Page<PhoneChange>, Failed> {
        let start = start(cursor)?;
        let slice = phone_changes::list(&mut self.accounts.db.read().await?, start, PAGE).await?;
        let items = slice.rows.iter().map(|row| self.phone_change(row)).collect::<Result<_, _>>()?;
        Ok(page(&slice, |row| row.id, items))
    }

    pub(super) fn phone_change(&self, row: &PhoneChangeRow) -> Result<PhoneChange, Failed> {
        Ok(PhoneChange {
            id: row.id.to_string(),
            user_id: row.user_id.to_string(),
            at: Millis(row.at),
            old: self.masked(Column::OldPhone, row.id, row.old_sealed.as_deref())?,
            new: self.masked(Column::NewPhone, row.id, row.new_sealed.as_deref())?,
            source: PhoneSource::from_name(&row.source).ok_or(ConsoleError::Internal)?,
            app: row.appid.as_deref().map(|appid| self.app(appid)),
            request_id: row.request_id.clone(),
        })
    }

    fn masked(&self, column: Column, row: Uuid, sealed: Option<&[u8]>) -> Result<Option<String>, SealError> {
        let Some(sealed) = sealed else { return Ok(None) };
        let text = self.accounts.vault.open_text(column, row, sealed)?;
        Ok(PhoneNumber::from_sealed_text(&text).map(|phone| phone.masked()))
    }
}
