use leptos::prelude::*;

use crate::{components::phone_changes_table, text::t, types::PhoneChange};

/// Every number the user has had, and how it came and went.
pub(super) fn section(changes: Vec<PhoneChange>) -> impl IntoView {
    view! {
        <section class="card card-flush">
            <h2>{t().phone_history()}</h2>
            <p class="lead">{t().phone_history_lead()}</p>
            {phone_changes_table(changes, false)}
        </section>
    }
}
