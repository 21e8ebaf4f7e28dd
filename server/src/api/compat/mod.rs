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

use super::{app::RefererApp, login::run_whole as log_in, phone_fields, phone_fields::PhoneData};
use crate::{
    accounts::{Accounts, Failure, LogIn},
    open_data::Encrypted,
};
use axum::{
    Router,
    routing::{get, post},
};
use fields::Fields;

pub fn router() -> Router<Accounts> {
    Router::new()
        .route("/code2Session", post(code2session::code2session))
        .route("/getWXUserPhone", post(get_wx_user_phone::get_wx_user_phone))
        .route("/getOpenid.html", get(get_openid::get_openid).post(get_openid::get_openid))
        .route("/getPhoneNumber", get(get_phone_number::get_phone_number).post(get_phone_number::get_phone_number))
        .route("/thirdSession", get(third_session::third_session).post(third_session::third_session))
        .route("/userInfo", get(user_info::user_info).post(user_info::user_info))
        .route("/thirdLogin", post(third_login::third_login))
}

/// The app of an older call.
fn appid(fields: &mut Fields, referer: RefererApp, accounts: &Accounts) -> Result<String, Failure> {
    referer.or(fields.take("appid"), &accounts.apps)
}

/// Logs in with nothing but a code, which the client calls `code_field`.
fn plain(
    fields: &mut Fields,
    code_field: &'static str,
    referer: RefererApp,
    accounts: &Accounts,
) -> Result<LogIn, Failure> {
    let appid = appid(fields, referer, accounts)?;
    let code = phone_fields::code(fields.need(code_field)?, code_field)?;
    Ok(LogIn { appid, code, phone: None, profile: None })
}

/// encryptedData and iv, both of which must be there.
fn encrypted(fields: &mut Fields) -> Result<Encrypted, Failure> {
    Ok(Encrypted { data: fields.need("encryptedData")?, iv: fields.need("iv")? })
}
