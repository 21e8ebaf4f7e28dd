use leptos::server;

use super::{own_path, redirect};
use crate::{error::ConsoleError, port};

/// The form of a binding on the user's page: its id, why, and the user whose page it leads back to.
#[server(prefix = "/console/fn", endpoint = "reset_wechat_session")]
pub async fn reset_wechat_session(user: String, binding: String, reason: String) -> Result<(), ConsoleError> {
    let reset = async { port::support().await?.reset_wechat_session(&binding, reason.trim()).await };
    let page = format!("/console/users/{user}");
    redirect(reset.await, own_path(&format!("{page}?done=session_reset")), own_path(&page));
    Ok(())
}
