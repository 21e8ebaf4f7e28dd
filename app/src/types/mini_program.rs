use serde::{Deserialize, Serialize};

use super::{AppRef, Cause, Millis, Tally};

/// A configured mini program, and what an operator has to know about its health.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MiniProgram {
    pub app: AppRef,
    /// What is wrong with it, newest first. Empty: nothing that is known.
    pub alerts: Vec<Alert>,
    /// When WeChat last took the AppSecret, for a token or for somebody's login, as far as it was kept.
    pub proven_at: Option<Millis>,
    /// The newest access_token of any node; absent while none was needed.
    pub access_token: Option<TokenTimes>,
    /// The last time any node asked for an access_token in vain, if none came since.
    pub token_refused: Option<TokenRefused>,
    /// Message push has its Token, so that WeChat's events are taken.
    pub push: bool,
    /// WeChat is told the user's openid with each phone code, and refuses the codes of others.
    pub phone_code_openid: bool,
}

/// When an access_token came, and when the next one will be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenTimes {
    pub fetched_at: Millis,
    pub renew_at: Millis,
}

/// A mini program, and what is known of it right now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppHealth {
    pub program: MiniProgram,
    pub now: Millis,
    /// WeChat last took the AppSecret at or after this moment.
    pub proven_at: Option<Millis>,
    /// When WeChat's last event was followed; they are kept for a month.
    pub pushed_at: Option<Millis>,
    /// When the last push was refused for its signature or its key.
    pub push_refused: Option<PushRefused>,
    pub today: Tally,
    /// The last seven days.
    pub week: Tally,
}

impl AppHealth {
    /// What WeChat said when it last did not take the credentials, if it has not taken them since.
    pub fn credentials_refused(&self) -> Option<&Alert> {
        let refused = self.program.alerts.iter().find(|alert| alert.kind.of_credentials());
        refused.filter(|alert| self.proven_at.is_none_or(|proven| proven < alert.last_at))
    }
}

/// An access_token that did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRefused {
    pub at: Millis,
    /// WeChat's; absent when there was no answer at all.
    pub errcode: Option<i64>,
}

/// A push that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRefused {
    pub at: Millis,
    /// The failure's id.
    pub failure: String,
    pub cause: Cause,
}

/// Something that only the operator can put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub kind: AlertKind,
    /// WeChat's code for it, when WeChat said so.
    pub errcode: Option<i64>,
    /// What WeChat's support asks for.
    pub rid: Option<String>,
    /// The address that WeChat refused ([`AlertKind::AddressNotListed`]).
    pub address: Option<String>,
    pub first_at: Millis,
    pub last_at: Millis,
    /// How often; at least.
    pub times: i64,
}

/// What can be wrong with a mini program (protocol §1, §5.3). Closed; each has its cause and fix in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AlertKind {
    /// A client sent the AppSecret along: it is in the mini program's code, where anybody can read it.
    SecretLeaked,
    /// 40013: WeChat does not know the appid.
    AppidWrong,
    /// 40125 (and 40001 of the token endpoint): wrong or reset AppSecret.
    SecretWrong,
    /// 40243: the AppSecret is frozen.
    SecretFrozen,
    /// 40164: this server's address is not in the IP whitelist.
    AddressNotListed,
    /// 89503, 89506, 89507: WeChat asks the mini program's administrator about this server's address.
    AddressUnconfirmed,
    /// 48001 and the like: the account may not use this interface.
    NotPermitted,
    /// 50004, 50007: the account is frozen, or may not use tokens.
    AccountFrozen,
    /// 45009: the day's quota of a call is used up.
    DayQuota,
    /// 45011: more calls in a minute than WeChat takes.
    MinuteQuota,
    /// Phone numbers cost money since 2023, and the purchased ones are used up.
    PhoneQuota,
    /// 47001 for a phone code with the user's openid: WeChat did not check whose code it is.
    PhoneOpenid,
    /// A sealed value of one of its users does not open.
    DamagedValue,
    /// Any other refusal that is not a client's fault, by its errcode.
    Other,
}

impl AlertKind {
    pub const ALL: [Self; 14] = [
        Self::SecretLeaked,
        Self::AppidWrong,
        Self::SecretWrong,
        Self::SecretFrozen,
        Self::AddressNotListed,
        Self::AddressUnconfirmed,
        Self::NotPermitted,
        Self::AccountFrozen,
        Self::DayQuota,
        Self::MinuteQuota,
        Self::PhoneQuota,
        Self::PhoneOpenid,
        Self::DamagedValue,
        Self::Other,
    ];

    /// The name in the database and in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SecretLeaked => "secret_leaked",
            Self::AppidWrong => "appid_wrong",
            Self::SecretWrong => "secret_wrong",
            Self::SecretFrozen => "secret_frozen",
            Self::AddressNotListed => "address_not_listed",
            Self::AddressUnconfirmed => "address_unconfirmed",
            Self::NotPermitted => "not_permitted",
            Self::AccountFrozen => "account_frozen",
            Self::DayQuota => "day_quota",
            Self::MinuteQuota => "minute_quota",
            Self::PhoneQuota => "phone_quota",
            Self::PhoneOpenid => "phone_openid",
            Self::DamagedValue => "damaged_value",
            Self::Other => "other",
        }
    }

    /// WeChat does not let this server in at all.
    pub const fn of_credentials(self) -> bool {
        matches!(
            self,
            Self::AppidWrong
                | Self::SecretWrong
                | Self::SecretFrozen
                | Self::AddressNotListed
                | Self::AddressUnconfirmed
                | Self::AccountFrozen
        )
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
