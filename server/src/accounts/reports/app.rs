use latchkey_app::types::{Cause, Evidence, Proof, Stage};

use super::{Report, Subject, sampler::Kind};
use crate::{accounts::Accounts, arrival::Arrival};

/// Stands for every appid that is not configured, wherever appids are counted: a client can name any number of them.
pub(in crate::accounts) const UNKNOWN_APP: &str = "unknown";
/// Appids have 18 characters.
const LONGEST_APPID: usize = 32;

impl Accounts {
    /// A call for a mini program that is not configured. `named` is the appid that the request gave, in its body or by its
    /// Referer.
    pub fn report_unknown_app(&self, arrival: Arrival, named: Option<&str>) {
        let plausible = |appid: &&str| {
            (1..=LONGEST_APPID).contains(&appid.len()) && appid.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let named = named.filter(plausible).map(str::to_owned);
        let (at, stage, cause) = (self.clock.now(), Stage::LoginCode, Cause::UnknownApp);
        let (healed, of_phone, ciphertext) = (false, false, None);
        let kind = Kind { appid: UNKNOWN_APP.to_owned(), stage, healed, of_phone };
        let appid = named.clone().unwrap_or_else(|| UNKNOWN_APP.to_owned());
        let evidence = Evidence { proof: Proof::NoSuchApp(named), ..Evidence::default() };
        let subject = Subject::default();
        let report = Report { arrival, at, appid, subject, cause, stage, healed, of_phone, ciphertext, evidence };
        self.report(arrival, &kind, |accounts| async move {
            accounts.file(report, 1).await?;
            Ok(())
        });
    }

    /// The appid that a record is counted under.
    pub(in crate::accounts) fn counted_as<'a>(&self, appid: &'a str) -> &'a str {
        if self.apps.find(appid).is_some() { appid } else { UNKNOWN_APP }
    }
}
