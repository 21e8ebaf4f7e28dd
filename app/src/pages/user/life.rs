use leptos::prelude::*;

use crate::{components::time_line, text::t, types::Event};

/// Logins, keys, phones, failures and operators' acts in one line.
pub(super) fn section(events: &[Event]) -> impl IntoView + use<> {
    (!events.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{t().time_line()}</h2>
                <p class="lead">{t().life_lead()}</p>
                {time_line(events, None).into_any()}
            </section>
        }
    })
}
