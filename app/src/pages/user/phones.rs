use leptos::prelude::*;

use crate::{
    components::phone_changes_table,
    text::t,
    types::{PhoneChange, User, split_end},
};

/// Every number the user has had, and how it came and went; and of those who were merged into him, by name.
pub(super) fn section(user: &User) -> impl IntoView + use<> {
    let name = |change: &PhoneChange| {
        if change.user_id == user.summary.id {
            t().this_user().to_owned()
        } else {
            format!("{} …{}", t().merged_user(), split_end(&change.user_id).1)
        }
    };
    let named = user.phone_changes.iter().map(|change| PhoneChange { nickname: Some(name(change)), ..change.clone() });
    view! {
        <section class="card card-flush">
            <h2>{t().phone_history()}</h2>
            <p class="lead">{t().phone_history_lead()}</p>
            {phone_changes_table(named.collect(), !user.merged.is_empty())}
        </section>
    }
}
