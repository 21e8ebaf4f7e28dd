//! What runs beside the requests.

mod retention;

pub use retention::sweep;

use std::time::Duration;

use crate::accounts::Accounts;

/// Often enough that nothing piles up, seldom enough not to be noticed.
const EVERY: Duration = Duration::from_mins(10);

/// Runs until the program ends.
pub async fn run(accounts: Accounts) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match sweep(&accounts).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "deleted what is no longer needed"),
            Err(error) => tracing::error!(%error, "the sweep failed; the next one tries again"),
        }
    }
}
