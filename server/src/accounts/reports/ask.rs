use latchkey_app::types::{Asked, AuditAction, Cause, Evidence, Proof, Wanted};
use uuid::Uuid;

use crate::{
    accounts::{Accounts, Actor, Failure},
    clock::Millis,
    open_data::SessionKey,
    store::{
        StoreError, Tx,
        bindings::{self, BindingRow},
        failures::{self, FailureRow},
    },
    wechat::{Made, WeChatError},
};

/// WeChat remembers phone ciphertexts for three days (protocol §3.5).
const REMEMBERED_S: i64 = 3 * 86_400;
/// So soon after the failure, a key that is not valid was not valid then.
const AT_ONCE_S: i64 = 120;

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
    key: SessionKey,
}

impl Accounts {
    /// Asks WeChat about the session_key that was the newest then, and about the ciphertext, and files the answers.
    pub async fn ask_wechat(&self, failure: Uuid, actor: &Actor) -> Result<(), AskError> {
        let row = failures::find(&mut self.db.read().await?, failure).await?.ok_or(AskError::Unknown)?;
        let (asked, suspect) = self.ask(&row, Some(actor.name.clone()), true).await?;
        self.file_answers(failure, asked, suspect, Some(actor)).await?;
        Ok(())
    }

    /// Nothing proves a cause: whether the key is still the user's may.
    pub(super) async fn ask_by_itself(&self, failure: Uuid) -> Result<(), Failure> {
        let Some(row) = failures::find(&mut self.db.read().await?, failure).await? else { return Ok(()) };
        match self.ask(&row, None, false).await {
            Ok((asked, suspect)) => self.file_answers(failure, asked, suspect, None).await,
            Err(AskError::Failure(failure)) => Err(failure),
            Err(_) => Ok(()),
        }
    }

    async fn ask(
        &self,
        row: &FailureRow,
        by: Option<String>,
        ciphertext_too: bool,
    ) -> Result<(Asked, Option<Suspect>), AskError> {
        let now = self.clock.now();
        let mut asked = Asked { at: now, by, key_valid: None, made_by_wechat: None, made_at: None, errcode: None };
        let suspect = self.newest_key_at(row, now).await?;
        let evidence = evidence(row);
        let known_there = evidence.wanted == Some(Wanted::Phone) && now.since(Millis(row.at)) < REMEMBERED_S * 1000;
        let ciphertext = row.ciphertext_hash.as_deref().filter(|_| ciphertext_too && known_there);
        if suspect.is_none() && ciphertext.is_none() {
            return Err(AskError::Nothing);
        }
        if let Some(Suspect { binding, key }) = &suspect {
            self.user_quota.take(binding.id)?;
            match self.wechat.check_session(&binding.appid, &binding.openid, key).await {
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
        Ok((asked, suspect))
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
        let key = ring.into_iter().find(|held| held.received_at.0 <= row.at).map(|held| held.key);
        Ok(key.map(|key| Suspect { binding, key }))
    }

    /// By what the record says when the answer is filed: another one may have come meanwhile.
    async fn file_answers(
        &self,
        failure: Uuid,
        answer: Asked,
        suspect: Option<Suspect>,
        actor: Option<&Actor>,
    ) -> Result<(), Failure> {
        let mut tx = self.db.write().await?;
        tx.lock(&format!("failure {failure}")).await?;
        let row = failures::find(&mut tx, failure).await?;
        let found = match &row {
            Some(row) => {
                let newest = self.is_newest(&mut tx, suspect.as_ref(), answer.at).await?;
                self.file_answer(&mut tx, row, answer, newest).await?
            }
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
    async fn file_answer(
        &self,
        tx: &mut Tx,
        row: &FailureRow,
        answer: Asked,
        newest: bool,
    ) -> Result<Option<Cause>, Failure> {
        let mut asked: Vec<Asked> = serde_json::from_str(&row.asked).unwrap_or_default();
        let mut evidence = evidence(row);
        let found = conclusion(row, &evidence, &asked, &answer, newest);
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

    /// Whether no other key has come since: one that is on its way here explains why the older one is not valid.
    async fn is_newest(&self, tx: &mut Tx, suspect: Option<&Suspect>, now: Millis) -> Result<bool, Failure> {
        let Some(Suspect { binding, key }) = suspect else { return Ok(false) };
        Ok(self.key_ring(tx, binding.id, now).await?.first().is_some_and(|held| held.key == *key))
    }
}

fn evidence(row: &FailureRow) -> Evidence {
    serde_json::from_str(&row.evidence).unwrap_or_default()
}

/// What the answer proves about data that no key opens and that nothing explained. `newest`: the key that was asked about is
/// still the newest. Keys end by themselves, too: only what is asked at once, and was never called valid since, tells what
/// was so when the data came.
fn conclusion(
    row: &FailureRow,
    evidence: &Evidence,
    earlier: &[Asked],
    answer: &Asked,
    newest: bool,
) -> Option<(Cause, Proof)> {
    if row.cause != Cause::Unknown.name() || !evidence.no_key_opens() {
        return None;
    }
    let keys = i64::try_from(evidence.keys.len()).unwrap_or(i64::MAX);
    if answer.made_by_wechat == Some(false) && evidence.wanted == Some(Wanted::Phone) {
        return Some((Cause::NotKnownToWechat, Proof::UnknownToWechat(keys)));
    }
    let at_once = answer.at.since(Millis(row.at)) < AT_ONCE_S * 1000;
    let was_valid = earlier.iter().any(|asked| asked.key_valid == Some(true));
    let rotated = answer.key_valid == Some(false) && newest && at_once && !was_valid;
    rotated.then_some((Cause::KeyRotatedElsewhere, Proof::NewestKeyInvalid(keys)))
}
