use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{EventSource, Headers, HtmlElement, MessageEvent, RequestInit, Response};

use super::{focus::Place, search_box::fetch_page};

/// The numbers are fetched anew at most this often.
const PAUSE: Duration = Duration::from_secs(15);
/// Marks a request that nobody has made by hand: it keeps no session alive.
const BACKGROUND: &str = "x-latchkey-background";

/// "12 new" above a list, as soon as there are some under its filter. The rows stay where they are.
#[island]
pub fn NewFailures(
    /// Where the server tells.
    live: String,
    /// The same list anew.
    here: String,
    /// With `{}` for the number.
    text: String,
    /// What is said when the session has ended.
    over: String,
) -> impl IntoView {
    let count = RwSignal::new(0_u32);
    let ended = RwSignal::new(false);
    Effect::new(move || {
        let hear = move |news: &JsValue| {
            if let Some(new) = number(news, "failures") {
                count.set(new);
            }
        };
        listen(&live, hear, ended);
    });
    let shown = move || {
        let many = if count.get() < 100 { count.get().to_string() } else { "99+".to_owned() };
        (count.get() > 0).then(|| view! { <a class="fresh" href=here.clone()>{text.replace("{}", &many)}</a> })
    };
    view! {
        <p class="news" role="status">
            {shown}
            {signed_out_line(ended, over)}
        </p>
    }
}

/// Nothing comes any more: says so, and leads back here after signing in.
fn signed_out_line(ended: RwSignal<bool>, text: String) -> impl IntoView {
    let here = || {
        let location = window().location();
        format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
    };
    let href = move || format!("/console/login?next={}", String::from(js_sys::encode_uri_component(&here())));
    move || ended.get().then(|| view! { <a class="fresh over" href=href()>{text.clone()}</a> })
}

/// Fetches `#numbers` anew when the server says that something was counted since they were made.
#[island]
pub fn RefreshNumbers(
    /// Where the server tells.
    live: String,
    /// What is said when the session has ended.
    over: String,
) -> impl IntoView {
    let ended = RwSignal::new(false);
    let mark = RwSignal::new(None::<String>);
    let resting = StoredValue::new(false);
    Effect::new(move || listen(&live, move |news| mark.set(text(news, "mark")), ended));
    let refresh = move || {
        let stale = mark.get_untracked().is_some_and(|mark| shown_mark().is_some_and(|shown| shown != mark));
        if !stale || resting.get_value() || document().hidden() {
            return;
        }
        resting.set_value(true);
        leptos::task::spawn_local(async move {
            // What cannot be fetched now is fetched with the next news.
            let _ = show_anew().await;
            set_timeout(move || resting.set_value(false), PAUSE);
        });
    };
    Effect::new(move || {
        mark.track();
        refresh();
        // News that came during the pause are shown after it.
        set_timeout(refresh, PAUSE + Duration::from_millis(100));
    });
    view! {
        <p class="news" role="status">
            {signed_out_line(ended, over)}
        </p>
    }
}

fn shown_mark() -> Option<String> {
    document().get_element_by_id("numbers")?.get_attribute("data-mark")
}

/// The same page once more; its numbers take the place of those here. What is open stays open, and the keyboard where it is.
async fn show_anew() -> Result<(), JsValue> {
    let page = fetch_page(fetch_again()?).await?;
    let (fresh, stale) = (page.get_element_by_id("numbers"), document().get_element_by_id("numbers"));
    // Signed out: what is shown stays, and whoever listens will hear of it.
    let (Some(fresh), Some(stale)) = (fresh, stale) else { return Ok(()) };
    let place = Place::within(&stale);
    let open = places(&stale, "details", |details| details.has_attribute("open"))?;
    // Server-rendered by ourselves a moment ago, under the same policy that forbids inline scripts.
    stale.set_inner_html(&fresh.inner_html());
    stale.set_attribute("data-mark", &fresh.get_attribute("data-mark").unwrap_or_default())?;
    for place in open {
        if let Some(details) = nth(&stale, "details", place)? {
            details.set_attribute("open", "")?;
        }
    }
    if place.is_some_and(|place| !place.go_back(&stale)) {
        // What it was on is gone: it stays in this part of the page.
        stale.set_attribute("tabindex", "-1")?;
        stale.unchecked_into::<HtmlElement>().focus()?;
    }
    Ok(())
}

