use http::{HeaderValue, header::REFERRER_POLICY};
use leptos::{either::Either, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::Title;
use server_fn::ServerFn;

use super::{form_problem, login::refused, param, welcome::welcome};
use crate::{
    components::{Heading, problem, set_status},
    error::ConsoleError,
    fns::AcceptInvitation,
    port,
    text::t,
    types::Invitation,
};

/// Where somebody chooses a password with a link he was sent. Nobody is signed in here.
#[component]
pub fn InvitePage() -> impl IntoView {
    let token = param("token");
    keep_the_address_to_ourselves();
    refused();
    let content = async move {
        match invitation(&token).await {
            Ok(invitation) => Either::Left(chooser(token, invitation)),
            Err(failure) => Either::Right(refusal(failure)),
        }
    };
    view! {
        <Title text=format!("{} · Latchkey", t().choose_password()) />
        <Suspense>{Suspend::new(content)}</Suspense>
    }
}

async fn invitation(token: &str) -> Result<Invitation, ConsoleError> {
    port::console()?.invitation(token).await
}

/// The address is the secret: no request that this page makes may name it. `origin` and not `no-referrer`, under which a form
/// would say that it comes from nowhere, and be refused as another site's.
fn keep_the_address_to_ourselves() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(REFERRER_POLICY, HeaderValue::from_static("origin"));
    }
}

fn refusal(failure: ConsoleError) -> impl IntoView {
    set_status(failure);
    let way = view! {
        {problem(failure, Heading::Part)}
        <p>
            <a class="button" href="/console/login">{t().start_over()}</a>
        </p>
    };
    welcome(t().choose_password(), way.into_any())
}

fn chooser(token: String, invitation: Invitation) -> impl IntoView {
    let headline = if invitation.username.is_some() { t().choose_password() } else { t().first_admin() };
    let name = match invitation.username {
        Some(username) => Either::Left(his_name(username, invitation.drops_second_factor)),
        None => Either::Right(any_name()),
    };
    let form = view! {
        {form_problem().map(|failure| problem(failure, Heading::Part))}
        <form class="stack" method="post" action=AcceptInvitation::PATH>
            <input type="hidden" name="token" value=token />
            {name}
            {new_password(invitation.shortest_password)}
            <button class="button button-main" type="submit">{t().save_password()}</button>
        </form>
    };
    welcome(headline, form.into_any())
}

/// Also in a field that is not seen: password managers file the password under it.
fn his_name(username: String, drops_second_factor: bool) -> impl IntoView {
    view! {
        <p>{t().choose_password_lead()} " " <strong>{username.clone()}</strong></p>
        {drops_second_factor.then(|| view! { <p class="lead">{t().factor_goes()}</p> })}
        <input class="visually-hidden" name="username" value=username autocomplete="username" readonly tabindex="-1" aria-hidden="true" />
    }
}

fn any_name() -> impl IntoView {
    view! {
        <p class="intro">{t().first_admin_lead()}</p>
        <label>
            {t().username()}
            <input name="username" autocomplete="username" autocapitalize="off" spellcheck="false" maxlength="64" required autofocus />
            <span class="hint">{t().username_hint()}</span>
        </label>
    }
}

/// The two fields of a new password, which has `shortest` characters at least.
pub(super) fn new_password(shortest: usize) -> impl IntoView {
    view! {
        <label>
            {t().new_password()}
            <input name="password" type="password" autocomplete="new-password" minlength=shortest.to_string() required aria-describedby="password-hint" />
        </label>
        <label>
            {t().repeat_password()}
            <input name="repeat" type="password" autocomplete="new-password" minlength=shortest.to_string() required />
        </label>
        <p class="hint" id="password-hint">{t().password_hint(shortest)}</p>
    }
}
