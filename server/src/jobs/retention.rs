use crate::{
    accounts::{Accounts, RESETS_KEPT_S, SESSION_KEYS_KEPT_S, UNTRUSTED_PROXIES_KEPT_S},
    clock::Millis,
    store::{
        Result, Tx, calls, ciphertexts, failures, login_codes, number_searches, operator_links, operator_sessions,
        push, resets, rollups, session_keys, sign_in_networks, sign_in_tries, tokens, untrusted_proxies,
    },
};

/// WeChat forgets a login code after five minutes; a day is time enough to explain one.
const LOGIN_CODES_KEPT_S: i64 = 24 * 3600;
/// WeChat repeats a push for seconds; a month is time enough to look back.
const EVENTS_KEPT_S: i64 = 30 * 86_400;
/// A push whose timestamp is older than ten minutes is refused anyway.
const SIGNATURES_KEPT_S: i64 = 3600;
/// More than a year, to compare a month with the year before.
const ROLLUPS_KEPT_S: i64 = 400 * 86_400;
/// A count of tries is forgotten after a quarter of an hour.
const TRIES_KEPT_S: i64 = 3600;
/// Searches for numbers are counted by the hour.
const SEARCHES_KEPT_S: i64 = 2 * 3600;
/// Longer than a holiday: an address from which somebody has signed in keeps its place in the queue.
const NETWORKS_KEPT_S: i64 = 90 * 86_400;
/// Rows per transaction: a sweep must not keep a login waiting.
const BATCH: i64 = 500;

/// Deletes what has ended: login codes, session_keys, tokens, operators' sessions, what
/// resets took away. How many rows there were.
pub async fn sweep(accounts: &Accounts) -> Result<u64> {
    let now = accounts.clock.now();
    let mut rows = 0;
    while let some @ 1.. = batch(accounts, now).await? {
        rows += some;
    }
    Ok(rows)
}

async fn batch(accounts: &Accounts, now: Millis) -> Result<u64> {
    let mut tx = accounts.db.write().await?;
    let rows = expire(&mut tx, now, accounts.rules.failures_kept_s).await?;
    tx.commit().await?;
    Ok(rows)
}

async fn expire(tx: &mut Tx, now: Millis, failures_kept_s: i64) -> Result<u64> {
    let codes = login_codes::expire(tx, now.plus_seconds(-LOGIN_CODES_KEPT_S), BATCH).await?;
    let keys = session_keys::expire(tx, now.plus_seconds(-SESSION_KEYS_KEPT_S), BATCH).await?;
    let tokens = tokens::expire(tx, now, BATCH).await?;
    let sessions = operator_sessions::expire(tx, now, BATCH).await?;
    let links = operator_links::expire(tx, now, BATCH).await?;
    let tries = sign_in_tries::expire(tx, now.plus_seconds(-TRIES_KEPT_S), BATCH).await?;
    let searches = number_searches::expire(tx, now.plus_seconds(-SEARCHES_KEPT_S), BATCH).await?;
    let networks = sign_in_networks::expire(tx, now.plus_seconds(-NETWORKS_KEPT_S), BATCH).await?;
    let failures = failures::expire(tx, now.plus_seconds(-failures_kept_s), BATCH).await?;
    let calls = calls::expire(tx, now.plus_seconds(-failures_kept_s), BATCH).await?;
    let ciphertexts = ciphertexts::expire(tx, now.plus_seconds(-SESSION_KEYS_KEPT_S), BATCH).await?;
    let signatures = push::expire_signatures(tx, now.plus_seconds(-SIGNATURES_KEPT_S), BATCH).await?;
    let events = push::expire(tx, now.plus_seconds(-EVENTS_KEPT_S), BATCH).await?;
    let resets = resets::expire(tx, now.plus_seconds(-RESETS_KEPT_S), BATCH).await?;
    let shards = rollups::settle(tx, now).await?;
    let hours = rollups::expire(tx, now.plus_seconds(-ROLLUPS_KEPT_S)).await?;
    let signed_in = sessions + links + tries + searches + networks;
    let proxies = untrusted_proxies::expire(tx, now.plus_seconds(-UNTRUSTED_PROXIES_KEPT_S)).await?;
    Ok(resets
        + codes
        + keys
        + tokens
        + signed_in
        + calls
        + failures
        + ciphertexts
        + signatures
        + events
        + shards
        + hours
        + proxies)
}
