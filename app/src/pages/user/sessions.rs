use leptos::{either::Either, prelude::*};

use super::{preview_href, preview_link};
use crate::{
    components::moment,
    text::t,
    types::{ResetKind, User, UserSession},
};

/// The API tokens, by what is known of them; the tokens themselves nobody knows.
pub(super) fn section(user: &User, support: bool) -> impl IntoView + use<> {
    let id = user.summary.id.clone();
    let many = user.sessions.len() > 1;
    let end_all = (support && many).then(|| {
        view! { <a class="button" href=preview_href(&id, ResetKind::Sessions, None)>{t().reset_kind(ResetKind::Sessions)}</a> }
    });
    let list = if user.sessions.is_empty() {
        Either::Left(view! { <p class="lead calm-line">{t().no_sessions()}</p> })
    } else {
        Either::Right(table(&id, user.sessions.clone(), support))
    };
    user.erased_at.is_none().then(|| {
        view! {
            <section class="card card-flush">
                <div class="panel-head card-head">
                    <h2>{t().sessions()}</h2>
                    {end_all}
                </div>
                <p class="lead">{t().sessions_lead()}</p>
                {list}
            </section>
        }
    })
}

fn table(user: &str, sessions: Vec<UserSession>, support: bool) -> impl IntoView + use<> {
    let rows = sessions.into_iter().map(|session| row(user, session, support)).collect_view();
    let act = support.then(|| view! { <th scope="col">{t().act()}</th> });
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{t().mini_program()}</th>
                    <th scope="col">{t().client_version()}</th>
                    <th scope="col">{t().signed_in_at()}</th>
                    <th scope="col">{t().last_used_at()}</th>
                    <th scope="col">{t().expires()}</th>
                    {act}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(user: &str, session: UserSession, support: bool) -> impl IntoView + use<> {
    let end = support.then(|| {
        let link = preview_link(user, ResetKind::Session, Some(&session.id), t().end_session());
        view! { <td data-label=t().act()>{link}</td> }
    });
    view! {
        <tr>
            <td data-label=t().mini_program()>{session.app.name}</td>
            <td data-label=t().client_version()>{session.client}</td>
            <td data-label=t().signed_in_at()>{moment(session.created_at)}</td>
            <td data-label=t().last_used_at()>{moment(session.last_used_at)}</td>
            <td data-label=t().expires()>{moment(session.expires_at)}</td>
            {end}
        </tr>
    }
}
