use latchkey_app::types::PhoneSource;
use serde::Deserialize;
use serde_json::Value;

use super::{Accounts, Failure, exchange_code::CodeHash};
use crate::{
    clock::Millis,
    open_data::{self, Encrypted, Flaw, PhoneInfo, SessionKey},
    phone::PhoneNumber,
    store::login_codes,
};

/// What the phone button gave: encryptedData and iv, a phone code, or both (base library 2.21.2 and newer).
#[derive(Debug, Clone)]
pub struct PhoneProof {
    pub encrypted: Option<Encrypted>,
    pub code: Option<String>,
}

/// A number that WeChat vouches for, and how.
pub(super) struct ProvenPhone {
    pub phone: PhoneNumber,
    pub source: PhoneSource,
}

impl Accounts {
    /// The phone number of a user of `appid` whose session_keys are `ring`. Decryption costs nothing and spends
    /// nothing, so it comes first; the phone code is asked about when there is nothing to decrypt or it fails.
    pub(super) async fn prove_phone(
        &self,
        appid: &str,
        ring: &[SessionKey],
        now: Millis,
        proof: &PhoneProof,
    ) -> Result<ProvenPhone, Failure> {
        let decrypted = proof.encrypted.as_ref().map(|encrypted| decrypt(appid, ring, now, encrypted));
        match (decrypted, &proof.code) {
            (Some(Ok(phone)), _) => Ok(ProvenPhone { phone, source: PhoneSource::Encrypted }),
            (_, Some(code)) => {
                let phone = self.phone_of_code(appid, code).await?;
                Ok(ProvenPhone { phone, source: PhoneSource::Code })
            }
            (Some(Err(flaw)), None) => {
                tracing::warn!(appid, ?flaw, keys = ring.len(), "encryptedData was not decrypted");
                Err(Failure::DecryptFailed(flaw))
            }
            (None, None) => Err(Failure::InvalidRequest("encryptedData")),
        }
    }

    async fn phone_of_code(&self, appid: &str, code: &str) -> Result<PhoneNumber, Failure> {
        let error = match self.wechat.phone_number(appid, code).await {
            Ok(phone) => return Ok(phone),
            Err(error) => error,
        };
        tracing::warn!(appid, %error, "a phone code was not exchanged");
        self.note_refusal(appid, &error).await;
        match Failure::of_phone_code(error) {
            Failure::PhoneCodeInvalid if self.is_login_code(appid, code).await? => Err(Failure::LoginCodeInPhoneField),
            failure => Err(failure),
        }
    }

    /// Whether this is a wx.login code: by its shape (32 characters; phone codes have 64, protocol §0), or because
    /// it has been presented as one.
    async fn is_login_code(&self, appid: &str, code: &str) -> Result<bool, Failure> {
        if code.len() == 32 {
            return Ok(true);
        }
        let mut tx = self.db.read().await?;
        Ok(login_codes::find(&mut tx, CodeHash::new(appid, code).bytes()).await?.is_some())
    }
}

fn decrypt(appid: &str, ring: &[SessionKey], now: Millis, encrypted: &Encrypted) -> Result<PhoneNumber, Flaw> {
    let opened = open_data::open(ring, appid, now, encrypted)?;
    // Decrypted data of another kind, such as the user info, holds no phone.
    let info = PhoneInfo::deserialize(Value::Object(opened.json)).map_err(|_| Flaw::Json)?;
    info.phone().ok_or(Flaw::Json)
}
