use leptos::prelude::*;
use server_fn::ServerFn;

use super::Icon;
use crate::{
    fns::Search,
    islands::SearchBox,
    text::t,
    types::{Operator, Role},
};

/// The one search box, on top of every page. It posts: what is typed there may be a phone, which has no business in an
/// address. On the users page it searches as one types, too, among those whom the list is narrowed to.
pub(super) fn search_form(operator: &Operator, on_users: bool, q: String, within: String) -> impl IntoView + use<> {
    // Last four digits are for support to search by.
    let hint = if operator.role < Role::Support { t().search_hint_viewer() } else { t().search_hint() };
    let username = &operator.username;
    let live = if on_users { "/console/users" } else { "" };
    let within = (!within.is_empty()).then(|| view! { <input type="hidden" name="within" value=within /> });
    view! {
        <form class="search" role="search" method="post" action=Search::PATH>
            {Icon::Search.view()} {within}
            <SearchBox
                live=live.to_owned()
                value=q
                label=t().search_label().to_owned()
                hint=hint.to_owned()
                recent=t().recent_searches().to_owned()
                clear=t().clear_recent().to_owned()
                shelf=format!("latchkey_recent_{username}")
            />
            <button class="button" type="submit">{t().search()}</button>
        </form>
    }
}

/// What the keys do; `?` opens it.
pub(super) fn keys_help() -> impl IntoView {
    let keys = [
        ("/", t().key_search()),
        ("j k", t().key_rows()),
        ("Enter", t().key_open()),
        ("Esc", t().key_leave()),
        ("?", t().key_help()),
    ];
    let key = |(keys, does): (&'static str, &'static str)| {
        let keys = keys.split(' ').map(|key| view! { <kbd>{key}</kbd> " " });
        view! {
            <div>
                <dt>{keys.collect_view()}</dt>
                <dd>{does}</dd>
            </div>
        }
    };
    view! {
        <dialog id="keys" class="card keys-help" aria-labelledby="keys-head">
            <h2 id="keys-head">{t().keyboard()}</h2>
            <dl>{keys.map(key).collect_view()}</dl>
            <form method="dialog">
                <button class="button" type="submit">{t().close()}</button>
            </form>
        </dialog>
    }
}
