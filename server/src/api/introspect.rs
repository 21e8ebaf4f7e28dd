use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiError, bearer, body, error::Failures};
use crate::{
    accounts::{Accounts, Failure, Introspection},
    arrival::Arrival,
};

/// RFC 7662 §2.2; not enveloped. A token that is not active has no other field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum IntrospectReply {
    Active(ActiveToken),
    Inactive { active: bool },
}

/// A living token.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActiveToken {
    active: bool,
    /// The user's id.
    sub: String,
    appid: String,
    openid: String,
    unionid: Option<String>,
    /// Seconds since 1970.
    exp: i64,
}

/// The form of RFC 7662 §2.1; other fields are ignored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form is read field by field; this is its description")]
pub struct IntrospectForm {
    token: String,
}

/// Whether a token of a mini program is good, and whose it is (RFC 7662). For the business's own back ends.
#[utoipa::path(post, path = "/api/introspect", tag = "back end", security(("apiKey" = [])),
    request_body(content = IntrospectForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = IntrospectReply), Failures))]
pub async fn introspect(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    bearer::Key(key): bearer::Key,
    form: Result<Bytes, BytesRejection>,
) -> Result<Json<IntrospectReply>, ApiError> {
    let failed = |failure| ApiError::new(arrival, failure);
    let form = form.map_err(|rejection| body::unread(arrival, &rejection))?;
    let token = form_urlencoded::parse(&form).find(|(name, _)| name == "token").map(|(_, token)| token.into_owned());
    let token = token.ok_or_else(|| failed(Failure::InvalidRequest("token")))?;
    let found = accounts.introspect(key.expose(), &token).await.map_err(failed)?;
    Ok(Json(found.map_or(IntrospectReply::Inactive { active: false }, |found| IntrospectReply::Active(active(found)))))
}

fn active(Introspection { session, expires_at }: Introspection) -> ActiveToken {
    ActiveToken {
        active: true,
        sub: session.user.id.to_string(),
        appid: session.binding.appid,
        openid: session.binding.openid,
        unionid: session.binding.unionid,
        exp: expires_at.0.div_euclid(1000),
    }
}
