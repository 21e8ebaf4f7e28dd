//! The calls of older mini programs (contract §4): other names for the same use cases. Each takes GET or POST as its
//! clients do, JSON or forms, and answers its fields both at the top level and under `data`.

mod code2session;
mod fields;
mod get_openid;
mod get_phone_number;
mod get_wx_user_phone;
mod third_login;
mod third_session;
mod user_info;

use utoipa_axum::{router::OpenApiRouter, routes};

use super::{app::RefererApp, error::Failures, login::run_whole as log_in, phone_fields, phone_fields::PhoneData};
use crate::{
    accounts::{Accounts, Failure, LogIn},
    open_data::Encrypted,
};
use fields::Fields;

/// The calls that bring a code or an openid.
pub fn router() -> OpenApiRouter<Accounts> {
    OpenApiRouter::new()
        .routes(routes!(code2session::code2session))
        .routes(routes!(get_wx_user_phone::get_wx_user_phone))
        .routes(routes!(get_openid::get_openid))
        .routes(routes!(get_phone_number::get_phone_number))
        .routes(routes!(third_session::third_session))
        .routes(routes!(third_login::third_login))
}

/// The one that brings a token.
pub fn with_token() -> OpenApiRouter<Accounts> {
    OpenApiRouter::new().routes(routes!(user_info::user_info))
}

/// A login with nothing but a code, which the client calls `code_field`.
fn plain(
    code: String,
    code_field: &'static str,
    appid: Option<String>,
    referer: RefererApp,
    accounts: &Accounts,
) -> Result<LogIn, Failure> {
    let appid = referer.of_login(appid, &code, accounts)?;
    let code = phone_fields::code(code, code_field)?;
    Ok(LogIn { appid, code, phone: None, profile: None, whole: true })
}

/// encryptedData and iv, which these calls name alike.
fn encrypted(encrypted_data: String, iv: String) -> Encrypted {
    Encrypted { data: encrypted_data, iv }
}
