use latchkey_app::types::{Asked, AuditAction, Cause, Evidence};
use uuid::Uuid;

use crate::{
    accounts::{Accounts, Actor, Failure},
    clock::Millis,
    open_data::SessionKey,
    store::{
        StoreError,
        bindings::{self, BindingRow},
        failures::{self, FailureRow},
    },
    wechat::WeChatError,
};

/// WeChat remembers phone ciphertexts for three days (protocol §3.5).
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

impl Accounts {
    /// Asks WeChat about the session_key that was the newest then, and about the ciphertext, and files the answers.
    pub async fn ask_wechat(&self, failure: Uuid, actor: &Actor) -> Result<(), AskError> {
        let row = failures::find(&mut self.db.read().await?, failure).await?.ok_or(AskError::Unknown)?;
        let asked = self.ask(&row, Some(actor.name.clone()), true).await?;
        self.file_answers(row, asked, Some(actor)).await?;
        Ok(())
    }

    /// Nothing proves a cause: whether the key is still the user's may.
    pub(super) async fn ask_by_itself(&self, failure: Uuid) -> Result<(), Failure> {
        let Some(row) = failures::find(&mut self.db.read().await?, failure).await? else { return Ok(()) };
        match self.ask(&row, None, false).await {
            Ok(asked) => self.file_answers(row, asked, None).await,
            Err(AskError::Failure(failure)) => Err(failure),
            Err(_) => Ok(()),
        }
    }

    async fn ask(&self, row: &FailureRow, by: Option<String>, ciphertext_too: bool) -> Result<Asked, AskError> {
        let now = self.clock.now();
        let mut asked = Asked { at: now, by, key_valid: None, made_by_wechat: None, errcode: None };
        let newest_then = self.newest_key_at(row, now).await?;
        let recent = ciphertext_too && now.since(Millis(row.at)) < REMEMBERED_S * 1000;
        let ciphertext = row.ciphertext_hash.as_deref().filter(|_| recent);
        if newest_then.is_none() && ciphertext.is_none() {
            return Err(AskError::Nothing);
        }
        if let Some((binding, key)) = newest_then {
            self.user_quota.take(binding.id)?;
            match self.wechat.check_session(&binding.appid, &binding.openid, &key).await {
                Ok(valid) => asked.key_valid = Some(valid),
                Err(error) => asked.errcode = self.noted(&row.appid, &error).await,
            }
        }
        if let Some(hash) = ciphertext {
            match self.made_by_wechat(row, hash).await {
                Ok(made) => asked.made_by_wechat = Some(made),
                Err(error) => asked.errcode = self.noted(&row.appid, &error).await,
            }
        }
        Ok(asked)
    }

    /// Over which form of the ciphertext WeChat takes the hash is not written anywhere: a no is one only for both.
    async fn made_by_wechat(&self, row: &FailureRow, ciphertext: &[u8]) -> Result<bool, WeChatError> {
        let evidence: Evidence = serde_json::from_str(&row.evidence).unwrap_or_default();
        if self.wechat.check_encrypted(&row.appid, &hex::encode(ciphertext)).await? {
            return Ok(true);
        }
        match evidence.base64_sha256 {
            Some(hash) => self.wechat.check_encrypted(&row.appid, &hash).await,
            None => Ok(false),
        }
    }

    async fn noted(&self, appid: &str, error: &WeChatError) -> Option<i64> {
        self.note_refusal(appid, error).await;
        match error {
            WeChatError::Refused(refusal) => Some(refusal.errcode),
            _ => Some(-1),
        }
    }

    /// `None` when it is kept no longer, or nobody knows whose failure this is.
    async fn newest_key_at(&self, row: &FailureRow, now: Millis) -> Result<Option<(BindingRow, SessionKey)>, Failure> {
        let Some(binding) = row.binding_id else { return Ok(None) };
        let mut tx = self.db.read().await?;
        let Some(binding) = bindings::find(&mut tx, binding).await? else { return Ok(None) };
        let ring = self.key_ring(&mut tx, binding.id, now).await?;
        let key = ring.into_iter().find(|held| held.received_at.0 <= row.at).map(|held| held.key);
        Ok(key.map(|key| (binding, key)))
    }

    async fn file_answers(&self, row: FailureRow, answer: Asked, actor: Option<&Actor>) -> Result<(), Failure> {
        let mut asked: Vec<Asked> = serde_json::from_str(&row.asked).unwrap_or_default();
        let mut evidence: Evidence = serde_json::from_str(&row.evidence).unwrap_or_default();
        let mut cause = row.cause.clone();
        if let Some((found, proof)) = conclusion(&row, &answer) {
            found.name().clone_into(&mut cause);
            evidence.proof = format!("{}; {proof}", evidence.proof);
        }
        asked.push(answer);
        let text = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
        let (asked, evidence) = (text(serde_json::to_string(&asked)), text(serde_json::to_string(&evidence)));
        let mut tx = self.db.write().await?;
        failures::set_asked(&mut tx, row.id, &asked, &cause, &evidence).await?;
        if let Some(actor) = actor {
            let detail = serde_json::json!({ "failure": row.id });
            self.write_audit(&mut tx, actor, AuditAction::AskWechat, row.user_id, &detail).await?;
        }
        if cause != row.cause {
            self.recount_failure(&mut tx, &row, &cause).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// What the answer proves about a failure that nothing explained.
fn conclusion(row: &FailureRow, answer: &Asked) -> Option<(Cause, &'static str)> {
    if row.cause != Cause::Unknown.name() || row.healed {
        return None;
    }
    if answer.made_by_wechat == Some(false) {
        return Some((Cause::NotFromWechat, "WeChat did not make this ciphertext in the last three days"));
    }
    let rotated = answer.key_valid == Some(false);
    rotated.then_some((Cause::KeyRotatedElsewhere, "WeChat: the newest key that is held is not the user's any more"))
}
