use leptos::{either::Either, prelude::*};

use crate::{
    components::{Heading, Icon, Section, page, problem},
    error::ConsoleError,
    port,
    text::t,
    types::{MiniProgram, Trial, TrialStep},
};

/// Takes pasted data through every check, for administrators.
///
/// The form posts to this very page: a redirect would have to carry the answer in a URL or keep it somewhere, and a pasted
/// key belongs in neither. The server puts the posted [`Trial`] into the context.
#[component]
pub fn TrialPage() -> impl IntoView {
    let trial = use_context::<Trial>();
    page(t().try_decryption(), Section::Failures, |viewer| async move {
        let admin = port::admin().await?;
        let apps = viewer.mini_programs().await?;
        let steps = match trial.clone() {
            Some(trial) => Some(admin.try_decryption(trial).await),
            None => None,
        };
        let with_key = trial.as_ref().is_some_and(|trial| !trial.session_key.is_empty());
        Ok(view! {
            <nav class="crumbs" aria-label=t().breadcrumb()>
                <a href="/console/failures">{t().failures()}</a>
            </nav>
            <div class="page-head">
                <h1>{t().try_decryption()}</h1>
            </div>
            <p class="intro">{t().try_lead()}</p>
            {steps.map(|steps| answer(steps, with_key).into_any())}
            <section class="card">{form(trial.unwrap_or_default(), &apps).into_any()}</section>
        }
        .into_any())
    })
}

fn answer(steps: Result<Vec<TrialStep>, ConsoleError>, with_key: bool) -> impl IntoView {
    let steps = match steps {
        Ok(steps) => steps,
        Err(failure) => return Either::Left(problem(failure, Heading::Part)),
    };
    let summary = summary(&steps, with_key);
    let rows = steps.into_iter().map(step).collect_view();
    Either::Right(view! {
        {summary}
        <section class="card">
            <h2>{t().steps()}</h2>
            <ol class="checks">{rows}</ol>
        </section>
    })
}

/// Where it stopped and what that usually means, or that nothing is wrong.
fn summary(steps: &[TrialStep], with_key: bool) -> impl IntoView + use<> {
    let stopped = steps.iter().find(|step| step.passed == Some(false)).map(|step| step.stage);
    let (class, icon, headline, advice) = match stopped {
        Some(stage) => {
            let headline = format!("{}{}", t().try_bad(), t().stage_name(stage));
            ("notice notice-problem", Icon::Warning, headline, t().stage_meaning(stage))
        }
        None if with_key => ("notice notice-good", Icon::Check, t().try_good().to_owned(), t().try_good_lead()),
        None => ("notice notice-good", Icon::Check, t().try_form_good().to_owned(), t().try_form_good_lead()),
    };
    view! {
        <div class=class role="status">
            {icon.view()}
            <div>
                <h2>{headline}</h2>
                <p>{advice}</p>
            </div>
        </div>
    }
}

fn step(step: TrialStep) -> impl IntoView {
    let (class, icon, verdict) = match step.passed {
        Some(true) => ("mark mark-good", Icon::Check, t().passed()),
        Some(false) => ("mark mark-bad", Icon::Cross, t().not_passed()),
        None => ("mark", Icon::Clock, t().not_reached()),
    };
    view! {
        <li class=step.passed.is_none().then_some("unreached")>
            <p class=class>{icon.view()} <strong>{t().stage_name(step.stage)}</strong> <span>{verdict}</span></p>
            {(!step.detail.is_empty()).then(|| view! { <p class="lead">{step.detail}</p> })}
        </li>
    }
}

/// With what was pasted, so that another key can be tried on it; the key itself does not come back.
fn form(trial: Trial, apps: &[MiniProgram]) -> impl IntoView + use<> {
    view! {
        <form class="stack trial" method="post" action="/console/try" autocomplete="off">
            <label>{t().mini_program()} {appid(trial.appid, apps)}</label>
            <label>
                "encryptedData"
                <textarea name="encrypted_data" rows="6" required maxlength="16384" spellcheck="false">
                    {textarea_text(&trial.encrypted_data)}
                </textarea>
            </label>
            <label>
                "iv"
                <input name="iv" value=trial.iv required maxlength="256" autocomplete="off" spellcheck="false" />
            </label>
            <label>
                {t().session_key_optional()}
                <input name="session_key" type="password" maxlength="256" autocomplete="off" spellcheck="false" />
                <span class="lead">{t().session_key_hint()}</span>
            </label>
            <div>
                <button class="button button-main" type="submit">{t().check()}</button>
            </div>
        </form>
    }
}

fn appid(chosen: String, apps: &[MiniProgram]) -> impl IntoView + use<> {
    if apps.is_empty() {
        return Either::Left(
            view! { <input name="appid" value=chosen required maxlength="64" placeholder="wx…" spellcheck="false" /> },
        );
    }
    let options = apps.iter().map(|MiniProgram { app, .. }| {
        view! {
            <option value=app.appid.clone() selected=app.appid == chosen>
                {format!("{} · {}", app.name, app.appid)}
            </option>
        }
    });
    Either::Right(view! { <select name="appid">{options.collect_view()}</select> })
}

/// Leptos writes the text of a textarea as it is, markup and all.
fn textarea_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
