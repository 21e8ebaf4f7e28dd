use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AppRef, Cause, Cursor, Millis, Page, Proof};

/// A call that failed, or that was healed, with everything that explains it. Never a plaintext, a key or a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub id: String,
    pub at: Millis,
    pub app: AppRef,
    /// Absent while nobody knows who it was.
    pub user: Option<UserRef>,
    /// The openid that the call was about, as far as it named one.
    pub openid: Option<String>,
    /// The route, such as `POST /api/bindPhone`.
    pub call: String,
    pub stage: Stage,
    pub cause: Cause,
    /// The client got its answer all the same.
    pub healed: bool,
    /// The version of the mini program: a release number, `0` (trial or review) or `devtools`.
    pub version: Option<String>,
    pub evidence: Evidence,
    /// When a later attempt of the same user succeeded.
    pub later_success: Option<Millis>,
    pub request_id: String,
    /// What WeChat said when it was asked afterwards, oldest first.
    pub asked: Vec<Asked>,
}

impl Failure {
    pub const fn certainty(&self) -> Certainty {
        Certainty::of(self.cause, &self.evidence.proof)
    }
}

/// How sure a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    Proved,
    /// The evidence points to it, and could be forged or mean something else.
    Likely,
    Unknown,
}

impl Certainty {
    /// [`Cause::Unknown`] claims nothing, so it is never merely likely.
    pub const fn of(cause: Cause, proof: &Proof) -> Self {
        match cause {
            Cause::Unknown => Self::Unknown,
            _ if proof.is_likely() => Self::Likely,
            _ => Self::Proved,
        }
    }

    /// The name in `latchkey failures --json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Likely => "likely",
            Self::Unknown => "unknown",
        }
    }
}

/// A user as a list names him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRef {
    pub id: String,
    pub nickname: Option<String>,
}

/// What is known about a failed call besides its cause. What does not apply is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// What encrypted data was sent for.
    pub wanted: Option<Wanted>,
    /// WeChat's answer.
    pub errcode: Option<i64>,
    pub rid: Option<String>,
    /// Characters of encryptedData as it came, bytes after base64, and characters of iv.
    pub data_chars: Option<i64>,
    pub data_bytes: Option<i64>,
    pub iv_chars: Option<i64>,
    /// Characters of a login or phone code as it came.
    pub code_chars: Option<i64>,
    /// SHA-256 of the ciphertext's bytes, in hex: the same data again has the same.
    pub ciphertext_sha256: Option<String>,
    /// SHA-256 of the ciphertext's base64, in hex: WeChat does not say over which of the two it wants to be asked.
    pub base64_sha256: Option<String>,
    /// The session_keys that were tried, newest first.
    pub keys: Vec<KeyTried>,
    /// Milliseconds from the last login of the binding to this call.
    pub since_login_ms: Option<i64>,
    /// Seconds from the watermark's time to this call.
    pub data_age_s: Option<i64>,
    /// The Referer's appid, when it is not the call's.
    pub referer_appid: Option<String>,
    pub wechat_version: Option<String>,
    pub sdk_version: Option<String>,
    pub platform: Option<String>,
    /// The client's, without its last part: `203.0.113.0/24`.
    pub network: Option<String>,
    /// What the cause was concluded from.
    pub proof: Proof,
}

impl Evidence {
    /// Keys were tried, and none opened anything.
    pub fn no_key_opens(&self) -> bool {
        !self.keys.is_empty() && self.keys.iter().all(|key| key.stage < Stage::Watermark)
    }
}

/// What encrypted data is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    Phone,
    UserInfo,
}

/// A session_key that was tried on a ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTried {
    /// Since it was received.
    pub age_ms: i64,
    /// How far it got; [`Stage::Done`] when it fitted.
    pub stage: Stage,
}

/// How far a call got, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// The exchange of a login code.
    LoginCode,
    /// The exchange of a phone code.
    PhoneCode,
    /// The phone button itself, on the user's device.
    Button,
    /// The signature of rawData.
    Signature,
    /// A message pushed by WeChat.
    Push,
    Base64,
    Length,
    Iv,
    /// No session_key to try.
    Key,
    Padding,
    Utf8,
    Json,
    Watermark,
    /// Whole, and about somebody else.
    Owner,
    /// Every check held.
    Done,
}

impl Stage {
    pub const ALL: [Self; 15] = [
        Self::LoginCode,
        Self::PhoneCode,
        Self::Button,
        Self::Signature,
        Self::Push,
        Self::Base64,
        Self::Length,
        Self::Iv,
        Self::Key,
        Self::Padding,
        Self::Utf8,
        Self::Json,
        Self::Watermark,
        Self::Owner,
        Self::Done,
    ];

