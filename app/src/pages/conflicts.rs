use leptos::{either::Either, prelude::*};

use super::{conflict::card, cursor, outcome, query};
use crate::{
    components::{Icon, Section, empty, page, pager, zone_note},
    text::t,
    types::ConflictQuery,
};

const PATH: &str = "/console/conflicts";

/// Pairs of users who have what one should: the open ones, or the settled ones; newest first.
#[component]
pub fn ConflictsPage() -> impl IntoView {
    let (cursor, settled) = (cursor(), query("state") == "settled");
    page(t().conflicts(), Section::Conflicts, move |viewer| async move {
        let conflicts = viewer.conflicts(ConflictQuery { settled, cursor: cursor? }).await?;
        let pager = pager(&conflicts, PATH, if settled { "state=settled" } else { "" });
        let list = if conflicts.items.is_empty() {
            Either::Left(view! { <section class="card">{none(settled)}</section> })
        } else {
            Either::Right(conflicts.items.iter().map(|conflict| card(conflict).into_any()).collect_view())
        };
        Ok(view! {
            <div class="page-head">
                <h1>{t().conflicts()}</h1>
                {zone_note()}
            </div>
            {outcome("kept_apart", t().kept_apart_done(), t().kept_apart_done_lead())}
            <p class="intro">{t().conflicts_lead()}</p>
            {states(settled).into_any()}
            {list}
            {pager}
        }
        .into_any())
    })
}

fn states(settled: bool) -> impl IntoView {
    let chip = |href: String, current: bool, text: &'static str| {
        view! { <a class="chip" href=href aria-current=current.then_some("true")>{text}</a> }
    };
    view! {
        <nav class="chips" aria-label=t().state()>
            {chip(PATH.to_owned(), !settled, t().conflicts_open())}
            {chip(format!("{PATH}?state=settled"), settled, t().conflicts_settled())}
        </nav>
    }
}

fn none(settled: bool) -> impl IntoView {
    let (headline, advice) =
        if settled { (t().no_settled(), t().no_settled_lead()) } else { (t().no_conflicts(), t().no_conflicts_lead()) };
    empty(Icon::Conflict, headline, advice)
}
