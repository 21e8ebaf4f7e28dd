use latchkey_app::types::{Cause, Evidence, KeyTried, Proof, Stage, Wanted};

use super::{Report, Subject};
use crate::{accounts::Accounts, arrival::Arrival, open_data::diagnosis::HeldKey, store::bindings::BindingRow};

impl Accounts {
    /// rawData is signed by none of the keys that are held.
    pub(in crate::accounts) fn report_signature(&self, arrival: Arrival, appid: &str, subject: Subject, keys: usize) {
        let cause = if keys == 0 { Cause::KeyExpired } else { Cause::RawDataChanged };
        let proof = Proof::SignedByNone(i64::try_from(keys).unwrap_or(i64::MAX));
        let evidence = Evidence { proof, ..Evidence::default() };
        self.keep_failure(arrival, appid, subject, (cause, Stage::Signature), evidence);
    }

    /// rawData is signed by an older key than the newest: the user info was asked for before the last wx.login.
    pub(in crate::accounts) fn report_older_signature(
        &self,
        arrival: Arrival,
        binding: &BindingRow,
        ring: &[HeldKey],
        signed_by: usize,
    ) {
        if signed_by == 0 {
            return;
        }
        let at = self.clock.now();
        let stage = |index| if index == signed_by { Stage::Done } else { Stage::Signature };
        let tried = |(index, held): (usize, &HeldKey)| KeyTried {
            age_ms: at.since(held.received_at).max(0),
            stage: stage(index),
        };
        let evidence = Evidence {
            wanted: Some(Wanted::UserInfo),
            keys: ring.iter().enumerate().take(signed_by + 1).map(tried).collect(),
            proof: Proof::SignedByOlder(i64::try_from(signed_by + 1).unwrap_or(i64::MAX)),
            ..Evidence::default()
        };
        let (cause, stage) = (Cause::LoginAfterPhoneButton, Stage::Done);
        let (appid, subject) = (binding.appid.clone(), Subject::from(binding));
        let (healed, of_phone, ciphertext) = (true, false, None);
        self.keep_report(Report { arrival, at, appid, subject, cause, stage, healed, of_phone, ciphertext, evidence });
    }

    /// rawData came percent-encoded; decoded, it is what was signed.
    pub(in crate::accounts) fn report_decoded(&self, arrival: Arrival, binding: &BindingRow) {
        let evidence =
            Evidence { wanted: Some(Wanted::UserInfo), proof: Proof::SignedWhenDecoded, ..Evidence::default() };
        let (cause, stage, at) = (Cause::DoubleEncoded, Stage::Done, self.clock.now());
        let (appid, subject) = (binding.appid.clone(), Subject::from(binding));
        let (healed, of_phone, ciphertext) = (true, false, None);
        self.keep_report(Report { arrival, at, appid, subject, cause, stage, healed, of_phone, ciphertext, evidence });
    }
}
