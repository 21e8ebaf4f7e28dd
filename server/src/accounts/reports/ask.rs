use latchkey_app::types::{Asked, AuditAction, Cause, Evidence, Proof, Wanted};
use uuid::Uuid;

use super::waiting::Tried;
use crate::{
    accounts::{Accounts, Actor, Failure},
    clock::Millis,
    open_data::diagnosis::HeldKey,
    store::{
        StoreError, Tx,
        bindings::{self, BindingRow},
        failures::{self, FailureRow},
    },
    wechat::{Made, WeChatError},
};

/// WeChat remembers phone ciphertexts for three days.
const REMEMBERED_S: i64 = 3 * 86_400;

/// Why WeChat was not asked about a failure.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("there is no such failure")]
    Unknown,
    #[error("nothing is left that WeChat could be asked about")]
    Nothing,
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for AskError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

/// The session_key that WeChat is asked about, and whose.
struct Suspect {
    binding: BindingRow,
    held: HeldKey,
}

impl Accounts {
    /// Asks WeChat about the session_key that was the newest then, and about the ciphertext, and files the answers.
    pub async fn ask_wechat(&self, failure: Uuid, actor: &Actor) -> Result<(), AskError> {
        let row = failures::find(&mut self.db.read().await?, failure).await?.ok_or(AskError::Unknown)?;
        let suspect = self.newest_key_at(&row, self.clock.now()).await?;
        let asked = self.ask(&row, suspect.as_ref(), Some(actor.name.clone())).await?;
        self.file_answers(failure, asked, Some(actor)).await?;
        if let Some(Suspect { binding, held }) = suspect {
            self.wait_for_newer_key(failure, Tried { binding: binding.id, ring: vec![held], encrypted: None });
        }
        Ok(())
    }

    /// Nothing proves a cause: whether the newest key that was tried is still the user's may, and so may a key that comes
    /// within a minute.
    pub(super) async fn ask_by_itself(&self, failure: Uuid, tried: Tried) -> Result<(), Failure> {
        let mut tx = self.db.read().await?;
        let row = failures::find(&mut tx, failure).await?;
        let binding = bindings::find(&mut tx, tried.binding).await?;
        drop(tx);
        let Some((row, binding)) = row.zip(binding) else { return Ok(()) };
        let suspect = tried.ring.first().cloned().map(|held| Suspect { binding, held });
        match self.ask(&row, suspect.as_ref(), None).await {
            Ok(asked) => self.file_answers(failure, asked, None).await?,
            Err(AskError::Failure(failure)) => return Err(failure),
            Err(_) => {}
        }
        self.wait_for_newer_key(failure, tried);
        Ok(())
    }

    /// About the ciphertext only when an operator asks: `by`.
    async fn ask(&self, row: &FailureRow, suspect: Option<&Suspect>, by: Option<String>) -> Result<Asked, AskError> {
        let now = self.clock.now();
        let ciphertext_too = by.is_some();
        let mut asked = Asked { at: now, by, key_valid: None, made_by_wechat: None, made_at: None, errcode: None };
        let evidence = evidence(row);
        let known_there = evidence.wanted == Some(Wanted::Phone) && now.since(Millis(row.at)) < REMEMBERED_S * 1000;
        let ciphertext = row.ciphertext_hash.as_deref().filter(|_| ciphertext_too && known_there);
        if suspect.is_none() && ciphertext.is_none() {
            return Err(AskError::Nothing);
        }
        if let Some(Suspect { binding, held }) = suspect {
            self.user_quota.take(binding.id)?;
            match self.wechat.check_session(&binding.appid, &binding.openid, &held.key).await {
                Ok(valid) => asked.key_valid = Some(valid),
                Err(error) => asked.errcode = self.noted(&row.appid, &error).await,
            }
        }
        if let Some(hash) = ciphertext {
            match self.made_by_wechat(&row.appid, hash, evidence.base64_sha256.as_deref()).await {
                Ok(Some(made)) => {
                    asked.made_by_wechat = Some(made.is_some());
                    asked.made_at = made.and_then(|made| made.at);
                }
                Ok(None) => {}
                Err(error) => asked.errcode = self.noted(&row.appid, &error).await,
            }
        }
        Ok(asked)
    }

