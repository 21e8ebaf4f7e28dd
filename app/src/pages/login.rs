use leptos::prelude::*;
use leptos_meta::Title;
use server_fn::ServerFn;

use super::{form_problem, query};
use crate::{
    components::{Heading, Icon, preferences_forms, problem},
    error::ConsoleError,
    fns::{SignIn, go, own_path},
    port,
    routes::Site,
    text::t,
};

/// Sign-in. Who is signed in already goes on to where he wanted.
#[component]
pub fn LoginPage() -> impl IntoView {
    let next = own_path(&query("next")).to_owned();
    let failed = form_problem();
    let content = async move {
        if port::viewer().await.is_ok() {
            go(&next);
        }
        content(next, failed)
    };
    view! {
        <Title text=format!("{} · Latchkey", t().sign_in()) />
        <Suspense>{Suspend::new(content)}</Suspense>
    }
}

fn content(next: String, failed: Option<ConsoleError>) -> impl IntoView {
    view! {
        <div class="welcome">
            <aside class="pitch" aria-label=t().tagline()>
                <p class="brand">{Icon::Key.view()} "Latchkey"</p>
                <p class="tagline">{t().tagline()}</p>
                <p class="pitch-title">{t().pitch_title()}</p>
                <ul>
                    <li>{Icon::Check.view()} {t().pitch_1()}</li>
                    <li>{Icon::Check.view()} {t().pitch_2()}</li>
                    <li>{Icon::Check.view()} {t().pitch_3()}</li>
                </ul>
            </aside>
            <main id="content" class="sign-in">
                <h1>{t().sign_in_lead()}</h1>
                {failed.map(|failure| problem(failure, Heading::Part))}
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
                {preferences_forms()}
            </main>
        </div>
    }
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
