use super::{cursor, url_filter::UrlFilter};
use crate::{error::ConsoleError, text::zone, types::AuditQuery};

pub(super) const PATH: &str = "/console/audit";
const FIELDS: [&str; 5] = ["action", "actor", "user", "from", "to"];

pub(super) fn audit_filter() -> UrlFilter {
    UrlFilter::of_url(PATH, &FIELDS)
}

/// What to ask the server for. An act's name need not be known: it may be a newer version's. A day begins and ends in the
/// viewer's zone.
pub(super) fn ask(filter: &UrlFilter) -> Result<AuditQuery, ConsoleError> {
    Ok(AuditQuery {
        action: filter.find("action"),
        actor: filter.find("actor"),
        user_id: filter.find("user"),
        from: filter.known("from", |text| zone().from(text))?,
        to: filter.known("to", |text| zone().to(text))?,
        cursor: cursor()?,
    })
}
