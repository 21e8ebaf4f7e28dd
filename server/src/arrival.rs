use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use ipnet::IpNet;
use uuid::Uuid;

use crate::clock::Millis;

/// What every request brings, whoever answers it: the id it is known by in replies, logs and records
/// (`X-Request-Id`), when it came, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub request_id: Uuid,
    pub at: Millis,
    /// The client's, as far as it can be believed: behind a proxy that is not trusted, the proxy's.
    pub address: IpAddr,
    pub client: Client,
}

impl Arrival {
    /// The network of the client's address.
    pub fn network(&self) -> String {
        network(self.address)
    }
}

/// The address without the part that names a household: `203.0.113.0/24`, `2001:db8:1::/48`.
pub fn network(address: IpAddr) -> String {
    let bits = if address.is_ipv4() { 24 } else { 48 };
    IpNet::new(address, bits).map(|network| network.trunc().to_string()).unwrap_or_default()
}

/// The address that stands for one subscriber: an IPv4 address itself, an IPv6 address without its last 64 bits, because
/// a subscriber holds all 2⁶⁴ addresses of such a network.
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (!0 << 64)).into(),
    }
}

/// What a request says about the program that sent it. Hints, not proofs: a script can say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Client {
    /// Method and route, such as `POST /api/login`.
    pub call: Word,
    /// The mini program, by the Referer that WeChat sets (protocol §8) …
    pub appid: Option<Word>,
    /// … and its version: a release number, `0` (trial or review) or `devtools`.
    pub version: Option<Word>,
    /// WeChat's version, and where it runs.
    pub wechat: Option<Word>,
    pub sdk: Option<Word>,
    pub platform: Option<Word>,
    /// The browser's name, of an operator's request.
    pub browser: Option<Word>,
}

impl Client {
    pub fn new(call: &str, referer: &str, user_agent: &str) -> Self {
        let mut path = referer.strip_prefix("https://servicewechat.com/").unwrap_or_default().split('/');
        let after = |name: &str| {
            let (_, tail) = user_agent.split_once(name)?;
            Word::new(tail.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.').next()?)
        };
        Self {
            call: Word::new(call).unwrap_or_default(),
            appid: path.next().and_then(Word::new),
            version: path.next().filter(|version| is_version(version)).and_then(Word::new),
            wechat: after("MicroMessenger/"),
            sdk: after("SDKVersion/"),
            platform: platform(user_agent).and_then(Word::new),
            browser: browser(user_agent).and_then(Word::new),
        }
    }
}

/// What WeChat writes, and nothing else: versions are counted, and whoever forges a Referer must not make thousands of them.
fn is_version(text: &str) -> bool {
    let release = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    matches!(text, "0" | "devtools") || release && (1..=6).contains(&text.len())
}

fn platform(user_agent: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 8] = [
        ("wechatdevtools", "devtools"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("iPad", "iPadOS"),
        ("iPhone", "iOS"),
        ("OpenHarmony", "HarmonyOS"),
        ("Android", "Android"),
        ("Linux", "Linux"),
    ];
    KNOWN.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
}

/// Most browsers say that they are others, too: the order matters.
fn browser(user_agent: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 6] = [
        ("MicroMessenger/", "WeChat"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    KNOWN.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
}

/// A short text of a header: printable ASCII, cut where it is longer than any that means something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word {
    bytes: [u8; Self::LONGEST],
    length: u8,
}

impl Word {
    /// `POST /wechat/push/{appid}`, the longest route.
    const LONGEST: usize = 26;

    /// `None` for an empty text and for one with other characters in it.
    pub fn new(text: &str) -> Option<Self> {
        if text.is_empty() || !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return None;
        }
        let length = text.len().min(Self::LONGEST);
        let mut bytes = [0; Self::LONGEST];
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        Some(Self { bytes, length: u8::try_from(length).ok()? })
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl Default for Word {
    fn default() -> Self {
        Self { bytes: [0; Self::LONGEST], length: 0 }
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_of_a_mini_program_are_read() {
        let referer = "https://servicewechat.com/wx0000000000000001/12/page-frame.html";
        let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 \
                     MicroMessenger/8.0.50(0x18003231) NetType/WIFI Language/zh_CN";
        let client = Client::new("POST /api/login", referer, agent);
        let words = [client.appid, client.version, client.wechat, client.platform, client.sdk];
        let words = words.map(|word| word.map(|word| word.as_str().to_owned()));
        let expected = [Some("wx0000000000000001"), Some("12"), Some("8.0.50"), Some("iOS"), None];
        assert_eq!(words, expected.map(|word| word.map(str::to_owned)));
    }

    #[test]
    fn other_headers_say_nothing() {
        let client = Client::new("POST /api/login", "https://evil.example/wx1/2", "curl/8\u{7f}");
        assert_eq!(client, Client { call: Word::new("POST /api/login").unwrap_or_default(), ..Client::default() });
        let long = "w".repeat(4000);
        let client = Client::new("", &format!("https://servicewechat.com/{long}/12/"), "");
        assert_eq!(client.appid.map(|appid| appid.as_str().len()), Some(Word::LONGEST));
    }

    #[test]
    fn a_version_is_one_that_wechat_writes() {
        for (version, is) in [
            ("0", true),
            ("devtools", true),
            ("1", true),
            ("999999", true),
            ("1000000", false),
            ("012", false),
            ("", false),
            ("-1", false),
            ("1.2", false),
            ("x", false),
        ] {
            let client = Client::new("", &format!("https://servicewechat.com/wx1/{version}/page-frame.html"), "");
            assert_eq!(client.version.is_some(), is, "{version}");
        }
    }
}
