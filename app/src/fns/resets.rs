use leptos::server;

use super::{own_path, redirect};
use crate::{
    components::url_value,
    error::ConsoleError,
    port,
    types::{Confirmation, ResetOrder},
};

/// The form of a reset's preview. `what` and `of` say what is to be done; `seen` is the state that was shown.
#[server(prefix = "/console/fn", endpoint = "reset_user")]
pub async fn reset_user(
    user: String,
    what: String,
    of: String,
    seen: String,
    reason: String,
    typed: String,
) -> Result<(), ConsoleError> {
    let (page, query) = (format!("/console/users/{user}"), format!("what={}&of={}", url_value(&what), url_value(&of)));
    let done = format!("{page}?done={}", url_value(&what));
    let (order, said) = (ResetOrder { user, what, of }, Confirmation { seen, reason, typed });
    let reset = async { port::support().await?.reset(&order, &said).await }.await;
    redirect(reset, own_path(&done), own_path(&back(reset, &page, &format!("{page}/reset?{query}"))))
}

/// The form of an undo's preview.
#[server(prefix = "/console/fn", endpoint = "undo_reset")]
pub async fn undo_reset(
    user: String,
    reset: String,
    seen: String,
    reason: String,
    typed: String,
) -> Result<(), ConsoleError> {
    let (page, said) = (format!("/console/users/{user}"), Confirmation { seen, reason, typed });
    let undone = async { port::admin().await?.undo_reset(&user, &reset, &said).await }.await;
    let preview = format!("{page}/undo/{}", url_value(&reset));
    redirect(undone, own_path(&format!("{page}?done=undone")), own_path(&back(undone, &page, &preview)))
}

/// Where there is nothing left to preview, the user's page shows why.
fn back(result: Result<(), ConsoleError>, page: &str, preview: &str) -> String {
    match result {
        Err(ConsoleError::NothingToReset | ConsoleError::Final | ConsoleError::NoSession) => page.to_owned(),
        _ => preview.to_owned(),
    }
}
