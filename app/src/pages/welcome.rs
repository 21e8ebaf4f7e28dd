use leptos::prelude::*;

use crate::{
    components::{Icon, preferences_forms},
    text::t,
};

/// What everybody sees who is not signed in: who we are, and a form under a headline.
pub(super) fn welcome(headline: &'static str, form: AnyView) -> impl IntoView {
    view! {
        <div class="welcome">
            <aside class="pitch" aria-label=t().tagline()>
                <p class="brand">{Icon::Key.view()} "Latchkey"</p>
                <p class="tagline">{t().tagline()}</p>
                <p class="pitch-title">{t().pitch_title()}</p>
                <ul>
                    <li>{Icon::Check.view()} {t().pitch_1()}</li>
                    <li>{Icon::Check.view()} {t().pitch_2()}</li>
                    <li>{Icon::Check.view()} {t().pitch_3()}</li>
                </ul>
            </aside>
            <main id="content" class="sign-in">
                <h1>{headline}</h1>
                {form}
                {preferences_forms()}
            </main>
        </div>
    }
}
