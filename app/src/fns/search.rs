use leptos::server;

use super::{own_path, redirect};
use crate::{components::url_value, error::ConsoleError, port, types::Found};

/// The search box of every page: field `q`, and on the users list `within`, what the list is narrowed to. To the user or
/// failure that is meant, wherever it is; else to the list.
#[server(prefix = "/console/fn", endpoint = "search")]
pub async fn search(q: String, #[server(default)] within: String) -> Result<(), ConsoleError> {
    let found = async { port::viewer().await?.search(q.trim()).await }.await;
    let page = found.as_ref().map(|found| page_of(found, q.trim(), &within)).unwrap_or_default();
    redirect(found.map(drop), own_path(&page), "/console/users")
}

fn page_of(found: &Found, q: &str, within: &str) -> String {
    let said = match found {
        Found::User(id) => return format!("/console/users/{id}"),
        Found::Failure(id) => return format!("/console/failures/{id}"),
        Found::Hidden(handle) => format!("find={handle}"),
        Found::Several if q.is_empty() => String::new(),
        Found::Several => format!("q={}", url_value(q)),
    };
    let both: Vec<_> = [said.as_str(), within].into_iter().filter(|part| !part.is_empty()).collect();
    if both.is_empty() { "/console/users".to_owned() } else { format!("/console/users?{}", both.join("&")) }
}
