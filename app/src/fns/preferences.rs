use http::{HeaderValue, header::SET_COOKIE};
use leptos::{prelude::*, server};
use leptos_axum::ResponseOptions;

use super::{own_path, redirect};
use crate::{
    error::ConsoleError,
    routes::Site,
    text::{Lang, Theme},
};

/// Keeps the operator's language or theme in a cookie, so that the server renders it from the first byte.
#[server(prefix = "/console/fn", endpoint = "set_preference")]
pub async fn set_preference(lang: Option<String>, theme: Option<String>, back: String) -> Result<(), ConsoleError> {
    let lang = lang.as_deref().and_then(Lang::from_name).map(|lang| (Lang::COOKIE, lang.name()));
    let theme = theme.as_deref().and_then(Theme::from_name).map(|theme| (Theme::COOKIE, theme.name()));
    for (cookie, value) in [lang, theme].into_iter().flatten() {
        keep(cookie, value)?;
    }
    redirect(Ok(()), own_path(&back), "/console");
    Ok(())
}

fn keep(cookie: &str, value: &str) -> Result<(), ConsoleError> {
    let secure = if expect_context::<Site>().https { "; Secure" } else { "" };
    let line = format!("{cookie}={value}; Path=/console; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}");
    let line = HeaderValue::from_str(&line).map_err(|_| ConsoleError::Internal)?;
    expect_context::<ResponseOptions>().append_header(SET_COOKIE, line);
    Ok(())
}
