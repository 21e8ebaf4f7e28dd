use latchkey_app::types::{Cause, Evidence, Proof, Stage};

use super::{Report, Subject, sampler::Kind};
use crate::{
    accounts::{
        Accounts, Failure,
        exchange_code::{CodeHash, MOCK_CODE, NotExchanged},
        failure::{NO_PHONE_QUOTA, PHONE_CODE_UNKNOWN},
        prove_phone::Unproven,
    },
    arrival::Arrival,
    store::{bindings, login_codes},
    wechat::{Refusal, WeChatError},
};

/// Phone codes have 64 hexadecimal digits, login codes 32 characters.
const PHONE_CODE: usize = 64;

impl Accounts {
    /// A login code was not exchanged.
    pub(in crate::accounts) fn report_login_code(
        &self,
        arrival: Arrival,
        appid: &str,
        code: &str,
        refused: NotExchanged,
    ) {
        let (at, appid, code) = (self.clock.now(), appid.to_owned(), code.to_owned());
        let kind = Kind { appid: appid.clone(), stage: Stage::LoginCode, healed: false, of_phone: false };
        self.report(arrival, &kind, move |accounts| async move {
            let mut tx = accounts.db.read().await?;
            let subject = match refused {
                NotExchanged::Here { spent_by: Some(binding) } => {
                    bindings::find(&mut tx, binding).await?.as_ref().map(Subject::from)
                }
                _ => None,
            };
            drop(tx);
            let (cause, proof) = accounts.login_code_cause(arrival, &appid, &code, &refused).await?;
            let (errcode, rid) = match &refused {
                NotExchanged::Here { .. } => (None, None),
                NotExchanged::ByWeChat { answer, .. } => errcode(answer),
            };
            let evidence = Evidence { errcode, rid, code_chars: characters(&code), proof, ..Evidence::default() };
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
        code: Option<&str>,
        unproven: &Unproven,
    ) {
        let answer = unproven.answer.as_ref();
        let (cause, proof) = match (&unproven.failure, answer) {
            (Failure::LoginCodeInPhoneField, _) => {
                (Cause::LoginCodeInPhoneField, unproven.login_code.clone().unwrap_or_default())
            }
            // The errcode for somebody else's code is not documented; 40029 is that of codes that are old or used.
            (Failure::PhoneCodeInvalid, Some(WeChatError::Refused(Refusal { errcode, .. })))
                if *errcode != PHONE_CODE_UNKNOWN =>
            {
                (Cause::OtherUsersData, Proof::OpenidRefused(*errcode))
            }
            (Failure::PhoneCodeInvalid, Some(WeChatError::Refused(Refusal { after_busy: true, .. }))) => {
                (Cause::PhoneCodeExpired, Proof::PhoneCodeUnknownAfterBusy)
            }
            (Failure::PhoneCodeInvalid, _) => (Cause::PhoneCodeExpired, Proof::PhoneCodeUnknown),
            (_, Some(WeChatError::Refused(Refusal { errcode: NO_PHONE_QUOTA, .. }))) => {
                (Cause::PhoneQuotaExhausted, Proof::NoNumbersLeft)
            }
            (_, Some(error)) => general(error),
            (_, None) => return,
        };
        let (errcode, rid) = answer.map(errcode).unwrap_or_default();
        let code_chars = code.and_then(characters);
        let evidence = Evidence { errcode, rid, code_chars, proof, ..Evidence::default() };
        self.keep_failure(arrival, appid, subject, (cause, Stage::PhoneCode), evidence);
    }

    async fn login_code_cause(
        &self,
        arrival: Arrival,
        appid: &str,
        code: &str,
        refused: &NotExchanged,
    ) -> Result<(Cause, Proof), Failure> {
        let (refusal, answer, unanswered_before) = match refused {
            NotExchanged::Here { .. } if code == MOCK_CODE => {
                return Ok((Cause::MockCodeFromDevtools, Proof::MockText));
            }
            NotExchanged::Here { .. } => return Ok((Cause::CodeUsed, Proof::ExchangedHere)),
            NotExchanged::ByWeChat { answer: answer @ WeChatError::Refused(refusal), unanswered_before } => {
                (refusal, answer, *unanswered_before)
            }
            NotExchanged::ByWeChat { answer, .. } => return Ok(general(answer)),
        };
        Ok(match refusal.errcode {
            40163 if refusal.after_busy => (Cause::WechatBusy, Proof::UsedAfterBusy),
            40163 if unanswered_before => (Cause::WechatUnreachable, Proof::UsedAfterNoAnswer),
            40163 => (Cause::CodeUsed, Proof::CodeUsed),
            42003 => (Cause::CodeExpired, Proof::CodeTimedOut),
            41008 => (Cause::CodeExpired, Proof::NoCode),
            40029 if code.len() == PHONE_CODE && code.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                (Cause::PhoneCodeInLoginField, Proof::HexDigits64)
            }
            40029 => match self.other_app_of(arrival, appid, code).await? {
                Some(proof) => (Cause::CodeOfOtherApp, proof),
                None => (Cause::CodeExpired, Proof::CodeUnknown),
            },
            _ => general(answer),
        })
    }

    /// What proves that a code is another mini program's. That it was tried there is no proof: only that it was good there.
    async fn other_app_of(&self, arrival: Arrival, appid: &str, code: &str) -> Result<Option<Proof>, Failure> {
        let referer = arrival.client.appid.filter(|referer| referer.as_str() != appid);
        if let Some(referer) = referer {
            return Ok(Some(Proof::Referer(referer.as_str().to_owned())));
        }
        let mut tx = self.db.read().await?;
        for app in self.apps.iter().filter(|app| app.appid != appid) {
            let row = login_codes::find(&mut tx, CodeHash::new(&app.appid, code).bytes()).await?;
            if row.is_some_and(|row| row.state == "spent") {
                return Ok(Some(Proof::SpentAs(app.appid.clone())));
            }
        }
        Ok(None)
    }
}

fn characters(code: &str) -> Option<i64> {
    i64::try_from(code.chars().count()).ok()
}

fn errcode(answer: &WeChatError) -> (Option<i64>, Option<String>) {
    match answer {
        WeChatError::Refused(refusal) | WeChatError::OtherAppsCode(refusal) => {
            (Some(refusal.errcode), refusal.rid.clone())
        }
        WeChatError::Busy(rid) => (Some(-1), rid.clone()),
        _ => (None, None),
    }
}

/// The answers that mean the same in every call. Which errcode is which kind of failure is [`Failure`]'s to say; two of them
/// have a cause of their own.
pub(super) fn general(error: &WeChatError) -> (Cause, Proof) {
    let refusal = match error {
        WeChatError::Busy(_) => return (Cause::WechatBusy, Proof::Busy),
        WeChatError::Unavailable(reason) => {
            return (Cause::WechatUnreachable, Proof::NoAnswer((*reason).to_owned()));
        }
        WeChatError::OtherAppsCode(_) => return (Cause::PhoneCodeOfOtherApp, Proof::PhoneCodeOfOtherApp),
        WeChatError::UnknownApp => return (Cause::UnknownApp, Proof::NotConfigured),
        WeChatError::Refused(refusal) => refusal,
    };
    let cause = match (refusal.errcode, Failure::of_wechat(error.clone())) {
        (40164, _) => Cause::IpNotWhitelisted,
        (40125, _) => Cause::AppSecretWrong,
        (40001, _) if refusal.of_token => Cause::AppSecretWrong,
        (_, Failure::UserBlocked) => Cause::UserBlockedByWechat,
        (_, Failure::RateLimited { .. }) => Cause::QuotaExhausted,
        (_, Failure::Misconfigured(_)) => Cause::AppMisconfigured,
        _ => Cause::Unknown,
    };
    (cause, Proof::Errcode(refusal.errcode))
}
