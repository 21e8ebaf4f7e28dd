use leptos::server;

use super::redirect;
use crate::{error::ConsoleError, port};

const PAGE: &str = "/console/api-keys";

/// The form of `/console/api-keys`: field `name`. The page it leads back to shows the key, once.
#[server(prefix = "/console/fn", endpoint = "create_api_key")]
pub async fn create_api_key(name: String) -> Result<(), ConsoleError> {
    let created = async { port::admin().await?.create_api_key(name.trim()).await };
    redirect(created.await, PAGE, PAGE)
}

/// The button of a key: field `id`.
#[server(prefix = "/console/fn", endpoint = "revoke_api_key")]
pub async fn revoke_api_key(id: String) -> Result<(), ConsoleError> {
    let revoked = async { port::admin().await?.revoke_api_key(&id).await };
    redirect(revoked.await, "/console/api-keys?done=key_revoked", PAGE)
}
