use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who is at the other end of the connection. Absent where there is none, as in tests.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The address a request comes from. `X-Forwarded-For` grows at its end, each proxy adding who spoke to it; what a proxy
/// of ours has not added may be made up. So it is read from the end, and the first address that is no trusted proxy
/// counts.
pub fn client_address(peer: Option<Peer>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut address = canonical(peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0));
    let lines = headers.get_all(FORWARDED_FOR).into_iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        if !trusted.iter().any(|network| network.contains(&address)) {
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
