use latchkey_app::types::{Cause, Evidence, Stage};

use super::{Report, Subject};
use crate::{accounts::Accounts, arrival::Arrival, wechat::PushError};

impl Accounts {
    /// A push was refused. One for a mini program that takes none is nobody's failure.
    pub(in crate::accounts) fn report_push(&self, arrival: Arrival, appid: &str, error: PushError) {
        let cause = match error {
            PushError::NotConfigured => return,
            PushError::Signature | PushError::Replayed => Cause::PushSignatureWrong,
            PushError::NoKey | PushError::Undecipherable(_) => Cause::PushKeyWrong,
            PushError::WrongApp => Cause::WrongApp,
            PushError::Stale => Cause::StaleData,
            PushError::Unreadable(_) => Cause::Unknown,
        };
        let report = Report {
            arrival,
            at: self.clock.now(),
            appid: appid.to_owned(),
            subject: Subject::default(),
            cause,
            stage: Stage::Push,
            healed: false,
            ciphertext: None,
            evidence: Evidence { proof: error.to_string(), ..Evidence::default() },
        };
        self.keep_report(report);
    }

    /// rawData is signed by none of the keys that are held.
    pub(in crate::accounts) fn report_signature(&self, arrival: Arrival, appid: &str, subject: Subject, keys: usize) {
        let (cause, proof) = match keys {
            0 => (Cause::KeyExpired, "no session_key is held".to_owned()),
            keys => (Cause::RawDataChanged, format!("none of {keys} keys makes this signature over this rawData")),
        };
        let report = Report {
            arrival,
            at: self.clock.now(),
            appid: appid.to_owned(),
            subject,
            cause,
            stage: Stage::Signature,
            healed: false,
            ciphertext: None,
            evidence: Evidence { proof, ..Evidence::default() },
        };
        self.keep_report(report);
    }
}
