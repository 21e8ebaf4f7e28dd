use axum::extract::State;

use super::{super::reply::Flat, Fields, PhoneData, RefererApp, encrypted, log_in, plain};
use crate::{
    accounts::{Accounts, Failure, LogIn, PhoneProof},
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

/// `GET|POST /getPhoneNumber code, encryptedData, iv`: logs in and binds the phone. Clients of this call are known to
/// send the AppSecret along: it is not used, and whoever runs the mini program must know that it has leaked.
pub async fn get_phone_number(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    mut fields: Fields,
) -> Result<Flat<PhoneData>, ApiError> {
    let failed = |failure| ApiError::new(arrival, failure);
    let secret_came_along = fields.take("secret").is_some();
    let request = request(&mut fields, referer, &accounts).map_err(failed)?;
    if secret_came_along {
        accounts.secret_leaked(&request.appid).await;
    }
    let done = log_in(&accounts, request, arrival).await?;
    let Some(Ok(phone)) = done.phone else { return Err(failed(Failure::InvalidRequest("encryptedData"))) };
    Ok(Flat(Reply { arrival, data: PhoneData::new(&phone, done.user) }))
}

fn request(fields: &mut Fields, referer: RefererApp, accounts: &Accounts) -> Result<LogIn, Failure> {
    let request = plain(fields, "code", referer, accounts)?;
    Ok(LogIn { phone: Some(PhoneProof { encrypted: Some(encrypted(fields)?), code: None }), ..request })
}
