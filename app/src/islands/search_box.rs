use leptos::{ev, html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Response, SupportedType};

use super::focus::{self, Place};
use crate::types::{is_private, typed_number};

/// Long enough to skip the letters of a word being typed, short enough to feel immediate.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(180);
/// As many searches as one looks through.
const MOST_RECENT: usize = 6;

/// The search field of every page, inside a form that posts it.
///
/// On a list (`live`), as the operator types, the same page is asked for with the new `q`, and its `#results` take the
/// place of this page's: one rendering, the server's, with or without JavaScript. Digits, which may be a phone's, are only
/// ever posted. What was searched for is remembered in this browser alone, and phones and tokens are not.
#[island]
pub fn SearchBox(
    /// The page that answers, such as `/console/users`; empty where there is no list.
    live: String,
    value: String,
    label: String,
    hint: String,
    recent: String,
    clear: String,
    /// The name under which this operator's searches are remembered.
    shelf: String,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let latest = StoredValue::new(0_u32);
    let pending = StoredValue::new(None::<TimeoutHandle>);
    let remembered = RwSignal::new(Vec::<String>::new());
    let shelf = StoredValue::new(shelf);
    Effect::new(move || {
        remembered.set(read(&shelf.get_value()));
        let submit = window_event_listener(ev::submit, move |event| {
            let ours = event.target().and_then(|form| form.dyn_into::<web_sys::Node>().ok());
            if let (Some(form), Some(field)) = (ours, field.get_untracked())
                && form.contains(Some(&field))
            {
                remember(&shelf.get_value(), field.value().trim());
            }
        });
        on_cleanup(move || submit.remove());
    });
    let search = move |_| {
        let Some(text) = field.get_untracked().map(|field| field.value().trim().to_owned()) else { return };
        latest.update_value(|ticket| *ticket += 1);
        if let Some(earlier) = pending.get_value() {
            earlier.clear();
        }
        // The beginning of a number finds nobody, and each search for a whole one counts: it waits for the Enter key.
        if live.is_empty() || is_private(&text) || typed_number(&text).is_some() {
            return;
        }
        let typed = String::from(js_sys::encode_uri_component(&text));
        let here = window().location();
        let on_list = here.pathname().is_ok_and(|path| path == live);
        let query = here.search().ok().filter(|_| on_list).unwrap_or_default();
        let url = format!("{live}?{}", narrowed(&query, &typed));
        let ticket = latest.get_value();
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
    let again = move |text: String| {
        if let Some(field) = field.get_untracked() {
            field.set_value(&text);
            if let Some(form) = field.form() {
                // Fails only for a button that is not the form's.
                let _ = form.request_submit();
            }
        }
    };
    let forget = move |_| {
        write(&shelf.get_value(), &[]);
        remembered.set(Vec::new());
        // The button that was pressed goes with the list.
        if let Some(field) = field.get_untracked() {
            // Fails only for what cannot be focused.
            let _ = field.focus();
        }
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
        // Not even a press on it takes the focus from the field: Safari's buttons would.
        <div class="recent" hidden=move || remembered.with(Vec::is_empty) on:mousedown=|event| event.prevent_default()>
            <div>
                <p>
                    {recent}
                    <button type="button" class="button-quiet" on:click=forget>
                        {clear}
                    </button>
                </p>
                <ul>{move || remembered.get().into_iter().map(|text| one(text, again)).collect_view()}</ul>
            </div>
        </div>
    }
}

/// A search that is done once more at a press.
fn one(text: String, again: impl Fn(String) + Copy + 'static) -> impl IntoView {
    let said = text.clone();
    view! {
        <li>
            <button type="button" on:click=move |_| again(text.clone())>
                {said}
            </button>
        </li>
    }
}

/// The query of a list's URL with another search: what it is narrowed to otherwise stays.
fn narrowed(query: &str, q: &str) -> String {
    let gone = |name: &str| matches!(name, "q" | "find" | "cursor" | "done" | "problem");
    let pairs = query.trim_start_matches('?').split('&');
    let stays = pairs.filter(|pair| !pair.is_empty() && !gone(pair.split('=').next().unwrap_or_default()));
    std::iter::once(format!("q={q}")).chain(stays.map(str::to_owned)).collect::<Vec<_>>().join("&")
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn read(shelf: &str) -> Vec<String> {
    let text = storage().and_then(|storage| storage.get_item(shelf).ok().flatten()).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn write(shelf: &str, searches: &[String]) {
    if let Some(storage) = storage() {
        // A browser may have no room, or keep nothing at all: then nothing is remembered.
        let _ = storage.set_item(shelf, &searches.join("\n"));
    }
}

fn remember(shelf: &str, text: &str) {
    if text.is_empty() || is_private(text) {
        return;
    }
    let mut searches = read(shelf);
    searches.retain(|earlier| earlier != text);
    searches.insert(0, text.to_owned());
    searches.truncate(MOST_RECENT);
    write(shelf, &searches);
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
    let held = Place::within(&stale);
    // Server-rendered by ourselves a moment ago, under the same policy that forbids inline scripts.
    stale.set_inner_html(&fresh.inner_html());
    // Whoever has gone on to a row by keyboard meanwhile stays on it, while it is there.
    if held.is_some_and(|held| !held.go_back_to_it(&stale)) {
        focus::focus_search();
    }
    if let Ok(history) = window().history() {
        drop(history.replace_state_with_url(&JsValue::NULL, "", Some(url)));
    }
}

#[cfg(test)]
mod tests {
    use super::narrowed;

    #[test]
    fn a_search_keeps_the_filters() {
        assert_eq!(narrowed("", "x"), "q=x");
        assert_eq!(narrowed("?find=ab&status=blocked&cursor=after-1&sort=login", "x"), "q=x&status=blocked&sort=login");
        assert_eq!(narrowed("?q=y&app=wx1&done=users_blocked", "%E9%99%88"), "q=%E9%99%88&app=wx1");
    }
}
