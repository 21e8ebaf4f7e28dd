use latchkey_app::types::{Cause, Evidence, Proof, Stage};

use super::{Report, Subject, sampler::Kind};
use crate::{
    accounts::{Accounts, Failure},
    arrival::{Arrival, Client},
    clock::Millis,
    store::push,
    wechat::PushError,
};

impl Accounts {
    /// A push, or the verification of its address, was refused. One for a mini program that takes none is nobody's failure.
    pub fn report_push(&self, arrival: Arrival, appid: &str, error: PushError) {
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
        let (at, appid, arrival) = (self.clock.now(), appid.to_owned(), Arrival { client, ..arrival });
        let (stage, healed, of_phone) = (Stage::Push, false, false);
        let kind = Kind { appid: appid.clone(), stage, healed, of_phone };
        self.report(arrival, &kind, move |accounts| async move {
            let proof = match proof {
                Proof::PushUnsigned => accounts.other_pushes(&appid).await?,
                other => other,
            };
            let evidence = Evidence { proof, ..Evidence::default() };
            let (subject, ciphertext) = (Subject::default(), None);
            let report = Report { arrival, at, appid, subject, cause, stage, healed, of_phone, ciphertext, evidence };
            accounts.file(report, 1).await?;
            Ok(())
        });
    }

    /// Pushes that came with a right signature show that the Token is right, so that a wrong one is a stranger's.
    async fn other_pushes(&self, appid: &str) -> Result<Proof, Failure> {
        let newest = push::newest(&mut self.db.read().await?, appid).await?;
        Ok(newest.map_or(Proof::PushNeverSigned, |at| Proof::PushUnsignedAfter(Millis(at))))
    }
}
