//! What runs beside the requests.

mod retention;

pub use retention::sweep;

use std::time::Duration;

use crate::accounts::Accounts;

/// Often enough that nothing piles up, seldom enough not to be noticed.
const EVERY: Duration = Duration::from_mins(10);

/// What one node hears of WeChat is shown by the others after this.
const SIGNS_EVERY: Duration = Duration::from_secs(5);

/// Runs until the program ends.
pub async fn run(accounts: Accounts) {
    tokio::join!(sweep_for_ever(&accounts), keep_signs(&accounts));
}

async fn keep_signs(accounts: &Accounts) {
    loop {
        tokio::time::sleep(SIGNS_EVERY).await;
        if let Err(error) = accounts.keep_signs().await {
            // The next round tries again; whoever needs the database says more.
            tracing::debug!(%error, "what WeChat says to the credentials could not be kept");
        }
    }
}

async fn sweep_for_ever(accounts: &Accounts) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match sweep(accounts).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "deleted what is no longer needed"),
            Err(error) => tracing::error!(%error, "the sweep failed; the next one tries again"),
        }
    }
}
