use latchkey_app::types::{Metric, PhoneSource, Stage};
use uuid::Uuid;

use super::{
    Accounts, Failure, Fault, PhoneProof, Session, UserInfo,
    first_use::Person,
    prove_phone::{OpenedData, ProvenPhone, Unproven},
    reports::{Healed, Refused, Subject},
};
use crate::{
    arrival::Arrival,
    clock::Millis,
    config::PhoneConflict,
    open_data::{
        Encrypted, Flaw,
        diagnosis::{HeldKey, Wanted},
    },
    phone::PhoneNumber,
    sealed::{Column, SealError},
    store::{
        Tx,
        bindings::{self, BindingRow},
        calls, failures,
        phone_changes::{self, PhoneChangeRow},
        tokens,
        users::{self, StoredPhone, UserRow},
    },
};

/// A failure counts as overcome when a later attempt within these days succeeds.
const OVERCOME_S: i64 = 7 * 86_400;

/// The user's phone, now that WeChat has vouched for it.
#[expect(missing_debug_implementations, reason = "it holds a phone number in plain text")]
pub struct BoundPhone {
    pub phone: PhoneNumber,
    /// Whether it is another one than before.
    pub changed: bool,
    pub user: UserInfo,
}

/// What caused a change, for the history.
pub(super) struct Occasion<'a> {
    pub appid: Option<&'a str>,
    pub request_id: Uuid,
    /// Who did it, where it was not the user.
    pub operator: Option<&'a str>,
    pub now: Millis,
}

impl<'a> Occasion<'a> {
    /// A user's own call.
    pub(super) fn call(appid: &'a str, request_id: Uuid, now: Millis) -> Self {
        Self { appid: Some(appid), request_id, operator: None, now }
    }
}

impl Accounts {
    /// Binds the phone that `proof` proves to the signed-in user. The same number changes nothing; another one
    /// replaces it, and the old one stands in the history.
    pub async fn bind_phone(
        &self,
        session: Session,
        proof: PhoneProof,
        arrival: Arrival,
    ) -> Result<BoundPhone, Failure> {
        self.bind_to(session.binding, Some(session.token_hash), proof, arrival).await
    }

    /// [`Self::bind_phone`] for clients that have no token, only their openid. What proves them is the data: it must
    /// have been made under a session_key of that very openid. One that is not known is told nothing else.
    pub async fn bind_phone_of(
        &self,
        appid: &str,
        openid: &str,
        encrypted: Encrypted,
        arrival: Arrival,
    ) -> Result<BoundPhone, Failure> {
        // What is no openid at all is nobody's; a database may refuse to look for it.
        let claimed = if openid.bytes().all(|byte| byte.is_ascii_graphic()) { openid } else { "" };
        let binding = bindings::find_openid(&mut self.db.read().await?, appid, claimed).await?;
        let Some(binding) = binding else {
            // As much as is done for an openid that is known: the time must not tell.
            self.key_ring(&mut self.db.read().await?, Uuid::nil(), self.clock.now()).await?;
            let (appid, subject) = (appid.to_owned(), Subject::unknown(openid));
            let (wanted, ring) = (Wanted::Phone, Vec::new());
            self.report_refused(Refused { arrival, appid, subject, encrypted, wanted, ring, healed: false });
            return Err(Failure::DecryptFailed(Flaw::NoKey));
        };
        self.bind_to(binding, None, PhoneProof { encrypted: Some(encrypted), code: None }, arrival).await
    }

    async fn bind_to(
        &self,
        binding: BindingRow,
        token: Option<[u8; 32]>,
        proof: PhoneProof,
        arrival: Arrival,
    ) -> Result<BoundPhone, Failure> {
        let now = self.clock.now();
        let (appid, user_id) = (binding.appid.clone(), binding.user_id);
        if proof.code.is_some() {
            self.user_quota.take(binding.id)?;
        }
        let ring = match proof.encrypted {
            Some(_) => self.key_ring(&mut self.db.read().await?, binding.id, now).await?,
            None => Vec::new(),
        };
        let proven = self.prove_phone(&Person::from(&binding), &ring, now, &proof).await;
        self.report_phone(arrival, &binding, &proof, &ring, &proven);
        let proven = proven.map_err(|unproven| unproven.failure)?;
        let occasion = Occasion::call(&appid, arrival.request_id, now);
        let mut tx = self.db.write().await?;
        let set = match self.set_phone(&mut tx, user_id, &proven, &occasion).await {
            Err(Failure::PhoneConflict) => None,
            other => Some(other?),
        };
        let user = users::find(&mut tx, user_id).await?.ok_or(Fault::Missing("the user"))?;
        if user.blocked_at.is_some() {
            return Err(Failure::UserBlocked);
        }
        still_here(&mut tx, &binding, token).await?;
        let Some(changed) = set else {
            // Nothing was bound; that he wants it is kept.
            tx.commit().await?;
            return Err(Failure::PhoneConflict);
        };
        self.keep_success(&mut tx, &binding, &proven, changed, &occasion).await?;
        let metrics = [Metric::PhonesProven, Metric::PhonesBound];
        self.count(&mut tx, now, &appid, &arrival.client, &metrics[..=usize::from(changed)]).await?;
        tx.commit().await?;
        Ok(BoundPhone { phone: proven.phone, changed, user: self.user_info(user, binding)? })
    }

