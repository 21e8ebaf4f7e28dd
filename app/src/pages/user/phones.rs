use leptos::prelude::*;

use crate::{components::phone_changes_table, text::t, types::User};

/// Every number the user has had, and how it came and went; and of those who were merged into him, by name.
pub(super) fn section(user: &User) -> impl IntoView + use<> {
    view! {
        <section class="card card-flush">
            <h2>{t().phone_history()}</h2>
            <p class="lead">{t().phone_history_lead()}</p>
            {phone_changes_table(user.phone_changes.clone(), !user.merged.is_empty())}
        </section>
    }
}
