use latchkey_app::types::{Metric, Stage};
use uuid::Uuid;

use super::{
    Accounts, Failure, Fault, PhoneProof, Profile, UserInfo,
    bind_phone::{Occasion, still_here},
    exchange_code::{CodeHash, Exchange, spend},
    first_use::Person,
    prove_phone::{OpenedData, ProvenPhone, Unproven},
    update_profile::decrypt_profile,
};
use crate::{
    arrival::Arrival,
    clock::Millis,
    open_data::{Encrypted, diagnosis::HeldKey},
    phone::PhoneNumber,
    secret::Secret,
    store::{
        StoreError, Tx,
        bindings::{self, BindingRow},
        calls::{self, CallRow},
        users,
    },
    wechat::WeChatSession,
};

/// A login, with what else the client brings in the same step.
#[derive(Debug, Clone)]
pub struct LogIn {
    pub appid: String,
    /// Of `wx.login`.
    pub code: String,
    pub phone: Option<PhoneProof>,
    pub profile: Option<ProfileClaim>,
    /// The answer has no place for a half-good end: what fails of the extras is the call's failure.
    pub whole: bool,
}

/// What an older client says of its user together with the code.
#[derive(Debug, Clone)]
pub enum ProfileClaim {
    /// In plain fields.
    Fields(Profile),
    /// WeChat's user info, encrypted.
    Encrypted(Encrypted),
}

/// A user who is logged in.
#[expect(missing_debug_implementations, reason = "it holds a phone number in plain text")]
pub struct LoggedIn {
    pub token: Secret,
    pub expires_at: Millis,
    /// This login made the user, or an earlier one did whose call failed: nobody has been told yet.
    pub is_new: bool,
    pub user: UserInfo,
    /// How the phone of the same step went. A failure leaves the login good, because its code is spent.
    pub phone: Option<Result<PhoneNumber, Failure>>,
    /// Why the profile of the same step was not taken.
    pub profile_failure: Option<Failure>,
}

/// What came of the extras, before anything is written. The client cannot be asked to come again with the same code,
/// so a failure here is kept for the answer.
struct Proven {
    ring: Vec<HeldKey>,
    phone: Option<(PhoneProof, Result<ProvenPhone, Unproven>)>,
    profile: Option<ProvenProfile>,
    /// See [`LogIn::whole`].
    whole: bool,
}

/// Which of the extras are locked for.
#[derive(Clone, Copy)]
struct Extras {
    /// It is proved.
    phone: bool,
    /// It was encrypted, and is opened.
    profile: bool,
}

impl Proven {
    /// Whether the call fails, although the login stands. `bound`: how the proven phone was bound.
    fn fails(&self, bound: &Result<(), Failure>) -> bool {
        let phone = bound.is_err() || matches!(self.phone, Some((_, Err(_))));
        self.whole && (phone || matches!(self.profile, Some(ProvenProfile::Encrypted(_, Err(_)))))
    }

    const fn extras(&self) -> Extras {
        Extras {
            phone: matches!(self.phone, Some((_, Ok(_)))),
            profile: matches!(self.profile, Some(ProvenProfile::Encrypted(_, Ok(_)))),
        }
    }
}

impl Proven {
    /// How the phone and the profile went, once they are written. `bound`: whether a phone that was proved is the user's.
    fn outcome(self, bound: Result<(), Failure>) -> (Option<Result<PhoneNumber, Failure>>, Option<Failure>) {
        let phone = self.phone.map(|(_, proven)| match proven {
            Ok(proven) => bound.map(|()| proven.phone),
            Err(unproven) => Err(unproven.failure),
        });
        let profile_failure = match self.profile {
            Some(ProvenProfile::Encrypted(_, Err(failure))) => Some(failure),
            _ => None,
        };
        (phone, profile_failure)
    }
}

/// A profile of the same step.
enum ProvenProfile {
    Fields(Profile),
    Encrypted(Encrypted, Result<(Profile, OpenedData), Failure>),
}

impl LogIn {
    /// Whether there is something to decrypt, for which older keys may be needed.
    fn encrypted(&self) -> bool {
        let phone = self.phone.as_ref().is_some_and(|proof| proof.encrypted.is_some());
        phone || matches!(self.profile, Some(ProfileClaim::Encrypted(_)))
    }
}

