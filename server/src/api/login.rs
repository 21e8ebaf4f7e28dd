use axum::{Extension, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    app::RefererApp,
    body::Body,
    error::{self, ApiError, Failures, NextStep},
    limits::ClientsFault,
    phone_fields,
    reply::{Envelope, Reply},
};
use crate::{
    accounts::{Accounts, Failure, LogIn, LoggedIn, UserInfo},
    arrival::Arrival,
};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginBody {
    /// Of `wx.login`.
    code: String,
    appid: Option<String>,
    encrypted_data: Option<String>,
    iv: Option<String>,
    /// Of the phone button.
    phone_code: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginData {
    token: String,
    /// RFC 3339; moves on while the token is used.
    expires_at: String,
    is_new: bool,
    user_info: UserInfo,
    /// The login stands, the phone of the same step does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_error: Option<PhoneError>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PhoneError {
    error: &'static str,
    next_step: NextStep,
    msg: &'static str,
    /// As in a failure's answer.
    support_code: String,
}

impl LoginBody {
    pub fn into_log_in(self, app: RefererApp, accounts: &Accounts) -> Result<LogIn, Failure> {
        let appid = app.of_login(self.appid, &self.code, accounts)?;
        let code = phone_fields::code(self.code, "code")?;
        let phone = phone_fields::proof(self.encrypted_data, self.iv, self.phone_code, "phoneCode")?;
        Ok(LogIn { appid, code, phone, profile: None, whole: false })
    }
}

/// Logs in, and binds the phone in the same step when its fields are there.
#[utoipa::path(post, path = "/api/login", tag = "mini program", request_body = LoginBody,
    responses((status = 200, body = Envelope<LoginData>), Failures))]
pub async fn login(
    State(accounts): State<Accounts>,
    arrival: Arrival,
    app: RefererApp,
    Body(body): Body<LoginBody>,
) -> Result<(Option<Extension<ClientsFault>>, Reply<LoginData>), ApiError> {
    let failed = |failure| ApiError::new(arrival, failure);
    let request = body.into_log_in(app, &accounts).map_err(failed)?;
    let done = run(&accounts, request, arrival).await?;
    let phone_failure = done.phone.and_then(Result::err);
    let fault =
        phone_failure.as_ref().filter(|failure| failure.is_clients_fault()).map(|_| Extension(ClientsFault::Guess));
    let data = LoginData {
        token: done.token.expose().to_owned(),
        expires_at: done.expires_at.rfc3339(),
        is_new: done.is_new,
        user_info: done.user,
        phone_error: phone_failure.map(|failure| phone_error(arrival, &failure)),
    };
    Ok((fault, Reply { arrival, data }))
}

async fn run(accounts: &Accounts, request: LogIn, arrival: Arrival) -> Result<LoggedIn, ApiError> {
    let use_case = |accounts: Accounts| async move { accounts.log_in(request, arrival).await };
    accounts.run(use_case).await.map_err(|failure| ApiError::new(arrival, failure))
}

/// For calls that have no place for a half-good end: what failed of the extras is the call's failure.
pub async fn run_whole(accounts: &Accounts, request: LogIn, arrival: Arrival) -> Result<LoggedIn, ApiError> {
    let request = LogIn { whole: true, ..request };
    match run(accounts, request, arrival).await? {
        LoggedIn { phone: Some(Err(failure)), .. } | LoggedIn { profile_failure: Some(failure), .. } => {
            Err(ApiError::new(arrival, failure))
        }
        done => Ok(done),
    }
}

fn phone_error(arrival: Arrival, failure: &Failure) -> PhoneError {
    error::log(arrival.request_id, failure);
    let row = error::row(failure);
    let support_code = error::support_code(arrival.request_id);
    PhoneError { error: row.error, next_step: row.next_step, msg: row.message, support_code }
}
