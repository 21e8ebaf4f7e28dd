use latchkey_app::types::{AlertKind, ButtonSaid, Cause, Evidence, Proof, Stage};

use super::Subject;
use crate::{
    accounts::{Accounts, Session, failure::NO_PHONE_QUOTA},
    arrival::Arrival,
};

/// What the phone button says when it gave nothing: the client sent `e.detail` all the same.
#[derive(Debug, Clone)]
pub struct ButtonRefusal {
    pub errno: Option<i64>,
    pub err_msg: Option<String>,
}

impl Accounts {
    /// The button itself refused, on the user's device; WeChat was never asked.
    pub async fn report_button(&self, arrival: Arrival, session: &Session, refusal: ButtonRefusal) {
        let said = said(&refusal.err_msg.unwrap_or_default());
        let cause = cause(refusal.errno, said);
        let (binding, appid) = (&session.binding, &session.binding.appid);
        if cause == Cause::PhoneQuotaExhausted {
            self.raise(appid, AlertKind::PhoneQuota, None).await;
        }
        let evidence = Evidence { proof: Proof::Button { errno: refusal.errno, said }, ..Evidence::default() };
        self.keep_failure(arrival, appid, Subject::from(binding), (cause, Stage::Button), evidence);
    }
}

/// The errno decides; older base libraries have the errMsg alone.
fn cause(errno: Option<i64>, said: ButtonSaid) -> Cause {
    match errno {
        Some(NO_PHONE_QUOTA) => return Cause::PhoneQuotaExhausted,
        Some(103 | 104 | 112 | 1025 | 1026) => return Cause::ButtonNotPermitted,
        Some(5 | 108) => return Cause::Unknown,
        _ => {}
    }
    match said {
        ButtonSaid::NoPermission | ButtonSaid::NotDeclared | ButtonSaid::PrivacyRefused | ButtonSaid::Banned => {
            Cause::ButtonNotPermitted
        }
        ButtonSaid::Deny => Cause::UserDenied,
        ButtonSaid::NoQuota => Cause::PhoneQuotaExhausted,
        _ => Cause::Unknown,
    }
}

/// The kind of an errMsg. Its text is the client's and may hold anything, so that only its kind is kept.
fn said(err_msg: &str) -> ButtonSaid {
    const KNOWN: [(&str, ButtonSaid); 15] = [
        ("no permission", ButtonSaid::NoPermission),
        ("not declared in the privacy", ButtonSaid::NotDeclared),
        ("api scope is not declared", ButtonSaid::NotDeclared),
        ("privacy api banned", ButtonSaid::Banned),
        ("privacy permission", ButtonSaid::PrivacyRefused),
        ("privacy agreement", ButtonSaid::PrivacyRefused),
        ("enough quota", ButtonSaid::NoQuota),
        ("quota", ButtonSaid::NoQuota),
        ("deny", ButtonSaid::Deny),
        ("denied", ButtonSaid::Deny),
        ("cancel", ButtonSaid::Deny),
        ("time out", ButtonSaid::TimeOut),
        ("timeout", ButtonSaid::TimeOut),
        ("network", ButtonSaid::Network),
        (":ok", ButtonSaid::Ok),
    ];
    let text = err_msg.to_ascii_lowercase();
    if text.trim().is_empty() {
        return ButtonSaid::Nothing;
    }
    KNOWN.iter().find(|(mark, _)| text.contains(mark)).map_or(ButtonSaid::Other, |(_, said)| *said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_button_said_is_told_by_errno_and_text() {
        for (errno, text, expected) in [
            (None, "getPhoneNumber:fail user deny", Cause::UserDenied),
            (None, "getPhoneNumber:fail:user cancel", Cause::UserDenied),
            (None, "getPhoneNumber:fail no permission", Cause::ButtonNotPermitted),
            (None, "getPhoneNumber:fail api scope is not declared in the privacy agreement", Cause::ButtonNotPermitted),
            (Some(104), "getPhoneNumber:fail authorize canceled", Cause::ButtonNotPermitted),
            (Some(1026), "getPhoneNumber:fail", Cause::ButtonNotPermitted),
            (Some(1_400_001), "", Cause::PhoneQuotaExhausted),
            (Some(108), "getPhoneNumber:fail user deny", Cause::Unknown),
            (None, "getPhoneNumber:ok", Cause::Unknown),
            (None, "", Cause::Unknown),
        ] {
            assert_eq!(cause(errno, said(text)), expected, "{errno:?} {text}");
        }
        assert_eq!(said("getPhoneNumber:fail something new"), ButtonSaid::Other);
    }
}
