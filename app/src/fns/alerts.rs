use leptos::server;

use super::redirect;
use crate::{error::ConsoleError, port, types::AlertKind};

/// The button of an alert on `/console/apps`: fields `appid` and `kind` ([`AlertKind::name`]).
#[server(prefix = "/console/fn", endpoint = "settle_alert")]
pub async fn settle_alert(appid: String, kind: String) -> Result<(), ConsoleError> {
    let settled = async {
        let admin = port::admin().await?;
        let kind = AlertKind::from_name(&kind).ok_or(ConsoleError::BadRequest)?;
        admin.settle_alert(&appid, kind).await
    };
    redirect(settled.await, "/console/apps?done=alert_settled", "/console/apps");
    Ok(())
}
