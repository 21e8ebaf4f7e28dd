//! The console's pages, one file each. They ask the server through [`crate::port`] and show what it answers.

mod account;
mod api_keys;
mod app_health;
mod apps;
mod audit;
mod audit_filter;
mod charts;
mod code;
mod conflict;
mod conflicts;
mod connect;
mod dashboard;
mod failure;
mod failure_filter;
mod failures;
mod invite;
mod login;
mod not_found;
mod operators;
mod phone_changes;
mod refused;
mod trial;
mod url_filter;
mod user;
mod user_filter;
mod user_privacy;
mod users;
mod users_table;
mod welcome;

pub use account::AccountPage;
pub use api_keys::ApiKeysPage;
pub use apps::AppsPage;
pub use audit::AuditPage;
pub use code::CodePage;
pub use conflict::ConflictPage;
pub use conflicts::ConflictsPage;
pub use dashboard::DashboardPage;
pub use failure::FailurePage;
pub use failure_filter::failure_query;
pub use failures::FailuresPage;
pub use invite::InvitePage;
pub use login::LoginPage;
pub use not_found::NotFoundPage;
pub use operators::OperatorsPage;
pub use phone_changes::PhoneChangesPage;
pub use refused::RefusedPage;
pub use trial::TrialPage;
pub use user::{ErasePage, ResetPage, UndoPage, UserPage};
pub use users::UsersPage;

use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_params_map;

use crate::{
    components::{Heading, done, problem},
    error::ConsoleError,
    types::Cursor,
};

/// A value of the URL's query; empty when it is not there.
///
/// Not the router's: that one decodes twice, and a page to go back to would lose the encoding of its own query.
fn query(name: &str) -> String {
    let text = query_text();
    let found = form_urlencoded::parse(text.as_bytes()).find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The URL's query as it came.
fn query_text() -> String {
    use_context::<http::request::Parts>().and_then(|parts| parts.uri.query().map(str::to_owned)).unwrap_or_default()
}

/// The problem of the form that led back here; none when none did.
fn form_problem() -> Option<ConsoleError> {
    let name = query("problem");
    (!name.is_empty()).then(|| ConsoleError::from_name(&name).unwrap_or(ConsoleError::Internal))
}

/// What came of the form that led back here: its problem, or that it did what `name` stands for in the URL.
fn outcome(name: &str, headline: &'static str, advice: &'static str) -> impl IntoView + use<> {
    match form_problem() {
        Some(failure) => Either::Left(problem(failure, Heading::Part)),
        None => Either::Right((query("done") == name).then(|| done(headline, advice))),
    }
}

/// A part of the URL's path; empty when it is not there.
fn param(name: &str) -> String {
    use_params_map().read_untracked().get(name).unwrap_or_default()
}

/// The page of a list that the URL names.
fn cursor() -> Result<Option<Cursor>, ConsoleError> {
    let text = query("cursor");
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|()| ConsoleError::BadRequest) }
}