    /// Over which form of the ciphertext WeChat takes the hash is not written anywhere: a no is one only for both.
    async fn made_by_wechat(
        &self,
        appid: &str,
        bytes: &[u8],
        base64: Option<&str>,
    ) -> Result<Option<Option<Made>>, WeChatError> {
        if let Some(made) = self.wechat.check_encrypted(appid, &hex::encode(bytes)).await? {
            return Ok(Some(Some(made)));
        }
        let Some(base64) = base64 else { return Ok(None) };
        Ok(Some(self.wechat.check_encrypted(appid, base64).await?))
    }

    async fn noted(&self, appid: &str, error: &WeChatError) -> Option<i64> {
        self.note_refusal(appid, error).await;
        match error {
            WeChatError::Refused(refusal) => Some(refusal.errcode),
            _ => Some(-1),
        }
    }

    /// `None` when it is kept no longer, or nobody knows whose failure this is.
    async fn newest_key_at(&self, row: &FailureRow, now: Millis) -> Result<Option<Suspect>, Failure> {
        let Some(binding) = row.binding_id else { return Ok(None) };
        let mut tx = self.db.read().await?;
        let Some(binding) = bindings::find(&mut tx, binding).await? else { return Ok(None) };
        let ring = self.key_ring(&mut tx, binding.id, now).await?;
        let held = ring.into_iter().find(|held| held.received_at.0 <= row.at);
        Ok(held.map(|held| Suspect { binding, held }))
    }

    /// By what the record says when the answer is filed: another one may have come meanwhile.
    async fn file_answers(&self, failure: Uuid, answer: Asked, actor: Option<&Actor>) -> Result<(), Failure> {
        let mut tx = self.db.write().await?;
        tx.lock(&format!("failure {failure}")).await?;
        let row = failures::find(&mut tx, failure).await?;
        let found = match &row {
            Some(row) => self.file_answer(&mut tx, row, answer).await?,
            None => None,
        };
        let user = row.as_ref().and_then(|row| row.user_id);
        if let Some(actor) = actor {
            let detail = serde_json::json!({ "failure": failure });
            self.write_audit(&mut tx, actor, AuditAction::AskWechat, user, &detail).await?;
        }
        if let Some((row, cause)) = row.zip(found) {
            self.recount_failure(&mut tx, &row, cause.name()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The cause that the record has from now on, when it is another one than before.
    async fn file_answer(&self, tx: &mut Tx, row: &FailureRow, answer: Asked) -> Result<Option<Cause>, Failure> {
        let mut asked: Vec<Asked> = serde_json::from_str(&row.asked).unwrap_or_default();
        let mut evidence = evidence(row);
        let found = conclusion(row, &evidence, &answer);
        let cause = found.as_ref().map_or(row.cause.as_str(), |(cause, _)| cause.name());
        if let Some((_, proof)) = &found {
            evidence.proof = proof.clone();
        }
        asked.push(answer);
        let text = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
        let (asked, evidence) = (text(serde_json::to_string(&asked)), text(serde_json::to_string(&evidence)));
        failures::set_asked(tx, row.id, &asked, cause, &evidence).await?;
        Ok(found.map(|(cause, _)| cause))
    }
}

pub(super) fn evidence(row: &FailureRow) -> Evidence {
    serde_json::from_str(&row.evidence).unwrap_or_default()
}

/// What the answer proves about data that no key opens and that nothing explained. What follows from a key that is not valid
/// is concluded a minute later, by [`super::waiting`].
fn conclusion(row: &FailureRow, evidence: &Evidence, answer: &Asked) -> Option<(Cause, Proof)> {
    if row.cause != Cause::Unknown.name() || !evidence.no_key_opens() {
        return None;
    }
    let keys = i64::try_from(evidence.keys.len()).unwrap_or(i64::MAX);
    let unknown = answer.made_by_wechat == Some(false) && evidence.wanted == Some(Wanted::Phone);
    unknown.then_some((Cause::NotKnownToWechat, Proof::UnknownToWechat(keys)))
}
