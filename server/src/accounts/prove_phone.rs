use latchkey_app::types::PhoneSource;
use serde::Deserialize;
use serde_json::Value;

use super::{Accounts, Failure, exchange_code::CodeHash};
use crate::{
    clock::Millis,
    open_data::{
        self, Encrypted, Flaw, Opened, PhoneInfo,
        diagnosis::{self, Ciphertext, HeldKey},
    },
    phone::PhoneNumber,
    store::login_codes,
    wechat::WeChatError,
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
    /// The data it was in; absent when a phone code was exchanged.
    pub opened: Option<OpenedData>,
    /// Why the data could not be used, when the code was.
    pub flaw: Option<Flaw>,
}

/// Data that was decrypted.
pub(super) struct OpenedData {
    pub ciphertext: Option<Ciphertext>,
    pub healing: Option<diagnosis::Healing>,
}

/// A phone that was not proved.
pub(super) struct Unproven {
    pub failure: Failure,
    /// What WeChat said to the phone code, when it was asked.
    pub answer: Option<WeChatError>,
}

impl From<Failure> for Unproven {
    fn from(failure: Failure) -> Self {
        Self { failure, answer: None }
    }
}

impl Accounts {
    /// The phone number of a user of `appid` whose session_keys are `ring`. Decryption costs nothing and spends
    /// nothing, so it comes first; the phone code is asked about when there is nothing to decrypt or it fails.
    pub(super) async fn prove_phone(
        &self,
        appid: &str,
        ring: &[HeldKey],
        now: Millis,
        proof: &PhoneProof,
    ) -> Result<ProvenPhone, Unproven> {
        let decrypted = proof.encrypted.as_ref().map(|encrypted| decrypt(appid, ring, now, encrypted));
        let flaw = match decrypted {
            Some(Ok((phone, opened))) => {
                return Ok(ProvenPhone { phone, source: PhoneSource::Encrypted, opened: Some(opened), flaw: None });
            }
            Some(Err(flaw)) => Some(flaw),
            None => None,
        };
        match (&proof.code, flaw) {
            (Some(code), flaw) => {
                let phone = self.phone_of_code(appid, code).await?;
                Ok(ProvenPhone { phone, source: PhoneSource::Code, opened: None, flaw })
            }
            (None, Some(flaw)) => Err(Failure::DecryptFailed(flaw).into()),
            (None, None) => Err(Failure::InvalidRequest("encryptedData").into()),
        }
    }

    async fn phone_of_code(&self, appid: &str, code: &str) -> Result<PhoneNumber, Unproven> {
        let error = match self.wechat.phone_number(appid, code).await {
            Ok(phone) => return Ok(phone),
            Err(error) => error,
        };
        self.note_refusal(appid, &error).await;
        let failure = match Failure::of_phone_code(error.clone()) {
            Failure::PhoneCodeInvalid if self.is_login_code(appid, code).await? => Failure::LoginCodeInPhoneField,
            failure => failure,
        };
        Err(Unproven { failure, answer: Some(error) })
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

fn decrypt(
    appid: &str,
    ring: &[HeldKey],
    now: Millis,
    encrypted: &Encrypted,
) -> Result<(PhoneNumber, OpenedData), Flaw> {
    let opened = open_data::open(ring, appid, now, encrypted)?;
    let data = OpenedData::new(encrypted, &opened, ring);
    // Decrypted data of another kind, such as the user info, holds no phone.
    let info = PhoneInfo::deserialize(Value::Object(opened.json)).map_err(|_| Flaw::Json)?;
    Ok((info.phone().ok_or(Flaw::Json)?, data))
}

impl OpenedData {
    pub(super) fn new(encrypted: &Encrypted, opened: &Opened, ring: &[HeldKey]) -> Self {
        Self { ciphertext: Ciphertext::of(encrypted), healing: diagnosis::healing(opened, ring) }
    }
}
