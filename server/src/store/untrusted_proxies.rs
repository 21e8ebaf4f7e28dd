//! Peers that pass on the requests of others without being configured as proxies: one row per network.

use super::{Result, Tx, execute, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct UntrustedProxyRow {
        pub network: String,
        /// An address of the network, or the network itself where an address may be a person's.
        pub peer: String,
        /// The header that was not believed.
        pub header: String,
        pub first_at: i64,
        pub last_at: i64,
    }
}

/// Inserts the row, or moves the time of the one that is there on.
pub async fn note(tx: &mut Tx, row: &UntrustedProxyRow) -> Result<()> {
    let sql = "INSERT INTO untrusted_proxies (network, peer, header, first_at, last_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (network) DO UPDATE SET peer = $2, header = $3, last_at = $5";
    execute!(
        tx,
        sqlx::query(sql).bind(&row.network).bind(&row.peer).bind(&row.header).bind(row.first_at).bind(row.last_at)
    )?;
    Ok(())
}

/// Those seen since then, by network.
pub async fn list(tx: &mut Tx, since: Millis) -> Result<Vec<UntrustedProxyRow>> {
    let sql = "SELECT network, peer, header, first_at, last_at FROM untrusted_proxies WHERE last_at >= $1 \
               ORDER BY network";
    Ok(on!(tx, conn => sqlx::query_as(sql).bind(since.0).fetch_all(conn).await)?)
}

/// Deletes those not seen since then.
pub async fn expire(tx: &mut Tx, since: Millis) -> Result<u64> {
    Ok(execute!(tx, sqlx::query("DELETE FROM untrusted_proxies WHERE last_at < $1").bind(since.0))?)
}
