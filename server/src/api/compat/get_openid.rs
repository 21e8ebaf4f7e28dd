use axum::extract::State;

use super::{super::reply::Flat, Fields, RefererApp, code2session::OpenidData, log_in, plain};
use crate::{
    accounts::{Accounts, Profile, ProfileClaim},
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

/// `GET|POST /getOpenid.html code, nick?, avaurl?, sex?`: the openid; what it says of the user fills the profile.
pub async fn get_openid(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    mut fields: Fields,
) -> Result<Flat<OpenidData>, ApiError> {
    let profile = Profile {
        nickname: fields.take("nick"),
        avatar_url: fields.take("avaurl"),
        gender: fields.take("sex").and_then(|sex| sex.parse().ok()),
        ..Profile::default()
    };
    let mut request =
        plain(&mut fields, "code", referer, &accounts).map_err(|failure| ApiError::new(arrival, failure))?;
    // A nickname that cannot be kept is no reason to keep its user out.
    request.profile = Some(ProfileClaim::Fields(profile.tidy()));
    let done = log_in(&accounts, request, arrival).await?;
    Ok(Flat(Reply { arrival, data: OpenidData { openid: done.user.open_id } }))
}
