use leptos::{either::Either, prelude::*};

use super::param;
use crate::{
    components::{Section, avatar, copyable, moment, page, phone_changes_table, status},
    text::t,
    types::{Binding, User},
};

/// One user: who he is, his bindings and his phone history. The title names the page, never the person.
#[component]
pub fn UserPage() -> impl IntoView {
    let id = param("id");
    page(t().user(), Section::Users, |viewer| async move {
        let user = viewer.user(&id).await?;
        Ok(content(user).into_any())
    })
}

fn content(user: User) -> impl IntoView {
    let User { summary, phone_bound_at, bindings, phone_changes } = user;
    let name = match summary.nickname.clone() {
        Some(name) => Either::Left(view! { <bdi>{name}</bdi> }),
        None => Either::Right(t().no_nickname()),
    };
    let phone = match summary.phone.clone() {
        Some(phone) => Either::Left(view! { <span class="phone">{phone}</span> }),
        None => Either::Right(view! { <span class="muted">{t().no_phone()}</span> }),
    };
    view! {
        <nav class="crumbs" aria-label=t().breadcrumb()>
            <a href="/console/users">{t().users()}</a>
        </nav>
        <div class="person">
            {avatar(summary.nickname.as_deref(), &summary.id)}
            <div>
                <h1>{name} " " {status(summary.blocked)}</h1>
                {copyable(summary.id)}
            </div>
        </div>
        <dl class="card facts">
            <div>
                <dt>{t().phone()}</dt>
                <dd>{phone}</dd>
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
            <ul class="bindings">{bindings.into_iter().map(binding).collect_view()}</ul>
        </section>
        <section class="card card-flush">
            <h2>{t().phone_history()}</h2>
            <p class="lead">{t().phone_history_lead()} " · " {t().beijing_time()}</p>
            {phone_changes_table(phone_changes, false)}
        </section>
    }
}

fn binding(binding: Binding) -> impl IntoView {
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
        </li>
    }
}
