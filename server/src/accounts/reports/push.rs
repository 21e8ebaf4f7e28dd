use latchkey_app::types::{Cause, Evidence, Proof, Stage};

use super::Subject;
use crate::{
    accounts::Accounts,
    arrival::{Arrival, Client},
    wechat::PushError,
};

impl Accounts {
    /// A push, or the verification of its address, was refused. One for a mini program that takes none is nobody's failure.
    pub(in crate::accounts) fn report_push(&self, arrival: Arrival, appid: &str, error: PushError) {
        let (cause, proof) = match error {
            PushError::NotConfigured => return,
            PushError::Signature => (Cause::PushSignatureWrong, Proof::PushUnsigned),
            PushError::Stale => (Cause::PushStale, Proof::PushStale),
            PushError::Replayed => (Cause::PushReplayed, Proof::PushReplayed),
            PushError::NoKey => (Cause::PushKeyWrong, Proof::PushWithoutKey),
            PushError::NotEncrypted => (Cause::PushNotEncrypted, Proof::PushNotEncrypted),
            PushError::Undecipherable(_) => (Cause::PushKeyWrong, Proof::PushUndecipherable),
            PushError::WrongApp => (Cause::PushKeyWrong, Proof::PushOfOtherApp),
            PushError::Unreadable(_) => (Cause::Unknown, Proof::PushUnreadable),
        };
        // WeChat's servers are no version of the mini program, whatever a Referer says.
        let client = Client { call: arrival.client.call, ..Client::default() };
        let evidence = Evidence { proof, ..Evidence::default() };
        let arrival = Arrival { client, ..arrival };
        self.keep_failure(arrival, appid, Subject::default(), (cause, Stage::Push), evidence);
    }
}
