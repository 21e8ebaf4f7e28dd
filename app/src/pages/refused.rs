use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{Heading, Icon, problem},
    error::ConsoleError,
    text::t,
};

/// What was refused before any page was reached, and so before anybody knows who asks: no frame, and a way out.
#[component]
pub fn RefusedPage(refusal: ConsoleError) -> impl IntoView {
    view! {
        <Title text=format!("{} · Latchkey", t().problem(refusal).0) />
        <main id="content" class="sign-in refused">
            <p class="brand">{Icon::Key.view()} "Latchkey"</p>
            {problem(refusal, Heading::Page)}
            <p>
                <a class="button" href="/console">{t().back_to_start()}</a>
            </p>
        </main>
    }
}
