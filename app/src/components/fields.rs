use leptos::prelude::*;

use crate::text::t;

/// The form that narrows a list: what is asked often, and folded away what is asked rarely. Without JavaScript it is the
/// list's URL that it makes.
pub fn filter_form(
    path: &'static str,
    often: impl IntoView + 'static,
    beside: impl IntoView + 'static,
    rarely: impl IntoView + 'static,
    open: bool,
) -> impl IntoView {
    view! {
        <form class="filters" method="get" action=path>
            <div class="filter-row">
                {often.into_any()}
                <button class="button button-main" type="submit">{t().filter()}</button>
            </div>
            {beside.into_any()}
            <details class="act" open=open>
                <summary>{t().more_filters()}</summary>
                <div class="filter-row">{rarely.into_any()}</div>
            </details>
        </form>
    }
}

/// The way back to the whole list.
pub fn clear_filters(path: &'static str) -> impl IntoView {
    view! { <a class="filter-end" href=path>{t().clear_filters()}</a> }
}

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
pub fn hidden(fields: &[(&'static str, String)]) -> impl IntoView + use<> {
    let field =
        |(name, value): &(&'static str, String)| view! { <input type="hidden" name=*name value=value.clone() /> };
    fields.iter().map(field).collect_view()
}
