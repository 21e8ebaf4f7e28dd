//! Server functions: the console's writes.
//!
//! Each is a plain HTML form's target under `/console/fn/…`, so that it works without JavaScript: it takes its
//! permission as a value, makes one call and redirects. Cross-site posts never get here (`CsrfLayer`).

mod account;
mod alerts;
mod api_keys;
mod apps;
mod audit;
mod conflicts;
mod failures;
mod invitation;
mod operators;
mod preferences;
mod privacy;
mod resets;
mod search;
mod session;
mod users;

pub use account::{
    BeginSecondFactor, ChangePassword, ConfirmSecondFactor, EndOtherSessions, EndOwnSession, EndSecondFactor,
    RenewRecoveryCodes,
};
pub use alerts::SettleAlert;
pub use api_keys::{CreateApiKey, RevokeApiKey};
pub use apps::CheckApp;
pub use audit::CheckAudit;
pub use conflicts::KeepApart;
pub use failures::AskWechat;
pub use invitation::AcceptInvitation;
pub use operators::{
    DisableOperator, EnableOperator, InviteOperator, RequireSecondFactor, ResetOperator, SetOperatorRole,
};
pub use preferences::SetPreference;
pub use privacy::{EraseUser, RevealPhone};
pub use resets::{ResetUser, UndoReset};
pub use search::Search;
pub use session::{SignIn, SignInCode, SignOut};
pub use users::BlockUsers;

use http::{
    HeaderValue, StatusCode,
    header::{ACCEPT, LOCATION},
    request::Parts,
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::{
    components::{set_status, url_value},
    error::ConsoleError,
};

/// Ends a form post: on to `done`, or back to `form` (a path and perhaps a query) with the name of the problem, which is
/// all that may stand in a URL. Whose session has ended signs in again first. A program that has to wait is told so at
/// once: it follows no redirect to read it.
fn redirect(result: Result<(), ConsoleError>, done: &str, form: &str) -> Result<(), ConsoleError> {
    let glue = if form.contains('?') { '&' } else { '?' };
    match result {
        Ok(()) => go(done),
        Err(problem @ ConsoleError::SignedOut) => {
            go(&format!("/console/login?next={}&problem={problem}", url_value(form)));
        }
        Err(problem) if problem.retry_after().is_some() && !reads_pages() => {
            set_status(problem);
            return Err(problem);
        }
        Err(problem) => go(&format!("{form}{glue}problem={problem}")),
    }
    Ok(())
}

/// Whether a person with a browser asks.
fn reads_pages() -> bool {
    let accepts = |parts: Parts| parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok().map(str::to_owned));
    use_context::<Parts>().and_then(accepts).is_some_and(|accepts| accepts.contains("text/html"))
}

/// A password that was typed twice.
fn same(password: String, repeat: &str) -> Result<String, ConsoleError> {
    if password == repeat { Ok(password) } else { Err(ConsoleError::PasswordsDiffer) }
}

/// Sends the browser to another page of ours. Unlike leptos_axum's `redirect`, whatever the request accepts: a script
/// without a session must not be answered 200.
pub fn go(path: &str) {
    if let (Some(response), Ok(path)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(path)) {
        response.set_status(StatusCode::FOUND);
        response.insert_header(LOCATION, path);
    }
}

/// `path` when it leads to a page of ours, else the console's start: nobody is sent to another site.
pub fn own_path(path: &str) -> &str {
    let ours = path == "/console" || path.starts_with("/console/") || path.starts_with("/console?");
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours && plain && !path.starts_with("/console/fn/") { path } else { "/console" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_own_pages_are_gone_back_to() {
        for refused in [
            "https://evil.example/console",
            "//evil.example",
            "/\\evil.example",
            "/console/../..\\evil",
            "/consoles",
            "/console/fn/sign_out",
            "/console/x\r\nSet-Cookie: a=b",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(own_path(refused), "/console", "{refused:?}");
        }
        assert_eq!(own_path("/console/users?q=%E5%BC%A0"), "/console/users?q=%E5%BC%A0");
    }
}
