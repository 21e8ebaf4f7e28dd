use latchkey_app::types::{AlertKind, Cause, Evidence, Proof, Stage};

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
        let text = refusal.err_msg.unwrap_or_default();
        let cause = match refusal.errno {
            Some(NO_PHONE_QUOTA) => Cause::PhoneQuotaExhausted,
            Some(103 | 104 | 112 | 1025) => Cause::ButtonNotPermitted,
            _ if text.contains("no permission") => Cause::ButtonNotPermitted,
            _ if text.contains("deny") || text.contains("cancel") => Cause::UserDenied,
            _ => Cause::Unknown,
        };
        let (binding, appid) = (&session.binding, &session.binding.appid);
        if cause == Cause::PhoneQuotaExhausted {
            self.raise(appid, AlertKind::PhoneQuota, None).await;
        }
        let evidence = Evidence { proof: Proof::Errno(refusal.errno), ..Evidence::default() };
        self.keep_failure(arrival, appid, Subject::from(binding), (cause, Stage::Button), evidence);
    }
}
