use leptos::prelude::*;
use leptos_meta::Title;
use server_fn::ServerFn;

use super::{form_problem, login::refused, query, welcome::welcome};
use crate::{
    components::{Heading, problem, url_value},
    fns::{SignInCode, go, own_path},
    port,
    text::t,
};

/// The second step of sign-in. Without the first there is nothing to do here.
#[component]
pub fn CodePage() -> impl IntoView {
    let next = own_path(&query("next")).to_owned();
    refused();
    let content = async move {
        let waits = match port::console() {
            Ok(console) => console.awaits_code().await.unwrap_or(false),
            Err(_) => false,
        };
        if !waits {
            go(&format!("/console/login?next={}", url_value(&next)));
        }
        content(next)
    };
    view! {
        <Title text=format!("{} · Latchkey", t().second_step()) />
        <Suspense>{Suspend::new(content)}</Suspense>
    }
}

fn content(next: String) -> impl IntoView {
    let form = view! {
        {form_problem().map(|failure| problem(failure, Heading::Part))}
        <p class="intro">{t().second_step_lead()}</p>
        <form class="stack" method="post" action=SignInCode::PATH>
            <input type="hidden" name="next" value=next />
            <label>
                {t().code_or_recovery()}
                <input name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="32" required autofocus />
            </label>
            <button class="button button-main" type="submit">{t().confirm_code()}</button>
        </form>
        <p>
            <a href="/console/login">{t().start_over()}</a>
        </p>
    };
    welcome(t().second_step(), form.into_any())
}
