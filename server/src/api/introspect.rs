use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{ApiError, bearer, body, caller::Caller, error::Failures, given};
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
    caller: Caller,
    bearer::Key(key): bearer::Key,
    form: Result<Bytes, BytesRejection>,
) -> Result<Json<IntrospectReply>, ApiError> {
    let failed = |failure| ApiError::new(arrival, failure);
    let form = form.map_err(|rejection| body::unread(arrival, &rejection))?;
    let fields = given::pairs(&form).map_err(|name| body::twice(arrival, &name))?;
    let token = fields.get("token").and_then(Value::as_str).ok_or_else(|| failed(Failure::NotSent("token")))?;
    // An empty one is not active.
    let token = given::token(token).unwrap_or_default();
    let found = accounts.introspect(key.expose(), token).await;
    if matches!(found, Err(Failure::Unauthorized)) {
        caller.is_stranger(true).map_err(failed)?;
    }
    let found = found.map_err(failed)?;
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
