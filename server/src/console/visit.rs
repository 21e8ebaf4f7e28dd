use std::sync::Arc;

use async_trait::async_trait;
use latchkey_app::{
    error::ConsoleError,
    port::{Admin, Console, OwnAccount, Support, Viewer},
    types::{
        Account, AlertKind, ApiKey, AppHealth, AuditList, AuditQuery, Confirmation, Conflict, ConflictQuery, Cursor,
        Dashboard, ErasePreview, FailureList, FailureQuery, FailureStory, Found, Invitation, Millis, MiniProgram,
        NewLink, Operator, OperatorSummary, Page, PhoneChange, Privacy, ResetOrder, ResetPreview, RevealedPhone, Role,
        SecondFactorPolicy, SignInStep, Trial, TrialStep, UndoPreview, UntrustedProxy, User, UserList, UserQuery, Zone,
    },
};
use tower_sessions::Session;

use super::{
    ConsoleServer, Failed,
    account::Own,
    internal,
    operators::Proven,
    sessions::{HalfSignedIn, SignedIn, stored_hash},
    trial::try_decryption,
};
use crate::{accounts::Actor, arrival::Arrival, secret::Secret, store::operators::OperatorRow};

/// One request to the console.
#[derive(Debug)]
pub struct Visit {
    server: ConsoleServer,
    session: Session,
    arrival: Option<Arrival>,
    /// Nobody has pressed anything: see [`Self::in_background`].
    background: bool,
}

/// A request of an operator who is signed in. Making one is the check; there is no other way to get at data.
pub(super) struct SignedInVisit {
    pub(super) server: ConsoleServer,
    pub(super) own: Own,
}

impl Visit {
    /// `arrival` is the request's; what the operator does is filed with it.
    pub fn begin(server: ConsoleServer, session: Session, arrival: Option<Arrival>) -> Arc<dyn Console> {
        Arc::new(Self::new(server, session, arrival))
    }

    pub fn new(server: ConsoleServer, session: Session, arrival: Option<Arrival>) -> Self {
        Self { server, session, arrival, background: false }
    }

    /// A request that a page makes by itself. It keeps no session alive: who has gone is signed out in time.
    pub fn in_background(server: ConsoleServer, session: Session, arrival: Option<Arrival>) -> Arc<dyn Console> {
        Arc::new(Self { background: true, ..Self::new(server, session, arrival) })
    }

    /// Who is here.
    async fn known(&self) -> Result<(Arc<SignedInVisit>, OperatorRow), ConsoleError> {
        let now = self.server.accounts.clock.now();
        let signed_in = if self.background {
            SignedIn::peek(&self.session, now).await
        } else {
            SignedIn::of(&self.session, now).await
        };
        let signed_in = signed_in.map_err(|error| internal(&error))?;
        let signed_in = signed_in.ok_or(ConsoleError::SignedOut)?;
        let row = self.server.operators.find(signed_in.operator).await.map_err(|error| internal(&error))?;
        let row = row.filter(|row| signed_in.opens(row)).ok_or(ConsoleError::SignedOut)?;
        let role = Role::from_name(&row.role).ok_or(ConsoleError::Internal)?;
        let since = signed_in.since;
        // What has no answer that could carry a new cookie must not end the old one.
        if !self.background {
            signed_in.note_role(role, &self.session).await.map_err(|error| internal(&error))?;
        }
        let actor = Actor::operator(&row.username, self.arrival);
        let second_factor = row.totp_sealed.is_some();
        let operator = Operator { username: row.username.clone(), role, second_factor };
        let (server, session) = (self.server.clone(), self.session.clone());
        let own = Own { id: row.id, operator, since, session, actor, arrival: self.arrival };
        Ok((Arc::new(SignedInVisit { server, own }), row))
    }

    /// Who is here, when his role is at least this one, and he has the second factor that he must have.
    pub(super) async fn signed_in(&self, least: Role) -> Result<Arc<SignedInVisit>, ConsoleError> {
        let (visit, row) = self.known().await?;
        if self.server.operators.lacks_second_factor(&row).await.map_err(Failed::from)? {
            return Err(ConsoleError::SecondFactorMissing);
        }
        if visit.own.operator.role < least { Err(ConsoleError::Forbidden) } else { Ok(visit) }
    }

    async fn enter(&self, row: &OperatorRow) -> Result<(), Failed> {
        let role = Role::from_name(&row.role).ok_or(ConsoleError::Internal)?;
        self.server.start_session(row, role, &self.session, self.arrival).await
    }
}

