use std::sync::Arc;

use async_trait::async_trait;
use latchkey_app::{
    error::ConsoleError,
    port::{Admin, Console, Support, Viewer},
    types::{
        AlertKind, ApiKey, Confirmation, Conflict, ConflictQuery, Cursor, FailureList, FailureQuery, FailureStory,
        FailureTrend, MiniProgram, Operator, Page, PhoneChange, ResetOrder, ResetPreview, Role, Trial, TrialStep,
        UndoPreview, User, UserQuery, UserSummary,
    },
};
use tower_sessions::Session;

use super::{ConsoleServer, internal, sessions::SignedIn, trial::try_decryption};
use crate::{accounts::Actor, arrival::Arrival, secret::Secret};

/// One request to the console.
#[derive(Debug)]
pub struct Visit {
    server: ConsoleServer,
    session: Session,
    arrival: Option<Arrival>,
}

/// A request of an operator who is signed in. Making one is the check; there is no other way to get at data.
struct SignedInVisit {
    server: ConsoleServer,
    session: Session,
    operator: Operator,
    actor: Actor,
}

impl Visit {
    /// `arrival` is the request's; what the operator does is filed with it.
    pub fn begin(server: ConsoleServer, session: Session, arrival: Option<Arrival>) -> Arc<dyn Console> {
        Arc::new(Self { server, session, arrival })
    }

    /// Who is here, when his role is at least this one.
    async fn signed_in(&self, least: Role) -> Result<Arc<SignedInVisit>, ConsoleError> {
        let now = self.server.accounts.clock.now();
        let signed_in = SignedIn::of(&self.session, now).await.map_err(|error| internal(&error))?;
        let signed_in = signed_in.ok_or(ConsoleError::SignedOut)?;
        let row = self.server.operators.find(signed_in.operator).await.map_err(|error| internal(&error))?;
        let row = row.ok_or(ConsoleError::SignedOut)?;
        let role = Role::from_name(&row.role).ok_or(ConsoleError::Internal)?;
        if role < least {
            return Err(ConsoleError::Forbidden);
        }
        let actor = Actor::operator(&row.username, self.arrival);
        let operator = Operator { username: row.username, role };
        let (server, session) = (self.server.clone(), self.session.clone());
        Ok(Arc::new(SignedInVisit { server, session, operator, actor }))
    }
}

#[async_trait]
impl Console for Visit {
    async fn sign_in(&self, username: String, password: String) -> Result<(), ConsoleError> {
        let operators = &self.server.operators;
        let found = operators.verify(&username, Secret::new(password)).await.map_err(|error| internal(&error))?;
        let operator = found.ok_or(ConsoleError::SignInFailed)?;
        let now = self.server.accounts.clock.now();
        SignedIn::start(operator.id, &self.session, now).await.map_err(|error| internal(&error))
    }

    async fn sign_out(&self) -> Result<(), ConsoleError> {
        self.session.flush().await.map_err(|error| internal(&error))
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
impl Viewer for SignedInVisit {
    fn operator(&self) -> &Operator {
        &self.operator
    }

    async fn users(&self, query: UserQuery) -> Result<Page<UserSummary>, ConsoleError> {
        Ok(self.server.users(&query).await?)
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

    async fn failure_trend(&self, days: i64) -> Result<FailureTrend, ConsoleError> {
        Ok(self.server.failure_trend(days).await?)
    }
}

#[async_trait]
impl Support for SignedInVisit {
    async fn preview_reset(&self, order: &ResetOrder) -> Result<ResetPreview, ConsoleError> {
        Ok(self.server.preview_reset(order, &self.session).await?)
    }

    async fn reset(&self, order: &ResetOrder, said: &Confirmation) -> Result<(), ConsoleError> {
        Ok(self.server.reset(order, said, &self.actor, &self.session).await?)
    }

    async fn keep_apart(&self, conflict: &str, reason: &str) -> Result<(), ConsoleError> {
        Ok(self.server.keep_apart(conflict, reason, &self.actor).await?)
    }

    async fn ask_wechat(&self, failure_id: &str) -> Result<(), ConsoleError> {
        Ok(self.server.ask_wechat(failure_id, &self.actor).await?)
    }
}

#[async_trait]
impl Admin for SignedInVisit {
    async fn preview_undo(&self, user: &str, reset: &str) -> Result<UndoPreview, ConsoleError> {
        Ok(self.server.preview_undo(user, reset, &self.session).await?)
    }

    async fn undo_reset(&self, user: &str, reset: &str, said: &Confirmation) -> Result<(), ConsoleError> {
        Ok(self.server.undo_reset(user, reset, said, &self.actor, &self.session).await?)
    }

    async fn api_keys(&self) -> Result<Vec<ApiKey>, ConsoleError> {
        Ok(self.server.api_keys().await?)
    }

    async fn create_api_key(&self, name: &str) -> Result<(), ConsoleError> {
        Ok(self.server.create_api_key(name, &self.actor, &self.session).await?)
    }

    async fn new_api_key(&self) -> Result<Option<String>, ConsoleError> {
        Ok(self.server.new_api_key(&self.session).await?)
    }

    async fn revoke_api_key(&self, id: &str) -> Result<(), ConsoleError> {
        Ok(self.server.revoke_api_key(id, &self.actor).await?)
    }

    async fn try_decryption(&self, trial: Trial) -> Result<Vec<TrialStep>, ConsoleError> {
        Ok(try_decryption(&trial, self.server.accounts.clock.now()))
    }

    async fn settle_alert(&self, appid: &str, kind: AlertKind) -> Result<(), ConsoleError> {
        Ok(self.server.settle_alert(appid, kind, &self.actor).await?)
    }
}
