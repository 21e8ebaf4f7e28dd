use std::{
    fs,
    net::IpAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use ipnet::IpNet;

use super::{Config, DataKeyPlace, WECHAT};

/// No operator owns a network that is wider.
const WIDEST_V4: u8 = 8;
const WIDEST_V6: u8 = 16;

/// Warnings about a configuration that can be used and most likely should not be. One line each, without a secret.
pub fn warnings(config: &Config) -> Vec<String> {
    let mut warnings = Vec::new();
    if config.wechat.base_url != WECHAT {
        let host = &config.wechat.base_url;
        warnings.push(format!("NOT THE REAL WECHAT: login codes and AppSecrets go to another host, {host}"));
    }
    if config.apps.is_empty() {
        let fix = "set LATCHKEY_APPID and LATCHKEY_SECRET, or [[apps]]";
        warnings.push(format!("no mini program is configured: {fix}"));
    }
    if !config.https() && !is_local(&config.public_url) {
        warnings.push(format!(
            "NOT ENCRYPTED: public_url is {}, so passwords, sessions and tokens can be read on the way. Put a proxy with \
             TLS in front, and set LATCHKEY_PUBLIC_URL=https://…",
            config.public_url
        ));
    }
    for app in config.apps.iter().filter(|app| !app.phone_code_openid) {
        let appid = &app.appid;
        warnings.push(format!("phone_code_openid is off for {appid}: WeChat does not check whose phone code it is"));
    }
    warnings.extend(wide_networks(&config.trusted_proxies).map(|network| {
        format!(
            "TRUSTED_PROXIES TRUSTS STRANGERS: everybody in {network} may say which address they come from, and no limit \
             holds for them. List your own proxies, nothing more"
        )
    }));
    warnings
}

/// Networks wider than an operator's own, also when they are listed in pieces.
fn wide_networks(networks: &[IpNet]) -> impl Iterator<Item = IpNet> {
    let joined = IpNet::aggregate(&networks.to_vec());
    joined.into_iter().filter(|network| match network {
        IpNet::V4(network) => network.prefix_len() < WIDEST_V4,
        IpNet::V6(network) => network.prefix_len() < WIDEST_V6,
    })
}

/// Whether the address is one of this machine alone.
fn is_local(url: &str) -> bool {
    let host =
        url.parse::<http::Uri>().ok().and_then(|url| url.host().map(str::to_ascii_lowercase)).unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// The files of the database and its key that others on this machine may read or write.
pub fn open_to_others(config: &Config) -> Vec<PathBuf> {
    let beside = |suffix: &str| {
        let mut path = config.sqlite_file()?.into_os_string();
        path.push(suffix);
        Some(PathBuf::from(path))
    };
    let key = match DataKeyPlace::of(config) {
        DataKeyPlace::File(path) => Some(path),
        _ => None,
    };
    let files = ["", "-wal", "-shm"].map(beside).into_iter().flatten().chain(key);
    files.filter(|path| is_open(path)).collect()
}

fn is_open(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}
