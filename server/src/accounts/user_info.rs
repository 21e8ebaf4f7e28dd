use serde::Serialize;
use utoipa::ToSchema;

use super::{Accounts, Failure};
use crate::{
    clock::Millis,
    phone::PhoneNumber,
    sealed::Column,
    store::{bindings::BindingRow, users::UserRow},
};

/// A user as the mini program sees him (contract §3). Absent values are `null`.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_debug_implementations, reason = "it holds a phone number in plain text")]
pub struct UserInfo {
    pub user_id: String,
    pub open_id: String,
    pub union_id: Option<String>,
    /// purePhoneNumber.
    pub phone: Option<String>,
    /// Without `+`.
    pub country_code: Option<String>,
    pub nick_name: Option<String>,
    pub avatar_url: Option<String>,
    /// 0 unknown, 1 male, 2 female.
    pub gender: i64,
    pub province: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    /// RFC 3339, UTC.
    pub created_at: String,
}

impl Accounts {
    pub(super) fn user_info(&self, user: UserRow, binding: BindingRow) -> Result<UserInfo, Failure> {
        let phone = self.phone_of(&user)?;
        Ok(UserInfo {
            user_id: user.id.to_string(),
            open_id: binding.openid,
            union_id: binding.unionid,
            country_code: phone.as_ref().map(|phone| phone.country_code().to_owned()),
            phone: phone.map(|phone| phone.national().to_owned()),
            nick_name: user.nickname,
            avatar_url: user.avatar_url,
            gender: user.gender,
            province: user.province,
            city: user.city,
            country: user.country,
            created_at: Millis(user.created_at).rfc3339(),
        })
    }

    /// The number the user has now.
    pub fn phone_of(&self, user: &UserRow) -> Result<Option<PhoneNumber>, Failure> {
        let Some(sealed) = &user.phone_sealed else { return Ok(None) };
        let text = self.vault.open_text(Column::UserPhone, user.id, sealed)?;
        Ok(PhoneNumber::from_sealed_text(&text))
    }
}
