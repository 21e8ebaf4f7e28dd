use leptos::{either::Either, prelude::*};

use super::{Icon, copyable, empty, moment, parts::number, user_link};
use crate::{
    text::t,
    types::{Page, PhoneChange},
};

/// Newer and older neighbours of a page. `query` is what else the URL says, such as `q=Chen`.
pub fn pager<T>(page: &Page<T>, path: &str, query: &str) -> impl IntoView + use<T> {
    let link = |cursor: &Option<crate::types::Cursor>| {
        let glue = if query.is_empty() { "" } else { "&" };
        cursor.as_ref().map(|cursor| format!("{path}?{query}{glue}cursor={cursor}"))
    };
    let (previous, next) = (link(&page.previous), link(&page.next));
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=t().pages()>
                {previous.map(|href| view! { <a class="button" rel="prev" href=href>{t().newer()}</a> })}
                {next.map(|href| view! { <a class="button" rel="next" href=href>{t().older()}</a> })}
            </nav>
        }
    })
}

/// Phone changes, of one user or (`with_user`) of all of them.
pub fn phone_changes_table(changes: Vec<PhoneChange>, with_user: bool) -> impl IntoView {
    if changes.is_empty() {
        return Either::Left(empty(Icon::Phone, t().no_phone_changes(), t().no_phone_changes_lead()));
    }
    let rows = changes.into_iter().map(|change| row(change, with_user)).collect_view();
    Either::Right(view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{t().time()}</th>
                    {with_user.then(|| view! { <th scope="col">{t().user()}</th> })}
                    <th scope="col">{t().change()}</th>
                    <th scope="col">{t().source()}</th>
                    <th scope="col">{t().mini_program()}</th>
                    <th scope="col">{t().operator_column()}</th>
                    <th scope="col">{t().request_id()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

fn row(change: PhoneChange, with_user: bool) -> impl IntoView {
    let user = with_user.then(|| {
        view! { <td data-label=t().user()>{user_link(&change.user_id, change.nickname)}</td> }
    });
    let numbers = if change.erased {
        Either::Left(view! { <span class="from-to muted">{t().numbers_erased()}</span> })
    } else {
        Either::Right(from_to(change.old, change.new))
    };
    view! {
        <tr>
            <td data-label=t().time()>{moment(change.at)}</td>
            {user}
            <td data-label=t().change()>{numbers}</td>
            <td data-label=t().source()>{t().phone_source(change.source)}</td>
            <td data-label=t().mini_program()>{change.app.map(|app| app.name)}</td>
            <td data-label=t().operator_column()>{change.operator}</td>
            <td data-label=t().request_id()>{copyable(change.request_id)}</td>
        </tr>
    }
}

/// A number and the one before it.
pub(super) fn from_to(old: Option<String>, new: Option<String>) -> impl IntoView {
    let gone = new.is_none();
    let new = new.unwrap_or_else(|| t().phone_removed().to_owned());
    let old = match old {
        Some(old) => Either::Left(view! {
            <span class="phone phone-old">{number(old)}</span>
            {Icon::Arrow.view()}
            <span class="visually-hidden">{t().becomes()}</span>
        }),
        None => Either::Right(()),
    };
    let first = matches!(old, Either::Right(())) && !gone;
    view! {
        <span class="from-to">
            {old}
            <span class="phone">{number(new)}</span>
            {first.then(|| view! { <span class="badge">{t().first_phone()}</span> })}
        </span>
    }
}
