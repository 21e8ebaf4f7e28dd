use serde::{Deserialize, Serialize};

macro_rules! causes {
    ($($(#[$about:meta])* $cause:ident $name:literal,)*) => {
        /// Why a call failed or had to be healed. Closed; each is concluded from evidence (`latchkey`'s
        /// `open_data::diagnosis` says how it is proved), or it is [`Cause::Unknown`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Cause { $($(#[$about])* $cause,)* }

        impl Cause {
            pub const ALL: &[Self] = &[$(Self::$cause),*];

            /// The name in the database, in URLs and in `latchkey failures`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$cause => $name),* }
            }
        }
    };
}

causes! {
    /// The data was made under an older key than the newest: wx.login was called between the tap and the request.
    LoginAfterPhoneButton "login_after_phone_button",
    /// This openid has never logged in here.
    NoSession "no_session",
    /// It has, but so long ago that no session_key is kept any more.
    KeyExpired "key_expired",
    /// WeChat says that the key that is held is no longer the user's: a wx.login whose code did not come here.
    KeyRotatedElsewhere "key_rotated_elsewhere",
    /// `+` arrived as a blank.
    PlusLost "plus_lost",
    /// Percent-encoded, once or twice too often.
    DoubleEncoded "double_encoded",
    /// `-` and `_` in place of `+` and `/`.
    UrlSafeAlphabet "url_safe_alphabet",
    /// The `=` at the end is missing.
    PaddingLost "padding_lost",
    /// Line breaks inside the base64.
    LineBreaks "line_breaks",
    /// Not base64 at all, even after every repair; or something else in its place.
    NotBase64 "not_base64",
    /// All of it opens under a kept key, and the end is missing.
    Truncated "truncated",
    /// A part opens under a kept key, and another part was changed or lost on the way.
    ChangedInTransit "changed_in_transit",
    /// iv is not 16 bytes, or another one than the data was made with.
    IvInvalid "iv_invalid",
    /// The data is for another mini program.
    WrongApp "wrong_app",
    /// Its time is outside of the window that is accepted.
    StaleData "stale_data",
    /// The data is another user's.
    OtherUsersData "other_users_data",
    /// The very same data was used before, and its time is over.
    Replayed "replayed",
    /// It opens under the user's key, but WeChat does not write like that.
    NotFromWechat "not_from_wechat",
    /// No key opens it, and WeChat knows no such phone ciphertext of the last three days.
    NotKnownToWechat "not_known_to_wechat",
    /// User info where the phone belongs, or the other way round.
    WrongKindOfData "wrong_kind_of_data",
    /// rawData is not what was signed, or was signed under a key that is not held.
    RawDataChanged "raw_data_changed",
    /// WeChat does not know the login code: older than five minutes, or never one.
    CodeExpired "code_expired",
    /// The login code was exchanged before.
    CodeUsed "code_used",
    /// The login code is another mini program's.
    CodeOfOtherApp "code_of_other_app",
    /// `the code is a mock one`: developer tools without an appid.
    MockCodeFromDevtools "mock_code_from_devtools",
    /// A phone code in the field of the login code.
    PhoneCodeInLoginField "phone_code_in_login_field",
    /// A wx.login code where the phone code belongs.
    LoginCodeInPhoneField "login_code_in_phone_field",
    /// WeChat does not know the phone code: older than five minutes, used, or never one.
    PhoneCodeExpired "phone_code_expired",
    /// 40013 for a phone code: it comes from the button of another mini program.
    PhoneCodeOfOtherApp "phone_code_of_other_app",
    /// No phone numbers are left to the mini program (errno 1400001 of the button).
    PhoneQuotaExhausted "phone_quota_exhausted",
    /// The user said no to the button.
    UserDenied "user_denied",
    /// The button was refused by the privacy rules (errno 103, 104, 112, 1025) or the account may not use it.
    ButtonNotPermitted "button_not_permitted",
    /// 40164.
    IpNotWhitelisted "ip_not_whitelisted",
    /// 40125, or 40001 when an access_token was asked for.
    AppSecretWrong "app_secret_wrong",
    /// The mini program that the request names is not configured here.
    UnknownApp "unknown_app",
    /// Any other refusal of the mini program's settings: appid, frozen secret or account, missing permission.
    AppMisconfigured "app_misconfigured",
    /// 45009, 45011.
    QuotaExhausted "quota_exhausted",
    /// -1, twice; or once, and then a code that the first time has spent.
    WechatBusy "wechat_busy",
    /// No connection, no answer in time, a 5xx, nonsense.
    WechatUnreachable "wechat_unreachable",
    /// 40226: WeChat keeps this user out.
    UserBlockedByWechat "user_blocked_by_wechat",
    /// A push whose signature is wrong: another Token, or not from WeChat.
    PushSignatureWrong "push_signature_wrong",
    /// A push that cannot be decrypted, or is for another mini program: another EncodingAESKey.
    PushKeyWrong "push_key_wrong",
    /// A push in plain text where push_aes_key is configured and push_plain is not: what it says is covered by no signature.
    PushNotEncrypted "push_not_encrypted",
    /// A push with a right signature and a time that is more than ten minutes off.
    PushStale "push_stale",
    /// A push, or a verification of the address, whose signature came with another content before.
    PushReplayed "push_replayed",
    /// Nothing proves any of the above; the evidence is kept.
    Unknown "unknown",
}

impl Cause {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cause| cause.name() == name)
    }
}
