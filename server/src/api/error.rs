use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::limits::ClientsFault;
use crate::{
    accounts::{Failure, Fault},
    arrival::Arrival,
};

/// When a client may come again after `wechat_unavailable` and the like.
const RETRY_SOON_S: u32 = 1;
const NOT_SENT: &str = "没有收到请求参数";

/// A failed call: which one, and why.
#[derive(Debug)]
pub struct ApiError {
    request_id: Uuid,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The use case failed.
    Failure(Failure),
    /// The body or query is not what the call takes. `field` names the culprit, when there is one.
    Malformed { status: StatusCode, message: &'static str, field: Option<String> },
    /// A field that the call needs is absent, empty, or a word such as `undefined`.
    NotSent(String),
}

/// What a client does next (contract §3).
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum NextStep {
    Relogin,
    Reauthorize,
    Retry,
    Stop,
}

/// A row of the contract's error table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub error: &'static str,
    pub status: StatusCode,
    pub next_step: NextStep,
    /// For the user, in Chinese.
    pub message: &'static str,
    retry_after_s: Option<u32>,
}

/// A failure as every call answers it (contract §3).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailureBody {
    /// The HTTP status, too.
    code: u16,
    /// For the user, in Chinese.
    msg: String,
    /// Stable.
    error: &'static str,
    next_step: NextStep,
    /// The field that is missing or of the wrong kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The code that the user reads to support: `XXXX-XXXX`. The console's search opens the failure by it.
    #[schema(pattern = "^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$")]
    support_code: String,
    request_id: String,
}

/// Stands for every row of the table where a call's answers are listed.
#[derive(Debug)]
pub struct Failures;

/// The contract's error table. `decrypt_failed` is one row whatever the inner cause.
pub fn row(failure: &Failure) -> Row {
    use NextStep::{Reauthorize, Relogin, Retry, Stop};
    let row = |error, status, next_step, message| Row { error, status, next_step, message, retry_after_s: None };
    match failure {
        Failure::InvalidRequest(_) => row("invalid_request", StatusCode::BAD_REQUEST, Stop, "请求参数有误"),
        Failure::NotSent(_) => row("invalid_request", StatusCode::BAD_REQUEST, Stop, NOT_SENT),
        Failure::ButtonRefused => row("invalid_request", StatusCode::BAD_REQUEST, Stop, "没有获得手机号授权"),
        Failure::Unauthorized => row("unauthorized", StatusCode::UNAUTHORIZED, Relogin, "登录已失效，请重新登录"),
        Failure::LoginCodeInvalid => {
            row("login_code_invalid", StatusCode::UNAUTHORIZED, Relogin, "登录凭证无效或已过期，请重新登录")
        }
        Failure::LoginCodeUsed => {
            row("login_code_used", StatusCode::UNAUTHORIZED, Relogin, "登录凭证已被使用，请重新登录")
        }
        Failure::PhoneCodeInvalid => {
            row("phone_code_invalid", StatusCode::UNPROCESSABLE_ENTITY, Reauthorize, "手机号授权已过期，请重新点击授权")
        }
        Failure::LoginCodeInPhoneField => row(
            "login_code_in_phone_field",
            StatusCode::UNPROCESSABLE_ENTITY,
            Reauthorize,
            "手机号授权凭证有误，请重新点击授权",
        ),
        Failure::DecryptFailed(_) => {
            row("decrypt_failed", StatusCode::UNPROCESSABLE_ENTITY, Relogin, "手机号获取失败，请重新登录后再试")
        }
        Failure::SignatureMismatch => {
            row("signature_mismatch", StatusCode::UNPROCESSABLE_ENTITY, Relogin, "用户信息校验失败，请重新登录后再试")
        }
        Failure::UserBlocked => row("user_blocked", StatusCode::FORBIDDEN, Stop, "账号无法使用，请联系客服"),
        Failure::PhoneConflict => row("phone_conflict", StatusCode::CONFLICT, Stop, "该手机号已绑定其他账号"),
        Failure::RateLimited { retry_after_s } => Row {
            retry_after_s: Some(*retry_after_s),
            ..row("rate_limited", StatusCode::TOO_MANY_REQUESTS, Retry, "操作过于频繁，请稍后再试")
        },
        Failure::UnknownApp => row("unknown_app", StatusCode::BAD_REQUEST, Stop, "小程序未配置"),
        Failure::WeChatUnavailable(_) => Row {
            retry_after_s: Some(RETRY_SOON_S),
            ..row("wechat_unavailable", StatusCode::SERVICE_UNAVAILABLE, Retry, "微信服务繁忙，请稍后再试")
        },
        Failure::Unavailable(_) | Failure::Slow => Row {
            retry_after_s: Some(RETRY_SOON_S),
            ..row("unavailable", StatusCode::SERVICE_UNAVAILABLE, Retry, "服务繁忙，请稍后再试")
        },
        Failure::Misconfigured(_) => {
            row("misconfigured", StatusCode::INTERNAL_SERVER_ERROR, Stop, "服务暂不可用，请联系客服")
        }
        Failure::Internal(_) => Row {
            retry_after_s: Some(RETRY_SOON_S),
            ..row("internal", StatusCode::INTERNAL_SERVER_ERROR, Retry, "服务器出错了，请稍后再试")
        },
    }
}

