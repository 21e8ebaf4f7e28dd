use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use super::{outcome, param};
use crate::{
    components::{
        Section, avatar, copyable, moment, page, phone, phone_changes_table, status, time_line, url_value, zone_note,
    },
    fns::ResetWechatSession,
    text::t,
    types::{Binding, Event, Role, User},
};

/// One user: who he is, his bindings and his phone history. The title names the page, never the person.
#[component]
pub fn UserPage() -> impl IntoView {
    let id = param("id");
    page(t().user(), Section::Users, |viewer| async move {
        let user = viewer.user(&id).await?;
        let support = viewer.operator().role >= Role::Support;
        Ok(content(user, support).into_any())
    })
}

/// With the forms of `support` staff or without.
fn content(user: User, support: bool) -> impl IntoView {
    let User { summary, phone_bound_at, bindings, phone_changes, events } = user;
    let name = match summary.nickname.clone() {
        Some(name) => Either::Left(view! { <bdi>{name}</bdi> }),
        None => Either::Right(t().no_nickname()),
    };
    let user_id = summary.id.clone();
    let failures = format!("/console/failures?user={}", url_value(&summary.id));
    let bindings = bindings.into_iter().map(|one| {
        // The request to WeChat is signed with the key that is held: without one there is nothing to reset with.
        let form = (support && one.key_received_at.is_some()).then(|| reset_form(&user_id, &one.id));
        binding(one, form)
    });
    view! {
        <nav class="crumbs" aria-label=t().breadcrumb()>
            <a href="/console/users">{t().users()}</a>
        </nav>
        <div class="person">
            {avatar(summary.nickname.as_deref(), &summary.id)}
            <div>
                <h1>{name} " " {status(summary.blocked)}</h1>
                {copyable(summary.id)}
                {zone_note()}
            </div>
            <a class="button page-act" href=failures>{t().failures()}</a>
        </div>
        {outcome("session_reset", t().session_reset(), t().session_reset_lead())}
        <dl class="card facts">
            <div>
                <dt>{t().phone()}</dt>
                <dd>{phone(summary.phone)}</dd>
            </div>
            {phone_bound_at
                .map(|at| {
                    view! {
                        <div>
                            <dt>{t().bound_at()}</dt>
                            <dd>{moment(at)}</dd>
                        </div>
                    }
                })}
            <div>
                <dt>{t().created()}</dt>
                <dd>{moment(summary.created_at)}</dd>
            </div>
            <div>
                <dt>{t().last_login()}</dt>
                <dd>{moment(summary.last_login_at)}</dd>
            </div>
        </dl>
        <section class="card">
            <h2>{t().bindings()}</h2>
            <p class="lead">{t().bindings_lead()}</p>
            <ul class="bindings">{bindings.collect_view()}</ul>
        </section>
        <section class="card card-flush">
            <h2>{t().phone_history()}</h2>
            <p class="lead">{t().phone_history_lead()}</p>
            {phone_changes_table(phone_changes, false)}
        </section>
        {life(&events).into_any()}
    }
}

/// Logins, keys, phones, failures and operators' acts in one line.
fn life(events: &[Event]) -> impl IntoView + use<> {
    (!events.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{t().time_line()}</h2>
                <p class="lead">{t().life_lead()}</p>
                {time_line(events, None).into_any()}
            </section>
        }
    })
}

fn binding(binding: Binding, form: impl IntoView) -> impl IntoView {
    let unionid = match binding.unionid {
        Some(unionid) => Either::Left(copyable(unionid)),
        None => Either::Right(view! { <span class="muted">{t().no_unionid()}</span> }),
    };
    let key = match binding.key_received_at {
        Some(at) => Either::Left(view! {
            {moment(at)}
            <span class="muted">" · " {binding.keys} " " {t().keys_kept()}</span>
        }),
        None => Either::Right(view! { <span class="muted">{t().no_key()}</span> }),
    };
    view! {
        <li>
            <h3>{binding.app.name} " " <code class="muted">{binding.app.appid}</code></h3>
            <dl>
                <div>
                    <dt>"openid"</dt>
                    <dd>{copyable(binding.openid)}</dd>
                </div>
                <div>
                    <dt>"unionid"</dt>
                    <dd>{unionid}</dd>
                </div>
                <div>
                    <dt>{t().first_login()}</dt>
                    <dd>{moment(binding.created_at)}</dd>
                </div>
                <div>
                    <dt>{t().last_login()}</dt>
                    <dd>{moment(binding.last_login_at)}</dd>
                </div>
                <div>
                    <dt>{t().session_key()}</dt>
                    <dd>{key}</dd>
                </div>
            </dl>
            {form}
        </li>
    }
}

/// Closed until somebody wants it: it is done to a user who did not ask for it.
fn reset_form(user: &str, binding: &str) -> impl IntoView + use<> {
    view! {
        <details class="act">
            <summary>{t().reset_session()}</summary>
            <p class="lead">{t().reset_session_lead()}</p>
            <form class="line" method="post" action=ResetWechatSession::PATH>
                <input type="hidden" name="user" value=user.to_owned() />
                <input type="hidden" name="binding" value=binding.to_owned() />
                <label>
                    {t().reason()}
                    <input name="reason" required maxlength="200" autocomplete="off" placeholder=t().reason_hint() />
                </label>
                <button class="button" type="submit">{t().reset_session()}</button>
            </form>
        </details>
    }
}
