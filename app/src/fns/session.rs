use leptos::server;

use super::{own_path, redirect};
use crate::{components::url_value, error::ConsoleError, port, types::SignInStep};

/// The form of `/console/login`: fields `username` and `password` (contract §8), and where to go afterwards.
#[server(prefix = "/console/fn", endpoint = "sign_in")]
pub async fn sign_in(username: String, password: String, next: Option<String>) -> Result<(), ConsoleError> {
    let step = port::console()?.sign_in(username, password).await;
    let next = own_path(next.as_deref().unwrap_or_default());
    let there = url_value(next);
    let code = format!("/console/login/code?next={there}");
    let on = if step == Ok(SignInStep::SecondFactor) { &code } else { next };
    redirect(step.map(drop), on, &format!("/console/login?next={there}"))
}

/// The form of `/console/login/code`, the second step: field `code`. Whose first step is too long ago begins anew.
#[server(prefix = "/console/fn", endpoint = "sign_in_code")]
pub async fn sign_in_code(code: String, next: Option<String>) -> Result<(), ConsoleError> {
    let result = port::console()?.sign_in_code(&code).await;
    let next = own_path(next.as_deref().unwrap_or_default());
    let form = format!("/console/login/code?next={}", url_value(next));
    redirect(result, next, if result == Err(ConsoleError::SignedOut) { next } else { &form })
}

#[server(prefix = "/console/fn", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ConsoleError> {
    redirect(port::console()?.sign_out().await, "/console/login", "/console")
}
