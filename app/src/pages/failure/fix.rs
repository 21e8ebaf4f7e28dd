//! The cure of a failure: words, and code where code does.

use leptos::prelude::*;

use crate::{
    components::copy_button,
    routes::Site,
    text::{Explanation, Snippet, t},
    types::Failure,
};

pub(super) fn what_to_change(explanation: &Explanation) -> impl IntoView + use<> {
    view! {
        <section class="card telling">
            <h2>{t().what_to_change()}</h2>
            <p>{explanation.fix.clone()}</p>
            {explanation.snippet.map(|snippet| forms(snippet).into_any())}
        </section>
    }
}

fn forms(snippet: Snippet) -> impl IntoView {
    let Site { public_url, .. } = expect_context();
    let wrong = t().wrong(snippet).map(|wrong| {
        view! {
            <h3>{t().wrong_code()}</h3>
            {code(&wrong)}
        }
    });
    view! {
        {wrong}
        <h3>{t().right_code()}</h3>
        {code(&t().right(snippet))}
        <details>
            <summary>{t().helpers()}</summary>
            {code(&t().snippet_helpers(&public_url))}
        </details>
    }
}

/// Reachable by keyboard, because it may be wider than the page; comments step back.
fn code(code: &str) -> impl IntoView + use<> {
    let lines = code.lines().map(|line| {
        let comment = line.find("// ").unwrap_or(line.len());
        let (code, comment) = line.split_at(comment);
        // An empty text would be rendered as a blank.
        let code = (!code.is_empty()).then(|| code.to_owned());
        let comment = (!comment.is_empty()).then(|| view! { <span class="muted">{comment.to_owned()}</span> });
        view! { {code} {comment} "\n" }
    });
    view! {
        <pre class="code" tabindex="0">
            <code>{lines.collect_view()}</code>
        </pre>
    }
}

/// The page as plain text, for those who cannot open it.
pub(super) fn as_text(failure: &Failure) -> impl IntoView + use<> {
    let Site { public_url, .. } = expect_context();
    let text = t().failure_as_text(failure, &public_url);
    view! {
        <details class="card as-text">
            <summary>{t().copy_as_text()}</summary>
            <p class="lead">{t().copy_as_text_lead()} " " {copy_button(text.clone(), t().copy_all().to_owned())}</p>
            <pre class="code" tabindex="0">{text}</pre>
        </details>
    }
}
