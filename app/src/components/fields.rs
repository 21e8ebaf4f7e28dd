use leptos::prelude::*;

use crate::text::t;

/// A list to choose from, with "any" on top. What a link has chosen stays chosen, such as a mini program that is not
/// configured any more.
pub fn choice(
    name: &'static str,
    label: &'static str,
    mut options: Vec<(String, String)>,
    chosen: &str,
) -> impl IntoView + use<> {
    if !chosen.is_empty() && options.iter().all(|(value, _)| *value != chosen) {
        options.push((chosen.to_owned(), chosen.to_owned()));
    }
    let options = options.into_iter().map(|(value, text)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{text}</option> }
    });
    view! {
        <label>
            {label}
            <select name=name>
                <option value="">{t().any()}</option>
                {options.collect_view()}
            </select>
        </label>
    }
}

/// A field of a filter.
pub fn entry(name: &'static str, label: &'static str, kind: &'static str, value: String) -> impl IntoView {
    view! {
        <label>
            {label}
            <input type=kind name=name value=value maxlength="64" autocomplete="off" spellcheck="false" />
        </label>
    }
}

/// What a form sends along unseen.
pub fn hidden(fields: Vec<(&'static str, String)>) -> impl IntoView {
    let field = |(name, value)| view! { <input type="hidden" name=name value=value /> };
    fields.into_iter().map(field).collect_view()
}
