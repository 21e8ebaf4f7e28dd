use latchkey_app::{
    error::ConsoleError,
    types::{Millis, NewLink, OperatorState, OperatorSummary, Role},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{ConsoleServer, Failed, session_values};
use crate::{accounts::Actor, secret::Secret, store::operators::OperatorRow};

/// A name and a link, on two lines.
const NEW_LINK: &str = "new_operator_link";

impl ConsoleServer {
    /// Every operator, by name.
    pub(super) async fn operator_list(&self) -> Result<Vec<OperatorSummary>, Failed> {
        Ok(self.operators.list().await?.into_iter().map(summary).collect::<Result<_, _>>()?)
    }

    /// The link waits, sealed, in the session of whoever made it until his next page shows it.
    pub(super) async fn invite_operator(
        &self,
        username: &str,
        role: Role,
        actor: &Actor,
        session: &Session,
    ) -> Result<(), Failed> {
        let link = self.operators.invite(username, role, actor).await?;
        self.keep_link(username, &link, session).await
    }

    pub(super) async fn reset_operator(
        &self,
        id: &str,
        drops_totp: bool,
        actor: &Actor,
        session: &Session,
    ) -> Result<(), Failed> {
        let (username, link) = self.operators.reset(operator_id(id)?, drops_totp, actor).await?;
        self.live.look_again();
        self.keep_link(&username, &link, session).await
    }

    async fn keep_link(&self, username: &str, link: &Secret, session: &Session) -> Result<(), Failed> {
        let both = Secret::new(format!("{username}\n{}", link.expose()));
        session_values::keep(&self.accounts, session, NEW_LINK, &both).await
    }

    pub(super) async fn new_operator_link(&self, session: &Session) -> Result<Option<NewLink>, Failed> {
        let both = session_values::take(&self.accounts, session, NEW_LINK).await?;
        let both = both.as_deref().and_then(|both| both.split_once('\n'));
        Ok(both.map(|(username, link)| NewLink { username: username.to_owned(), link: link.to_owned() }))
    }

    pub(super) async fn set_operator_role(&self, id: &str, was: Role, role: Role, actor: &Actor) -> Result<(), Failed> {
        Ok(self.operators.set_role(operator_id(id)?, was, role, actor).await?)
    }

    pub(super) async fn enable_operator(&self, id: &str, enabled: bool, actor: &Actor) -> Result<(), Failed> {
        self.operators.enable(operator_id(id)?, enabled, actor).await?;
        self.live.look_again();
        Ok(())
    }
}

fn operator_id(id: &str) -> Result<Uuid, ConsoleError> {
    id.parse().map_err(|_| ConsoleError::NotFound)
}

fn summary(row: OperatorRow) -> Result<OperatorSummary, ConsoleError> {
    let state = match row.disabled_at {
        Some(_) => OperatorState::Disabled,
        None if row.password_hash.is_empty() => OperatorState::Invited,
        None => OperatorState::Active,
    };
    Ok(OperatorSummary {
        id: row.id.to_string(),
        username: row.username,
        role: Role::from_name(&row.role).ok_or(ConsoleError::Internal)?,
        state,
        second_factor: row.totp_sealed.is_some(),
        last_sign_in_at: row.last_sign_in_at.map(Millis),
        created_at: Millis(row.created_at),
    })
}
