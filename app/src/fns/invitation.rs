use leptos::server;

use super::{own_path, redirect};
use crate::{error::ConsoleError, port};

/// The form of `/console/invite/:token`: the new password twice, and a username where the link makes the first administrator.
#[server(prefix = "/console/fn", endpoint = "accept_invitation")]
pub async fn accept_invitation(
    token: String,
    username: Option<String>,
    password: String,
    repeat: String,
) -> Result<(), ConsoleError> {
    let accepted = async {
        let password = super::same(password, &repeat)?;
        port::console()?.accept_invitation(&token, username.as_deref().unwrap_or_default(), password).await
    };
    let form = format!("/console/invite/{token}");
    redirect(accepted.await, "/console/login?done=password_chosen", own_path(&form));
    Ok(())
}
