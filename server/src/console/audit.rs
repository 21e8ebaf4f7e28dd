use std::collections::HashMap;

use latchkey_app::{
    error::ConsoleError,
    types::{AuditEntry, AuditList, AuditQuery, Millis, UserRef},
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{ConsoleServer, Failed, PAGE, page, start};
use crate::{
    accounts::Actor,
    store::{
        Tx,
        audit::{self, AuditRow, Filter},
        users,
    },
};

impl ConsoleServer {
    /// A page of the log, and whether the log is whole.
    pub(super) async fn audit(&self, query: &AuditQuery) -> Result<AuditList, Failed> {
        let (filter, start) = (filter(query)?, start(query.cursor.as_ref())?);
        let mut tx = self.accounts.db.read().await?;
        let slice = audit::list(&mut tx, &filter, start, PAGE).await?;
        let items = self.audit_entries(&mut tx, slice.rows.clone()).await?;
        drop(tx);
        let chain = self.accounts.audit_chain(false).await?;
        Ok(AuditList { page: page(&slice, |row| row.seq, items), chain })
    }

    pub(super) async fn check_audit(&self) -> Result<(), Failed> {
        self.accounts.audit_chain(true).await?;
        Ok(())
    }

    pub(super) async fn audit_entries(&self, tx: &mut Tx, rows: Vec<AuditRow>) -> Result<Vec<AuditEntry>, Failed> {
        let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.user_id).collect();
        let nicknames: HashMap<_, _> = users::nicknames(tx, &ids).await?.into_iter().collect();
        Ok(rows.into_iter().map(|row| entry(row, &nicknames)).collect())
    }
}

/// What an act wrote down, taken apart. Names that are not known here are facts like any other.
fn entry(row: AuditRow, nicknames: &HashMap<Uuid, String>) -> AuditEntry {
    let command_line = Actor::command_line().name == row.actor;
    let mut detail: Map<String, Value> = serde_json::from_str(&row.detail).unwrap_or_default();
    let mut take = |name| detail.remove(name).map(text);
    let (reason, network, request_id) = (take("reason"), take("from"), take("requestId"));
    let facts = detail.into_iter().flat_map(parts).filter(says_something);
    AuditEntry {
        seq: row.seq,
        at: Millis(row.at),
        actor: (!command_line).then_some(row.actor),
        action: row.action,
        user: row.user_id.map(|id| UserRef { id: id.to_string(), nickname: nicknames.get(&id).cloned() }),
        reason,
        network,
        request_id,
        facts: facts.map(|(name, value)| (name, text(value))).collect(),
    }
}

/// What has parts of its own is taken apart.
fn parts((name, value): (String, Value)) -> Vec<(String, Value)> {
    match value {
        Value::Object(parts) => parts.into_iter().map(|(part, value)| (format!("{name}.{part}"), value)).collect(),
        value => vec![(name, value)],
    }
}

/// What was not asked for is no fact; what was not so is one.
fn says_something((name, value): &(String, Value)) -> bool {
    let outcome = ["good", "whole", "filter.phone", "filter.unionid", "filter.healed"].contains(&name.as_str());
    !value.is_null() && (outcome || *value != Value::Bool(false))
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn filter(query: &AuditQuery) -> Result<Filter, ConsoleError> {
    let user = |id: &String| id.parse().map_err(|_| ConsoleError::BadRequest);
    Ok(Filter {
        actor: query.actor.clone(),
        action: query.action.clone(),
        user_id: query.user_id.as_ref().map(user).transpose()?,
        from: query.from,
        to: query.to,
    })
}
