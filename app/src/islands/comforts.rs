use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::HtmlElement;

use super::{
    focus::{self, Place},
    typed,
};

/// How long a copy button shows that it has copied.
const COPIED: std::time::Duration = std::time::Duration::from_millis(1600);

/// The small comforts of every page: copy buttons, and keys: `/` to get to the search box, `Esc` out of it, `j` and `k`
/// through the rows of a list, `?` for what the keys do.
///
/// One listener each on the document instead of an island per button: rows that a search swaps in need no
/// waking, and a page with a hundred ids pays for two listeners. Marks the page `html[data-ready]`, until which
/// the style sheet hides what would not work.
#[island]
pub fn Comforts(
    /// What a screen reader says once an id has been copied.
    copied: String,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    Effect::new(move || {
        let copied = copied.clone();
        let click = window_event_listener(ev::click, move |event| {
            if let Some(button) = event.target().and_then(|target| closest(&target, "[data-copy]")) {
                copy(&button, said, copied.clone());
            }
            if event.target().is_some_and(|target| closest(&target, ".zone > summary").is_some()) {
                super::zone::offer_own();
            }
        });
        typed::come_back();
        let submit = window_event_listener(ev::submit, |event| {
            if let Some(form) = event.target().and_then(|target| target.dyn_into().ok()) {
                typed::keep(&form);
            }
        });
        let place = StoredValue::new_local(None::<Place>);
        come_back(place);
        let key = window_event_listener(ev::keydown, move |event| {
            let field =
                event.target().and_then(|target| closest(&target, "input:not([type=checkbox]), textarea, select"));
            if event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let done = match (event.key().as_str(), field) {
                ("Escape", Some(field)) => field.id() == "q" && field.blur().is_ok(),
                ("/", None) => focus_search(),
                ("j", None) => focus_row(1),
                ("k", None) => focus_row(-1),
                ("?", None) => show_keys(place),
                _ => false,
            };
            if done {
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            click.remove();
            key.remove();
            submit.remove();
        });
        if let Some(root) = document().document_element() {
            // Fails only for an attribute name that is no name.
            let _ = root.set_attribute("data-ready", "");
        }
    });
    view! {
        <span class="visually-hidden" role="status">
            {said}
        </span>
    }
}

fn closest(target: &web_sys::EventTarget, selector: &str) -> Option<HtmlElement> {
    let element = target.dyn_ref::<web_sys::Element>()?;
    element.closest(selector).ok().flatten()?.dyn_into().ok()
}

fn focus_search() -> bool {
    let field = document().get_element_by_id("q").and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
    field.is_some_and(|field| {
        field.select();
        field.focus().is_ok()
    })
}

/// The next row of the list, or the one before; at first, the first one.
fn focus_row(step: i32) -> bool {
    let Ok(links) = document().query_selector_all(".table-links .cell-user > a") else { return false };
    let link = |number: i32| links.get(u32::try_from(number).ok()?)?.dyn_into::<HtmlElement>().ok();
    let last = i32::try_from(links.length()).unwrap_or_default() - 1;
    let here = document().active_element();
    let current = (0..=last).find(|number| link(*number).map(Into::into) == here);
    let next = current.map_or(0, |current| (current + step).clamp(0, last));
    link(next).is_some_and(|link| link.focus().is_ok())
}

fn keys() -> Option<web_sys::HtmlDialogElement> {
    document().get_element_by_id("keys")?.dyn_into().ok()
}

fn show_keys(place: StoredValue<Option<Place>, LocalStorage>) -> bool {
    let Some(dialog) = keys() else { return false };
    // Already open, it stays open.
    if dialog.open() {
        return true;
    }
    place.set_value(document().body().and_then(|body| Place::within(&body)));
    dialog.show_modal().is_ok()
}

/// The browser gives the keyboard back when the dialog closes, but not to a row that was swapped in meanwhile.
fn come_back(place: StoredValue<Option<Place>, LocalStorage>) {
    let Some(dialog) = keys() else { return };
    let closed = Closure::<dyn Fn()>::new(move || {
        let Some(place) = place.get_value().filter(|place| !place.is_there()) else { return };
        let found = document().get_element_by_id("results").is_some_and(|results| place.go_back_to_it(&results));
        if !found {
            focus::focus_search();
        }
    });
    // Fails never; listens as long as the page is there.
    let _ = dialog.add_event_listener_with_callback("close", closed.as_ref().unchecked_ref());
    closed.forget();
}

fn copy(button: &HtmlElement, said: RwSignal<String>, copied: String) {
    let Some(text) = button.get_attribute("data-copy") else { return };
    let promise = window().navigator().clipboard().write_text(&text);
    let button = button.clone();
    leptos::task::spawn_local(async move {
        // A browser may refuse the clipboard; then the button simply does not say "copied".
        if wasm_bindgen_futures::JsFuture::from(promise).await.is_ok() {
            let _ = button.set_attribute("data-copied", "");
            said.set(copied);
            let calm = move || {
                let _ = button.remove_attribute("data-copied");
                said.set(String::new());
            };
            set_timeout(calm, COPIED);
        }
    });
}
