//! The log: one readable line per event on a terminal, JSON lines elsewhere, always to standard error.

use std::io::{self, IsTerminal, Write};

use serde_json::json;
use tracing_subscriber::EnvFilter;

/// Libraries that would write addresses with secrets in them, headers or statements if they were let. They stand behind
/// the operator's own filter and win over it: even `trace` must not show an AppSecret.
const QUIET: &str = "h2=warn,hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,sqlx=warn,tower_http=warn,\
                     tower_sessions=warn,tower_sessions_core=error";

/// The filter of `LATCHKEY_LOG`.
pub fn filter(log: &str) -> Result<EnvFilter, String> {
    let text = if log.is_empty() { QUIET.to_owned() } else { format!("{log},{QUIET}") };
    EnvFilter::builder().parse(text).map_err(|error| format!("LATCHKEY_LOG: {error}"))
}

pub fn start(log: &str) -> Result<(), String> {
    // By default a line that cannot be written is reported to standard error, too: on a full disk that panics in the
    // middle of a request.
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter(log)?).with_writer(io::stderr).log_internal_errors(false);
    // Fails only when a test has set up its own.
    let _ = if io::stderr().is_terminal() {
        builder.with_target(false).try_init()
    } else {
        builder.json().flatten_event(true).with_span_list(false).try_init()
    };
    Ok(())
}

/// What has to be read whatever the filter leaves out: a line like the log's, past it.
pub fn tell(message: &str, link: &str) {
    let said = if io::stderr().is_terminal() {
        format!("{message}: {link}")
    } else {
        json!({ "level": "WARN", "message": message, "link": link }).to_string()
    };
    // Without a standard error there is nobody to tell.
    let _ = writeln!(io::stderr(), "{said}");
}