impl SignedInVisit {
    /// For what takes long: refused once the operator is disabled, signed out, or less than he must be.
    pub(super) async fn is_still(&self, least: Role) -> Result<(), ConsoleError> {
        let operators = &self.server.operators;
        let row = operators.find(self.own.id).await.map_err(|error| internal(&error))?;
        let row = row.ok_or(ConsoleError::SignedOut)?;
        let sessions = operators.sessions(self.own.id).await.map_err(|error| internal(&error))?;
        let here = stored_hash(&self.own.session).is_none_or(|hash| sessions.iter().any(|row| row.hash == hash));
        let lacks = operators.lacks_second_factor(&row).await.map_err(Failed::from)?;
        match Role::from_name(&row.role) {
            _ if !here => Err(ConsoleError::SignedOut),
            Some(role) if role >= least && !lacks => Ok(()),
            _ => Err(ConsoleError::Forbidden),
        }
    }
}

#[async_trait]
impl Console for Visit {
    async fn sign_in(&self, username: String, password: String) -> Result<SignInStep, ConsoleError> {
        let proven = self.server.operators.check_password(&username, Secret::new(password), self.arrival).await;
        match proven.map_err(Failed::from)? {
            Proven::All(row) => {
                self.enter(&row).await?;
                Ok(SignInStep::Done)
            }
            Proven::Password(row) => {
                let now = self.server.accounts.clock.now();
                HalfSignedIn::start(&row, &self.session, now).await.map_err(|error| internal(&error))?;
                Ok(SignInStep::SecondFactor)
            }
        }
    }

    async fn sign_in_code(&self, code: &str) -> Result<(), ConsoleError> {
        let now = self.server.accounts.clock.now();
        let half = HalfSignedIn::of(&self.session, now).await.map_err(|error| internal(&error))?;
        let half = half.ok_or(ConsoleError::SignedOut)?;
        let row = self.server.operators.find(half.operator).await.map_err(Failed::from)?;
        let row = row.filter(|row| half.opens(row)).ok_or(ConsoleError::SignedOut)?;
        let row = self.server.operators.check_code(row, code, self.arrival).await.map_err(Failed::from)?;
        Ok(self.enter(&row).await?)
    }

    async fn awaits_code(&self) -> Result<bool, ConsoleError> {
        let now = self.server.accounts.clock.now();
        Ok(HalfSignedIn::of(&self.session, now).await.map_err(|error| internal(&error))?.is_some())
    }

    async fn invitation(&self, token: &str) -> Result<Invitation, ConsoleError> {
        Ok(self.server.operators.open_link(token).await.map_err(Failed::from)?)
    }

    async fn accept_invitation(&self, token: &str, username: &str, password: String) -> Result<bool, ConsoleError> {
        let password = Secret::new(password);
        let first = self.server.operators.accept_link(token, username, &password, self.arrival).await;
        let first = first.map_err(Failed::from)?;
        // Whose password it is may have had sessions.
        self.server.live.look_again();
        Ok(first)
    }

    async fn own_account(&self) -> Result<Arc<dyn OwnAccount>, ConsoleError> {
        Ok(self.known().await?.0)
    }

    async fn sign_out(&self) -> Result<(), ConsoleError> {
        let known = self.known().await;
        self.session.flush().await.map_err(|error| internal(&error))?;
        // Whoever listens in another tab is gone, too; and at another node, as soon as it sees the entry.
        self.server.live.look_again();
        if let Ok((visit, _)) = known {
            self.server.operators.note_sign_out(&visit.own.actor).await.map_err(Failed::from)?;
        }
        Ok(())
    }

    async fn viewer(&self) -> Result<Arc<dyn Viewer>, ConsoleError> {
        Ok(self.signed_in(Role::Viewer).await?)
    }

    async fn support(&self) -> Result<Arc<dyn Support>, ConsoleError> {
        Ok(self.signed_in(Role::Support).await?)
    }

    async fn admin(&self) -> Result<Arc<dyn Admin>, ConsoleError> {
        Ok(self.signed_in(Role::Admin).await?)
    }
}

#[async_trait]
impl OwnAccount for SignedInVisit {
    fn operator(&self) -> &Operator {
        &self.own.operator
    }

    async fn account(&self) -> Result<Account, ConsoleError> {
        Ok(self.server.own_account(&self.own).await?)
    }

    async fn change_password(&self, current: String, new: String) -> Result<(), ConsoleError> {
        Ok(self.server.change_own_password(&self.own, Secret::new(current), Secret::new(new)).await?)
    }

    async fn begin_second_factor(&self, password: String) -> Result<(), ConsoleError> {
        Ok(self.server.begin_second_factor(&self.own, Secret::new(password)).await?)
    }

