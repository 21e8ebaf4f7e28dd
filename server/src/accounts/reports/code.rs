use latchkey_app::types::{Cause, Evidence, Stage};
use uuid::Uuid;

use super::{Report, Subject, sampler::Kind};
use crate::{
    accounts::{
        Accounts, Failure,
        exchange_code::{CodeHash, MOCK_CODE},
        failure::NO_PHONE_QUOTA,
    },
    arrival::Arrival,
    store::{bindings, login_codes},
    wechat::{Refusal, WeChatError},
};

/// Phone codes have 64 hexadecimal digits, login codes 32 characters (protocol §0).
const PHONE_CODE: usize = 64;

impl Accounts {
    /// A login code was not exchanged. `spent_by`: the ledger knows who used it before.
    pub(in crate::accounts) fn report_login_code(
        &self,
        arrival: Arrival,
        appid: &str,
        code: &str,
        answer: Option<WeChatError>,
        spent_by: Option<Uuid>,
    ) {
        let (at, appid, code) = (self.clock.now(), appid.to_owned(), code.to_owned());
        let kind = Kind { appid: appid.clone(), stage: Stage::LoginCode, healed: false, of_phone: false };
        self.report(arrival, &kind, move |accounts| async move {
            let mut tx = accounts.db.read().await?;
            let subject = match spent_by {
                Some(binding) => bindings::find(&mut tx, binding).await?.as_ref().map(Subject::from),
                None => None,
            };
            drop(tx);
            let (cause, proof) = accounts.login_code_cause(arrival, &appid, &code, answer.as_ref()).await?;
            let (errcode, rid) = errcode(answer.as_ref());
            let evidence = Evidence { errcode, rid, proof, ..Evidence::default() };
            let (subject, stage) = (subject.unwrap_or_default(), Stage::LoginCode);
            let (healed, of_phone, ciphertext) = (false, false, None);
            let report = Report { arrival, at, appid, subject, cause, stage, healed, of_phone, ciphertext, evidence };
            accounts.file(report, 1).await?;
            Ok(())
        });
    }

    /// A phone code was not exchanged.
    pub(in crate::accounts) fn report_phone_code(
        &self,
        arrival: Arrival,
        appid: &str,
        subject: Subject,
        failure: &Failure,
        answer: Option<&WeChatError>,
    ) {
        let said = |text: &str| text.to_owned();
        let (cause, proof) = match (failure, answer) {
            (Failure::LoginCodeInPhoneField, _) => {
                (Cause::LoginCodeInPhoneField, said("it has the shape of a wx.login code, or was presented as one"))
            }
            (Failure::PhoneCodeInvalid, _) => {
                (Cause::PhoneCodeExpired, said("WeChat does not know it (40029), and it is no login code"))
            }
            (_, Some(WeChatError::Refused(Refusal { errcode: NO_PHONE_QUOTA, .. }))) => {
                (Cause::PhoneQuotaExhausted, said("WeChat: no phone numbers are left (1400001)"))
            }
            // With a token of the right mini program: so the code is not (protocol §4).
            (_, Some(WeChatError::Refused(Refusal { errcode: 40013, .. }))) => {
                (Cause::CodeOfOtherApp, said("WeChat: the token's mini program is not the code's (40013)"))
            }
            (_, Some(error)) => general(error),
            (_, None) => return,
        };
        let (errcode, rid) = errcode(answer);
        let evidence = Evidence { errcode, rid, proof, ..Evidence::default() };
        self.keep_failure(arrival, appid, subject, (cause, Stage::PhoneCode), evidence);
    }

    async fn login_code_cause(
        &self,
        arrival: Arrival,
        appid: &str,
        code: &str,
        answer: Option<&WeChatError>,
    ) -> Result<(Cause, String), Failure> {
        let said = |cause, proof: &str| Ok((cause, proof.to_owned()));
        let refusal = match answer {
            None if code == MOCK_CODE => {
                return said(Cause::MockCodeFromDevtools, "the very text of the developer tools");
            }
            None => return said(Cause::CodeUsed, "it was exchanged here before"),
            Some(WeChatError::Refused(refusal)) => refusal.errcode,
            Some(error) => return Ok(general(error)),
        };
        match refusal {
            40163 => said(Cause::CodeUsed, "WeChat: code been used (40163)"),
            42003 => said(Cause::CodeExpired, "WeChat: the code timed out (42003)"),
            41008 => said(Cause::CodeExpired, "WeChat: no code (41008)"),
            40029 if code.len() == PHONE_CODE && code.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                said(Cause::PhoneCodeInLoginField, "64 hexadecimal digits: a phone code")
            }
            40029 => {
                if let Some(other) = self.other_app_of(arrival, appid, code).await? {
                    return Ok((Cause::CodeOfOtherApp, other));
                }
                said(
                    Cause::CodeExpired,
                    "WeChat does not know it (40029); nothing says that it is another mini program's",
                )
            }
            _ => Ok(answer.map_or((Cause::Unknown, String::new()), general)),
        }
    }

    /// What proves that a code is another mini program's.
    async fn other_app_of(&self, arrival: Arrival, appid: &str, code: &str) -> Result<Option<String>, Failure> {
        let referer = arrival.client.appid.filter(|referer| referer.as_str() != appid);
        if let Some(referer) = referer {
            return Ok(Some(format!("the request comes from {}", referer.as_str())));
        }
        let mut tx = self.db.read().await?;
        for app in self.apps.iter().filter(|app| app.appid != appid) {
            if login_codes::find(&mut tx, CodeHash::new(&app.appid, code).bytes()).await?.is_some() {
                return Ok(Some(format!("it was presented as a code of {} before", app.appid)));
            }
        }
        Ok(None)
    }
}

fn errcode(answer: Option<&WeChatError>) -> (Option<i64>, Option<String>) {
    match answer {
        Some(WeChatError::Refused(refusal)) => (Some(refusal.errcode), refusal.rid.clone()),
        Some(WeChatError::Busy) => (Some(-1), None),
        _ => (None, None),
    }
}

/// The answers that mean the same in every call. Which errcode is which kind of failure is [`Failure`]'s to say; two of them
/// have a cause of their own.
pub(super) fn general(error: &WeChatError) -> (Cause, String) {
    let refusal = match error {
        WeChatError::Busy => return (Cause::WechatBusy, "WeChat: busy (-1), twice".to_owned()),
        WeChatError::Unavailable(reason) => return (Cause::WechatUnreachable, (*reason).to_owned()),
        WeChatError::UnknownApp => return (Cause::AppMisconfigured, "the mini program is not configured".to_owned()),
        WeChatError::Refused(refusal) => refusal,
    };
    let cause = match (refusal.errcode, Failure::of_wechat(error.clone())) {
        (40164, _) => Cause::IpNotWhitelisted,
        (40125, _) => Cause::AppSecretWrong,
        (_, Failure::UserBlocked) => Cause::UserBlockedByWechat,
        (_, Failure::RateLimited { .. }) => Cause::QuotaExhausted,
        (_, Failure::Misconfigured(_)) => Cause::AppMisconfigured,
        _ => Cause::Unknown,
    };
    (cause, format!("WeChat: errcode {}", refusal.errcode))
}
