use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Response, SupportedType};

/// Long enough to skip the letters of a word being typed, short enough to feel immediate.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(180);

/// The search field of a list. As the operator types, the same page is asked for with the new `q`, and its
/// `#results` take the place of this page's: one rendering, the server's, with or without JavaScript.
///
/// Stands inside a `<form method="get">`, which does the same on Enter.
#[island]
pub fn LiveSearch(
    /// The page that answers, such as `/console/users`.
    path: String,
    value: String,
    label: String,
    hint: String,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let latest = StoredValue::new(0_u32);
    let pending = StoredValue::new(None::<TimeoutHandle>);
    let search = move |_| {
        let Some(field) = field.get_untracked() else { return };
        let url = format!("{path}?q={}", String::from(js_sys::encode_uri_component(field.value().trim())));
        latest.update_value(|ticket| *ticket += 1);
        let ticket = latest.get_value();
        if let Some(earlier) = pending.get_value() {
            earlier.clear();
        }
        let start = move || {
            leptos::task::spawn_local(async move {
                let page = fetch_page(window().fetch_with_str(&url)).await;
                // A slow answer to an earlier question must not replace the answer to a later one.
                if ticket == latest.get_value() {
                    show(page, &url);
                }
            });
        };
        pending.set_value(set_timeout_with_handle(start, PAUSE).ok());
    };
    view! {
        <input
            node_ref=field
            on:input=search
            id="q"
            name="q"
            type="search"
            value=value
            aria-label=label
            placeholder=hint
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            maxlength="128"
            enterkeyhint="search"
        />
    }
}

/// The page that a fetch brings.
pub(super) async fn fetch_page(fetch: js_sys::Promise) -> Result<Document, JsValue> {
    let response: Response = JsFuture::from(fetch).await?.dyn_into()?;
    let html = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    DomParser::new()?.parse_from_string(&html, SupportedType::TextHtml)
}

/// Puts the results of `page` into this one. Without results (signed out, server gone) the browser goes there
/// itself, and the operator sees what the server says.
fn show(page: Result<Document, JsValue>, url: &str) {
    let fresh = page.ok().and_then(|page| page.get_element_by_id("results"));
    let (Some(fresh), Some(stale)) = (fresh, document().get_element_by_id("results")) else {
        drop(window().location().set_href(url));
        return;
    };
    // Server-rendered by ourselves a moment ago, under the same policy that forbids inline scripts.
    stale.set_inner_html(&fresh.inner_html());
    if let Ok(history) = window().history() {
        drop(history.replace_state_with_url(&JsValue::NULL, "", Some(url)));
    }
}