    /// What a good end tells the records: whose the ciphertext is, that earlier failures are overcome, and the request itself
    /// where no line of the history does.
    pub(super) async fn keep_success(
        &self,
        tx: &mut Tx,
        binding: &BindingRow,
        proven: &ProvenPhone,
        changed: bool,
        occasion: &Occasion<'_>,
    ) -> Result<(), Failure> {
        let (user_id, now) = (binding.user_id, occasion.now);
        if !changed {
            calls::insert(tx, &self.call(binding, calls::PHONE, occasion.request_id, now)).await?;
        }
        if let Some(ciphertext) = proven.opened.as_ref().and_then(|opened| opened.ciphertext) {
            self.keep_first_use(tx, ciphertext, binding, occasion.request_id).await?;
        }
        Ok(failures::succeeded(tx, user_id, now.plus_seconds(-OVERCOME_S), now).await?)
    }

    /// What failed at this stage has succeeded now.
    pub(super) async fn overcome(&self, tx: &mut Tx, user: Uuid, stage: Stage, now: Millis) -> Result<(), Failure> {
        Ok(failures::succeeded_at(tx, user, stage.name(), now.plus_seconds(-OVERCOME_S), now).await?)
    }

    /// How a phone was proved, or was not, where there is something to tell.
    pub(super) fn report_phone(
        &self,
        arrival: Arrival,
        binding: &BindingRow,
        proof: &PhoneProof,
        ring: &[HeldKey],
        proven: &Result<ProvenPhone, Unproven>,
    ) {
        let (appid, subject) = (binding.appid.as_str(), || Subject::from(binding));
        let flawed = match proven {
            Ok(ProvenPhone { opened: Some(opened), .. }) => {
                if let Some(encrypted) = &proof.encrypted {
                    self.report_opened(arrival, binding, encrypted, Wanted::Phone, ring, opened);
                }
                false
            }
            Ok(ProvenPhone { flaw, .. }) => flaw.is_some(),
            Err(Unproven { failure: Failure::DecryptFailed(_), .. }) => true,
            Err(unproven) => {
                self.report_phone_code(arrival, appid, subject(), proof.code.as_deref(), unproven);
                false
            }
        };
        if let Some(encrypted) = proof.encrypted.clone().filter(|_| flawed) {
            let (wanted, healed, ring) = (Wanted::Phone, proven.is_ok(), ring.to_vec());
            let appid = appid.to_owned();
            self.report_refused(Refused { arrival, appid, subject: subject(), encrypted, wanted, ring, healed });
        }
    }

    /// What had to be healed of data that was opened, if anything.
    pub(super) fn report_opened(
        &self,
        arrival: Arrival,
        binding: &BindingRow,
        encrypted: &Encrypted,
        wanted: Wanted,
        ring: &[HeldKey],
        opened: &OpenedData,
    ) {
        let Some(healing) = opened.healing.clone() else { return };
        let (appid, subject) = (binding.appid.clone(), Subject::from(binding));
        let (encrypted, ring) = (encrypted.clone(), ring.to_vec());
        self.report_healing(Healed { arrival, appid, subject, encrypted, wanted, ring, healing });
    }

