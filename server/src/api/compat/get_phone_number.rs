use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    super::reply::{Flat, FlatEnvelope},
    Failures, Fields, PhoneData, RefererApp, encrypted, log_in, plain,
};
use crate::{
    accounts::{Accounts, Failure, LogIn, PhoneProof},
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

#[derive(Deserialize, ToSchema, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
pub struct GetPhoneNumber {
    /// Of `wx.login`.
    code: String,
    encrypted_data: String,
    iv: String,
    appid: Option<String>,
    /// Never used; its presence raises an alert.
    #[schema(deprecated)]
    secret: Option<String>,
}

/// Logs in and binds the phone. Clients of this call are known to send the AppSecret along: it is not used, and whoever
/// runs the mini program must know that it has leaked.
#[utoipa::path(method(get, post), path = "/getPhoneNumber", tag = "older clients", params(GetPhoneNumber),
    request_body(content((GetPhoneNumber = "application/json"), (GetPhoneNumber = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = FlatEnvelope<PhoneData>), Failures))]
pub async fn get_phone_number(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    Fields(fields): Fields<GetPhoneNumber>,
) -> Result<Flat<PhoneData>, ApiError> {
    let failed = |failure| ApiError::new(arrival, failure);
    let request = plain(fields.code, "code", fields.appid, referer, &accounts).map_err(failed)?;
    if fields.secret.is_some() {
        accounts.secret_leaked(&request.appid).await;
    }
    let proof = PhoneProof { encrypted: Some(encrypted(fields.encrypted_data, fields.iv)), code: None };
    let done = log_in(&accounts, LogIn { phone: Some(proof), ..request }, arrival).await?;
    let Some(Ok(phone)) = done.phone else { return Err(failed(Failure::InvalidRequest("encryptedData"))) };
    Ok(Flat(Reply { arrival, data: PhoneData::new(&phone, done.user) }))
}
