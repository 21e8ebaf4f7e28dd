use leptos::prelude::*;

use super::preview_href;
use crate::{
    text::t,
    types::{ResetKind, User},
};

/// What can be done to the whole user, apart from everything that is only read. Each leads to a preview.
pub(super) fn section(user: &User) -> impl IntoView + use<> {
    let block = if user.blocked_at.is_some() { ResetKind::Unblock } else { ResetKind::Block };
    let possible = [
        (ResetKind::Phone, user.summary.phone.is_some()),
        (ResetKind::Sessions, !user.sessions.is_empty()),
        (ResetKind::Everything, user.summary.phone.is_some() || !user.bindings.is_empty()),
        (block, true),
    ];
    let rows = possible.into_iter().filter(|(_, possible)| *possible).map(|(kind, _)| {
        let href = preview_href(&user.summary.id, kind, None);
        view! {
            <li>
                <div>
                    <h3>{t().reset_kind(kind)}</h3>
                    <p class="lead">{t().reset_when(kind)}</p>
                </div>
                <a class="button button-danger" href=href>{t().reset_kind(kind)} "…"</a>
            </li>
        }
    });
    view! {
        <section class="card danger" id="danger">
            <h2>{t().danger()}</h2>
            <p class="lead">{t().danger_lead()}</p>
            <ul class="rows">{rows.collect_view()}</ul>
        </section>
    }
}
