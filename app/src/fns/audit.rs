use leptos::server;

use super::redirect;
use crate::{error::ConsoleError, port};

const PAGE: &str = "/console/audit";

/// The button of `/console/audit`: looks at every entry again.
#[server(prefix = "/console/fn", endpoint = "check_audit")]
pub async fn check_audit() -> Result<(), ConsoleError> {
    let checked = async { port::viewer().await?.check_audit().await };
    redirect(checked.await, PAGE, PAGE)
}
