use latchkey_app::{
    error::ConsoleError,
    types::{AppRef, Cause, Event, EventKind, FailureStory, Millis},
};
use uuid::Uuid;

use super::{ConsoleServer, Failed};
use crate::{
    sealed::Column,
    store::{
        Tx, audit, bindings,
        failures::{self, FailureRow, Filter},
        login_codes, phone_changes, push, session_keys,
    },
};

/// What led to a failure, and what came of it.
const BEFORE_S: i64 = 86_400;
const AFTER_S: i64 = 3600;
const SIMILAR_S: i64 = 7 * 86_400;
/// More than a person does in a day.
const MOST_EVENTS: i64 = 200;

/// The part of somebody's life that is told.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub user: Uuid,
    pub from: Millis,
    pub to: Millis,
}

impl Span {
    fn holds(&self, at: i64) -> bool {
        (self.from.0..=self.to.0).contains(&at)
    }
}

impl ConsoleServer {
    /// A failure with what its user did around it.
    pub(super) async fn failure(&self, id: &str) -> Result<FailureStory, Failed> {
        let id: Uuid = id.parse().map_err(|_| ConsoleError::NotFound)?;
        let mut tx = self.accounts.db.read().await?;
        let row = failures::find(&mut tx, id).await?.ok_or(ConsoleError::NotFound)?;
        let events = match row.user_id {
            Some(user) => {
                let at = Millis(row.at);
                let span = Span { user, from: at.plus_seconds(-BEFORE_S), to: at.plus_seconds(AFTER_S) };
                self.events(&mut tx, span).await?
            }
            None => Vec::new(),
        };
        let similar = self.similar(&mut tx, &row).await?;
        let failure = self.failures_of(&mut tx, &[row]).await?.pop().ok_or(ConsoleError::NotFound)?;
        Ok(FailureStory { failure, events, similar })
    }

    async fn similar(&self, tx: &mut Tx, row: &FailureRow) -> Result<i64, Failed> {
        let filter = Filter {
            cause: Some(row.cause.clone()),
            appid: Some(row.appid.clone()),
            version: row.version.clone(),
            from: Some(self.accounts.clock.now().plus_seconds(-SIMILAR_S)),
            ..Filter::default()
        };
        let all: i64 = failures::causes(tx, &filter).await?.rows.iter().map(|count| count.times).sum();
        Ok((all - row.times).max(0))
    }

    /// Everything that is known of a span of a user's life, oldest first.
    pub(super) async fn events(&self, tx: &mut Tx, span: Span) -> Result<Vec<Event>, Failed> {
        let mut events = self.logins_and_keys(tx, span).await?;
        events.extend(self.phones(tx, span).await?);
        events.extend(self.failed_calls(tx, span).await?);
        for row in push::of_user(tx, span.user, span.from, span.to, MOST_EVENTS).await? {
            let kind = EventKind::Push(row.event);
            events.push(self.event(row.received_at, Some(&row.appid), kind, Some(row.request_id)));
        }
        for row in audit::of_user(tx, span.user, span.from, span.to, MOST_EVENTS).await? {
            events.push(self.event(row.at, None, EventKind::Operator { by: row.actor, action: row.action }, None));
        }
        events.sort_by_key(|event| event.at);
        Ok(events)
    }

    async fn logins_and_keys(&self, tx: &mut Tx, span: Span) -> Result<Vec<Event>, Failed> {
        let mut events = Vec::new();
        for binding in bindings::of_users(tx, &[span.user]).await? {
            for at in login_codes::spent_by(tx, binding.id, span.from, span.to, MOST_EVENTS).await? {
                events.push(self.event(at, Some(&binding.appid), EventKind::Login, None));
            }
            for row in session_keys::ring(tx, binding.id, Millis(i64::MIN), MOST_EVENTS).await? {
                // The id says when the key came first; a login that gave the same key again has moved the other time.
                let first = row.id.get_timestamp().map_or(row.received_at, |at| millis(at.to_unix()));
                if span.holds(first) {
                    events.push(self.event(first, Some(&binding.appid), EventKind::KeyReceived, None));
                }
            }
        }
        Ok(events)
    }

    async fn phones(&self, tx: &mut Tx, span: Span) -> Result<Vec<Event>, Failed> {
        let mut events = Vec::new();
        for row in phone_changes::of_user(tx, span.user, MOST_EVENTS).await? {
            if span.holds(row.at) {
                let old = self.masked(Column::OldPhone, row.id, row.old_sealed.as_deref())?;
                let new = self.masked(Column::NewPhone, row.id, row.new_sealed.as_deref())?;
                let kind = EventKind::Phone { old, new };
                events.push(self.event(row.at, row.appid.as_deref(), kind, Some(row.request_id)));
            }
        }
        Ok(events)
    }

    async fn failed_calls(&self, tx: &mut Tx, span: Span) -> Result<Vec<Event>, Failed> {
        let rows = failures::of_user(tx, span.user, span.from, span.to, MOST_EVENTS).await?;
        let mut events = Vec::new();
        for failure in self.failures_of(tx, &rows).await? {
            if let Some(age) = failure.evidence.data_age_s {
                let made = failure.at.plus_seconds(-age);
                events.push(self.event(made.0, Some(&failure.app.appid), EventKind::DataMade, None));
            }
            let (cause, healed): (Cause, bool) = (failure.cause, failure.healed);
            let kind = EventKind::Failure { id: failure.id, cause, healed };
            events.push(self.event(failure.at.0, Some(&failure.app.appid), kind, Some(failure.request_id)));
        }
        Ok(events)
    }

    fn event(&self, at: i64, appid: Option<&str>, kind: EventKind, request_id: Option<String>) -> Event {
        let app: Option<AppRef> = appid.filter(|appid| !appid.is_empty()).map(|appid| self.app(appid));
        Event { at: Millis(at), app, kind, request_id }
    }
}

fn millis((seconds, nanoseconds): (u64, u32)) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000) + i64::from(nanoseconds / 1_000_000)
}
