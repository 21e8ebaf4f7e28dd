use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use super::{
    failures::table,
    url_filter::UrlFilter,
    user_filter::{PATH, narrowing, order, sorted},
};
use crate::{
    components::{Icon, avatar, empty, hidden, moment, phone, url_value},
    fns::BlockUsers,
    text::t,
    types::{CodeSearch, Failure, ListedUser, UserList, UserSort, UserStatus},
};

const EXPORT: &str = "/console/users/export";

/// The rows, and what can be done to them, or why there are none.
pub(super) fn list(users: &UserList, filter: &UrlFilter, support: bool) -> impl IntoView + use<> {
    if let CodeSearch::Records(records) = &users.code
        && users.page.items.is_empty()
    {
        return Either::Left(of_code(records.clone()).into_any());
    }
    if users.page.items.is_empty() {
        let (headline, advice) = why_none(users, filter);
        return Either::Left(
            view! { <section class="card card-flush">{empty(Icon::Users, headline, advice)}</section> }.into_any(),
        );
    }
    let rows = users.page.items.iter().enumerate().map(|(number, user)| row(number, user)).collect_view();
    let records = match &users.code {
        CodeSearch::Records(records) => Some(of_code(records.clone())),
        _ => None,
    };
    Either::Right(view! {
        {records}
        <form method="post" action=BlockUsers::PATH>
            <section class="card card-flush">
                <table class="table table-links table-select">
                    {head(filter).into_any()}
                    <tbody>{rows}</tbody>
                </table>
            </section>
            {at_once(filter, support).into_any()}
        </form>
        {export(filter, support).into_any()}
    })
}

/// The records of the support code that was searched for.
fn of_code(records: Vec<Failure>) -> impl IntoView {
    view! {
        <section class="card card-flush">
            <h2>{t().records_of_code()}</h2>
            {table(records)}
        </section>
    }
}

fn why_none(users: &UserList, filter: &UrlFilter) -> (&'static str, &'static str) {
    if users.code == CodeSearch::Mistyped {
        (t().code_mistyped(), t().code_mistyped_lead())
    } else if users.code == CodeSearch::NoRecord {
        (t().code_without_record(), t().code_without_record_lead())
    } else if users.partial {
        (t().none_in_this_part(), t().none_in_this_part_lead())
    } else if !users.q.is_empty() {
        (t().no_hits(), t().no_hits_lead())
    } else if !narrowing(filter).is_empty() {
        (t().no_matching_users(), t().no_matching_users_lead())
    } else {
        (t().no_users(), t().no_users_lead())
    }
}

fn head(filter: &UrlFilter) -> impl IntoView + use<> {
    view! {
        <thead>
            <tr>
                <th scope="col">{t().user()}</th>
                <th scope="col">{t().phone()}</th>
                <th scope="col">{t().mini_programs()}</th>
                <th scope="col">{t().status()}</th>
                {sortable(t().created(), UserSort::Newest, UserSort::Oldest, filter)}
                {sortable(t().last_login(), UserSort::LatestLogin, UserSort::EarliestLogin, filter)}
                <th scope="col">{t().failures_7_days()}</th>
            </tr>
        </thead>
    }
}

/// A press sorts by the column, newest first; the next one turns it round.
fn sortable(name: &'static str, down: UserSort, up: UserSort, filter: &UrlFilter) -> impl IntoView + use<> {
    let now = order(filter);
    let direction = if now == down { Some("descending") } else { (now == up).then_some("ascending") };
    let href = sorted(filter, if now == down { up } else { down });
    view! {
        <th scope="col" aria-sort=direction>
            <a class="sort" href=href>{name}</a>
        </th>
    }
}

fn row(number: usize, user: &ListedUser) -> impl IntoView + use<> {
    let ListedUser { summary, status, failures } = user.clone();
    let label = t().select_user(summary.nickname.as_deref(), &summary.id);
    let title = summary.nickname.clone();
    let href = format!("{PATH}/{}", summary.id);
    let apps = summary.apps.into_iter().map(|app| view! { <span class="badge" title=app.appid>{app.name}</span> });
    let name = match summary.nickname.clone() {
        Some(name) => Either::Left(view! { <bdi>{name}</bdi> }),
        None => Either::Right(view! { <span class="muted">{t().no_nickname()}</span> }),
    };
    let failed = (failures > 0).then(|| {
        let href = format!("/console/failures?user={}", url_value(&summary.id));
        view! { <a class="above failed" href=href>{failures}</a> }
    });
    view! {
        <tr>
            <td class="cell-user">
                <label class="tick">
                    <input
                        type="checkbox"
                        name=format!("users[{number}]")
                        value=summary.id.clone()
                        aria-label=label
                        autocomplete="off"
                    />
                </label>
                {avatar(summary.nickname.as_deref(), &summary.id)}
                <a href=href title=title>{name}</a>
            </td>
            <td data-label=t().phone()>{phone(summary.phone)}</td>
            <td data-label=t().mini_programs()>
                <span class="badges">{apps.collect_view()}</span>
            </td>
            <td class="cell-status" data-label=t().status()>{badge(status)}</td>
            <td data-label=t().created()>{moment(summary.created_at)}</td>
            <td data-label=t().last_login()>{moment(summary.last_login_at)}</td>
            <td data-label=t().failures_7_days()>{failed}</td>
        </tr>
    }
}

fn badge(status: UserStatus) -> impl IntoView {
    let class = match status {
        UserStatus::Active => "badge badge-good",
        UserStatus::Blocked => "badge badge-bad",
        UserStatus::Erased => "badge",
    };
    view! { <span class=class>{t().user_status(status)}</span> }
}

/// What is done to those who are ticked. A viewer may only take them along, masked.
fn at_once(filter: &UrlFilter, support: bool) -> impl IntoView + use<> {
    let acts = support.then(|| {
        view! {
            <label>
                {t().reason_of_act()}
                <input name="reason" maxlength="200" autocomplete="off" placeholder=t().reason_hint() />
            </label>
            <button class="button" type="submit" name="act" value="block">{t().block()}</button>
            <button class="button" type="submit" name="act" value="unblock">{t().unblock()}</button>
        }
    });
    view! {
        <fieldset class="at-once">
            <legend>{t().selected_users()}</legend>
            {hidden(filter.said())}
            {hidden(&[("back", filter.url()), ("selected", "1".to_owned())])}
            <div class="line">
                {acts}
                {formats()}
                <button class="button" type="submit" formaction=EXPORT>{t().export_selected()}</button>
            </div>
        </fieldset>
    }
}

fn formats() -> impl IntoView {
    view! {
        <label class="narrow">
            {t().file_format()}
            <select name="format">
                <option value="xlsx">"XLSX"</option>
                <option value="csv">"CSV"</option>
            </select>
        </label>
    }
}

fn export(filter: &UrlFilter, support: bool) -> impl IntoView + use<> {
    let full = support.then(|| {
        view! {
            <label>
                {t().reason()}
                <input name="reason" maxlength="200" autocomplete="off" placeholder=t().reason_hint() />
            </label>
            <label class="check">
                <input type="checkbox" name="full" value="1" autocomplete="off" />
                {t().export_full()}
            </label>
        }
    });
    view! {
        <details class="act export">
            <summary>{t().export_all()}</summary>
            <p class="lead">{t().export_lead()}</p>
            <form class="line" method="post" action=EXPORT>
                {hidden(filter.said())} {formats()} {full}
                <button class="button" type="submit">{t().export()}</button>
            </form>
        </details>
    }
}
