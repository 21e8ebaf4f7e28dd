use latchkey_app::{
    error::ConsoleError,
    types::{AppRef, AuditAction, Cause, Certainty, Event, EventKind, FailureStory, Millis, ResetKind},
};
use uuid::Uuid;

use super::{ConsoleServer, Failed};
use crate::{
    sealed::Column,
    store::{
        Tx, audit, calls,
        failures::{self, FailureRow, Filter},
        phone_changes, push, resets, users,
    },
};

/// What led to a failure, and what came of it.
const BEFORE_S: i64 = 86_400;
const AFTER_S: i64 = 3600;
const SIMILAR_S: i64 = 7 * 86_400;
/// Of each kind, the newest: more than a person does in a day.
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
        let events = self.events_around(&mut tx, &row).await?;
        let (similar, newest_only) = self.similar(&mut tx, &row).await?;
        let failure = self.failures_of(&mut tx, &[row]).await?.pop().ok_or(ConsoleError::NotFound)?;
        Ok(FailureStory { failure, events, similar, newest_only })
    }

    /// Before it and after it each for itself: whoever fails a thousand times has a day before each of them.
    async fn events_around(&self, tx: &mut Tx, row: &FailureRow) -> Result<Vec<Event>, Failed> {
        let Some(user) = row.user_id else { return Ok(Vec::new()) };
        let at = Millis(row.at);
        let mut events =
            self.events(tx, Span { user, from: at.plus_seconds(-BEFORE_S), to: Millis(row.at - 1) }).await?;
        events.extend(self.events(tx, Span { user, from: at, to: at.plus_seconds(AFTER_S) }).await?);
        let id = row.id.to_string();
        let itself = |event: &Event| matches!(&event.kind, EventKind::Failure { id: other, .. } if *other == id);
        if !events.iter().any(itself) {
            events.extend(self.told(tx, std::slice::from_ref(row)).await?);
        }
        Ok(in_order(events))
    }

    async fn similar(&self, tx: &mut Tx, row: &FailureRow) -> Result<(i64, bool), Failed> {
        let filter = Filter {
            cause: Some(row.cause.clone()),
            appid: Some(row.appid.clone()),
            version: row.version.clone(),
            from: Some(self.accounts.clock.now().plus_seconds(-SIMILAR_S)),
            ..Filter::default()
        };
        let causes = failures::causes(tx, &filter).await?;
        let all: i64 = causes.rows.iter().map(|count| count.times).sum();
        let itself = if filter.fits(row) { row.times } else { 0 };
        Ok(((all - itself).max(0), causes.newest_only))
    }

    /// Everything that is known of a span of a user's life, oldest first. Whoever was merged into him was the same person.
    pub(super) async fn events(&self, tx: &mut Tx, span: Span) -> Result<Vec<Event>, Failed> {
        let mut events = Vec::new();
        for user in users::with_merged(tx, span.user).await? {
            events.extend(self.events_of(tx, Span { user, ..span }).await?);
        }
        Ok(in_order(events))
    }

    async fn events_of(&self, tx: &mut Tx, span: Span) -> Result<Vec<Event>, Failed> {
        let mut events = self.calls(tx, span).await?;
        events.extend(self.phones(tx, span).await?);
        events.extend(self.failed_calls(tx, span).await?);
        for row in push::of_user(tx, span.user, span.from, span.to, MOST_EVENTS).await? {
            let kind = EventKind::Push(row.event);
            events.push(self.event(row.received_at, Some(&row.appid), kind, Some(row.request_id)));
        }
        events.extend(self.acts(tx, span).await?);
        Ok(events)
    }

    async fn calls(&self, tx: &mut Tx, span: Span) -> Result<Vec<Event>, Failed> {
        let mut events = Vec::new();
        for row in calls::of_user(tx, span.user, span.from, span.to, MOST_EVENTS).await? {
            let kind = match row.kind.as_str() {
                calls::LOGIN => Some(EventKind::Login),
                calls::FIRST_LOGIN => Some(EventKind::FirstLogin),
                calls::PHONE => Some(EventKind::SamePhone),
                _ => None,
            };
            let key = row.new_key.then_some(EventKind::KeyReceived);
            let unionid = row.new_unionid.then_some(EventKind::NewUnionid);
            let request = || (row.request_id != Uuid::nil()).then(|| row.request_id.to_string());
            let kinds = kind.into_iter().chain(unionid).chain(key);
            events.extend(kinds.map(|kind| self.event(row.at, Some(&row.appid), kind, request())));
        }
        Ok(events)
    }

    /// What operators did with him, and with others whose phone or whole account came to him.
    async fn acts(&self, tx: &mut Tx, span: Span) -> Result<Vec<Event>, Failed> {
        let own = audit::of_user(tx, span.user, span.from, span.to, MOST_EVENTS).await?;
        let mut acts: Vec<_> = own.into_iter().map(|row| (row.at, row.actor, row.action)).collect();
        for row in resets::of_user(tx, span.user, MOST_EVENTS).await? {
            if row.other_user_id == Some(span.user) {
                let action = ResetKind::from_name(&row.kind).map_or(row.kind, |kind| kind.action().name().to_owned());
                acts.push((row.at, row.actor, action));
                let undone = row.undone_at.zip(row.undone_by);
                acts.extend(undone.map(|(at, by)| (at, by, AuditAction::UndoReset.name().to_owned())));
            }
        }
        acts.retain(|(at, ..)| span.holds(*at));
        Ok(acts
            .into_iter()
            .map(|(at, by, action)| self.event(at, None, EventKind::Operator { by, action }, None))
            .collect())
    }

    async fn phones(&self, tx: &mut Tx, span: Span) -> Result<Vec<Event>, Failed> {
        let mut events = Vec::new();
        for row in phone_changes::of_user(tx, span.user, MOST_EVENTS).await? {
            if span.holds(row.at) {
                let old = self.masked(Column::OldPhone, row.id, row.old_sealed.as_deref(), row.appid.as_deref());
                let new = self.masked(Column::NewPhone, row.id, row.new_sealed.as_deref(), row.appid.as_deref());
                let kind = EventKind::Phone { old, new };
                events.push(self.event(row.at, row.appid.as_deref(), kind, Some(row.request_id)));
            }
        }
        Ok(events)
    }

    async fn failed_calls(&self, tx: &mut Tx, span: Span) -> Result<Vec<Event>, Failed> {
        let rows = failures::of_user(tx, span.user, span.from, span.to, MOST_EVENTS).await?;
        self.told(tx, &rows).await
    }

    async fn told(&self, tx: &mut Tx, rows: &[FailureRow]) -> Result<Vec<Event>, Failed> {
        let mut events = Vec::new();
        for failure in self.failures_of(tx, rows).await? {
            if let Some(age) = failure.evidence.data_age_s {
                let made = failure.at.plus_seconds(-age);
                events.push(self.event(made.0, Some(&failure.app.appid), EventKind::DataMade, None));
            }
            let likely = failure.certainty() == Certainty::Likely;
            let (cause, healed): (Cause, bool) = (failure.cause, failure.healed);
            let kind = EventKind::Failure { id: failure.id, cause, healed, likely };
            events.push(self.event(failure.at.0, Some(&failure.app.appid), kind, Some(failure.request_id)));
        }
        Ok(events)
    }

    fn event(&self, at: i64, appid: Option<&str>, kind: EventKind, request_id: Option<String>) -> Event {
        let app: Option<AppRef> = appid.filter(|appid| !appid.is_empty()).map(|appid| self.app(appid));
        Event { at: Millis(at), app, kind, request_id }
    }
}

/// Oldest first. Data that was sent again and again was made once, and two requests with one login code are one login.
fn in_order(mut events: Vec<Event>) -> Vec<Event> {
    events.sort_by_key(|event| event.at);
    let mut told: Vec<Event> = Vec::with_capacity(events.len());
    for event in events {
        let mut at_once = told.iter().rev().take_while(|earlier| earlier.at == event.at);
        if !at_once.any(|earlier| earlier.app == event.app && earlier.kind == event.kind) {
            told.push(event);
        }
    }
    told
}