impl Accounts {
    /// Exchanges the code, finds or makes the user and the binding, keeps the session_key, binds the phone if one
    /// came along, and issues a token: all of it in one transaction, after WeChat has been asked.
    pub async fn log_in(&self, request: LogIn, arrival: Arrival) -> Result<LoggedIn, Failure> {
        let code_hash = CodeHash::new(&request.appid, &request.code);
        let appid = request.appid.clone();
        match self.exchange_code(&request.appid, &request.code, code_hash, arrival).await? {
            Exchange::Mine(session) => {
                let mut ring = vec![HeldKey { key: session.session_key.clone(), received_at: self.clock.now() }];
                if request.encrypted() {
                    ring.extend(self.older_keys(&request.appid, &session.openid).await?);
                }
                let WeChatSession { openid, unionid, .. } = &session;
                let person = Person { appid: &appid, openid, unionid: unionid.as_deref() };
                let proven = self.prove(request, &person, ring).await;
                let extras = proven.extras();
                let login = Login { appid: &appid, code: code_hash, session, extras, arrival };
                let kept = self.keep(&login, proven).await;
                match &kept {
                    // The database is away: the client need not wait until that is written down.
                    Err(Failure::Unavailable(_)) => {
                        let this = self.clone();
                        self.beside(async move {
                            this.give_up(code_hash, &Failure::Unavailable(StoreError::Elsewhere), None).await;
                            Ok(())
                        });
                    }
                    Err(failure @ Failure::Internal(_)) => self.give_up(code_hash, failure, None).await,
                    _ => {}
                }
                kept
            }
            Exchange::Shared { binding, is_new } => self.join(binding, is_new, request, arrival).await,
        }
    }

    /// Data that was made before this login was made under an older key.
    async fn older_keys(&self, appid: &str, openid: &str) -> Result<Vec<HeldKey>, Failure> {
        let mut tx = self.db.read().await?;
        match bindings::find_openid(&mut tx, appid, openid).await? {
            Some(binding) => self.key_ring(&mut tx, binding.id, self.clock.now()).await,
            None => Ok(Vec::new()),
        }
    }

    async fn prove(&self, request: LogIn, person: &Person<'_>, ring: Vec<HeldKey>) -> Proven {
        let (now, whole) = (self.clock.now(), request.whole);
        let phone = match request.phone {
            Some(proof) => {
                let proven = self.prove_phone(person, &ring, now, &proof).await;
                Some((proof, proven))
            }
            None => None,
        };
        let profile = request.profile.map(|claim| match claim {
            ProfileClaim::Fields(profile) => ProvenProfile::Fields(profile),
            ProfileClaim::Encrypted(encrypted) => {
                let decrypted = decrypt_profile(&ring, &self.checks(person.appid, now), person.openid, &encrypted);
                ProvenProfile::Encrypted(encrypted, decrypted)
            }
        });
        Proven { ring, phone, profile, whole }
    }

    async fn keep(&self, login: &Login<'_>, proven: Proven) -> Result<LoggedIn, Failure> {
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        let Entered { binding, is_new, first, new_unionid } = self.find_or_make(&mut tx, login, now).await?;
        let new_key = self.keep_key(&mut tx, binding.id, &login.session.session_key, now).await?;
        spend(&mut tx, login.code, binding.id, is_new, now).await?;
        let kind = if first { calls::FIRST_LOGIN } else { calls::LOGIN };
        let call = self.call(&binding, kind, login.arrival.request_id, now);
        calls::insert(&mut tx, &CallRow { new_key, new_unionid, ..call }).await?;
        let mut metrics = vec![Metric::Logins];
        metrics.extend(login.session.unionid.is_some().then_some(Metric::LoginsWithUnionid));
        metrics.extend(is_new.then_some(Metric::NewUsers));
        self.finish(tx, binding, is_new, proven, metrics, login.arrival).await
    }

