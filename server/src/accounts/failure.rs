use crate::{
    open_data::Flaw,
    sealed::SealError,
    store::StoreError,
    wechat::{Refusal, WeChatError},
};

/// WeChat counts its quota by the minute.
pub(super) const NEXT_MINUTE_S: u32 = 60;

/// The phone button's errno when no numbers are left (protocol §4). Whether WeChat's server says it too is written nowhere.
pub(super) const NO_PHONE_QUOTA: i64 = 1_400_001;

/// "invalid code": too old, used, or never one.
pub(super) const PHONE_CODE_UNKNOWN: i64 = 40029;

/// Every way a use case can end badly: the rows of contract §3's error table.
///
/// The client is told which row; what a variant carries besides is for the log and the operator.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("a field is missing or of the wrong kind: {0}")]
    InvalidRequest(&'static str),
    #[error("a field was not sent: {0}")]
    NotSent(&'static str),
    /// The phone button gave nothing: the user said no, or the mini program may not ask. Nobody guesses here.
    #[error("the phone button gave nothing")]
    ButtonRefused,
    #[error("no living token")]
    Unauthorized,
    #[error("WeChat does not know the login code")]
    LoginCodeInvalid,
    #[error("the login code has been used")]
    LoginCodeUsed,
    #[error("WeChat does not know the phone code")]
    PhoneCodeInvalid,
    #[error("a login code in place of a phone code")]
    LoginCodeInPhoneField,
    #[error("encryptedData cannot be used: {0:?}")]
    DecryptFailed(Flaw),
    #[error("the signature of rawData is none that a kept session_key makes")]
    SignatureMismatch,
    #[error("the user is blocked")]
    UserBlocked,
    #[error("the phone belongs to another user")]
    PhoneConflict,
    #[error("too many calls")]
    RateLimited { retry_after_s: u32 },
    #[error("the mini program is not configured")]
    UnknownApp,
    #[error("{0}")]
    WeChatUnavailable(&'static str),
    #[error("the mini program is misconfigured: {0}")]
    Misconfigured(Refusal),
    /// The database is away or overloaded.
    #[error(transparent)]
    Unavailable(StoreError),
    /// The call took longer than a call may, most likely because the database hangs.
    #[error("no answer in time")]
    Slow,
    #[error(transparent)]
    Internal(#[from] Fault),
}

/// Our own fault; never shown to a client.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sealed(#[from] SealError),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("an answer of WeChat that no rule knows: {0}")]
    WeChat(Refusal),
    #[error("a use case panicked")]
    Panicked,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if error.passing() { Self::Unavailable(error) } else { Self::Internal(error.into()) }
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Self::Internal(error.into())
    }
}

impl Failure {
    /// For whoever came too early by `wait`: whole seconds, upwards.
    pub fn retry_after(wait: std::time::Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        Self::RateLimited { retry_after_s: u32::try_from(seconds).unwrap_or(u32::MAX) }
    }

    /// Whether the client has sent what nobody could use: codes that are invalid or spent, data that is damaged or not his.
    pub fn is_clients_fault(&self) -> bool {
        matches!(
            self,
            Self::InvalidRequest(_)
                | Self::NotSent(_)
                | Self::LoginCodeInvalid
                | Self::LoginCodeUsed
                | Self::PhoneCodeInvalid
                | Self::LoginCodeInPhoneField
                | Self::DecryptFailed(_)
                | Self::SignatureMismatch
                | Self::UnknownApp
        )
    }

    /// What WeChat's answer to a login code means (protocol §1).
    pub(super) fn of_login_code(error: WeChatError) -> Self {
        match error {
            WeChatError::Refused(refusal) => match refusal.errcode {
                40029 | 41008 | 42003 => Self::LoginCodeInvalid,
                40163 => Self::LoginCodeUsed,
                _ => Self::of_refusal(refusal),
            },
            other => Self::of_wechat(other),
        }
    }

    /// What WeChat's answer to a phone code means.
    ///
    /// With the user's openid beside the code, a refusal that nothing else explains means that the code is not theirs:
    /// WeChat does not say which errcode it has for that.
    pub(super) fn of_phone_code(error: WeChatError, openid_given: bool) -> Self {
        match error {
            WeChatError::Refused(refusal) if refusal.errcode == PHONE_CODE_UNKNOWN => Self::PhoneCodeInvalid,
            other => match Self::of_wechat(other) {
                Self::Internal(Fault::WeChat(_)) if openid_given => Self::PhoneCodeInvalid,
                failure => failure,
            },
        }
    }

    pub(super) fn of_wechat(error: WeChatError) -> Self {
        match error {
            WeChatError::Refused(refusal) => Self::of_refusal(refusal),
            WeChatError::OtherAppsCode(refusal) => Self::Misconfigured(refusal),
            WeChatError::Busy(_) => Self::WeChatUnavailable("WeChat is busy (errcode -1)"),
            WeChatError::Unavailable(reason) => Self::WeChatUnavailable(reason),
            WeChatError::UnknownApp => Self::UnknownApp,
        }
    }

    /// The errcodes that mean the same in every call (protocol §1, §5.3).
    fn of_refusal(refusal: Refusal) -> Self {
        match refusal.errcode {
            40226 => Self::UserBlocked,
            45009 | 45011 => Self::RateLimited { retry_after_s: NEXT_MINUTE_S },
            // Appid, AppSecret, address whitelist, account: only the operator can put these right.
            40001 | 40002 | 40013 | 40014 | 40125 | 40164 | 40243 | 41001 | 41002 | 41004 | 42001 | 48001 | 50004
            | 50007 | 89503 | 89506 | 89507 | NO_PHONE_QUOTA => Self::Misconfigured(refusal),
            _ => Self::Internal(Fault::WeChat(refusal)),
        }
    }
}
