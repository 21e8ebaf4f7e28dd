use leptos::server;

use super::{own_path, redirect};
use crate::{error::ConsoleError, port};

/// The form around the rows of the users list: who is ticked, why, and whether they are kept out or let in again.
#[server(prefix = "/console/fn", endpoint = "block_users")]
pub async fn block_users(
    act: String,
    reason: String,
    back: String,
    #[server(default)] users: Vec<String>,
) -> Result<(), ConsoleError> {
    let blocked = async {
        let support = port::support().await?;
        let blocked = match act.as_str() {
            "block" => true,
            "unblock" => false,
            _ => return Err(ConsoleError::BadRequest),
        };
        support.block_users(&users, blocked, reason.trim()).await
    };
    let (back, glue) = (own_path(&back), if back.contains('?') { '&' } else { '?' });
    let done = if act == "unblock" { "users_unblocked" } else { "users_blocked" };
    redirect(blocked.await, &format!("{back}{glue}done={done}"), back)
}
