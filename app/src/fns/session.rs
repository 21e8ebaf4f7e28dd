use leptos::server;

use super::{own_path, redirect};
use crate::{components::url_value, error::ConsoleError, port};

/// The form of `/console/login`: fields `username` and `password` (contract §8), and where to go afterwards.
#[server(prefix = "/console/fn", endpoint = "sign_in")]
pub async fn sign_in(username: String, password: String, next: Option<String>) -> Result<(), ConsoleError> {
    let result = port::console()?.sign_in(username, password).await;
    let next = own_path(next.as_deref().unwrap_or_default());
    redirect(result, next, &format!("/console/login?next={}", url_value(next)));
    Ok(())
}

#[server(prefix = "/console/fn", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ConsoleError> {
    redirect(port::console()?.sign_out().await, "/console/login", "/console");
    Ok(())
}
