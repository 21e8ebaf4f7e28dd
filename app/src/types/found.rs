//! The parts of a [`Proof`](super::Proof): what was found in a request.

use serde::{Deserialize, Serialize};

/// The field that a proof is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    EncryptedData,
    Iv,
}

impl Field {
    /// The name that requests use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EncryptedData => "encryptedData",
            Self::Iv => "iv",
        }
    }
}

/// A text that stands where encryptedData or iv belongs, told by its shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// The empty text.
    Nothing,
    /// A script's word for a value that is not there, such as `undefined`. From a closed list.
    Word(String),
    /// The name of a field in place of its value. From a closed list.
    Name(String),
    CloudId,
    Openid,
    Appid,
    LoginCode,
    PhoneCode,
    /// A signature of rawData: 40 hexadecimal digits.
    Signature,
    /// A token of a login, or WeChat's access_token.
    Token,
    /// The iv in place of the ciphertext.
    Iv,
    Json,
    /// The address of a web page or a file.
    Address,
}

/// A repair of base64, and how often it had to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repaired {
    pub field: Field,
    pub repair: Repair,
    /// Characters; rounds of percent-encoding.
    pub times: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// Undone so many times.
    PercentEncoding,
    /// A blank in place of each `+`.
    BlankForPlus,
    /// `-` and `_` in place of `+` and `/`.
    UrlSafe,
    LineBreaks,
    /// Blanks where lines had been joined.
    BlanksBetweenLines,
    /// `=` at the end, missing or too many.
    Padding,
}

/// The kind of the phone button's errMsg; its text may hold anything and is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonSaid {
    /// `fail user deny`, `fail cancel`.
    Deny,
    /// `no permission`.
    NoPermission,
    /// `api scope is not declared in the privacy agreement`.
    NotDeclared,
    /// The privacy agreement was not accepted.
    PrivacyRefused,
    /// `privacy api banned`.
    Banned,
    /// `no enough quota`.
    NoQuota,
    TimeOut,
    Network,
    /// `getPhoneNumber:ok`, with nothing beside it.
    Ok,
    /// None of these.
    Other,
    /// There was no errMsg.
    Nothing,
}
