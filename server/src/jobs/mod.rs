//! What runs beside the requests.

mod retention;

pub use retention::sweep;

use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior};

use crate::accounts::Accounts;

/// Often enough that nothing piles up, seldom enough not to be noticed.
const EVERY: Duration = Duration::from_mins(10);
/// Failures are sampled by the minute.
const MINUTE: Duration = Duration::from_mins(1);

/// What one node hears of WeChat and of proxies is shown by the others after this.
const SIGNS_EVERY: Duration = Duration::from_secs(5);
const LAST_TRIES: usize = 3;
/// How long the program waits for the database when it ends.
const LAST: Duration = Duration::from_secs(5);

/// Runs until the program ends.
pub async fn run(accounts: Accounts) {
    let (mut sweeps, mut minutes, mut signs) = (every(EVERY), every(MINUTE), every(SIGNS_EVERY));
    loop {
        tokio::select! {
            _ = sweeps.tick() => match sweep(&accounts).await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "deleted what is no longer needed"),
                Err(error) => tracing::error!(%error, "the sweep failed; the next one tries again"),
            },
            _ = minutes.tick() => drop(file_left_out(&accounts, false).await),
            _ = signs.tick() => {
                keep_signs(&accounts).await;
                conclude_waiting(&accounts).await;
            }
        }
    }
}

fn every(period: Duration) -> Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// At the end of the program: finishes and counts what is under way, then closes the database. Within a limit: a database
/// that does not answer keeps no program from ending.
pub async fn end(accounts: &Accounts) {
    let ending = async {
        finish(accounts).await;
        accounts.close().await;
    };
    if tokio::time::timeout(LAST, ending).await.is_err() {
        tracing::warn!("the database does not answer; it is left as it is");
    }
}

/// Finishes what is under way and counts it.
pub async fn finish(accounts: &Accounts) {
    accounts.reports_written().await;
    // What could not be filed comes again; later there is nobody left to file it.
    for _ in 0..LAST_TRIES {
        if file_left_out(accounts, true).await {
            break;
        }
    }
    keep_signs(accounts).await;
}

async fn keep_signs(accounts: &Accounts) {
    for kept in [accounts.keep_signs().await, accounts.keep_untrusted_proxies().await] {
        if let Err(error) = kept {
            // The next round tries again; whoever needs the database says more.
            tracing::debug!(%error, "what this node has heard could not be kept");
        }
    }
}

async fn conclude_waiting(accounts: &Accounts) {
    if let Err(error) = accounts.conclude_waiting().await {
        tracing::error!(%error, "a failure that waited for its explanation stays unknown");
    }
}

/// Whether all of them are filed.
async fn file_left_out(accounts: &Accounts, all: bool) -> bool {
    let filed = accounts.file_left_out(all).await;
    if let Err(error) = &filed {
        tracing::error!(%error, "failures that were left out are not counted yet");
    }
    filed.is_ok()
}
