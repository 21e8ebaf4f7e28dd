use leptos::server;

use super::redirect;
use crate::{
    error::ConsoleError,
    port,
    types::{AlertKind, Millis},
};

/// The button of an alert on `/console/apps`: fields `appid`, `kind` ([`AlertKind::name`]) and `last_at`
/// (when it was last seen, as the page showed it; milliseconds).
#[server(prefix = "/console/fn", endpoint = "settle_alert")]
pub async fn settle_alert(appid: String, kind: String, last_at: i64) -> Result<(), ConsoleError> {
    let settled = async {
        let admin = port::admin().await?;
        let kind = AlertKind::from_name(&kind).ok_or(ConsoleError::BadRequest)?;
        admin.settle_alert(&appid, kind, Millis(last_at)).await
    };
    redirect(settled.await, "/console/apps?done=alert_settled", "/console/apps")
}