    /// Makes `proven` the user's phone, by the installation's rule about numbers that others have; whether that
    /// changed anything. A [`Failure::PhoneConflict`] is to be committed: it is kept who wants the number. Binds that race for one user or one number come one after the other.
    pub(super) async fn set_phone(
        &self,
        tx: &mut Tx,
        user_id: Uuid,
        proven: &ProvenPhone,
        occasion: &Occasion<'_>,
    ) -> Result<bool, Failure> {
        let rule = self.rules.phone_conflict;
        self.lock_phone(tx, user_id).await?;
        let user = users::find(tx, user_id).await?.ok_or(Fault::Missing("the user"))?;
        if user.merged_into.is_some() {
            return Err(Failure::Unauthorized);
        }
        let old = self.phone_of(&user)?;
        if old.as_ref() == Some(&proven.phone) {
            return Ok(false);
        }
        if rule != PhoneConflict::Allow {
            self.take_from_others(tx, user_id, &proven.phone, occasion).await?;
        }
        let new = Some(&proven.phone);
        if !users::set_phone(tx, user_id, Some(&self.stored(user_id, &proven.phone)?), occasion.now).await? {
            return Err(Failure::Unauthorized);
        }
        self.record_change(tx, user_id, old.as_ref(), new, proven.source, occasion).await?;
        Ok(true)
    }

    /// Nobody else changes the user's phone, nor anybody's where that counts.
    pub(super) async fn lock_phone(&self, tx: &mut Tx, user_id: Uuid) -> Result<(), Failure> {
        // Unless everybody may have every number, owners have to be counted: one bind at a time.
        let everybody = self.rules.phone_conflict != PhoneConflict::Allow;
        let locked = if everybody { tx.lock("phones").await } else { tx.lock_user(user_id).await };
        Ok(locked?)
    }

    async fn take_from_others(
        &self,
        tx: &mut Tx,
        user_id: Uuid,
        phone: &PhoneNumber,
        occasion: &Occasion<'_>,
    ) -> Result<(), Failure> {
        let owners = users::with_phone(tx, self.index.phone(phone)).await?;
        for UserRow { id: owner, .. } in owners.into_iter().filter(|owner| owner.id != user_id) {
            if self.rules.phone_conflict == PhoneConflict::Reject {
                self.note_wanted(tx, user_id, owner, phone).await?;
                return Err(Failure::PhoneConflict);
            }
            users::set_phone(tx, owner, None, occasion.now).await?;
            self.record_change(tx, owner, Some(phone), None, PhoneSource::Moved, occasion).await?;
        }
        Ok(())
    }

    /// Writes the change into the history; the conflicts follow it.
    pub(super) async fn record_change(
        &self,
        tx: &mut Tx,
        user_id: Uuid,
        old: Option<&PhoneNumber>,
        new: Option<&PhoneNumber>,
        source: PhoneSource,
        occasion: &Occasion<'_>,
    ) -> Result<(), Failure> {
        // The history is read by id, which begins with the time: a user's next change stands behind his last one, whatever
        // the clock does.
        let last = phone_changes::of_user(tx, user_id, 1).await?;
        let at = last.first().map_or(occasion.now, |last| occasion.now.max(Millis(last.at + 1)));
        let id = self.random.id(at);
        let row = PhoneChangeRow {
            id,
            user_id,
            at: at.0,
            old_sealed: old.map(|phone| self.seal(Column::OldPhone, id, phone)).transpose()?,
            new_sealed: new.map(|phone| self.seal(Column::NewPhone, id, phone)).transpose()?,
            source: source.name().to_owned(),
            appid: occasion.appid.map(str::to_owned),
            request_id: occasion.request_id.to_string(),
            operator: occasion.operator.map(str::to_owned),
            erased_at: None,
        };
        phone_changes::insert(tx, &row).await?;
        self.follow_phone(tx, user_id, [old, new]).await
    }

    pub(super) fn stored(&self, user_id: Uuid, phone: &PhoneNumber) -> Result<StoredPhone, SealError> {
        Ok(StoredPhone {
            sealed: self.seal(Column::UserPhone, user_id, phone)?,
            hash: self.index.phone(phone),
            national_hash: self.index.national(phone.national()),
            last_four_hash: self.index.last_four(phone.last_four()),
        })
    }

    fn seal(&self, column: Column, row: Uuid, phone: &PhoneNumber) -> Result<Vec<u8>, SealError> {
        self.vault.seal(column, row, phone.to_sealed_text().as_bytes())
    }
}

/// An operator may have unbound the openid, or ended the session, while WeChat was asked. Whoever changes users has the lock
/// that [`Accounts::set_phone`] takes: what is there behind it stays until the end.
pub(super) async fn still_here(tx: &mut Tx, binding: &BindingRow, token: Option<[u8; 32]>) -> Result<(), Failure> {
    let there = bindings::find(tx, binding.id).await?.is_some_and(|row| row.user_id == binding.user_id);
    let lives = match token {
        Some(hash) => tokens::find(tx, hash).await?.is_some(),
        None => true,
    };
    if there && lives { Ok(()) } else { Err(Failure::Unauthorized) }
}
