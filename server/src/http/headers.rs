use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::Response,
};

/// A page brings its own policy, with a nonce; everything else is data and may do nothing.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// The security headers of every answer. What a handler has set stays.
pub async fn secure(https: bool, mut response: Response) -> Response {
    let too_long = response.status() == StatusCode::PAYLOAD_TOO_LARGE;
    let mut set = |name: HeaderName, value: &'static str| {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not no-referrer: without JavaScript a form's error finds its way back by it.
    set(REFERRER_POLICY, "same-origin");
    set(CONTENT_SECURITY_POLICY, NOTHING);
    set(CACHE_CONTROL, "no-store");
    if too_long {
        // Nobody reads the rest of the body, so that the connection ends: a client must not send its next request there.
        set(CONNECTION, "close");
    }
    if https {
        set(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}
