use latchkey_app::types::{Cause, Evidence, Stage};

use super::Subject;
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
        let evidence = Evidence { proof: error.to_string(), ..Evidence::default() };
        self.keep_failure(arrival, appid, Subject::default(), (cause, Stage::Push), evidence);
    }
}
