use leptos::{either::Either, prelude::*};

use super::{cursor, query};
use crate::{
    components::{Icon, Section, avatar, empty, moment, page, pager, phone, status, url_value, zone_note},
    islands::LiveSearch,
    text::t,
    types::{Page, UserQuery, UserSummary},
};

const PATH: &str = "/console/users";

/// The users, newest first, and the search box that finds one of them.
#[component]
pub fn UsersPage() -> impl IntoView {
    let (q, cursor) = (query("q"), cursor());
    page(t().users(), Section::Users, |viewer| async move {
        let q = q.trim().to_owned();
        let users = viewer.users(UserQuery { q: q.clone(), cursor: cursor? }).await?;
        Ok(view! {
            <div class="page-head">
                <h1>{t().users()}</h1>
                {zone_note()}
            </div>
            {search_form(q.clone())}
            <div id="results">{results(users, &q)}</div>
        }
        .into_any())
    })
}

fn search_form(q: String) -> impl IntoView {
    view! {
        <form class="search" role="search" method="get" action=PATH>
            {Icon::Search.view()}
            <LiveSearch path=PATH.to_owned() value=q label=t().search_label().to_owned() hint=t().search_hint().to_owned() />
            <button class="button button-main" type="submit">{t().search()}</button>
        </form>
    }
}

fn results(users: Page<UserSummary>, q: &str) -> impl IntoView + use<> {
    let found = (!q.is_empty()).then(|| {
        view! {
            <p class="found" role="status">
                {t().results_for()} <strong>{q.to_owned()}</strong> <a href=PATH>{t().clear()}</a>
            </p>
        }
    });
    let filter = if q.is_empty() { String::new() } else { format!("q={}", url_value(q)) };
    let pager = pager(&users, PATH, &filter);
    let list = if users.items.is_empty() {
        let (headline, advice) =
            if q.is_empty() { (t().no_users(), t().no_users_lead()) } else { (t().no_hits(), t().no_hits_lead()) };
        Either::Left(empty(Icon::Users, headline, advice))
    } else {
        Either::Right(table(users.items))
    };
    view! {
        {found}
        <section class="card card-flush">{list}</section>
        {pager}
    }
}

fn table(users: Vec<UserSummary>) -> impl IntoView {
    view! {
        <table class="table table-links">
            <thead>
                <tr>
                    <th scope="col">{t().user()}</th>
                    <th scope="col">{t().phone()}</th>
                    <th scope="col">{t().mini_programs()}</th>
                    <th scope="col">{t().status()}</th>
                    <th scope="col">{t().created()}</th>
                    <th scope="col">{t().last_login()}</th>
                </tr>
            </thead>
            <tbody>{users.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn row(user: UserSummary) -> impl IntoView {
    let title = user.nickname.clone();
    let apps = user.apps.into_iter().map(|app| view! { <span class="badge" title=app.appid>{app.name}</span> });
    view! {
        <tr>
            <td class="cell-user">
                {avatar(user.nickname.as_deref(), &user.id)}
                <a href=format!("{PATH}/{}", user.id) title=title>
                    {match user.nickname {
                        Some(name) => Either::Left(view! { <bdi>{name}</bdi> }),
                        None => Either::Right(view! { <span class="muted">{t().no_nickname()}</span> }),
                    }}
                </a>
            </td>
            <td data-label=t().phone()>{phone(user.phone)}</td>
            <td data-label=t().mini_programs()>
                <span class="badges">{apps.collect_view()}</span>
            </td>
            <td class="cell-status" data-label=t().status()>{status(user.blocked)}</td>
            <td data-label=t().created()>{moment(user.created_at)}</td>
            <td data-label=t().last_login()>{moment(user.last_login_at)}</td>
        </tr>
    }
}
