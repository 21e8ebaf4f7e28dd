use leptos::prelude::*;
use leptos_meta::Title;
use server_fn::ServerFn;

use super::{form_problem, outcome, query, welcome::welcome};
use crate::{
    components::{Icon, set_status},
    fns::{SignIn, go, own_path},
    port,
    routes::Site,
    text::t,
};

/// Sign-in. Who is signed in already goes on to where he wanted.
#[component]
pub fn LoginPage() -> impl IntoView {
    let next = own_path(&query("next")).to_owned();
    refused();
    let content = async move {
        if port::own_account().await.is_ok() {
            go(&next);
        }
        content(next)
    };
    view! {
        <Title text=format!("{} · Latchkey", t().sign_in()) />
        <Suspense>{Suspend::new(content)}</Suspense>
    }
}

/// A page that tells somebody to wait tells programs, too.
pub(super) fn refused() {
    if let Some(problem) = form_problem().filter(|problem| problem.retry_after().is_some()) {
        set_status(problem);
    }
}

fn content(next: String) -> impl IntoView {
    let form = view! {
        {outcome("password_chosen", t().password_chosen(), t().password_chosen_lead())}
        <form class="stack" method="post" action=SignIn::PATH>
            <input type="hidden" name="next" value=next />
            <label>
                {t().username()}
                <input name="username" autocomplete="username" autocapitalize="off" spellcheck="false" required autofocus />
            </label>
            <label>
                {t().password()}
                <input name="password" type="password" autocomplete="current-password" required />
            </label>
            <button class="button button-main" type="submit">{t().sign_in()}</button>
        </form>
        {expect_context::<Site>().demo.then(demo_operators)}
    };
    welcome(t().sign_in_lead(), form.into_any())
}

fn demo_operators() -> impl IntoView {
    view! {
        <div class="notice">
            {Icon::Key.view()}
            <div>
                <h2>{t().demo_title()}</h2>
                <p>
                    <code>"admin"</code> ", " <code>"support"</code> ", " <code>"viewer"</code> " — "
                    {t().demo_lead()} " " <code>"latchkey-demo"</code>
                </p>
            </div>
        </div>
    }
}
