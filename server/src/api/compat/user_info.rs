use axum::extract::State;
use serde::Serialize;

use super::{super::reply::Flat, Fields};
use crate::{
    accounts::{Accounts, Profile, ProfileSource, UserInfo},
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserInfoData {
    user_info: UserInfo,
}

/// `GET|POST /userInfo third_Session, nickName, avatarUrl, gender, province, city, country`: fills the profile of the
/// user whose token that is.
pub async fn user_info(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    mut fields: Fields,
) -> Result<Flat<UserInfoData>, ApiError> {
    let failed = |failure| ApiError::new(arrival, failure);
    let token = fields.need("third_Session").map_err(failed)?;
    let session = accounts.authenticate(&token).await.map_err(failed)?;
    let profile = Profile {
        nickname: fields.take("nickName"),
        avatar_url: fields.take("avatarUrl"),
        gender: fields.take("gender").and_then(|gender| gender.parse().ok()),
        province: fields.take("province"),
        city: fields.take("city"),
        country: fields.take("country"),
    };
    let source = ProfileSource::Fields(profile.tidy());
    let use_case = |accounts: Accounts| async move { accounts.update_profile(session, source).await };
    let user_info = accounts.run(use_case).await.map_err(failed)?;
    Ok(Flat(Reply { arrival, data: UserInfoData { user_info } }))
}
