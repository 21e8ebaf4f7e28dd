use leptos::server;

use super::{own_path, redirect};
use crate::{error::ConsoleError, port};

/// Once signed in, the first administrator is offered the second factor.
const OFFER: &str = "/console/login?done=password_chosen&next=%2Fconsole%2Faccount%3Foffer%3Dsecond_factor";

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
    let (accepted, form) = (accepted.await, format!("/console/invite/{token}"));
    let done = if accepted == Ok(true) { OFFER } else { "/console/login?done=password_chosen" };
    redirect(accepted.map(drop), done, own_path(&form))
}
