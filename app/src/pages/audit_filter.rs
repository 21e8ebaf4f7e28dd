use super::{cursor, query};
use crate::{
    components::url_value,
    error::ConsoleError,
    text::zone,
    types::{AuditQuery, Millis, Zone},
};

pub(super) const PATH: &str = "/console/audit";
const FIELDS: [&str; 5] = ["action", "actor", "user", "from", "to"];

/// What the audit page is narrowed to, as the URL says it. An empty field of the form is none.
#[derive(Debug, Clone)]
pub(super) struct AuditFilter(Vec<(&'static str, String)>);

impl AuditFilter {
    pub(super) fn of_url() -> Self {
        let said = FIELDS.map(|field| (field, query(field).trim().to_owned()));
        Self(said.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn find(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, value)| value.clone())
    }

    /// As the query of a URL, without its cursor.
    pub(super) fn url_query(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={}", url_value(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// What to ask the server for. An act's name need not be known: it may be a newer version's.
    pub(super) fn ask(&self) -> Result<AuditQuery, ConsoleError> {
        Ok(AuditQuery {
            action: self.find("action"),
            actor: self.find("actor"),
            user_id: self.find("user"),
            from: self.moment("from", Zone::from)?,
            to: self.moment("to", Zone::to)?,
            cursor: cursor()?,
        })
    }

    /// A day begins and ends in the viewer's zone.
    fn moment(&self, name: &str, of: fn(&Zone, &str) -> Option<Millis>) -> Result<Option<Millis>, ConsoleError> {
        let read = |text: String| of(&zone(), &text).ok_or(ConsoleError::BadRequest);
        self.find(name).map(read).transpose()
    }
}
