use http::{
    HeaderValue, Uri,
    header::{HOST, REFERER, SET_COOKIE},
    request::Parts,
};
use leptos::{prelude::*, server};
use leptos_axum::ResponseOptions;

use super::{own_path, redirect};
use crate::{
    error::ConsoleError,
    routes::Site,
    text::{Lang, Theme},
    types::Zone,
};

/// Keeps the operator's language, theme or time zone in a cookie, so that the server renders it from the first byte.
#[server(prefix = "/console/fn", endpoint = "set_preference")]
pub async fn set_preference(
    lang: Option<String>,
    theme: Option<String>,
    zone: Option<String>,
    back: String,
) -> Result<(), ConsoleError> {
    let lang = lang.as_deref().and_then(Lang::from_name).map(|lang| (Lang::COOKIE, lang.name()));
    let theme = theme.as_deref().and_then(Theme::from_name).map(|theme| (Theme::COOKIE, theme.name()));
    let zone = zone.as_deref().and_then(Zone::from_name);
    let zone = zone.as_ref().map(|zone| (Zone::COOKIE, zone.name()));
    for (cookie, value) in [lang, theme, zone].into_iter().flatten() {
        keep(cookie, value)?;
    }
    let here = referer().unwrap_or(back);
    redirect(Ok(()), own_path(&here), "/console")
}

/// Where the browser says it is. Search as you type has changed the address since the form was made.
fn referer() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let referer: Uri = parts.headers.get(REFERER)?.to_str().ok()?.parse().ok()?;
    // Of another host it would be no page of ours; `own_path` looks at the path alone.
    let ours = parts.headers.get(HOST)?.as_bytes() == referer.authority()?.as_str().as_bytes();
    ours.then(|| referer.path_and_query().map(ToString::to_string)).flatten()
}

fn keep(cookie: &str, value: &str) -> Result<(), ConsoleError> {
    let secure = if expect_context::<Site>().https { "; Secure" } else { "" };
    let line = format!("{cookie}={value}; Path=/console; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}");
    let line = HeaderValue::from_str(&line).map_err(|_| ConsoleError::Internal)?;
    expect_context::<ResponseOptions>().append_header(SET_COOKIE, line);
    Ok(())
}
