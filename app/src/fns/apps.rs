use leptos::server;

use super::redirect;
use crate::{error::ConsoleError, port};

/// The button of a mini program on `/console/apps`: field `appid`.
#[server(prefix = "/console/fn", endpoint = "check_app")]
pub async fn check_app(appid: String) -> Result<(), ConsoleError> {
    let checked = async { port::admin().await?.check_app(&appid).await };
    redirect(checked.await, "/console/apps?done=app_checked", "/console/apps")
}
