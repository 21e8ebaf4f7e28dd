use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    super::reply::{Flat, FlatEnvelope},
    Failures, Fields, PhoneData, RefererApp, encrypted,
};
use crate::{
    accounts::Accounts,
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetWxUserPhone {
    openid: String,
    encrypted_data: String,
    iv: String,
    appid: Option<String>,
}

/// Binds the phone of data made under that openid's session_key.
#[utoipa::path(post, path = "/getWXUserPhone", tag = "older clients",
    request_body(content((GetWxUserPhone = "application/json"), (GetWxUserPhone = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = FlatEnvelope<PhoneData>), Failures))]
pub async fn get_wx_user_phone(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    Fields(fields): Fields<GetWxUserPhone>,
) -> Result<Flat<PhoneData>, ApiError> {
    let failed = |failure| ApiError::new(arrival, failure);
    let appid = referer.or(fields.appid, &accounts).map_err(failed)?;
    let (openid, encrypted) = (fields.openid, encrypted(fields.encrypted_data, fields.iv));
    let use_case =
        |accounts: Accounts| async move { accounts.bind_phone_of(&appid, &openid, encrypted, arrival).await };
    let bound = accounts.run(use_case).await.map_err(failed)?;
    Ok(Flat(Reply { arrival, data: PhoneData::new(&bound.phone, bound.user) }))
}
