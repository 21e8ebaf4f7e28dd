use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    super::reply::{Flat, FlatEnvelope},
    Failures, Fields, RefererApp,
    code2session::OpenidData,
    log_in, plain,
};
use crate::{
    accounts::{Accounts, Profile, ProfileClaim},
    api::{ApiError, reply::Reply},
    arrival::Arrival,
};

#[derive(Deserialize, ToSchema, utoipa::IntoParams)]
pub struct GetOpenid {
    /// Of `wx.login`.
    code: String,
    appid: Option<String>,
    nick: Option<String>,
    avaurl: Option<String>,
    /// 0, 1 or 2.
    sex: Option<String>,
}

/// The openid; what the client says of the user fills the profile.
#[utoipa::path(method(get, post), path = "/getOpenid.html", tag = "older clients", params(GetOpenid),
    request_body(content((GetOpenid = "application/json"), (GetOpenid = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = FlatEnvelope<OpenidData>), Failures))]
pub async fn get_openid(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    referer: RefererApp,
    Fields(fields): Fields<GetOpenid>,
) -> Result<Flat<OpenidData>, ApiError> {
    let profile = Profile {
        nickname: fields.nick,
        avatar_url: fields.avaurl,
        gender: fields.sex.and_then(|sex| sex.parse().ok()),
        ..Profile::default()
    };
    let mut request = plain(fields.code, "code", fields.appid, referer, &accounts)
        .map_err(|failure| ApiError::new(arrival, failure))?;
    // A nickname that cannot be kept is no reason to keep its user out.
    request.profile = Some(ProfileClaim::Fields(profile.tidy()));
    let done = log_in(&accounts, request, arrival).await?;
    Ok(Flat(Reply { arrival, data: OpenidData { openid: done.user.open_id } }))
}
