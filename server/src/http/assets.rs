use axum::{
    extract::Path,
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
};

/// A file of the console, embedded by build.rs.
struct Asset {
    name: &'static str,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
}

impl Asset {
    fn looks(&self) -> bool {
        self.content_type.starts_with("text/css") || self.content_type.starts_with("image/")
    }
}

// `ASSETS` and `HASH`, which changes with any of them.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Where the assets of this very build lie, without a slash at its end.
pub fn folder() -> String {
    format!("/console/assets/{HASH}")
}

/// A path changes with the content, so that browsers never ask twice for the same. While nodes are upgraded one after the other,
/// the page may be another node's: it gets our styles rather than none, this once. Scripts belong to their own build.
pub async fn asset(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let ours = hash == HASH;
    let serves = |asset: &&Asset| asset.name == name && (ours || asset.looks());
    let Some(asset) = ASSETS.iter().find(serves) else { return StatusCode::NOT_FOUND.into_response() };
    let kept = if ours { "public, max-age=31536000, immutable" } else { "no-store" };
    let common = [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, kept)];
    if takes_brotli(&headers) {
        (common, [(CONTENT_ENCODING, "br"), (VARY, "accept-encoding")], asset.brotli).into_response()
    } else {
        (common, [(VARY, "accept-encoding")], asset.plain).into_response()
    }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("br") && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}
