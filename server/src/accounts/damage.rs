use latchkey_app::types::AlertKind;
use uuid::Uuid;

use super::Accounts;
use crate::{
    phone::PhoneNumber,
    sealed::{Column, SealError},
};

/// A sealed value that does not open: its row is damaged, or its data key is not configured any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damaged;

impl Accounts {
    /// The number in a sealed column. One that does not open raises an alert with the mini program `appid` (without one, the
    /// first) and keeps nothing else from being shown.
    pub fn sealed_number(
        &self,
        column: Column,
        row: Uuid,
        sealed: Option<&[u8]>,
        appid: Option<&str>,
    ) -> Result<Option<PhoneNumber>, Damaged> {
        let Some(sealed) = sealed else { return Ok(None) };
        let opened = self.vault.open_text(column, row, sealed);
        let number = opened.and_then(|text| PhoneNumber::from_sealed_text(&text).ok_or(SealError::Damaged(column)));
        number.map(Some).map_err(|error| self.note_damage(appid, error))
    }

    fn note_damage(&self, appid: Option<&str>, error: SealError) -> Damaged {
        let appid = appid.or_else(|| self.apps.iter().next().map(|app| app.appid.as_str()));
        let (accounts, appid) = (self.clone(), appid.unwrap_or_default().to_owned());
        self.beside(async move {
            if accounts.raise(&appid, AlertKind::DamagedValue, None).await {
                tracing::error!(%error, "a sealed value does not open; at most one of these lines a minute");
            }
            Ok(())
        });
        Damaged
    }
}
