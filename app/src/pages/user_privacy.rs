//! The parts of a user's page about seeing, exporting and erasing his data.

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use leptos::{either::Either, prelude::*};
use leptos_axum::ResponseOptions;
use server_fn::ServerFn;

use super::{audit::who, form_problem, outcome};
use crate::{
    components::{copyable, fact, moment, phone, phone_changes_table},
    error::ConsoleError,
    fns::RevealPhone,
    islands::RevealTimer,
    port::{self, Viewer},
    text::t,
    types::{AuditEntry, Erasure, Millis, Privacy, RevealedPhone, Role, User},
};

/// Answered by the server itself: a server function cannot answer with a file.
const EXPORT: &str = "/console/fn/export_user";

/// Loaded with the page.
pub(super) struct UserPrivacy {
    id: String,
    role: Role,
    privacy: Privacy,
    /// While this operator's minute lasts.
    revealed: Option<RevealedPhone>,
    /// Seconds until this operator may look again, when the form that led here was one too many.
    wait: u32,
}

impl UserPrivacy {
    pub(super) async fn load(viewer: &Arc<dyn Viewer>, id: &str) -> Result<Self, ConsoleError> {
        let role = viewer.operator().role;
        let (mut revealed, mut wait) = (None, 0);
        if role >= Role::Support {
            let support = port::support().await?;
            revealed = support.revealed_phone(id).await?;
            if form_problem() == Some(ConsoleError::TooManyReveals) {
                wait = support.reveal_wait().await?;
            }
        }
        Ok(Self { id: id.to_owned(), role, privacy: viewer.privacy(id).await?, revealed, wait })
    }

    pub(super) fn erased_at(&self) -> Option<Millis> {
        self.privacy.erased_at
    }

    /// The answer to one look too many: 429, and how long to wait.
    pub(super) fn wait(&self) -> impl IntoView + use<> {
        let wait = self.wait;
        if wait > 0
            && let Some(response) = use_context::<ResponseOptions>()
        {
            response.set_status(StatusCode::TOO_MANY_REQUESTS);
            response.insert_header(RETRY_AFTER, HeaderValue::from(wait));
        }
        (wait > 0).then(|| {
            let duration = t().duration(i64::from(wait) * 1000);
            view! { <p class="lead wait">{t().wait_more()} {duration}</p> }
        })
    }

    /// The phone, masked, with the form that reveals it; or the number, for as long as it may be seen.
    pub(super) fn phone(&self, masked: Option<String>) -> impl IntoView + use<> {
        let form = (self.role >= Role::Support && masked.is_some()).then(|| reveal_form(&self.id));
        match self.revealed.clone() {
            Some(revealed) => Either::Left(shown(revealed, &self.id)),
            None => Either::Right(view! { {phone(masked)} {form} }),
        }
    }

    /// Who looked, what was erased, and what an administrator does when a user asks for his rights.
    pub(super) fn sections(self, merged: bool) -> impl IntoView {
        // Of somebody merged, everything is the other one's.
        let admin = self.role == Role::Admin && self.privacy.erased_at.is_none() && !merged;
        view! {
            {looks(self.privacy.looks, &self.id).into_any()}
            {erasures(&self.privacy.erasures).into_any()}
            {admin.then(|| requests(&self.id)).into_any()}
        }
    }

    /// The page of somebody who was erased.
    pub(super) fn tombstone(self, user: User, at: Millis) -> impl IntoView {
        let User { summary, phone_changes, merged_into, .. } = user;
        let user_merged = merged_into.is_some();
        view! {
            <nav class="crumbs" aria-label=t().breadcrumb()>
                <a href="/console/users">{t().users()}</a>
            </nav>
            <div class="person">
                <div>
                    <h1>{t().erased_user()} " " <span class="badge badge-bad">{t().erased()}</span></h1>
                    {copyable(summary.id)}
                </div>
            </div>
            {outcome("erased", t().person_erased(), t().person_erased_lead())}
            <dl class="card facts">
                {fact(t().erased_at(), moment(at))} {fact(t().created(), moment(summary.created_at))}
                {fact(t().last_login(), moment(summary.last_login_at))}
            </dl>
            {self.sections(user_merged).into_any()}
            <section class="card card-flush">
                <h2>{t().phone_history()}</h2>
                {phone_changes_table(phone_changes, false).into_any()}
            </section>
        }
    }
}

