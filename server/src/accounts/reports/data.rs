use latchkey_app::types::{Cause, Evidence, KeyTried, Stage};

use super::{Report, Subject, sampler::Kind, waiting::Tried};
use crate::{
    accounts::{Accounts, Failure, first_use::Person},
    arrival::{Arrival, Word},
    clock::Millis,
    open_data::{
        Encrypted, SessionKey,
        diagnosis::{self, Ciphertext, Clues, Finding, FirstUse, Healing, HeldKey, Wanted},
    },
    store::bindings,
};

/// Data that was not decrypted, with the keys that were tried.
#[derive(Debug, Clone)]
pub(in crate::accounts) struct Refused {
    pub arrival: Arrival,
    pub appid: String,
    pub subject: Subject,
    pub encrypted: Encrypted,
    pub wanted: Wanted,
    pub ring: Vec<HeldKey>,
    /// The phone code that came along was good: the client got its answer.
    pub healed: bool,
}

/// Data that was decrypted, with what had to be healed and the keys that were held.
#[derive(Debug)]
pub(in crate::accounts) struct Healed {
    pub arrival: Arrival,
    pub appid: String,
    pub subject: Subject,
    pub encrypted: Encrypted,
    pub wanted: Wanted,
    pub ring: Vec<HeldKey>,
    pub healing: Healing,
}

impl Healed {
    fn report(self, at: Millis) -> Report {
        let Self { arrival, appid, subject, encrypted, wanted, ring, healing } = self;
        let ciphertext = Ciphertext::of(&encrypted);
        let before = diagnosis::stages(&encrypted, &ring[..healing.key_index.min(ring.len())]);
        let stages = before.into_iter().chain([Stage::Done]);
        let keys = ring.iter().zip(stages).map(|(held, stage)| KeyTried { age_ms: age(at, held), stage });
        let evidence = Evidence {
            wanted: Some(wanted),
            keys: keys.collect(),
            data_age_s: Some(at.seconds() - healing.made_at),
            ciphertext_sha256: ciphertext.map(|ciphertext| hex::encode(ciphertext.sha256)),
            base64_sha256: ciphertext.map(|ciphertext| hex::encode(ciphertext.base64_sha256)),
            proof: healing.proof,
            ..lengths(&encrypted, ciphertext.map(|ciphertext| ciphertext.bytes))
        };
        let (cause, stage, healed, of_phone) = (healing.cause, Stage::Done, true, wanted == Wanted::Phone);
        let ciphertext = ciphertext.map(|ciphertext| ciphertext.sha256);
        Report { arrival, at, appid, subject, cause, stage, healed, of_phone, ciphertext, evidence }
    }
}

impl Accounts {
    /// Data was decrypted, but not as it came or not under the newest key.
    pub(in crate::accounts) fn report_healing(&self, healed: Healed) {
        let at = self.clock.now();
        let of_phone = healed.wanted == Wanted::Phone;
        let kind = Kind { appid: healed.appid.clone(), stage: Stage::Done, healed: true, of_phone };
        self.report(healed.arrival, &kind, move |accounts| async move {
            accounts.file(healed.report(at), 1).await?;
            Ok(())
        });
    }

    /// Data was not decrypted: finds out why, beside the request.
    pub(in crate::accounts) fn report_refused(&self, refused: Refused) {
        let at = self.clock.now();
        let (stage, of_phone) = (Stage::Base64, refused.wanted == Wanted::Phone);
        let kind = Kind { appid: refused.appid.clone(), stage, healed: refused.healed, of_phone };
        self.report(refused.arrival, &kind, move |accounts| async move {
            let finding = accounts.diagnose(&refused, at).await?;
            accounts.file_finding(refused, finding, at).await
        });
    }