    /// The name in the database, in URLs and in `latchkey failures`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoginCode => "login_code",
            Self::PhoneCode => "phone_code",
            Self::Button => "button",
            Self::Signature => "signature",
            Self::Push => "push",
            Self::Base64 => "base64",
            Self::Length => "length",
            Self::Iv => "iv",
            Self::Key => "key",
            Self::Padding => "padding",
            Self::Utf8 => "utf8",
            Self::Json => "json",
            Self::Watermark => "watermark",
            Self::Owner => "owner",
            Self::Done => "done",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

/// WeChat was asked about a failure afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub at: Millis,
    /// The operator; absent when Latchkey asked by itself.
    pub by: Option<String>,
    /// Whether the newest session_key that was held is still the user's (`checksession`).
    pub key_valid: Option<bool>,
    /// Whether WeChat made this phone ciphertext in the last three days (`checkencryptedmsg`).
    pub made_by_wechat: Option<bool>,
    /// When it did, in seconds, if it says so.
    pub made_at: Option<i64>,
    /// WeChat's errcode when it gave no answer.
    pub errcode: Option<i64>,
}

/// What the failures list is asked for. Absent: everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FailureQuery {
    pub cause: Option<Cause>,
    pub stage: Option<Stage>,
    pub appid: Option<String>,
    pub version: Option<String>,
    pub user_id: Option<String>,
    pub healed: Option<bool>,
    pub from: Option<Millis>,
    /// Before this moment.
    pub to: Option<Millis>,
    pub cursor: Option<Cursor>,
}

/// A page of failures, and how many there are of each cause under the same filter (but for the cause).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureList {
    pub page: Page<Failure>,
    /// Only a part of the records was looked through for this page; the next one goes on.
    pub partial: bool,
    /// Most frequent first.
    pub causes: Vec<CauseCount>,
    /// They are counted among the newest four thousand records.
    pub newest_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseCount {
    pub cause: Cause,
    pub healed: i64,
    pub failed: i64,
}

/// A cause in the period of the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseTrend {
    pub cause: Cause,
    pub healed: i64,
    pub failed: i64,
    pub over_time: OverTime,
}

/// Failures and healings in each of the dashboard's buckets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverTime {
    pub failed: Vec<i64>,
    pub healed: Vec<i64>,
}

/// A failure with what happened around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureStory {
    pub failure: Failure,
    /// What the same user did from a day before to an hour after, oldest first. Empty while nobody knows who it was.
    pub events: Vec<Event>,
    /// Others of the same cause, mini program and version in the last seven days.
    pub similar: i64,
    /// They were looked for among the newest four thousand records alone.
    pub newest_only: bool,
}

/// One line of a time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub at: Millis,
    pub app: Option<AppRef>,
    pub kind: EventKind,
    /// The request that caused it.
    pub request_id: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// A login code was exchanged.
    Login,
    /// So it was for the first time: it made the binding.
    FirstLogin,
    /// WeChat gave a unionid with a login that the binding had not had.
    NewUnionid,
    /// A session_key came that was not held before.
    KeyReceived,
    /// The moment that decrypted data names as its own.
    DataMade,
    /// The user gave the phone that was his already.
    SamePhone,
    /// The phone changed; masked numbers as in the history.
    Phone { old: Option<String>, new: Option<String> },
    /// A failure or a healing: its id and cause, and whether the cause is likely and not certain.
    Failure { id: String, cause: Cause, healed: bool, likely: bool },
    /// A message pushed by WeChat, by its event.
    Push(String),
    /// An act of an operator, by its action.
    Operator { by: String, action: String },
}

/// One version of a mini program, in the period of the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionTrend {
    pub app: AppRef,
    pub version: String,
    pub healed: i64,
    pub failed: i64,
    pub over_time: OverTime,
    /// Absent unless twice as many of its calls failed or had to be healed as of the version before it, or more, and both
    /// have had enough calls to tell.
    pub rise: Option<Rise>,
}

/// Shares of calls that failed or had to be healed, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rise {
    /// At least so many times more.
    pub times: i64,
    pub before: i64,
    pub after: i64,
}

/// What a developer pastes to see which check fails. Never stored, never logged.
#[derive(Clone, Default)]
pub struct Trial {
    pub appid: String,
    pub encrypted_data: String,
    pub iv: String,
    /// Empty: only what can be seen without a key.
    pub session_key: String,
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trial(***)")
    }
}

#[cfg(feature = "ssr")]
impl Trial {
    /// From the body of the form of `/console/try`. Blanks around what was pasted are the clipboard's, not the data's.
    pub fn from_form(body: &[u8]) -> Self {
        let mut trial = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let field = match name.as_ref() {
                "appid" => &mut trial.appid,
                "encrypted_data" => &mut trial.encrypted_data,
                "iv" => &mut trial.iv,
                "session_key" => &mut trial.session_key,
                _ => continue,
            };
            value.trim().clone_into(field);
        }
        trial
    }
}

/// One check of a trial, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialStep {
    pub stage: Stage,
    /// Absent: not reached.
    pub passed: Option<bool>,
    /// A count, a time, a name: never the plaintext.
    pub detail: String,
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::Trial;

    #[test]
    fn a_trial_is_read_from_its_form_and_never_printed() {
        let trial = Trial::from_form(b"appid=wx1&encrypted_data=%20a%2Bb%2Fc%3D%0A&iv=aXY%3D&session_key=secret&x=y");
        assert_eq!((trial.appid.as_str(), trial.encrypted_data.as_str()), ("wx1", "a+b/c="));
        assert_eq!((trial.iv.as_str(), trial.session_key.as_str()), ("aXY=", "secret"));
        assert_eq!(format!("{trial:?}"), "Trial(***)");
    }
}
