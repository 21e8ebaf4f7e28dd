use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{EventSource, Headers, HtmlElement, MessageEvent, RequestInit};

use super::search_box::fetch_page;

/// The numbers are fetched anew at most this often.
const PAUSE: Duration = Duration::from_secs(15);
/// Marks a request that nobody has made by hand: it keeps no session alive.
const BACKGROUND: &str = "x-latchkey-background";
/// What the keyboard can reach, to find its place again.
const FOCUSABLE: &str = "a, button, summary, input, select";

/// "12 new" above a list, as soon as there are some under its filter. The rows stay where they are.
#[island]
pub fn NewFailures(
    /// Where the server tells.
    live: String,
    /// The same list anew.
    here: String,
    /// With `{}` for the number.
    text: String,
) -> impl IntoView {
    let count = RwSignal::new(0_u32);
    Effect::new(move || {
        listen(&live, move |news| {
            if let Some(new) = number(news, "failures") {
                count.set(new);
            }
        });
    });
    let shown = move || {
        let many = if count.get() < 100 { count.get().to_string() } else { "99+".to_owned() };
        (count.get() > 0).then(|| view! { <a class="fresh" href=here.clone()>{text.replace("{}", &many)}</a> })
    };
    view! { <p class="news" role="status">{shown}</p> }
}

/// Fetches `#numbers` anew when the server says that something was counted since they were made.
#[island]
pub fn RefreshNumbers(
    /// Where the server tells.
    live: String,
) -> impl IntoView {
    let mark = RwSignal::new(None::<String>);
    let resting = StoredValue::new(false);
    Effect::new(move || listen(&live, move |news| mark.set(text(news, "mark"))));
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
    view! { <span hidden /> }
}

fn shown_mark() -> Option<String> {
    document().get_element_by_id("numbers")?.get_attribute("data-mark")
}

/// The same page once more; its numbers take the place of those here. What is open stays open, and the keyboard where it is.
async fn show_anew() -> Result<(), JsValue> {
    let (headers, how) = (Headers::new()?, RequestInit::new());
    headers.set(BACKGROUND, "1")?;
    how.set_headers(&headers);
    let page = fetch_page(window().fetch_with_str_and_init(&window().location().href()?, &how)).await?;
    let (fresh, stale) = (page.get_element_by_id("numbers"), document().get_element_by_id("numbers"));
    // Signed out: what is shown stays, and the next press leads to sign-in.
    let (Some(fresh), Some(stale)) = (fresh, stale) else { return Ok(()) };
    let place = focused(&stale)?;
    let open = places(&stale, "details", |details| details.has_attribute("open"))?;
    // Server-rendered by ourselves a moment ago, under the same policy that forbids inline scripts.
    stale.set_inner_html(&fresh.inner_html());
    stale.set_attribute("data-mark", &fresh.get_attribute("data-mark").unwrap_or_default())?;
    for place in open {
        if let Some(details) = nth(&stale, "details", place)? {
            details.set_attribute("open", "")?;
        }
    }
    match place.map(|place| nth(&stale, FOCUSABLE, place)).transpose()?.flatten() {
        Some(element) => element.focus(),
        None => Ok(()),
    }
}

fn focused(within: &web_sys::Element) -> Result<Option<u32>, JsValue> {
    let active = document().active_element();
    Ok(places(within, FOCUSABLE, |element| Some(element.as_ref()) == active.as_ref())?.first().copied())
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
/// tab that listens takes one.
fn listen(url: &str, hear: impl Fn(&JsValue) + 'static) {
    let url = url.to_owned();
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        if let Ok(news) = js_sys::JSON::parse(&text) {
            hear(&news);
        }
    });
    let source = StoredValue::new_local(None::<EventSource>);
    let end = Closure::<dyn Fn()>::new(move || close(source));
    let tune = move || {
        close(source);
        if document().hidden() {
            return;
        }
        if let Ok(opened) = EventSource::new(&url) {
            opened.set_onmessage(Some(hear.as_ref().unchecked_ref()));
            // The session is over: asking again would be in vain.
            let _ = opened.add_event_listener_with_callback("end", end.as_ref().unchecked_ref());
            source.set_value(Some(opened));
        }
    };
    tune();
    let watch = window_event_listener_untyped("visibilitychange", move |_| tune());
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