    async fn diagnose(&self, refused: &Refused, at: Millis) -> Result<Finding, Failure> {
        let Refused { subject, encrypted, .. } = refused;
        let seen = self.first_use_of(refused).await?;
        let elsewhere = self.keys_elsewhere(refused, at).await?;
        let referer = refused.arrival.client.appid;
        let clues = Clues {
            checks: self.checks(&refused.appid, at),
            openid: subject.openid.as_deref(),
            wanted: refused.wanted,
            ring: &refused.ring,
            has_logged_in: subject.binding.is_some(),
            elsewhere: &elsewhere,
            seen: seen.as_ref(),
            referer_appid: referer.as_ref().map(Word::as_str),
        };
        Ok(diagnosis::diagnose(encrypted, &clues))
    }

    /// The first use of the same ciphertext. Somebody who only claims an openid is not told to have used it before.
    async fn first_use_of(&self, refused: &Refused) -> Result<Option<FirstUse>, Failure> {
        let Refused { subject, encrypted, appid, .. } = refused;
        let openid = subject.openid.as_deref().unwrap_or_default();
        let person = Person { appid, openid, unionid: subject.unionid.as_deref() };
        let Some(ciphertext) = Ciphertext::of(encrypted) else { return Ok(None) };
        let first = self.first_use(ciphertext, &person).await?;
        Ok(first.filter(|first| subject.binding.is_some() || !first.by_same))
    }

    /// The user's keys in other mini programs: they explain, and never heal.
    async fn keys_elsewhere(&self, refused: &Refused, at: Millis) -> Result<Vec<(String, SessionKey)>, Failure> {
        let Some(user) = refused.subject.user else { return Ok(Vec::new()) };
        let mut tx = self.db.read().await?;
        let mut keys = Vec::new();
        for binding in bindings::of_users(&mut tx, &[user]).await? {
            if Some(binding.id) != refused.subject.binding {
                let ring = self.key_ring(&mut tx, binding.id, at).await?;
                keys.extend(ring.into_iter().map(|held| (binding.appid.clone(), held.key)));
            }
        }
        Ok(keys)
    }

    async fn file_finding(&self, refused: Refused, finding: Finding, at: Millis) -> Result<(), Failure> {
        let Refused { arrival, appid, subject, encrypted, ring, healed, wanted } = refused;
        let ages = ring.iter().map(|held| age(at, held));
        let keys = ages.zip(&finding.keys).map(|(age_ms, stage)| KeyTried { age_ms, stage: *stage }).collect();
        let evidence = Evidence {
            wanted: Some(wanted),
            ciphertext_sha256: finding.ciphertext_sha256.map(hex::encode),
            base64_sha256: finding.base64_sha256.map(hex::encode),
            keys,
            data_age_s: finding.data_age_s,
            proof: finding.proof,
            ..lengths(&encrypted, finding.data_bytes)
        };
        let (cause, stage, ciphertext) = (finding.cause, finding.stage, finding.ciphertext_sha256);
        let nobody_knows = cause == Cause::Unknown && evidence.no_key_opens();
        let tried = subject.binding.filter(|_| nobody_knows);
        let of_phone = wanted == Wanted::Phone;
        let report = Report { arrival, at, appid, subject, cause, stage, healed, of_phone, ciphertext, evidence };
        let id = self.file(report, 1).await?;
        match tried {
            Some(binding) => self.ask_by_itself(id, Tried { binding, ring, encrypted: Some(encrypted) }).await,
            None => Ok(()),
        }
    }
}

/// How long the data was when it came, in characters, and behind its base64, in bytes.
fn lengths(encrypted: &Encrypted, data_bytes: Option<usize>) -> Evidence {
    let count = |number: usize| i64::try_from(number).ok();
    Evidence {
        data_chars: count(encrypted.data.chars().count()),
        data_bytes: data_bytes.and_then(count),
        iv_chars: count(encrypted.iv.chars().count()),
        ..Evidence::default()
    }
}

/// In milliseconds. Of two keys that came in one, the second is kept as a little later: that is no key of the future.
fn age(now: Millis, held: &HeldKey) -> i64 {
    now.since(held.received_at).max(0)
}
