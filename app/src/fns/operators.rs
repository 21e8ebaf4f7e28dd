use leptos::server;

use super::redirect;
use crate::{
    error::ConsoleError,
    port,
    types::{Role, SecondFactorPolicy},
};

const PAGE: &str = "/console/operators";

fn role_of(name: &str) -> Result<Role, ConsoleError> {
    Role::from_name(name).ok_or(ConsoleError::BadRequest)
}

/// The form of `/console/operators`: fields `username` and `role`. The page it leads back to shows the link, once.
#[server(prefix = "/console/fn", endpoint = "invite_operator")]
pub async fn invite_operator(username: String, role: String) -> Result<(), ConsoleError> {
    let invited = async { port::admin().await?.invite_operator(username.trim(), role_of(&role)?).await };
    redirect(invited.await, PAGE, PAGE)
}

/// Fields `id`, and `drop_second_factor` where that is wanted. The link is shown as that of an invitation.
#[server(prefix = "/console/fn", endpoint = "reset_operator")]
pub async fn reset_operator(id: String, drop_second_factor: Option<String>) -> Result<(), ConsoleError> {
    let reset = async { port::admin().await?.reset_operator(&id, drop_second_factor.is_some()).await };
    redirect(reset.await, PAGE, PAGE)
}

/// Fields `id`, `was` (the role that the page showed) and `role`.
#[server(prefix = "/console/fn", endpoint = "set_operator_role")]
pub async fn set_operator_role(id: String, was: String, role: String) -> Result<(), ConsoleError> {
    let set = async { port::admin().await?.set_operator_role(&id, role_of(&was)?, role_of(&role)?).await };
    redirect(set.await, "/console/operators?done=role_changed", PAGE)
}

/// Field `id`. His sessions end at once.
#[server(prefix = "/console/fn", endpoint = "disable_operator")]
pub async fn disable_operator(id: String) -> Result<(), ConsoleError> {
    let disabled = async { port::admin().await?.enable_operator(&id, false).await };
    redirect(disabled.await, "/console/operators?done=operator_disabled", PAGE)
}

/// Field `id`.
#[server(prefix = "/console/fn", endpoint = "enable_operator")]
pub async fn enable_operator(id: String) -> Result<(), ConsoleError> {
    let enabled = async { port::admin().await?.enable_operator(&id, true).await };
    redirect(enabled.await, "/console/operators?done=operator_enabled", PAGE)
}

/// Fields `was` (the policy that the page showed) and `policy`.
#[server(prefix = "/console/fn", endpoint = "require_second_factor")]
pub async fn require_second_factor(was: String, policy: String) -> Result<(), ConsoleError> {
    let named = |name: &str| SecondFactorPolicy::from_name(name).ok_or(ConsoleError::BadRequest);
    let required = async { port::admin().await?.require_second_factor(named(&was)?, named(&policy)?).await };
    redirect(required.await, "/console/operators?done=policy_changed", PAGE)
}
