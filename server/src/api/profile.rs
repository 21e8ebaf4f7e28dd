use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    bearer::Bearer,
    body::Body,
    error::{ApiError, Failures},
    phone_fields,
    reply::{Answer, Envelope, Reply},
};
use crate::{
    accounts::{Accounts, Failure, Profile, ProfileSource, UserInfo},
    arrival::Arrival,
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileBody {
    nick_name: Option<String>,
    avatar_url: Option<String>,
    gender: Option<i64>,
    province: Option<String>,
    city: Option<String>,
    country: Option<String>,
    raw_data: Option<String>,
    signature: Option<String>,
    encrypted_data: Option<String>,
    iv: Option<String>,
}

/// Any of the fields, or rawData with its signature.
#[utoipa::path(post, path = "/api/profile", tag = "mini program", security(("token" = [])), request_body = ProfileBody,
    responses((status = 200, body = Envelope<UserInfo>), Failures))]
pub async fn profile(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    Bearer(session): Bearer,
    Body(body): Body<ProfileBody>,
) -> Answer<UserInfo> {
    let failed = |failure| ApiError::new(arrival, failure);
    let source = body.into_source().map_err(failed)?;
    let use_case = |accounts: Accounts| async move { accounts.update_profile(session, source, arrival).await };
    Ok(Reply { arrival, data: accounts.run(use_case).await.map_err(failed)? })
}

impl ProfileBody {
    fn into_source(self) -> Result<ProfileSource, Failure> {
        match (self.raw_data, self.signature) {
            (Some(raw_data), Some(signature)) => {
                let encrypted = phone_fields::encrypted(self.encrypted_data, self.iv)?;
                Ok(ProfileSource::Signed { raw_data, signature, encrypted })
            }
            (Some(_), None) => Err(Failure::NotSent("signature")),
            (None, Some(_)) => Err(Failure::NotSent("rawData")),
            (None, None) => {
                let profile = Profile {
                    nickname: self.nick_name,
                    avatar_url: self.avatar_url,
                    gender: self.gender,
                    province: self.province,
                    city: self.city,
                    country: self.country,
                };
                profile.checked().map(ProfileSource::Fields)
            }
        }
    }
}