    /// The last step, for a user who is known by now. A blocked one gets nothing, but his code is spent all the same,
    /// and the ledger must know. `metrics` is what this login counts as; a phone of the same step comes on top.
    async fn finish(
        &self,
        mut tx: Tx,
        binding: BindingRow,
        is_new: bool,
        proven: Proven,
        mut metrics: Vec<Metric>,
        arrival: Arrival,
    ) -> Result<LoggedIn, Failure> {
        let now = self.clock.now();
        let user = users::find(&mut tx, binding.user_id).await?.ok_or(Fault::Missing("the user"))?;
        // Merged into another one while this call was under way: the next login is that one's.
        if user.merged_into.is_some() {
            return Err(Failure::Unauthorized);
        }
        if user.blocked_at.is_some() {
            tx.commit().await?;
            return Err(Failure::UserBlocked);
        }
        self.overcome(&mut tx, binding.user_id, Stage::LoginCode, now).await?;
        let bound = match &proven.phone {
            Some((_, Ok(phone))) => self.bind_at_login(&mut tx, &binding, phone, &mut metrics, arrival).await?,
            _ => Ok(()),
        };
        if let Some(profile) = &proven.profile {
            self.set_proven(&mut tx, &binding, profile, arrival).await?;
        }
        let (is_new, unanswered) = (is_new || user.unanswered, proven.fails(&bound));
        if user.unanswered != (is_new && unanswered) {
            users::set_unanswered(&mut tx, user.id, unanswered).await?;
        }
        let (token, expires_at) = self.issue_token(&mut tx, &binding, arrival, now).await?;
        let user = users::find(&mut tx, binding.user_id).await?.ok_or(Fault::Missing("the user"))?;
        self.count(&mut tx, now, &binding.appid, &arrival.client, &metrics).await?;
        tx.commit().await?;
        // Only now the keys are there that a report may ask WeChat about.
        self.report_proven(arrival, &binding, &proven);
        let (phone, profile_failure) = proven.outcome(bound);
        Ok(LoggedIn { token, expires_at, is_new, user: self.user_info(user, binding)?, phone, profile_failure })
    }

    fn report_proven(&self, arrival: Arrival, binding: &BindingRow, proven: &Proven) {
        let ring = &proven.ring;
        if let Some((proof, proven)) = &proven.phone {
            self.report_phone(arrival, binding, proof, ring, proven);
        }
        if let Some(ProvenProfile::Encrypted(encrypted, decrypted)) = &proven.profile {
            let opened = decrypted.as_ref().ok().map(|(_, opened)| opened);
            self.report_profile(arrival, binding, encrypted, ring, opened);
        }
    }

    async fn set_proven(
        &self,
        tx: &mut Tx,
        binding: &BindingRow,
        proven: &ProvenProfile,
        arrival: Arrival,
    ) -> Result<(), Failure> {
        let user = binding.user_id;
        match proven {
            ProvenProfile::Fields(profile) => self.set_reported_profile(tx, user, profile.clone()).await,
            ProvenProfile::Encrypted(_, Ok((profile, opened))) => {
                self.keep_opened(tx, binding, opened, arrival.request_id).await?;
                self.set_reported_profile(tx, user, profile.clone()).await
            }
            ProvenProfile::Encrypted(_, Err(_)) => Ok(()),
        }
    }

    /// `Ok(Err(…))`: the number belongs to somebody else; the login stands.
    async fn bind_at_login(
        &self,
        tx: &mut Tx,
        binding: &BindingRow,
        proven: &ProvenPhone,
        metrics: &mut Vec<Metric>,
        arrival: Arrival,
    ) -> Result<Result<(), Failure>, Failure> {
        let now = self.clock.now();
        let occasion = Occasion::call(&binding.appid, arrival.request_id, now);
        match self.set_phone(tx, binding.user_id, proven, &occasion).await {
            Ok(changed) => {
                still_here(tx, binding, None).await?;
                metrics.push(Metric::PhonesProven);
                metrics.extend(changed.then_some(Metric::PhonesBound));
                self.keep_success(tx, binding, proven, changed, &occasion).await?;
                Ok(Ok(()))
            }
            Err(Failure::PhoneConflict) => Ok(Err(Failure::PhoneConflict)),
            Err(other) => Err(other),
        }
    }

