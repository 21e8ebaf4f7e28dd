use leptos::server;

use super::{own_path, redirect};
use crate::{error::ConsoleError, port};

/// The button of `/console/failures/:id`: field `id`. WeChat's answers are filed with the failure, where it leads back to.
#[server(prefix = "/console/fn", endpoint = "ask_wechat")]
pub async fn ask_wechat(id: String) -> Result<(), ConsoleError> {
    let asked = async { port::support().await?.ask_wechat(&id).await };
    let page = format!("/console/failures/{id}");
    redirect(asked.await, own_path(&format!("{page}?done=asked")), own_path(&page))
}