/// This page once more, without a sign of life.
fn fetch_again() -> Result<js_sys::Promise, JsValue> {
    let (headers, how) = (Headers::new()?, RequestInit::new());
    headers.set(BACKGROUND, "1")?;
    how.set_headers(&headers);
    Ok(window().fetch_with_str_and_init(&window().location().href()?, &how))
}

/// Whether the server leads from this page to sign-in.
async fn signed_out() -> Result<bool, JsValue> {
    let response: Response = JsFuture::from(fetch_again()?).await?.dyn_into()?;
    Ok(response.url().contains("/console/login"))
}

fn places(
    within: &web_sys::Element,
    selector: &str,
    wanted: impl Fn(&HtmlElement) -> bool,
) -> Result<Vec<u32>, JsValue> {
    let all = within.query_selector_all(selector)?.length();
    let is = |place: &u32| nth(within, selector, *place).ok().flatten().is_some_and(|element| wanted(&element));
    Ok((0..all).filter(is).collect())
}

fn nth(within: &web_sys::Element, selector: &str, place: u32) -> Result<Option<HtmlElement>, JsValue> {
    Ok(within.query_selector_all(selector)?.get(place).and_then(|node| node.dyn_into().ok()))
}

/// Hears what the server tells at `url` while the page is looked at: a browser has few connections to one host, and every
/// tab that listens takes one. When it ends, the server is asked whether the session has: only then is it `ended`.
fn listen(url: &str, hear: impl Fn(&JsValue) + 'static, ended: RwSignal<bool>) {
    let url = url.to_owned();
    let source = StoredValue::new_local(None::<EventSource>);
    let again = RwSignal::new(());
    let ask = move || {
        close(source);
        leptos::task::spawn_local(async move {
            if signed_out().await.unwrap_or(false) {
                ended.set(true);
            } else {
                set_timeout(move || again.set(()), PAUSE);
            }
        });
    };
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        if let Ok(news) = js_sys::JSON::parse(&text) {
            hear(&news);
        }
    });
    let end = Closure::<dyn Fn()>::new(ask);
    let error = Closure::<dyn Fn()>::new(move || {
        let state = source.with_value(|source| source.as_ref().map(EventSource::ready_state));
        // Otherwise the browser tries again by itself.
        if state == Some(EventSource::CLOSED) {
            ask();
        }
    });
    Effect::new(move || {
        again.track();
        close(source);
        if document().hidden() || ended.get_untracked() {
            return;
        }
        if let Ok(opened) = EventSource::new(&url) {
            opened.set_onmessage(Some(hear.as_ref().unchecked_ref()));
            opened.set_onerror(Some(error.as_ref().unchecked_ref()));
            // Fails never.
            let _ = opened.add_event_listener_with_callback("end", end.as_ref().unchecked_ref());
            source.set_value(Some(opened));
        }
    });
    let watch = window_event_listener_untyped("visibilitychange", move |_| again.set(()));
    on_cleanup(move || {
        watch.remove();
        close(source);
    });
}

fn close(source: StoredValue<Option<EventSource>, LocalStorage>) {
    source.update_value(|source| {
        if let Some(open) = source.take() {
            open.close();
        }
    });
}

fn text(news: &JsValue, name: &str) -> Option<String> {
    js_sys::Reflect::get(news, &name.into()).ok()?.as_string()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count below a hundred")]
fn number(news: &JsValue, name: &str) -> Option<u32> {
    js_sys::Reflect::get(news, &name.into()).ok()?.as_f64().map(|number| number as u32)
}
