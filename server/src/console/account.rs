//! An operator's own account, as its page shows and changes it. What is only begun, or is shown once, waits in his session.

use latchkey_app::{
    error::ConsoleError,
    types::{Account, Millis, Operator, OwnSession, Role},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{
    ConsoleServer, Failed, internal,
    operators::Beside,
    session_values,
    sessions::{SignedIn, stored_hash},
};
use crate::{
    accounts::Actor,
    arrival::Arrival,
    secret::Secret,
    store::{
        operator_sessions::OperatorSessionRow,
        operators::{self, OperatorRow},
    },
};

const NEW_TOTP_SECRET: &str = "new_totp_secret";
const NEW_RECOVERY_CODES: &str = "new_recovery_codes";
/// So soon after signing in it is still whoever knows the password that sits there.
const JUST_SIGNED_IN_MS: i64 = 5 * 60 * 1000;

/// Whose account it is, and the session and request he comes with.
#[derive(Debug, Clone)]
pub(super) struct Own {
    pub id: Uuid,
    pub operator: Operator,
    /// When he signed in.
    pub since: Millis,
    pub session: Session,
    pub actor: Actor,
    pub arrival: Option<Arrival>,
}

impl ConsoleServer {
    pub(super) async fn own_account(&self, own: &Own) -> Result<Account, Failed> {
        let accounts = &self.accounts;
        let row = self.operators.find(own.id).await?.ok_or(ConsoleError::SignedOut)?;
        let secret = session_values::look(accounts, &own.session, NEW_TOTP_SECRET).await?;
        let setup = secret.map(|secret| self.operators.totp_setup(&row.username, &Secret::new(secret))).transpose()?;
        let codes = session_values::take(accounts, &own.session, NEW_RECOVERY_CODES).await?;
        Ok(Account {
            recovery_codes_left: self.operators.recovery_codes_left(own.id).await?,
            must_set_up: self.operators.lacks_second_factor(&row).await?,
            shortest_password: Beside::of(Some(&row), false).shortest_password(),
            asks_password: !self.just_signed_in(own),
            setup,
            new_recovery_codes: codes.map(|codes| codes.lines().map(str::to_owned).collect()).unwrap_or_default(),
            sessions: self.own_sessions(own).await?,
        })
    }

    /// Newest first.
    async fn own_sessions(&self, own: &Own) -> Result<Vec<OwnSession>, Failed> {
        let (now, current) = (self.accounts.clock.now(), stored_hash(&own.session));
        let rows = self.operators.sessions(own.id).await?;
        let operator =
            operators::find(&mut self.accounts.db.read().await?, own.id).await?.ok_or(ConsoleError::SignedOut)?;
        let session = |row: &OperatorSessionRow| {
            let signed_in = SignedIn::read(&row.data, now).filter(|signed_in| signed_in.opens(&operator))?;
            let SignedIn { since, seen, network, browser, .. } = signed_in;
            let current = current.is_some_and(|current| current.as_slice() == row.hash);
            Some(OwnSession { id: hex::encode(&row.hash), since, seen, network, browser, current })
        };
        let mut sessions: Vec<OwnSession> = rows.iter().filter_map(session).collect();
        sessions.sort_by_key(|session| std::cmp::Reverse((session.since, session.id.clone())));
        Ok(sessions)
    }

    /// The session goes on, under a new id; all others end.
    pub(super) async fn change_own_password(&self, own: &Own, current: Secret, new: Secret) -> Result<(), Failed> {
        let row = self.operators.change_password(own.id, current, new, own.arrival).await?;
        self.go_on(own, &row).await
    }

    /// Under a new id, when every session has ended for what the operator did to his account.
    async fn go_on(&self, own: &Own, row: &OperatorRow) -> Result<(), Failed> {
        self.start_session(row, own.operator.role, &own.session, own.arrival).await?;
        self.live.look_again();
        Ok(())
    }

    fn just_signed_in(&self, own: &Own) -> bool {
        self.accounts.clock.now().since(own.since) < JUST_SIGNED_IN_MS
    }

    /// Whoever finds an unlocked screen must not be the one whose phone opens the account.
    pub(super) async fn begin_second_factor(&self, own: &Own, password: Secret) -> Result<(), Failed> {
        if !self.just_signed_in(own) {
            self.operators.check_owner(own.id, password, own.arrival).await?;
        }
        let secret = self.operators.new_totp_secret();
        session_values::keep(&self.accounts, &own.session, NEW_TOTP_SECRET, &secret).await
    }

    pub(super) async fn confirm_second_factor(&self, own: &Own, code: &str) -> Result<(), Failed> {
        let accounts = &self.accounts;
        let secret = session_values::look(accounts, &own.session, NEW_TOTP_SECRET).await?;
        let secret = Secret::new(secret.ok_or(ConsoleError::BadRequest)?);
        let (row, codes) = self.operators.turn_on(own.id, &secret, code, &own.actor).await?;
        self.go_on(own, &row).await?;
        self.keep_recovery_codes(own, &codes).await
    }

    pub(super) async fn end_second_factor(&self, own: &Own, password: Secret, code: &str) -> Result<(), Failed> {
        let row = self.operators.turn_off(own.id, password, code, own.arrival).await?;
        self.go_on(own, &row).await
    }

    pub(super) async fn renew_recovery_codes(&self, own: &Own, password: Secret, code: &str) -> Result<(), Failed> {
        let codes = self.operators.renew_recovery_codes(own.id, password, code, own.arrival).await?;
        self.keep_recovery_codes(own, &codes).await
    }

    async fn keep_recovery_codes(&self, own: &Own, codes: &[String]) -> Result<(), Failed> {
        let codes = Secret::new(codes.join("\n"));
        session_values::keep(&self.accounts, &own.session, NEW_RECOVERY_CODES, &codes).await
    }

    pub(super) async fn end_own_session(&self, own: &Own, id: &str) -> Result<(), Failed> {
        let hash = hex::decode(id).map_err(|_| ConsoleError::NotFound)?;
        self.operators.end_session(own.id, &hash, &own.actor).await?;
        self.live.look_again();
        Ok(())
    }

    pub(super) async fn end_other_sessions(&self, own: &Own) -> Result<(), Failed> {
        let current = stored_hash(&own.session).ok_or(ConsoleError::SignedOut)?;
        self.operators.end_other_sessions(own.id, &current, &own.actor).await?;
        self.live.look_again();
        Ok(())
    }

    pub(super) async fn start_session(
        &self,
        row: &OperatorRow,
        role: Role,
        session: &Session,
        arrival: Option<Arrival>,
    ) -> Result<(), Failed> {
        let now = self.accounts.clock.now();
        SignedIn::start(row, role, session, now, arrival).await.map_err(|error| internal(&error).into())
    }
}
