use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");

/// The address at the other end of the connection. Absent where there is none, as in tests.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The address a request comes from. `X-Forwarded-For` grows at its end, each proxy adding who spoke to it; what a proxy
/// of ours has not added may be made up. So it is read from the end, and the first address that is no trusted proxy
/// counts. Without it, `X-Real-IP` of a trusted proxy counts.
pub fn client_address(peer: Option<Peer>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut address = canonical(peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0));
    let lines = headers.get_all(FORWARDED_FOR).into_iter().filter_map(|line| line.to_str().ok());
    let mut hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    if !headers.contains_key(FORWARDED_FOR) {
        // A second line may be the client's own.
        let mut lines = headers.get_all(REAL_IP).into_iter();
        let only = lines.next().filter(|_| lines.next().is_none());
        hops.extend(only.and_then(|line| line.to_str().ok()).map(str::trim));
    }
    for hop in hops.into_iter().rev() {
        if !is_trusted(address, trusted) {
            break;
        }
        match read(hop) {
            Some(next) => address = next,
            // Nothing beyond what cannot be read is worth anything.
            None => break,
        }
    }
    address
}

/// The header by which a peer that is not trusted says that it passes somebody else's request on.
pub fn unheeded(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<&'static str> {
    let names = [(FORWARDED_FOR, "X-Forwarded-For"), (REAL_IP, "X-Real-IP"), (FORWARDED, "Forwarded")];
    let (_, name) = names.into_iter().find(|(name, _)| headers.contains_key(name))?;
    (!is_trusted(canonical(peer), trusted)).then_some(name)
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// Whether an address belongs to this machine or to a private network: no stranger on the internet can have it.
pub fn is_local(address: IpAddr) -> bool {
    match canonical(address) {
        IpAddr::V4(address) => {
            // Load balancers of some clouds speak from the range of carriers' own networks.
            let shared = address.to_bits() >> 22 == Ipv4Addr::new(100, 64, 0, 0).to_bits() >> 22;
            address.is_loopback() || address.is_private() || address.is_link_local() || shared
        }
        IpAddr::V6(address) => {
            address == Ipv6Addr::LOCALHOST || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`: proxies differ.
fn read(hop: &str) -> Option<IpAddr> {
    let bare = hop.parse().ok().or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()));
    bare.or_else(|| hop.trim_matches(['[', ']']).parse().ok()).map(canonical)
}

/// An IPv4 client of a socket that takes both kinds is one and the same client.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client_address(Some(Peer(peer.parse().unwrap())), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(address("198.51.100.7", &["203.0.113.9"], &[]), "198.51.100.7");
        assert_eq!(address("198.51.100.7", &["203.0.113.9"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(address("10.0.0.1", &["203.0.113.9"], &["10.0.0.0/8"]), "203.0.113.9");
        // What the client itself wrote stands in front of what the proxy has seen.
        assert_eq!(address("10.0.0.1", &["1.1.1.1, 203.0.113.9"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(address("10.0.0.1", &["1.1.1.1", "203.0.113.9, 10.0.0.2"], &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_may_say_it_in_x_real_ip() {
        let address = |peer: &str, lines: &[(&str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
            }
            let trusted = ["10.0.0.0/8".parse().unwrap()];
            client_address(Some(Peer(peer.parse().unwrap())), &headers, &trusted).to_string()
        };
        assert_eq!(address("10.0.0.1", &[("x-real-ip", "203.0.113.9")]), "203.0.113.9");
        assert_eq!(address("198.51.100.7", &[("x-real-ip", "203.0.113.9")]), "198.51.100.7");
        let both = [("x-real-ip", "1.1.1.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(address("10.0.0.1", &both), "203.0.113.9", "the list says more");
        for nonsense in ["", "unknown", "1.1.1.1, 203.0.113.9"] {
            assert_eq!(address("10.0.0.1", &[("x-real-ip", nonsense)]), "10.0.0.1", "{nonsense}");
        }
        let twice = [("x-real-ip", "1.1.1.1"), ("x-real-ip", "203.0.113.9")];
        assert_eq!(address("10.0.0.1", &twice), "10.0.0.1", "one of them is made up");
    }

    #[test]
    fn every_way_to_write_an_address_is_read_and_nonsense_is_not() {
        for hop in ["203.0.113.9", "203.0.113.9:4711", "::ffff:203.0.113.9"] {
            assert_eq!(address("::1", &[hop], &["::1/128"]), "203.0.113.9", "{hop}");
        }
        for hop in ["2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711"] {
            assert_eq!(address("::1", &[hop], &["::1/128"]), "2001:db8::1", "{hop}");
        }
        for hop in ["", "unknown", "203.0.113.9; DROP", "999.1.1.1"] {
            assert_eq!(address("10.0.0.1", &[hop], &["10.0.0.0/8"]), "10.0.0.1", "{hop}");
        }
        assert_eq!(address("::ffff:10.0.0.1", &["203.0.113.9"], &["10.0.0.0/8"]), "203.0.113.9");
    }
}
