//! The first use of a ciphertext, and whether the person who brings it now is the one who used it then.

use uuid::Uuid;

use super::{Accounts, Failure};
use crate::{
    clock::Millis,
    open_data::diagnosis::{Ciphertext, FirstUse},
    store::{
        StoreError, Tx,
        bindings::{self, BindingRow},
        ciphertexts::{self, CiphertextRow},
        users,
    },
};

/// A person as WeChat names them in one mini program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person<'a> {
    pub appid: &'a str,
    pub openid: &'a str,
    pub unionid: Option<&'a str>,
}

impl<'a> From<&'a BindingRow> for Person<'a> {
    fn from(binding: &'a BindingRow) -> Self {
        Self { appid: &binding.appid, openid: &binding.openid, unionid: binding.unionid.as_deref() }
    }
}

impl Accounts {
    /// Keeps who opened a ciphertext, unless somebody opened it before.
    pub(super) async fn keep_first_use(
        &self,
        tx: &mut Tx,
        ciphertext: Ciphertext,
        binding: &BindingRow,
        request_id: Uuid,
    ) -> Result<(), StoreError> {
        let row = CiphertextRow {
            hash: ciphertext.sha256.to_vec(),
            user_id: binding.user_id,
            opened_at: self.clock.now().0,
            appid: Some(binding.appid.clone()),
            openid: Some(binding.openid.clone()),
            request_id: Some(request_id.to_string()),
        };
        ciphertexts::insert(tx, &row).await
    }

    /// The first use of a ciphertext, as `person` sees it. `None` while nobody has opened it.
    pub(super) async fn first_use(
        &self,
        ciphertext: Ciphertext,
        person: &Person<'_>,
    ) -> Result<Option<FirstUse>, Failure> {
        let mut tx = self.db.read().await?;
        let Some(row) = ciphertexts::find(&mut tx, ciphertext.sha256).await? else { return Ok(None) };
        let by_same = is_same(&mut tx, &row, person).await?;
        Ok(Some(FirstUse { by_same, at: Millis(row.opened_at), appid: row.appid, request_id: row.request_id }))
    }
}

/// Whether `person` is the one of the row: by the openid, by the user (who may have been merged since), or by the
/// unionid, which shows one person behind two users who nobody has merged yet.
async fn is_same(tx: &mut Tx, row: &CiphertextRow, person: &Person<'_>) -> Result<bool, StoreError> {
    if (row.appid.as_deref(), row.openid.as_deref()) == (Some(person.appid), Some(person.openid)) {
        return Ok(true);
    }
    let owner = users::survivor(tx, row.user_id).await?.unwrap_or(row.user_id);
    let binding = bindings::find_openid(tx, person.appid, person.openid).await?;
    if binding.is_some_and(|binding| binding.user_id == owner) {
        return Ok(true);
    }
    let Some(unionid) = person.unionid else { return Ok(false) };
    let theirs = bindings::of_users(tx, &[owner]).await?;
    Ok(theirs.iter().any(|binding| binding.unionid.as_deref() == Some(unionid)))
}
