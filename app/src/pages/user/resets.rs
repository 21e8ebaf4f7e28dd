use leptos::{either::EitherOf4, prelude::*};

use crate::{
    components::{moment, user_link},
    text::{t, zone},
    types::{Reset, ResetState, Role, User},
};

/// What operators did to the user, why, and whether it can be undone.
pub(super) fn section(user: &User, role: Role) -> impl IntoView + use<> {
    let list = if user.resets.is_empty() {
        view! { <p class="lead calm-line">{t().no_acts()}</p> }.into_any()
    } else {
        table(&user.summary.id, user.resets.clone(), role).into_any()
    };
    view! {
        <section class="card card-flush" id="resets">
            <h2>{t().operators_acts()}</h2>
            <p class="lead">{t().operators_acts_lead()}</p>
            {list}
        </section>
    }
}

fn table(user: &str, resets: Vec<Reset>, role: Role) -> impl IntoView + use<> {
    let rows = resets.into_iter().map(|reset| row(user, reset, role).into_any()).collect_view();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{t().time()}</th>
                    <th scope="col">{t().act()}</th>
                    <th scope="col">{t().why()}</th>
                    <th scope="col">{t().by()}</th>
                    <th scope="col">{t().state()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(user: &str, reset: Reset, role: Role) -> impl IntoView + use<> {
    let app = reset.app.clone().map(|app| view! { <span class="badge" title=app.appid>{app.name}</span> });
    let state = state(&reset, role);
    let other = other(user, &reset);
    view! {
        <tr>
            <td data-label=t().time()>{moment(reset.at)}</td>
            <td data-label=t().act()>
                <span>{t().reset_kind(reset.kind)} " " {app} {other}</span>
            </td>
            <td data-label=t().why()>
                <bdi class="reason">{reset.reason}</bdi>
            </td>
            <td data-label=t().by()>{reset.by}</td>
            <td data-label=t().state()>
                <span>{state}</span>
            </td>
        </tr>
    }
}

/// Of an act on two users, the other one: which of them this page is about shows by the arrow.
fn other(here: &str, reset: &Reset) -> Option<AnyView> {
    let other = reset.other.clone()?;
    let link = if other.id == here {
        user_link(&reset.user, None).into_any()
    } else {
        user_link(&other.id, other.nickname).into_any()
    };
    let arrow = if other.id == here { "← " } else { "→ " };
    Some(view! { <span class="muted">{arrow} {link}</span> }.into_any())
}

fn state(reset: &Reset, role: Role) -> impl IntoView + use<> {
    match &reset.state {
        ResetState::Undoable(until) => {
            let link = (role == Role::Admin).then(|| {
                let href = format!("/console/users/{}/undo/{}", reset.user, reset.id);
                view! { <a class="deed" href=href>{t().undo()}</a> " " }
            });
            let note = view! { <span class="muted">{t().undoable_until(&zone().day(*until))}</span> };
            EitherOf4::A(view! { {link} {note} })
        }
        ResetState::Undone { at, by } => EitherOf4::B(t().undone_by(by, &zone().text(*at))),
        ResetState::Final => EitherOf4::C(view! { <span class="muted">{t().state_final()}</span> }),
        ResetState::Never => EitherOf4::D(view! { <span class="muted">{t().state_never()}</span> }),
    }
}
