use latchkey_app::types::{AlertKind, PhoneSource, Proof};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Accounts, Failure,
    exchange_code::{CodeHash, MOCK_CODE},
    failure::PHONE_CODE_UNKNOWN,
    first_use::Person,
};
use crate::{
    clock::Millis,
    open_data::{
        self, Checks, Encrypted, Flaw, Opened, PhoneInfo,
        diagnosis::{self, Ciphertext, HeldKey},
    },
    phone::PhoneNumber,
    store::login_codes,
    wechat::{Refusal, WeChatError},
};

/// WeChat's "data format error". It is said to come for an openid beside the phone code that is right.
const DATA_FORMAT: i64 = 47001;

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
    /// What proves that the phone code is one of wx.login, if it is.
    pub login_code: Option<Proof>,
}

impl From<Failure> for Unproven {
    fn from(failure: Failure) -> Self {
        Self { failure, answer: None, login_code: None }
    }
}

impl Accounts {
    /// The phone number of a person whose session_keys are `ring`. Decryption costs nothing and spends nothing, so it
    /// comes first; the phone code is asked about when there is nothing to decrypt or it fails, and only when the data
    /// beside it is not known to be somebody else's.
    pub(super) async fn prove_phone(
        &self,
        person: &Person<'_>,
        ring: &[HeldKey],
        now: Millis,
        proof: &PhoneProof,
    ) -> Result<ProvenPhone, Unproven> {
        let checks = self.checks(person.appid, now);
        let decrypted = proof.encrypted.as_ref().map(|encrypted| decrypt(ring, &checks, encrypted));
        let flaw = match decrypted {
            Some(Ok((phone, opened))) => {
                return Ok(ProvenPhone { phone, source: PhoneSource::Encrypted, opened: Some(opened), flaw: None });
            }
            Some(Err(flaw)) => Some(flaw),
            None => None,
        };
        let Some(code) = &proof.code else {
            return Err(flaw.map_or(Failure::InvalidRequest("encryptedData"), Failure::DecryptFailed).into());
        };
        if let Some(encrypted) = &proof.encrypted
            && self.is_anothers(person, ring, encrypted).await?
        {
            return Err(Failure::DecryptFailed(Flaw::OtherUser).into());
        }
        let phone = self.phone_of_code(person, code).await?;
        Ok(ProvenPhone { phone, source: PhoneSource::Code, opened: None, flaw })
    }

    /// Whether data that was of no use names another openid, or was opened by another person before. A phone code that
    /// comes with it is theirs as well.
    async fn is_anothers(&self, person: &Person<'_>, ring: &[HeldKey], encrypted: &Encrypted) -> Result<bool, Failure> {
        if diagnosis::names_another(encrypted, ring, person.openid) {
            return Ok(true);
        }
        let Some(ciphertext) = Ciphertext::of(encrypted) else { return Ok(false) };
        Ok(self.first_use(ciphertext, person).await?.is_some_and(|first| !first.by_same))
    }

    async fn phone_of_code(&self, person: &Person<'_>, code: &str) -> Result<PhoneNumber, Unproven> {
        let appid = person.appid;
        let (answer, openid_given) = self.exchange_phone_code(person, code).await;
        let error = match answer {
            Ok(phone) => return Ok(phone),
            Err(error) => error,
        };
        self.note_refusal(appid, &error).await;
        let login_code = match &error {
            WeChatError::Refused(refusal) if refusal.errcode == PHONE_CODE_UNKNOWN => self.login_code(code).await?,
            _ => None,
        };
        let failure = match login_code {
            Some(_) => Failure::LoginCodeInPhoneField,
            None => Failure::of_phone_code(error.clone(), openid_given),
        };
        Err(Unproven { failure, answer: Some(error), login_code })
    }

    /// WeChat's answer to a phone code, and whether the person's openid went with it: then WeChat refuses the code of
    /// somebody else. Asked once more without the openid only when WeChat says that it cannot read the request.
    async fn exchange_phone_code(&self, person: &Person<'_>, code: &str) -> (Result<PhoneNumber, WeChatError>, bool) {
        let appid = person.appid;
        if self.apps.find(appid).is_none_or(|app| !app.phone_code_openid) {
            return (self.wechat.phone_number(appid, code, None).await, false);
        }
        match self.wechat.phone_number(appid, code, Some(person.openid)).await {
            Err(WeChatError::Refused(refusal @ Refusal { errcode: DATA_FORMAT, .. })) => {
                self.raise(appid, AlertKind::PhoneOpenid, Some(&refusal)).await;
                (self.wechat.phone_number(appid, code, None).await, false)
            }
            answer => (answer, true),
        }
    }

    /// What proves that a code is one of wx.login: it was good as one in a mini program that is configured, or it has a
    /// form that no phone code has. That somebody once tried it as one proves nothing.
    async fn login_code(&self, code: &str) -> Result<Option<Proof>, Failure> {
        if code == MOCK_CODE {
            return Ok(Some(Proof::MockText));
        }
        let mut tx = self.db.read().await?;
        for app in self.apps.iter() {
            let row = login_codes::find(&mut tx, CodeHash::new(&app.appid, code).bytes()).await?;
            if row.is_some_and(|row| row.state == "spent") {
                return Ok(Some(Proof::LoginCodeSpent));
            }
        }
        Ok(diagnosis::is_login_code(code).then_some(Proof::LoginCodeForm))
    }
}

fn decrypt(ring: &[HeldKey], checks: &Checks<'_>, encrypted: &Encrypted) -> Result<(PhoneNumber, OpenedData), Flaw> {
    let opened = open_data::open(ring, checks, encrypted)?;
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