/// Without JavaScript the browser asks for the page again when the time is over, and gets the masked one.
fn shown(revealed: RevealedPhone, id: &str) -> impl IntoView + use<> {
    let RevealedPhone { number, masked, seconds_left } = revealed;
    let again = format!("{seconds_left}; url=/console/users/{id}");
    let (before, after) = t().hidden_in();
    let hidden = t().number_hidden().to_owned();
    view! {
        <span id="revealed" class="phone">
            {copyable(number)}
        </span>
        <RevealTimer seconds=seconds_left masked before=before.to_owned() after=after.to_owned() hidden />
        <noscript>
            <meta http-equiv="refresh" content=again />
        </noscript>
    }
}

fn reveal_form(id: &str) -> impl IntoView + use<> {
    view! {
        <details class="act">
            <summary>{t().reveal_phone()}</summary>
            <p class="lead">{t().reveal_lead()}</p>
            <form class="line" method="post" action=RevealPhone::PATH>
                <input type="hidden" name="user" value=id.to_owned() />
                {reason_field(t().reason_example())}
                <button class="button" type="submit">{t().show()}</button>
            </form>
        </details>
    }
}

/// With the warning that belongs to it.
fn reason_field(example: &'static str) -> impl IntoView {
    view! {
        <label>
            {t().reason()} <input name="reason" required maxlength="200" autocomplete="off" placeholder=example />
            <span class="lead">{t().reason_stays()}</span>
        </label>
    }
}

fn looks(looks: Vec<AuditEntry>, id: &str) -> impl IntoView + use<> {
    let all = format!("/console/audit?user={id}");
    let list = if looks.is_empty() {
        Either::Left(view! { <p class="lead">{t().nobody_looked()}</p> })
    } else {
        let rows = looks.into_iter().map(|look| {
            view! {
                <tr>
                    <td data-label=t().time()>{moment(look.at)}</td>
                    <td data-label=t().operator()>{who(look.actor)}</td>
                    <td data-label=t().act()>{t().action(&look.action)}</td>
                    <td class="cell-why" data-label=t().why()>{look.reason.map(|text| view! { <bdi>{text}</bdi> })}</td>
                </tr>
            }
        });
        Either::Right(view! {
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{t().time()}</th>
                        <th scope="col">{t().operator()}</th>
                        <th scope="col">{t().act()}</th>
                        <th scope="col">{t().why()}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        })
    };
    view! {
        <section class="card card-flush looks">
            <h2>{t().who_looked()}</h2>
            <p class="lead">
                {t().who_looked_lead()} " · " <a href=all>{t().all_acts()}</a>
            </p>
            {list}
        </section>
    }
}

fn erasures(erasures: &[Erasure]) -> impl IntoView + use<> {
    let rows = erasures.iter().map(|one| {
        view! {
            <tr>
                <td data-label=t().time()>{moment(one.at)}</td>
                <td data-label=t().what()>{t().erased_what(&one.what)}</td>
                <td data-label=t().on_wish_of()>{t().erased_why(&one.cause)}</td>
                <td data-label=t().request_id()>{copyable(one.request_id.clone())}</td>
            </tr>
        }
    });
    (!erasures.is_empty()).then(|| {
        view! {
            <section class="card card-flush erasures">
                <h2>{t().erasures()}</h2>
                <p class="lead">{t().erasures_lead()}</p>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{t().time()}</th>
                            <th scope="col">{t().what()}</th>
                            <th scope="col">{t().on_wish_of()}</th>
                            <th scope="col">{t().request_id()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </section>
        }
    })
}

fn requests(id: &str) -> impl IntoView + use<> {
    view! {
        <section class="card requests">
            <h2>{t().privacy_requests()}</h2>
            <p class="lead">{t().privacy_requests_lead()}</p>
            <details class="act">
                <summary>{t().export_person()}</summary>
                <p class="lead">{t().person_export_lead()}</p>
                <form class="line" method="post" action=EXPORT>
                    <input type="hidden" name="user" value=id.to_owned() />
                    {reason_field(t().reason_hint())}
                    <button class="button" type="submit">{t().download()}</button>
                </form>
            </details>
            <p class="danger">
                <a href=format!("/console/users/{id}/erase")>{t().erase_person()} "…"</a>
            </p>
        </section>
    }
}
