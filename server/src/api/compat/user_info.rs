use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    super::reply::{Flat, FlatEnvelope},
    Failures, Fields,
};
use crate::{
    accounts::{Accounts, Profile, ProfileSource, UserInfo},
    api::{ApiError, caller::Caller, given, reply::Reply},
    arrival::Arrival,
};

#[derive(Deserialize, ToSchema, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
pub struct UserInfoFields {
    /// The token.
    #[serde(rename = "third_Session")]
    third_session: String,
    nick_name: Option<String>,
    avatar_url: Option<String>,
    /// 0, 1 or 2.
    gender: Option<String>,
    province: Option<String>,
    city: Option<String>,
    country: Option<String>,
}

#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserInfoData {
    user_info: UserInfo,
}

/// Fills the profile of the user whose token `third_Session` is.
#[utoipa::path(method(get, post), path = "/userInfo", tag = "older clients", params(UserInfoFields),
    request_body(content((UserInfoFields = "application/json"), (UserInfoFields = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = FlatEnvelope<UserInfoData>), Failures))]
pub async fn user_info(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    caller: Caller,
    Fields(fields): Fields<UserInfoFields>,
) -> Result<Flat<UserInfoData>, ApiError> {
    let failed = |failure| ApiError::new(arrival, failure);
    let token = given::token(&fields.third_session);
    let session = caller.authenticate(&accounts, token).await.map_err(failed)?;
    let profile = Profile {
        nickname: fields.nick_name,
        avatar_url: fields.avatar_url,
        gender: fields.gender.and_then(|gender| gender.parse().ok()),
        province: fields.province,
        city: fields.city,
        country: fields.country,
    };
    let source = ProfileSource::Reported(profile.tidy());
    let use_case = |accounts: Accounts| async move { accounts.update_profile(session, source, arrival).await };
    let user_info = accounts.run(use_case).await.map_err(failed)?;
    Ok(Flat(Reply { arrival, data: UserInfoData { user_info } }))
}
