use axum::extract::State;

use super::{super::reply::Flat, Fields, PhoneData, RefererApp, appid, encrypted};
use crate::{
    accounts::{Accounts, Failure},
    api::{ApiError, reply::Reply},
    arrival::Arrival,
    open_data::Encrypted,
};

/// `POST /getWXUserPhone {openid, encryptedData, iv}`: binds the phone of data made under that openid's session_key.
pub async fn get_wx_user_phone(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    mut fields: Fields,
) -> Result<Flat<PhoneData>, ApiError> {
    let failed = |failure| ApiError::new(arrival, failure);
    let (appid, openid, encrypted) = request(&mut fields, referer, &accounts).map_err(failed)?;
    let use_case =
        |accounts: Accounts| async move { accounts.bind_phone_of(&appid, &openid, encrypted, arrival).await };
    let bound = accounts.run(use_case).await.map_err(failed)?;
    Ok(Flat(Reply { arrival, data: PhoneData::new(&bound.phone, bound.user) }))
}

fn request(
    fields: &mut Fields,
    referer: RefererApp,
    accounts: &Accounts,
) -> Result<(String, String, Encrypted), Failure> {
    Ok((appid(fields, referer, accounts)?, fields.need("openid")?, encrypted(fields)?))
}
