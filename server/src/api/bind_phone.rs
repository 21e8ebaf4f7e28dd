use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    bearer::Bearer,
    body::Body,
    error::{ApiError, Failures},
    phone_fields::{self, PhoneData},
    reply::{Answer, Envelope, Reply},
};
use crate::{
    accounts::{Accounts, ButtonRefusal, Failure},
    arrival::Arrival,
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BindPhoneBody {
    encrypted_data: Option<String>,
    iv: Option<String>,
    /// The phone code.
    code: Option<String>,
    /// Of a button that gave nothing, when the client sends `e.detail` as it is.
    err_msg: Option<String>,
    errno: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BindPhoneData {
    #[serde(flatten)]
    phone: PhoneData,
    /// Whether the user had another phone before, or none.
    changed: bool,
}

/// Binds the phone of `{encryptedData, iv}` or of a phone `{code}`.
#[utoipa::path(post, path = "/api/bindPhone", tag = "mini program", security(("token" = [])), request_body = BindPhoneBody,
    responses((status = 200, body = Envelope<BindPhoneData>), Failures))]
pub async fn bind_phone(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    Bearer(session): Bearer,
    Body(body): Body<BindPhoneBody>,
) -> Answer<BindPhoneData> {
    let failed = |failure| ApiError::new(arrival, failure);
    let proof = phone_fields::proof(body.encrypted_data, body.iv, body.code, "code").map_err(failed)?;
    let Some(proof) = proof else {
        if body.errno.is_some() || body.err_msg.is_some() {
            accounts.report_button(arrival, &session, ButtonRefusal { errno: body.errno, err_msg: body.err_msg }).await;
            return Err(failed(Failure::ButtonRefused));
        }
        return Err(failed(Failure::NotSent("encryptedData")));
    };
    let use_case = |accounts: Accounts| async move { accounts.bind_phone(session, proof, arrival).await };
    let bound = accounts.run(use_case).await.map_err(failed)?;
    let data = BindPhoneData { phone: PhoneData::new(&bound.phone, bound.user), changed: bound.changed };
    Ok(Reply { arrival, data })
}
