use leptos::server;

use super::{own_path, redirect};
use crate::{error::ConsoleError, port, types::Confirmation};

/// The form at a user's phone: fields `user` and `reason`. The page it leads back to shows the number for a minute.
#[server(prefix = "/console/fn", endpoint = "reveal_phone")]
pub async fn reveal_phone(user: String, reason: String) -> Result<(), ConsoleError> {
    let revealed = async { port::support().await?.reveal_phone(&user, &reason).await };
    let page = format!("/console/users/{user}");
    redirect(revealed.await, own_path(&page), own_path(&page))
}

/// The form of `/console/users/:id/erase`: fields `user`, `seen` (whom the preview showed), `reason` and `typed` (the last
/// four characters of the id).
#[server(prefix = "/console/fn", endpoint = "erase_user")]
pub async fn erase_user(user: String, seen: String, reason: String, typed: String) -> Result<(), ConsoleError> {
    let (page, said) = (format!("/console/users/{user}"), Confirmation { seen, reason, typed });
    let erased = async { port::admin().await?.erase_user(&user, &said).await }.await;
    // Of who is erased, or somebody else by now, there is no preview: his page says so.
    let gone = matches!(erased, Err(ConsoleError::Erased | ConsoleError::Merged));
    let back = if gone { page.clone() } else { format!("{page}/erase") };
    redirect(erased, own_path(&format!("{page}?done=erased")), own_path(&back))
}
