use std::sync::Arc;

use async_trait::async_trait;
use latchkey_app::{
    error::ConsoleError,
    port::{Console, Viewer},
    types::{Cursor, Operator, Page, PhoneChange, Role, User, UserQuery, UserSummary},
};
use tower_sessions::Session;

use super::{ConsoleServer, internal, sessions::SignedIn};
use crate::secret::Secret;

/// One request to the console.
#[derive(Debug)]
pub struct Visit {
    server: ConsoleServer,
    session: Session,
}

/// A request of an operator who is signed in. Making one is the check; there is no other way to get at data.
struct SignedInVisit {
    server: ConsoleServer,
    operator: Operator,
}

impl Visit {
    pub fn begin(server: ConsoleServer, session: Session) -> Arc<dyn Console> {
        Arc::new(Self { server, session })
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
        let now = self.server.accounts.clock.now();
        let signed_in = SignedIn::of(&self.session, now).await.map_err(|error| internal(&error))?;
        let signed_in = signed_in.ok_or(ConsoleError::SignedOut)?;
        let row = self.server.operators.find(signed_in.operator).await.map_err(|error| internal(&error))?;
        let row = row.ok_or(ConsoleError::SignedOut)?;
        let role = Role::from_name(&row.role).ok_or(ConsoleError::Internal)?;
        let operator = Operator { username: row.username, role };
        Ok(Arc::new(SignedInVisit { server: self.server.clone(), operator }))
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
}
