use leptos::server;

use super::{own_path, redirect};
use crate::{components::url_value, error::ConsoleError, port};

/// The form of a conflict: the two stay two users.
#[server(prefix = "/console/fn", endpoint = "keep_apart")]
pub async fn keep_apart(id: String, reason: String) -> Result<(), ConsoleError> {
    let page = format!("/console/conflicts/{}", url_value(&id));
    let kept = async { port::support().await?.keep_apart(&id, &reason).await }.await;
    redirect(kept, own_path("/console/conflicts?done=kept_apart"), own_path(&page))
}