impl ApiError {
    pub fn new(arrival: Arrival, failure: Failure) -> Self {
        Self { request_id: arrival.request_id, kind: Kind::Failure(failure) }
    }

    /// 400, or another status that says more; always `invalid_request`.
    pub fn malformed(arrival: Arrival, status: StatusCode, message: &'static str, field: Option<String>) -> Self {
        Self { request_id: arrival.request_id, kind: Kind::Malformed { status, message, field } }
    }

    /// 400: the field was not sent.
    pub fn not_sent(arrival: Arrival, field: String) -> Self {
        Self { request_id: arrival.request_id, kind: Kind::NotSent(field) }
    }

    fn clients_fault(&self) -> Option<ClientsFault> {
        match &self.kind {
            Kind::NotSent(_) | Kind::Failure(Failure::NotSent(_)) => Some(ClientsFault::NotSent),
            Kind::Failure(failure) => failure.is_clients_fault().then_some(ClientsFault::Guess),
            Kind::Malformed { .. } => Some(ClientsFault::Guess),
        }
    }

    fn parts(&self) -> (Row, String, Option<String>) {
        match &self.kind {
            Kind::Failure(failure) => {
                let row = row(failure);
                match failure {
                    Failure::InvalidRequest(field) | Failure::NotSent(field) => {
                        (row, format!("{}：{field}", row.message), Some((*field).to_owned()))
                    }
                    _ => (row, row.message.to_owned(), None),
                }
            }
            Kind::NotSent(field) => (row(&Failure::NotSent("")), format!("{NOT_SENT}：{field}"), Some(field.clone())),
            Kind::Malformed { status, message, field } => {
                let row = Row { status: *status, ..row(&Failure::InvalidRequest("")) };
                let message =
                    field.as_ref().map_or_else(|| (*message).to_owned(), |field| format!("{message}：{field}"));
                (row, message, field.clone())
            }
        }
    }
}

/// The text that a user reads to support after this request has failed.
pub fn support_code(request_id: Uuid) -> String {
    crate::support_code::of_request(&request_id.to_string())
}

/// The cause of our own faults and of the operator's goes to the log, here and only here.
pub fn log(request_id: Uuid, failure: &Failure) {
    let support_code = support_code(request_id);
    match failure {
        Failure::Internal(fault) => tracing::error!(%request_id, support_code, error = %fault, "a call failed"),
        Failure::Unavailable(error) => {
            tracing::error!(%request_id, support_code, %error, "the database is away");
        }
        Failure::Slow => tracing::error!(%request_id, "a call did not end in time"),
        Failure::Misconfigured(refusal) => {
            tracing::error!(%request_id, support_code, %refusal, "WeChat refuses this mini program's settings");
        }
        other => tracing::debug!(%request_id, support_code, failure = %other, "a call was refused"),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Kind::Failure(failure) = &self.kind {
            log(self.request_id, failure);
        }
        let (row, msg, field) = self.parts();
        let body = FailureBody {
            code: row.status.as_u16(),
            msg,
            error: row.error,
            next_step: row.next_step,
            field,
            support_code: support_code(self.request_id),
            request_id: self.request_id.to_string(),
        };
        let mut response = (row.status, Json(body)).into_response();
        if let Some(seconds) = row.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if row.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(fault) = self.clients_fault() {
            response.extensions_mut().insert(fault);
        }
        response
    }
}

/// A path under `/api` that there is not.
pub async fn not_found(arrival: Arrival) -> ApiError {
    ApiError::malformed(arrival, StatusCode::NOT_FOUND, "接口不存在", None)
}

pub async fn method_not_allowed(arrival: Arrival) -> ApiError {
    ApiError::malformed(arrival, StatusCode::METHOD_NOT_ALLOWED, "请求方法不支持", None)
}

/// The body of a request did not come in time.
pub fn body_missing(arrival: Arrival) -> Response {
    ApiError::malformed(arrival, StatusCode::REQUEST_TIMEOUT, "请求体没有按时到达", None).into_response()
}

/// A request came in time, but its answer did not: something that it waits for hangs.
pub fn too_slow(arrival: Arrival) -> Response {
    ApiError::new(arrival, Failure::Slow).into_response()
}

/// A handler panicked.
pub fn panicked(arrival: Arrival) -> Response {
    ApiError::new(arrival, Failure::Internal(Fault::Panicked)).into_response()
}
