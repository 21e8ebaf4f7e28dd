use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use super::outcome;
use crate::{
    components::{Icon, Section, copyable, empty, moment, page, zone_note},
    fns::{CreateApiKey, RevokeApiKey},
    port,
    text::t,
    types::ApiKey,
};

/// The keys of `POST /api/introspect`, for administrators. A key that was just made is shown this once.
#[component]
pub fn ApiKeysPage() -> impl IntoView {
    page(t().api_keys(), Section::ApiKeys, |_| async {
        let admin = port::admin().await?;
        let new = admin.new_api_key().await?;
        let keys = admin.api_keys().await?;
        Ok(view! {
            <div class="page-head">
                <h1>{t().api_keys()}</h1>
                {zone_note()}
            </div>
            <p class="intro">{t().api_keys_lead()}</p>
            {outcome("key_revoked", t().key_revoked(), t().key_revoked_lead())}
            {new.map(new_key)}
            <section class="card">
                <h2>{t().new_key()}</h2>
                {create_form()}
            </section>
            <section class="card card-flush">{table(keys)}</section>
        }
        .into_any())
    })
}

fn new_key(key: String) -> impl IntoView {
    view! {
        <div class="notice notice-good" role="status">
            {Icon::Key.view()}
            <div>
                <h2>{t().key_created()}</h2>
                <p>{t().key_created_lead()}</p>
                {copyable(key)}
            </div>
        </div>
    }
}

fn create_form() -> impl IntoView {
    view! {
        <form class="line" method="post" action=CreateApiKey::PATH>
            <label>
                {t().name()}
                <input name="name" required maxlength="64" autocomplete="off" placeholder=t().key_name_hint() />
            </label>
            <button class="button button-main" type="submit">{t().create_key()}</button>
        </form>
    }
}

fn table(keys: Vec<ApiKey>) -> impl IntoView {
    if keys.is_empty() {
        return Either::Left(empty(Icon::Code, t().no_api_keys(), t().no_api_keys_lead()));
    }
    Either::Right(view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{t().name()}</th>
                    <th scope="col">{t().key_made()}</th>
                    <th scope="col">{t().made_by()}</th>
                    <th scope="col">{t().last_used()}</th>
                    <th scope="col">{t().status()}</th>
                </tr>
            </thead>
            <tbody>{keys.into_iter().map(row).collect_view()}</tbody>
        </table>
    })
}

fn row(key: ApiKey) -> impl IntoView {
    let last_used = match key.last_used_at {
        Some(at) => Either::Left(moment(at)),
        None => Either::Right(view! { <span class="muted">{t().never_used()}</span> }),
    };
    let state = match key.revoked_at {
        Some(at) => Either::Left(view! {
            <span>
                <span class="badge badge-bad">{t().revoked()}</span>
                " "
                {moment(at)}
            </span>
        }),
        None => Either::Right(revoke_form(key.id, &key.name)),
    };
    view! {
        <tr>
            <td data-label=t().name()>
                <strong>{key.name}</strong>
            </td>
            <td data-label=t().key_made()>{moment(key.created_at)}</td>
            <td data-label=t().made_by()>{key.created_by.unwrap_or_else(|| t().command_line().to_owned())}</td>
            <td data-label=t().last_used()>{last_used}</td>
            <td data-label=t().status()>{state}</td>
        </tr>
    }
}

/// Two presses: there is no way back.
fn revoke_form(id: String, name: &str) -> impl IntoView + use<> {
    let label = format!("{} {name}", t().revoke());
    view! {
        <details class="act">
            <summary aria-label=label.clone()>{t().revoke()}</summary>
            <form method="post" action=RevokeApiKey::PATH>
                <input type="hidden" name="id" value=id />
                <p class="lead">{t().revoke_lead()}</p>
                <button class="button" type="submit" aria-label=label>{t().revoke()}</button>
            </form>
        </details>
    }
}
