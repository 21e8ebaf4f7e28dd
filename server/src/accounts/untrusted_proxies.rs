//! Reverse proxies that nobody listed in the configuration. The users behind one share one address, and so its limits.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ipnet::IpNet;

use super::Accounts;
use crate::{
    arrival::network,
    clock::Millis,
    store::{
        StoreError,
        untrusted_proxies::{self, UntrustedProxyRow},
    },
};

/// A peer that has not been seen for so long is no proxy any more.
pub const KEPT_S: i64 = 86_400;
/// A node notes as many networks at the same time, of local ones and of others each: strangers can send any header.
const MOST: usize = 8;
/// A proxy is seen with every request: it is written down this often.
const WRITE_EVERY_S: i64 = 60;

/// The peers that this node has seen, and the proxies that it trusts. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct UntrustedProxies {
    trusted: Arc<[IpNet]>,
    seen: Arc<Mutex<BTreeMap<String, Seen>>>,
}

#[derive(Debug, Clone)]
struct Seen {
    peer: String,
    is_local: bool,
    header: &'static str,
    first_at: Millis,
    last_at: Millis,
    written_at: Option<Millis>,
}

impl UntrustedProxies {
    pub fn new(trusted: &[IpNet]) -> Self {
        Self { trusted: trusted.into(), seen: Arc::default() }
    }

    /// Notes that a peer sent `header`, which is not believed. `is_local`: no stranger can have its address.
    pub fn note(&self, peer: IpAddr, is_local: bool, header: &'static str, now: Millis) {
        let network = network(peer);
        let mut seen = self.lock();
        if let Some(there) = seen.get_mut(&network) {
            there.last_at = now;
            return;
        }
        seen.retain(|_, there| there.last_at >= now.plus_seconds(-KEPT_S));
        if seen.values().filter(|there| there.is_local == is_local).count() >= MOST {
            return;
        }
        // The address of a stranger is a person's.
        let peer = if is_local { peer.to_string() } else { network.clone() };
        tracing::warn!(
            peer,
            header,
            "a peer that is not trusted sends this header: it is not believed, and all users behind the peer count as one \
             address. If it is your own proxy, list it in trusted_proxies (LATCHKEY_TRUSTED_PROXIES)"
        );
        let new = Seen { peer, is_local, header, first_at: now, last_at: now, written_at: None };
        seen.insert(network, new);
    }

    /// The rows that are to be written now.
    fn due(&self) -> Vec<UntrustedProxyRow> {
        let mut seen = self.lock();
        let due = seen.iter_mut().filter(|(_, there)| {
            there.written_at.is_none_or(|written| there.last_at >= written.plus_seconds(WRITE_EVERY_S))
        });
        due.map(|(network, there)| {
            there.written_at = Some(there.last_at);
            UntrustedProxyRow {
                network: network.clone(),
                peer: there.peer.clone(),
                header: there.header.to_owned(),
                first_at: there.first_at.0,
                last_at: there.last_at.0,
            }
        })
        .collect()
    }

    /// Whether the peer, or a part of its network, is trusted by now.
    fn trusts(&self, row: &UntrustedProxyRow) -> bool {
        let peer = row.peer.parse().or_else(|_| row.peer.parse::<IpAddr>().map(IpNet::from));
        peer.is_ok_and(|peer| self.trusted.iter().any(|own| own.contains(&peer) || peer.contains(own)))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Accounts {
    /// Writes down the peers that this node has seen since it did so last.
    pub async fn keep_untrusted_proxies(&self) -> Result<(), StoreError> {
        let due = self.untrusted_proxies.due();
        if due.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        for row in &due {
            untrusted_proxies::note(&mut tx, row).await?;
        }
        tx.commit().await
    }

    /// The peers that any node has seen within a day, without those that this node trusts.
    pub async fn untrusted_proxies(&self) -> Result<Vec<UntrustedProxyRow>, StoreError> {
        let since = self.clock.now().plus_seconds(-KEPT_S);
        let mut rows = untrusted_proxies::list(&mut self.db.read().await?, since).await?;
        rows.retain(|row| !self.untrusted_proxies.trusts(row));
        Ok(rows)
    }

    /// The value of `LATCHKEY_TRUSTED_PROXIES` that trusts one more peer.
    pub fn trusting(&self, peer: &str) -> String {
        let trusted = self.untrusted_proxies.trusted.iter().map(ToString::to_string);
        trusted.chain([peer.to_owned()]).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_with_made_up_headers_are_noted_up_to_a_bound_and_leave_room_for_a_proxy() {
        let (proxies, now) = (UntrustedProxies::default(), Millis(0));
        for number in 0..1000_u32 {
            proxies.note(
                IpAddr::from(0xC633_0000_u32.wrapping_add(number << 8).to_be_bytes()),
                false,
                "Forwarded",
                now,
            );
        }
        proxies.note([10, 0, 0, 1].into(), true, "X-Forwarded-For", now);
        assert_eq!(proxies.lock().len(), MOST + 1);
        let proxy = proxies.due().into_iter().find(|row| row.peer == "10.0.0.1").unwrap();
        assert_eq!((proxy.network.as_str(), proxy.header.as_str()), ("10.0.0.0/24", "X-Forwarded-For"));
        assert!(proxies.due().is_empty(), "once a minute is enough");
        let tomorrow = now.plus_seconds(KEPT_S + 1);
        proxies.note([203, 0, 113, 9].into(), false, "X-Real-IP", tomorrow);
        assert_eq!(proxies.due().iter().map(|row| row.peer.as_str()).collect::<Vec<_>>(), ["203.0.113.0/24"]);
        assert_eq!(proxies.lock().len(), 1, "who has not come for a day is forgotten");
    }
}
