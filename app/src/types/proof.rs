use serde::{Deserialize, Serialize};

use super::{ButtonSaid, Field, Millis, Repaired, Sent};

/// What a cause was concluded from, with its numbers. Never what the data says. [`crate::text`] has the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// No base64 as it came; after these repairs every check holds.
    Repairs(Vec<Repaired>),
    /// The same, without saying which: of an earlier version.
    Repaired,
    /// Which key of the ring opened it, 1 being the newest; how many seconds before the newest came the data was made.
    OlderKey {
        number: i64,
        before_s: i64,
    },
    /// Characters that no repair explains.
    NoRepair,
    /// Something else stands in this field.
    SentInstead {
        field: Field,
        sent: Sent,
    },
    /// encryptedData and iv stand in each other's place.
    FieldsSwapped,
    /// 4n+1 characters.
    ImpossibleLength(i64),
    /// Bytes.
    NoWholeBlocks(i64),
    /// Bytes of an iv.
    IvBytes(i64),
    NoWatermark,
    OtherAppInWatermark,
    /// Seconds; negative: ahead of the server's clock. With the limit that it passed.
    OutsideWindow {
        age_s: i64,
        limit_s: i64,
    },
    /// The same without the limit, of an earlier version.
    MadeAgo(i64),
    OtherOpenid,
    /// Where user info belongs.
    HoldsPhone,
    HoldsNoPhone,
    /// Every check holds but the last.
    OddFields,
    /// So many blocks of 16 bytes open, and the end is missing.
    CutOff(i64),
    /// The beginning opens; the end is missing or changed. Of an earlier version.
    EndMissing,
    FirstBlockGarbled,
    /// All but the first of so many blocks open, and they are not the rest of what WeChat writes.
    BeginningMissing(i64),
    /// The others of so many blocks open. Counted from 1.
    OpensInPart {
        from: i64,
        to: i64,
        blocks: i64,
    },
    /// Under this user's key in the mini program of this appid.
    OpensElsewhere(String),
    UsedByAnother,
    /// It was opened in the mini program of this appid, for which it was made.
    UsedInOtherApp(String),
    /// The first use, of the same user; `opens`: it still does. Otherwise its key is gone.
    FirstUse {
        ago_s: i64,
        request_id: Option<String>,
        opens: bool,
    },
    /// The same without its time, of an earlier version.
    UsedBefore,
    NoKeyKept,
    NoLogin,
    /// None of the keys fits, and the request comes from this appid.
    NoKeyAndReferer(String),
    /// So many keys were tried.
    NoKeyOpens(i64),
    /// The same, and WeChat says that the newest is not the user's any more.
    NewestKeyInvalid(i64),
    /// It opens under the key of a login that came later, and that WeChat had given out before.
    LaterKeyOpens,
    /// The same, and WeChat knows no such ciphertext of the last three days.
    UnknownToWechat(i64),

    /// rawData: so many keys were tried; with none there is nothing to check it with.
    SignedByNone(i64),
    /// rawData: which key of the ring made the signature, 1 being the newest.
    SignedByOlder(i64),
    /// rawData: percent-decoded, it is what was signed.
    SignedWhenDecoded,

    MockText,
    ExchangedHere,
    /// 40163.
    CodeUsed,
    /// 40163, when WeChat was asked again after it had been busy.
    UsedAfterBusy,
    /// 40163, for a code that came before and that WeChat gave no answer to.
    UsedAfterNoAnswer,
    /// 42003.
    CodeTimedOut,
    /// 41008.
    NoCode,
    /// 40029, and nothing says that it is another mini program's.
    CodeUnknown,
    HexDigits64,
    /// The request comes from this appid.
    Referer(String),
    /// It was exchanged as a code of this appid before.
    SpentAs(String),
    /// It was exchanged here, as a login code.
    LoginCodeSpent,
    /// 32 characters that no phone code has.
    LoginCodeForm,
    /// One of the two, of an earlier version.
    LoginCodeShape,
    /// 40029.
    PhoneCodeUnknown,
    /// 40029, when WeChat was asked again after it had been busy.
    PhoneCodeUnknownAfterBusy,
    /// 40013, with an access_token of the right mini program.
    PhoneCodeOfOtherApp,
    /// WeChat's errcode for a phone code that came with the user's openid. Which one it has for somebody else's code is
    /// not documented, so that this is likely and not certain.
    OpenidRefused(i64),
    /// 1400001.
    NoNumbersLeft,
    /// -1, twice.
    Busy,
    /// Why there was no answer, in English.
    NoAnswer(String),
    NotConfigured,
    Errcode(i64),
    /// The phone button's own answer.
    Button {
        errno: Option<i64>,
        said: ButtonSaid,
    },
    /// The phone button's errno, of an earlier version.
    Errno(Option<i64>),
    /// The request names this appid, as far as it is one.
    NoSuchApp(Option<String>),

    /// As an earlier version has written it.
    PushUnsigned,
    /// The newest push with a right signature before this one came then: the Token is right.
    PushUnsignedAfter(Millis),
    /// No push of this mini program with a right signature is on record.
    PushNeverSigned,
    PushStale,
    PushReplayed,
    PushWithoutKey,
    PushNotEncrypted,
    PushUndecipherable,
    PushOfOtherApp,
    PushUnreadable,

    /// The record stands for so many failures of one network that were only counted.
    LeftOut(i64),

    /// The record's user was erased.
    Erased,
    /// The words of a record that an earlier version has written.
    #[serde(untagged)]
    Words(String),
}

impl Proof {
    /// Whether the cause is likely, and not certain: what it rests on can be forged, or means it in most cases.
    pub const fn is_likely(&self) -> bool {
        matches!(
            self,
            Self::Referer(_)
                | Self::NoKeyAndReferer(_)
                | Self::OpenidRefused(_)
                | Self::UsedAfterBusy
                | Self::PhoneCodeUnknownAfterBusy
        )
    }

    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Words(words) if words.is_empty())
    }
}

impl Default for Proof {
    fn default() -> Self {
        Self::Words(String::new())
    }
}
