use latchkey_app::types::{Cause, Evidence, Proof, Stage};

use super::Subject;
use crate::{accounts::Accounts, arrival::Arrival};

impl Accounts {
    /// rawData is signed by none of the keys that are held.
    pub(in crate::accounts) fn report_signature(&self, arrival: Arrival, appid: &str, subject: Subject, keys: usize) {
        let cause = if keys == 0 { Cause::KeyExpired } else { Cause::RawDataChanged };
        let proof = Proof::SignedByNone(i64::try_from(keys).unwrap_or(i64::MAX));
        let evidence = Evidence { proof, ..Evidence::default() };
        self.keep_failure(arrival, appid, subject, (cause, Stage::Signature), evidence);
    }
}
