use leptos::prelude::*;

use super::cursor;
use crate::{
    components::{Section, page, pager, phone_changes_table, zone_note},
    text::t,
};

const PATH: &str = "/console/phone-changes";

/// Every phone change of every user, newest first.
#[component]
pub fn PhoneChangesPage() -> impl IntoView {
    let cursor = cursor();
    page(t().phone_changes(), Section::PhoneChanges, |viewer| async move {
        let changes = viewer.phone_changes(cursor?).await?;
        let pager = pager(&changes, PATH, "");
        Ok(view! {
            <div class="page-head">
                <h1>{t().phone_changes()}</h1>
                {zone_note()}
            </div>
            <section class="card card-flush">{phone_changes_table(changes.items, true)}</section>
            {pager}
        }
        .into_any())
    })
}
