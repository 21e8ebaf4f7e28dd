use leptos::server;

use super::redirect;
use crate::{components::url_value, error::ConsoleError, port, types::Found};

/// The search box of every page: field `q`. To the user or failure that is meant, else to the list.
#[server(prefix = "/console/fn", endpoint = "search")]
pub async fn search(q: String) -> Result<(), ConsoleError> {
    let found = async { port::viewer().await?.search(q.trim()).await }.await;
    let page = found.as_ref().map(|found| page_of(found, q.trim())).unwrap_or_default();
    redirect(found.map(drop), &page, "/console/users");
    Ok(())
}

fn page_of(found: &Found, q: &str) -> String {
    match found {
        Found::User(id) => format!("/console/users/{id}"),
        Found::Failure(id) => format!("/console/failures/{id}"),
        Found::Hidden(handle) => format!("/console/users?find={handle}"),
        Found::Several if q.is_empty() => "/console/users".to_owned(),
        Found::Several => format!("/console/users?q={}", url_value(q)),
    }
}