    async fn confirm_second_factor(&self, code: &str) -> Result<(), ConsoleError> {
        Ok(self.server.confirm_second_factor(&self.own, code).await?)
    }

    async fn end_second_factor(&self, password: String, code: &str) -> Result<(), ConsoleError> {
        Ok(self.server.end_second_factor(&self.own, Secret::new(password), code).await?)
    }

    async fn renew_recovery_codes(&self, password: String, code: &str) -> Result<(), ConsoleError> {
        Ok(self.server.renew_recovery_codes(&self.own, Secret::new(password), code).await?)
    }

    async fn end_session(&self, id: &str) -> Result<(), ConsoleError> {
        Ok(self.server.end_own_session(&self.own, id).await?)
    }

    async fn end_other_sessions(&self) -> Result<(), ConsoleError> {
        Ok(self.server.end_other_sessions(&self.own).await?)
    }
}

#[async_trait]
impl Viewer for SignedInVisit {
    fn operator(&self) -> &Operator {
        &self.own.operator
    }

    async fn users(&self, query: UserQuery) -> Result<UserList, ConsoleError> {
        Ok(self.server.users(&query, &self.own).await?)
    }

    async fn search(&self, text: &str) -> Result<Found, ConsoleError> {
        Ok(self.server.search(text, &self.own).await?)
    }

    async fn user(&self, id: &str) -> Result<User, ConsoleError> {
        Ok(self.server.user(id).await?)
    }

    async fn phone_changes(&self, cursor: Option<Cursor>) -> Result<Page<PhoneChange>, ConsoleError> {
        Ok(self.server.phone_changes(cursor.as_ref()).await?)
    }
    async fn mini_programs(&self) -> Result<Vec<MiniProgram>, ConsoleError> {
        Ok(self.server.mini_programs().await?)
    }

    async fn conflicts(&self, query: ConflictQuery) -> Result<Page<Conflict>, ConsoleError> {
        Ok(self.server.conflicts(&query).await?)
    }

    async fn conflict(&self, id: &str) -> Result<Conflict, ConsoleError> {
        Ok(self.server.conflict(id).await?)
    }

    async fn failures(&self, query: FailureQuery) -> Result<FailureList, ConsoleError> {
        Ok(self.server.failures(&query).await?)
    }

    async fn failure(&self, id: &str) -> Result<FailureStory, ConsoleError> {
        Ok(self.server.failure(id).await?)
    }

    async fn dashboard(&self, days: i64, zone: &Zone) -> Result<Dashboard, ConsoleError> {
        Ok(self.server.dashboard(days, zone).await?)
    }

    async fn app_health(&self, zone: &Zone) -> Result<Vec<AppHealth>, ConsoleError> {
        Ok(self.server.app_health(zone).await?)
    }

    async fn privacy(&self, user_id: &str) -> Result<Privacy, ConsoleError> {
        Ok(self.server.privacy(user_id).await?)
    }

    async fn audit(&self, query: AuditQuery) -> Result<AuditList, ConsoleError> {
        Ok(self.server.audit(&query).await?)
    }

    async fn check_audit(&self) -> Result<(), ConsoleError> {
        Ok(self.server.check_audit().await?)
    }
}

#[async_trait]
impl Support for SignedInVisit {
    async fn preview_reset(&self, order: &ResetOrder) -> Result<ResetPreview, ConsoleError> {
        Ok(self.server.preview_reset(order, &self.own.session).await?)
    }

    async fn reset(&self, order: &ResetOrder, said: &Confirmation) -> Result<(), ConsoleError> {
        Ok(self.server.reset(order, said, &self.own.actor, &self.own.session).await?)
    }

    async fn block_users(&self, users: &[String], blocked: bool, reason: &str) -> Result<(), ConsoleError> {
        Ok(self.server.block_users(users, blocked, reason, &self.own.actor).await?)
    }

    async fn keep_apart(&self, conflict: &str, reason: &str) -> Result<(), ConsoleError> {
        Ok(self.server.keep_apart(conflict, reason, &self.own.actor).await?)
    }

    async fn ask_wechat(&self, failure_id: &str) -> Result<(), ConsoleError> {
        Ok(self.server.ask_wechat(failure_id, &self.own.actor).await?)
    }

    async fn reveal_phone(&self, user_id: &str, reason: &str) -> Result<(), ConsoleError> {
        Ok(self.server.reveal_phone(user_id, reason, &self.own.actor, &self.own.session).await?)
    }

    async fn revealed_phone(&self, user_id: &str) -> Result<Option<RevealedPhone>, ConsoleError> {
        Ok(self.server.revealed_phone(user_id, &self.own.session).await?)
    }

