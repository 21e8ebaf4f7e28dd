//! Why calls fail, in words that follow the proof: one story for one proved thing, in both languages side by side.

mod button;
mod ciphertext;
mod content;
mod key;
mod login_code;
mod names;
mod owner;
mod phone_code;
mod push;
mod sayings;
mod settings;
#[cfg(test)]
mod tests;
mod transport;
mod unknown;
mod values;
mod wechat;

use sayings::Saying;
use values::values;

use super::{Lang, Snippet, T};
use crate::types::{Cause, Certainty, Failure};

/// A text in both languages: Chinese, then English. `{name}` stands for a value of the record, see [`values`].
type Both = (&'static str, &'static str);

/// The texts for one proved thing.
#[derive(Debug, Clone, Copy)]
struct Story {
    /// The proved thing as one short sentence without a full stop, for lists and as the page's headline.
    headline: Both,
    /// The course of events, for a reader who did not write the code.
    happened: Both,
    /// The change that cures it, for the developer or the administrator.
    fix: Both,
    snippet: Option<Snippet>,
    saying: Saying,
}

/// A failure in words, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The proved thing, without a full stop; says so itself when it is only likely.
    pub headline: String,
    pub happened: String,
    pub fix: String,
    /// Code for the mini program; absent where the cure is no code.
    pub snippet: Option<Snippet>,
    /// Advice for support staff.
    pub support: String,
    /// The sentence for the user.
    pub user: String,
}

impl T {
    /// The name of a cause as a kind, for filters and counts.
    pub const fn cause_name(self, cause: Cause) -> &'static str {
        let (zh, en) = names::name(cause);
        self.pick(zh, en)
    }

    /// The same, and whether it is merely likely.
    pub fn cause_of(self, cause: Cause, likely: bool) -> String {
        self.hedged(likely, self.cause_name(cause).to_owned())
    }

    /// The proved thing in one line.
    pub fn headline(self, failure: &Failure) -> String {
        self.hedged(is_likely(failure), self.told(story(failure).headline, failure))
    }

    pub fn explain(self, failure: &Failure) -> Explanation {
        let Story { headline, happened, fix, snippet, saying } = story(failure);
        let told = |text| self.told(text, failure);
        let saying = if failure.healed { sayings::HEALED } else { saying };
        Explanation {
            headline: self.hedged(is_likely(failure), told(headline)),
            happened: told(happened),
            fix: told(fix),
            snippet,
            support: told(saying.support),
            user: told(saying.user),
        }
    }

    fn told(self, (zh, en): Both, failure: &Failure) -> String {
        let text = self.pick(zh, en).to_owned();
        if !text.contains('{') {
            return text;
        }
        let replace = |text: String, (name, value): (&str, String)| text.replace(&format!("{{{name}}}"), &value);
        values(self, failure).into_iter().fold(text, replace).trim().to_owned()
    }

    fn hedged(self, likely: bool, text: String) -> String {
        match (likely, self.0) {
            (false, _) => text,
            (true, Lang::Zh) => format!("很可能：{text}"),
            (true, Lang::En) => format!("Likely: {text}"),
        }
    }
}

fn is_likely(failure: &Failure) -> bool {
    failure.certainty() == Certainty::Likely
}

fn story(failure: &Failure) -> Story {
    match failure.cause {
        Cause::LoginAfterPhoneButton => key::login_after_phone_button(failure),
        Cause::NoSession => key::NO_SESSION,
        Cause::KeyExpired => key::key_expired(failure),
        Cause::KeyRotatedElsewhere => key::key_rotated_elsewhere(failure),
        Cause::PlusLost => transport::plus_lost(failure),
        Cause::DoubleEncoded => transport::double_encoded(failure),
        Cause::UrlSafeAlphabet => transport::url_safe_alphabet(failure),
        Cause::PaddingLost => transport::padding_lost(failure),
        Cause::LineBreaks => transport::line_breaks(failure),
        Cause::NotBase64 => ciphertext::not_base64(failure),
        Cause::Truncated => ciphertext::truncated(failure),
        Cause::ChangedInTransit => ciphertext::changed_in_transit(failure),
        Cause::IvInvalid => key::iv_invalid(failure),
        Cause::WrongApp => owner::wrong_app(failure),
        Cause::StaleData => owner::stale_data(failure),
        Cause::OtherUsersData => owner::other_users_data(failure),
        Cause::Replayed => owner::replayed(failure),
        Cause::NotFromWechat => content::NOT_FROM_WECHAT,
        Cause::NotKnownToWechat => content::NOT_KNOWN_TO_WECHAT,
        Cause::WrongKindOfData => content::wrong_kind_of_data(failure),
        Cause::RawDataChanged => content::RAW_DATA_CHANGED,
        Cause::CodeExpired => login_code::code_expired(failure),
        Cause::CodeUsed => login_code::code_used(failure),
        Cause::CodeOfOtherApp => login_code::code_of_other_app(failure),
        Cause::MockCodeFromDevtools => login_code::MOCK_CODE,
        Cause::PhoneCodeInLoginField => login_code::PHONE_CODE_IN_LOGIN_FIELD,
        Cause::LoginCodeInPhoneField => phone_code::login_code_in_phone_field(failure),
        Cause::PhoneCodeExpired => phone_code::phone_code_expired(failure),
        Cause::PhoneCodeOfOtherApp => phone_code::PHONE_CODE_OF_OTHER_APP,
        Cause::PhoneQuotaExhausted => button::PHONE_QUOTA_EXHAUSTED,
        Cause::UserDenied => button::USER_DENIED,
        Cause::ButtonNotPermitted => button::not_permitted(failure),
        Cause::IpNotWhitelisted => settings::IP_NOT_WHITELISTED,
        Cause::AppSecretWrong => settings::app_secret_wrong(failure),
        Cause::AppMisconfigured => settings::app_misconfigured(failure),
        Cause::UnknownApp => settings::unknown_app(failure),
        Cause::QuotaExhausted => wechat::quota_exhausted(failure),
        Cause::WechatBusy => wechat::wechat_busy(failure),
        Cause::WechatUnreachable => wechat::wechat_unreachable(failure),
        Cause::UserBlockedByWechat => wechat::USER_BLOCKED_BY_WECHAT,
        Cause::PushSignatureWrong => push::signature_wrong(failure),
        Cause::PushKeyWrong => push::key_wrong(failure),
        Cause::PushNotEncrypted => push::NOT_ENCRYPTED,
        Cause::PushStale => push::STALE,
        Cause::PushReplayed => push::REPLAYED,
        Cause::Unknown => unknown::unknown(failure),
    }
}
