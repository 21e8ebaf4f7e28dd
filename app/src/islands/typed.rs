//! What was typed into a form, when it turns out that the session has ended: it is there again after signing in. Kept in this
//! tab alone, until its next page.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{HtmlFormElement, HtmlInputElement};

const SHELF: &str = "latchkey_typed";
/// Before what was kept, once it is sign-in that the form has led to.
const LOST: &str = "lost\n";
/// Words alone: nothing that opens anything, and no number of anybody's.
const FIELDS: [&str; 3] = ["reason", "name", "username"];

/// A form is on its way.
pub(super) fn keep(form: &HtmlFormElement) {
    let action = form.get_attribute("action").unwrap_or_default();
    if action.ends_with("/sign_out") {
        // Nothing is left for whoever sits here next.
        let _ = storage().map(|storage| storage.remove_item(SHELF));
    }
    // After a file, no page comes that would take away what was kept.
    let Some(head) = head(form).filter(|_| !action.ends_with("/export_user")) else { return };
    let fields = inputs(form).into_iter().filter(|input| FIELDS.contains(&input.name().as_str()) && harmless(input));
    let lines: Vec<String> = fields.map(|input| format!("{}={}", input.name(), input.value())).collect();
    if let (false, Some(storage)) = (lines.is_empty(), storage()) {
        // A browser may keep nothing: then nothing is kept.
        let _ = storage.set_item(SHELF, &format!("{head}\n{}", lines.join("\n")));
    }
}

/// A page is there: sign-in, or the one that the form has led to.
pub(super) fn come_back() {
    let Some(storage) = storage() else { return };
    let Ok(Some(kept)) = storage.get_item(SHELF) else { return };
    if path().starts_with("/console/login") {
        if !kept.starts_with(LOST) {
            let _ = storage.set_item(SHELF, &format!("{LOST}{kept}"));
        }
        return;
    }
    let _ = storage.remove_item(SHELF);
    if let Some((wanted, fields)) = kept.strip_prefix(LOST).and_then(|kept| kept.split_once('\n')) {
        forms().iter().filter(|form| head(form).as_deref() == Some(wanted)).for_each(|form| fill(form, fields));
    }
}

fn fill(form: &HtmlFormElement, fields: &str) {
    for (name, value) in fields.lines().filter_map(|line| line.split_once('=')) {
        let empty = |input: &HtmlInputElement| input.name() == name && input.value().is_empty();
        if let Some(input) = inputs(form).into_iter().find(empty) {
            input.set_value(value);
        }
    }
    if let Ok(Some(closed)) = form.closest("details") {
        // Fails only for an attribute name that is no name.
        let _ = closed.set_attribute("open", "");
    }
}

/// Whose form it is, on which page, and about what; `None` of one that needs no session. What a preview has `seen` may be
/// another state by then.
fn head(form: &HtmlFormElement) -> Option<String> {
    let action = form.get_attribute("action").filter(|action| action.starts_with("/console/fn/"))?;
    let operator = document().query_selector(".operator strong").ok().flatten()?.text_content()?;
    let about = inputs(form).into_iter().filter(|input| input.type_() == "hidden" && input.name() != "seen");
    let about: Vec<String> = about.map(|input| input.value()).collect();
    Some(format!("{operator} {} {action} {}", path(), about.join(" ")).replace('\n', " "))
}

fn harmless(input: &HtmlInputElement) -> bool {
    let value = input.value();
    input.type_() == "text" && !value.is_empty() && value.bytes().filter(u8::is_ascii_digit).count() < 7
}

fn inputs(form: &HtmlFormElement) -> Vec<HtmlInputElement> {
    all(form.query_selector_all("input"))
}

fn forms() -> Vec<HtmlFormElement> {
    all(document().query_selector_all("form[method=post]"))
}

fn all<T: JsCast>(found: Result<web_sys::NodeList, wasm_bindgen::JsValue>) -> Vec<T> {
    let Ok(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}

fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}
