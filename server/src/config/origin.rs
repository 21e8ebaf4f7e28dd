use super::ConfigError;

/// The origin of a web address as browsers write it: in small letters, without the usual port. `None` when it is no
/// address of http or https.
pub fn origin(url: &str) -> Option<String> {
    let url: http::Uri = url.parse().ok()?;
    let (scheme, host) = (url.scheme_str()?.to_ascii_lowercase(), url.host()?.to_ascii_lowercase());
    let usual = match scheme.as_str() {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let port = url.port_u16().filter(|port| *port != usual).map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{scheme}://{host}{port}"))
}

/// An exact origin of the configuration: nothing stands behind host and port, and no part of it stands for many.
pub(super) fn exact(key: &str, text: &str) -> Result<String, ConfigError> {
    let bare = text.trim().strip_suffix('/').unwrap_or(text.trim());
    let same =
        |origin: &String| bare.matches('/').count() == 2 && !bare.contains(['@', '*', '?', '#']) && is_named(origin);
    origin(bare).filter(same).ok_or_else(|| {
        ConfigError::value(key, "must be exact origins, such as https://h5.example.com; there is no * for all of them")
    })
}

/// Letters that are not ASCII reach a browser's `Origin` as punycode only, and would never match.
fn is_named(origin: &str) -> bool {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_browsers_write_it() {
        for (text, read) in [
            ("https://h5.example.com", "https://h5.example.com"),
            ("https://H5.Example.com:443/", "https://h5.example.com"),
            (" http://localhost:5173 ", "http://localhost:5173"),
            ("http://[::1]:5173", "http://[::1]:5173"),
        ] {
            assert_eq!(exact("cors_origins", text).unwrap(), read);
        }
    }

    #[test]
    fn what_is_no_exact_origin_is_refused() {
        for text in [
            "*",
            "null",
            "",
            "h5.example.com",
            "https://*.example.com",
            "https://h5.example.com/app",
            "https://h5.example.com?x",
            "https://user@h5.example.com",
            "file:///tmp/a.html",
            "ftp://h5.example.com",
            "https://",
        ] {
            let error = exact("cors_origins", text).unwrap_err().to_string();
            assert!(error.contains("cors_origins"), "{text}: {error}");
        }
    }
}
