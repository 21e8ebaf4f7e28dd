use uuid::Uuid;

use super::{Accounts, Failure, erase::Erasure};
use crate::{
    arrival::Arrival,
    sealed::sha256,
    store::{
        StoreError, Tx,
        bindings::{self, BindingRow},
        push::{self, PushEventRow},
    },
    wechat::{self, PushError, PushMessage, PushQuery, SignedPush},
};

const REVOKE: &str = "user_authorization_revoke";
const CANCEL: &str = "user_authorization_cancellation";
const MODIFIED: &str = "user_info_modified";

/// What a revocation names, by WeChat's numbers (protocol §6.5). What is not here is nothing that is kept.
const NICKNAME_AND_AVATAR: &str = "6";
const PHONE: &str = "8";
const NICKNAME: &str = "19";
const AVATAR: &str = "20";

/// Why a push was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PushFailure {
    #[error(transparent)]
    Refused(#[from] PushError),
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for PushFailure {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl Accounts {
    /// The text to answer when WeChat verifies the address of its pushes. The signature is used up by it, as by a message:
    /// who reads it in the log of a proxy can send nothing else with it.
    pub async fn verify_push_address(&self, appid: &str, query: &PushQuery) -> Result<String, PushFailure> {
        let app = self.apps.find(appid).ok_or(PushError::NotConfigured)?;
        let signed = wechat::check_verification(app, query, self.clock.now())?;
        let echo = query.echostr.clone().unwrap_or_default();
        let mut tx = self.db.write().await?;
        self.use_signatures(&mut tx, appid, &signed, sha256(&[b"verification/", echo.as_bytes()])).await?;
        tx.commit().await?;
        Ok(echo)
    }

    /// Does what WeChat's event asks for, in one transaction, once: the same event again changes nothing, however often
    /// and to whichever node it comes. Events that concern nobody known, and messages of other kinds, are taken and
    /// left at that.
    pub async fn take_push(
        &self,
        appid: &str,
        query: &PushQuery,
        body: &[u8],
        arrival: Arrival,
    ) -> Result<(), PushFailure> {
        let app = self.apps.find(appid).ok_or(PushError::NotConfigured)?;
        let signed = wechat::check_push(app, query, body, self.clock.now())?;
        let message = wechat::open_push(app, query, &signed, body);
        let mut tx = self.db.write().await?;
        self.use_signatures(&mut tx, appid, &signed, sha256(&[body])).await?;
        let message = match message {
            Ok(message) => message,
            Err(error) => {
                // A signature is used up also by a message that is refused.
                tx.commit().await?;
                return Err(error.into());
            }
        };
        if [REVOKE, CANCEL, MODIFIED].contains(&message.event.as_str()) {
            self.take_event(&mut tx, appid, &message, arrival).await?;
        } else {
            tracing::debug!(appid, event = message.event, "a push message that asks for nothing");
        }
        Ok(tx.commit().await?)
    }

    /// Ties signatures to the content they came with, so that nobody who has seen one sends something else with it.
    async fn use_signatures(
        &self,
        tx: &mut Tx,
        appid: &str,
        signed: &SignedPush,
        content: [u8; 32],
    ) -> Result<(), PushFailure> {
        for signature in &signed.signatures {
            let hash = sha256(&[b"push/", appid.as_bytes(), b"/", signature.as_bytes()]);
            if !push::claim_signature(tx, hash, content, self.clock.now()).await? {
                return Err(PushError::Replayed.into());
            }
        }
        Ok(())
    }

    async fn take_event(
        &self,
        tx: &mut Tx,
        appid: &str,
        message: &PushMessage,
        arrival: Arrival,
    ) -> Result<(), Failure> {
        let binding = match &message.openid {
            Some(openid) => self.locked_binding(tx, appid, openid).await?,
            None => None,
        };
        let row = PushEventRow {
            hash: identity(appid, message),
            appid: appid.to_owned(),
            event: message.event.clone(),
            user_id: binding.as_ref().map(|binding| binding.user_id),
            received_at: self.clock.now().0,
            request_id: arrival.request_id.to_string(),
        };
        let new = push::insert(tx, &row).await?;
        let Some(binding) = binding.filter(|_| new) else { return Ok(()) };
        tracing::info!(appid, event = message.event, user_id = %binding.user_id, "WeChat's event is followed");
        self.follow(tx, binding.user_id, appid, message, arrival).await
    }

    /// No login of this user gets in between.
    async fn locked_binding(&self, tx: &mut Tx, appid: &str, openid: &str) -> Result<Option<BindingRow>, Failure> {
        let Some(found) = bindings::find_openid(tx, appid, openid).await? else { return Ok(None) };
        tx.lock(found.unionid.as_deref().unwrap_or(openid)).await?;
        tx.lock_user(found.user_id).await?;
        Ok(bindings::find_openid(tx, appid, openid).await?)
    }

    async fn follow(
        &self,
        tx: &mut Tx,
        user_id: Uuid,
        appid: &str,
        message: &PushMessage,
        arrival: Arrival,
    ) -> Result<(), Failure> {
        let names = |number: &str| message.revoke_info.iter().any(|named| named == number);
        let erasure = Erasure { user_id, cause: &message.event, appid: Some(appid), request_id: arrival.request_id };
        match message.event.as_str() {
            CANCEL => self.erase_user(tx, &erasure).await,
            MODIFIED => self.erase_profile(tx, &erasure, true, true).await,
            _ => {
                if names(PHONE) {
                    self.erase_phone(tx, &erasure).await?;
                }
                let (both, nickname, avatar) = (names(NICKNAME_AND_AVATAR), names(NICKNAME), names(AVATAR));
                self.erase_profile(tx, &erasure, both || nickname, both || avatar).await
            }
        }
    }
}

/// What makes two events the same (protocol §6.4).
fn identity(appid: &str, message: &PushMessage) -> [u8; 32] {
    let PushMessage { event, openid, create_time, revoke_info, .. } = message;
    sha256(&[serde_json::json!([appid, event, openid, create_time, revoke_info]).to_string().as_bytes()])
}
