use leptos::server;

use super::redirect;
use crate::{error::ConsoleError, port};

const PAGE: &str = "/console/account";

/// The form of `/console/account`: the current password, and the new one twice.
#[server(prefix = "/console/fn", endpoint = "change_password")]
pub async fn change_password(current: String, password: String, repeat: String) -> Result<(), ConsoleError> {
    let changed = async {
        let account = port::own_account().await?;
        let new = super::same(password, &repeat)?;
        account.change_password(current, new).await
    };
    redirect(changed.await, "/console/account?done=password_changed", PAGE)
}

/// Field `password`, unless one has just signed in. The page it leads back to shows the new secret until it is confirmed.
#[server(prefix = "/console/fn", endpoint = "begin_second_factor")]
pub async fn begin_second_factor(password: Option<String>) -> Result<(), ConsoleError> {
    let begun = async { port::own_account().await?.begin_second_factor(password.unwrap_or_default()).await };
    redirect(begun.await, "/console/account#second-factor", PAGE)
}

/// The app's first code: field `code`.
#[server(prefix = "/console/fn", endpoint = "confirm_second_factor")]
pub async fn confirm_second_factor(code: String) -> Result<(), ConsoleError> {
    let confirmed = async { port::own_account().await?.confirm_second_factor(&code).await };
    redirect(confirmed.await, PAGE, PAGE)
}

/// Takes both: fields `password` and `code`.
#[server(prefix = "/console/fn", endpoint = "end_second_factor")]
pub async fn end_second_factor(password: String, code: String) -> Result<(), ConsoleError> {
    let ended = async { port::own_account().await?.end_second_factor(password, &code).await };
    redirect(ended.await, "/console/account?done=second_factor_off", PAGE)
}

/// Takes both: fields `password` and `code`. The page it leads back to shows the codes, once.
#[server(prefix = "/console/fn", endpoint = "renew_recovery_codes")]
pub async fn renew_recovery_codes(password: String, code: String) -> Result<(), ConsoleError> {
    let renewed = async { port::own_account().await?.renew_recovery_codes(password, &code).await };
    redirect(renewed.await, PAGE, PAGE)
}

/// The button of a session: field `id`.
#[server(prefix = "/console/fn", endpoint = "end_own_session")]
pub async fn end_own_session(id: String) -> Result<(), ConsoleError> {
    let ended = async { port::own_account().await?.end_session(&id).await };
    redirect(ended.await, "/console/account?done=session_ended", PAGE)
}

#[server(prefix = "/console/fn", endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), ConsoleError> {
    let ended = async { port::own_account().await?.end_other_sessions().await };
    redirect(ended.await, "/console/account?done=session_ended", PAGE)
}