    async fn reveal_wait(&self) -> Result<u32, ConsoleError> {
        Ok(self.server.reveal_wait(&self.own.actor).await?)
    }
}

#[async_trait]
impl Admin for SignedInVisit {
    async fn preview_undo(&self, user: &str, reset: &str) -> Result<UndoPreview, ConsoleError> {
        Ok(self.server.preview_undo(user, reset, &self.own.session).await?)
    }

    async fn undo_reset(&self, user: &str, reset: &str, said: &Confirmation) -> Result<(), ConsoleError> {
        Ok(self.server.undo_reset(user, reset, said, &self.own.actor, &self.own.session).await?)
    }

    async fn api_keys(&self) -> Result<Vec<ApiKey>, ConsoleError> {
        Ok(self.server.api_keys().await?)
    }

    async fn create_api_key(&self, name: &str) -> Result<(), ConsoleError> {
        Ok(self.server.create_api_key(name, &self.own.actor, &self.own.session).await?)
    }

    async fn new_api_key(&self) -> Result<Option<String>, ConsoleError> {
        Ok(self.server.new_api_key(&self.own.session).await?)
    }

    async fn revoke_api_key(&self, id: &str) -> Result<(), ConsoleError> {
        Ok(self.server.revoke_api_key(id, &self.own.actor).await?)
    }

    async fn preview_erasure(&self, user_id: &str) -> Result<ErasePreview, ConsoleError> {
        Ok(self.server.preview_erasure(user_id, &self.own.session).await?)
    }

    async fn erase_user(&self, user_id: &str, said: &Confirmation) -> Result<(), ConsoleError> {
        Ok(self.server.erase_user(user_id, said, &self.own.actor, &self.own.session).await?)
    }

    async fn export_user(&self, user_id: &str, reason: &str) -> Result<String, ConsoleError> {
        Ok(self.server.export_user(user_id, reason, &self.own.actor).await?)
    }

    async fn try_decryption(&self, trial: Trial) -> Result<Vec<TrialStep>, ConsoleError> {
        let accounts = &self.server.accounts;
        Ok(try_decryption(&trial, accounts.clock.now(), accounts.rules.window))
    }

    async fn check_app(&self, appid: &str) -> Result<(), ConsoleError> {
        Ok(self.server.check_app(appid, &self.own.actor).await?)
    }

    async fn untrusted_proxies(&self) -> Result<Vec<UntrustedProxy>, ConsoleError> {
        Ok(self.server.untrusted_proxies().await?)
    }

    async fn operators(&self) -> Result<Vec<OperatorSummary>, ConsoleError> {
        Ok(self.server.operator_list().await?)
    }

    async fn invite_operator(&self, username: &str, role: Role) -> Result<(), ConsoleError> {
        Ok(self.server.invite_operator(username, role, &self.own.actor, &self.own.session).await?)
    }

    async fn reset_operator(&self, id: &str, drops_second_factor: bool) -> Result<(), ConsoleError> {
        Ok(self.server.reset_operator(id, drops_second_factor, &self.own.actor, &self.own.session).await?)
    }

    async fn new_link(&self) -> Result<Option<NewLink>, ConsoleError> {
        Ok(self.server.new_operator_link(&self.own.session).await?)
    }

    async fn set_operator_role(&self, id: &str, was: Role, role: Role) -> Result<(), ConsoleError> {
        Ok(self.server.set_operator_role(id, was, role, &self.own.actor).await?)
    }

    async fn enable_operator(&self, id: &str, enabled: bool) -> Result<(), ConsoleError> {
        Ok(self.server.enable_operator(id, enabled, &self.own.actor).await?)
    }

    async fn second_factor_policy(&self) -> Result<(SecondFactorPolicy, SecondFactorPolicy), ConsoleError> {
        let operators = &self.server.operators;
        Ok((operators.second_factor_policy().await.map_err(Failed::from)?, operators.least_policy()))
    }

    async fn require_second_factor(
        &self,
        was: SecondFactorPolicy,
        policy: SecondFactorPolicy,
    ) -> Result<(), ConsoleError> {
        let operators = &self.server.operators;
        if policy < operators.least_policy() {
            return Err(ConsoleError::BadRequest);
        }
        Ok(operators.require_second_factor(Some(was), policy, &self.own.actor).await.map_err(Failed::from)?)
    }

    async fn settle_alert(&self, appid: &str, kind: AlertKind, last_at: Millis) -> Result<(), ConsoleError> {
        Ok(self.server.settle_alert(appid, kind, last_at, &self.own.actor).await?)
    }
}