    /// The same code came twice at once, and the other caller exchanged it: the same outcome, with a token of this
    /// caller's own.
    async fn join(&self, binding: Uuid, is_new: bool, request: LogIn, arrival: Arrival) -> Result<LoggedIn, Failure> {
        let mut tx = self.db.read().await?;
        let binding = bindings::find(&mut tx, binding).await?.ok_or(Fault::Missing("the binding"))?;
        let ring = self.key_ring(&mut tx, binding.id, self.clock.now()).await?;
        drop(tx);
        let proven = self.prove(request, &Person::from(&binding), ring).await;
        let mut tx = self.db.write().await?;
        self.lock_before_touch(&mut tx, proven.extras(), binding.user_id).await?;
        // The caller who exchanged the code has counted the login.
        self.finish(tx, binding, is_new, proven, Vec::new(), arrival).await
    }

    /// The binding of (appid, openid), made when it is new. A new openid whose unionid is known belongs to the user
    /// who has it in another mini program. Fifty first logins at once make one user: the insert that comes too late
    /// takes back its user.
    async fn find_or_make(&self, tx: &mut Tx, login: &Login<'_>, now: Millis) -> Result<Entered, Failure> {
        let WeChatSession { openid, unionid, .. } = &login.session;
        // One person may arrive in two mini programs at once: what the logins share decides who waits.
        tx.lock(unionid.as_deref().unwrap_or(openid)).await?;
        if let Some(known) = self.touch(tx, login, now).await? {
            return Ok(known);
        }
        let same_person = match unionid {
            Some(unionid) => bindings::user_with_unionid(tx, unionid).await?,
            None => None,
        };
        let user_id = same_person.unwrap_or_else(|| self.random.id(now));
        if same_person.is_none() {
            users::insert(tx, user_id, now).await?;
        }
        let binding = BindingRow {
            id: self.random.id(now),
            user_id,
            appid: login.appid.to_owned(),
            openid: openid.clone(),
            unionid: unionid.clone(),
            created_at: now.0,
            last_login_at: now.0,
        };
        if bindings::insert(tx, &binding).await? {
            self.lock_before_touch(tx, login.extras, user_id).await?;
            users::touch_login(tx, user_id, now).await?;
            return Ok(Entered { binding, is_new: same_person.is_none(), first: true, new_unionid: false });
        }
        if same_person.is_none() {
            users::withdraw(tx, user_id).await?;
        }
        let known = self.touch(tx, login, now).await?;
        Ok(known.ok_or(Fault::Missing("the binding that was there a moment ago"))?)
    }

    /// A bind, or a call with a profile, takes these locks and then changes the user's row. So must a login that is to do the
    /// same, in the order of `lock_whole`, or each would wait for the other.
    async fn lock_before_touch(&self, tx: &mut Tx, extras: Extras, user: Uuid) -> Result<(), Failure> {
        if extras.profile {
            tx.lock_user(user).await?;
        }
        if extras.phone { self.lock_phone(tx, user).await } else { Ok(()) }
    }

    /// The binding that is there, with this login's time and unionid.
    async fn touch(&self, tx: &mut Tx, login: &Login<'_>, now: Millis) -> Result<Option<Entered>, Failure> {
        let WeChatSession { openid, unionid, .. } = &login.session;
        let Some(known) = bindings::find_openid(tx, login.appid, openid).await? else { return Ok(None) };
        self.lock_before_touch(tx, login.extras, known.user_id).await?;
        bindings::touch_login(tx, known.id, unionid.as_deref(), now).await?;
        let other = unionid.as_ref().filter(|unionid| known.unionid.as_ref() != Some(unionid));
        if let Some(unionid) = other {
            self.review_conflicts(tx, known.user_id).await?;
            self.note_unionid(tx, known.user_id, unionid).await?;
        }
        users::touch_login(tx, known.user_id, now).await?;
        let binding = bindings::find(tx, known.id).await?;
        let new_unionid = other.is_some();
        Ok(binding.map(|binding| Entered { binding, is_new: false, first: false, new_unionid }))
    }
}

/// Who has logged in, and what is new with it.
struct Entered {
    binding: BindingRow,
    /// The user.
    is_new: bool,
    /// The binding.
    first: bool,
    /// A unionid that the binding did not have.
    new_unionid: bool,
}

/// What WeChat said about a code, and where it came from.
struct Login<'a> {
    appid: &'a str,
    code: CodeHash,
    session: WeChatSession,
    extras: Extras,
    arrival: Arrival,
}
