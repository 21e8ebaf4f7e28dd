use latchkey_app::types::{Cause, Evidence, Stage};

use super::Subject;
use crate::{accounts::Accounts, arrival::Arrival};

impl Accounts {
    /// rawData is signed by none of the keys that are held.
    pub(in crate::accounts) fn report_signature(&self, arrival: Arrival, appid: &str, subject: Subject, keys: usize) {
        let (cause, proof) = match keys {
            0 => (Cause::KeyExpired, "no session_key is held".to_owned()),
            keys => (Cause::RawDataChanged, format!("none of {keys} keys makes this signature over this rawData")),
        };
        let evidence = Evidence { proof, ..Evidence::default() };
        self.keep_failure(arrival, appid, subject, (cause, Stage::Signature), evidence);
    }
}
