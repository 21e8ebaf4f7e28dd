mod answers;
mod fix;

use leptos::{either::Either, prelude::*};

use super::{outcome, param};
use crate::{
    components::{
        Icon, Section, circumstances, copy_button, evidence, keys_tried, moment, page, time_line, url_value, user_link,
        verdict, zone_note,
    },
    text::{Explanation, t},
    types::{Certainty, Failure, FailureStory, Proof, Role},
};

/// One failure: what happened, what proves it, what to change and what to say. The title names the page, never the person.
#[component]
pub fn FailurePage() -> impl IntoView {
    let id = param("id");
    page(t().failure(), Section::Failures, |viewer| async move {
        let story = viewer.failure(&id).await?;
        let support = viewer.operator().role >= Role::Support;
        Ok(content(&story, support).into_any())
    })
}

/// Erases the type of every part: as one type, the page is deeper than the compiler goes.
fn content(story: &FailureStory, support: bool) -> impl IntoView + use<> {
    let failure = &story.failure;
    let told = t().explain(failure);
    view! {
        <nav class="crumbs" aria-label=t().breadcrumb()>
            <a href="/console/failures">{t().failures()}</a>
        </nav>
        {headline(failure, &told).into_any()}
        {outcome("asked", t().asked_done(), t().asked_done_lead())}
        <div class="story">
            <div>
                {what_happened(failure, &told).into_any()}
                {fix::what_to_change(&told).into_any()}
                {what_to_say(&told).into_any()}
                {request(failure).into_any()}
                {fix::as_text(failure).into_any()}
            </div>
            <aside>
                {events(story).into_any()}
                {similar(story).into_any()}
                {answers::asked(failure, support).into_any()}
            </aside>
        </div>
    }
}

fn headline(failure: &Failure, told: &Explanation) -> impl IntoView + use<> {
    let (icon, class) = match (failure.healed, failure.later_success) {
        (true, _) => (Icon::Check, "seal seal-good"),
        (false, Some(_)) => (Icon::Failure, "seal"),
        (false, None) => (Icon::Failure, "seal seal-bad"),
    };
    let version = failure.version.as_deref().map(|version| format!(" · {}", t().version_name(version)));
    let user = failure.user.clone().map(|user| view! { <span>{user_link(&user.id, user.nickname)}</span> });
    view! {
        <header class="headline">
            <span class=class aria-hidden="true">{icon.view()}</span>
            <div>
                <h1>{told.headline.clone()}</h1>
                <p>
                    {verdict(failure)}
                    <span>{moment(failure.at)}</span>
                    <span title=failure.app.appid.clone()>{failure.app.name.clone()} {version}</span>
                    {user}
                </p>
                {zone_note()}
            </div>
        </header>
    }
}

fn what_happened(failure: &Failure, told: &Explanation) -> impl IntoView + use<> {
    let proof = &failure.evidence.proof;
    let proof = (!proof.is_empty()).then(|| {
        let lang = matches!(proof, Proof::Words(_)).then_some("en");
        view! { <span lang=lang>{t().proof(proof)}</span> }
    });
    view! {
        <section class="card telling">
            <h2>{t().what_happened()}</h2>
            <p class="told">{told.happened.clone()}</p>
            {aftermath(failure)}
            <h3>{t().how_we_know()}</h3>
            <p>{certainty(failure.certainty())} " " {proof}</p>
            {keys_tried(&failure.evidence.keys).into_any()}
            {evidence(&failure.evidence).into_any()}
            {kind(failure)}
        </section>
    }
}

fn certainty(certainty: Certainty) -> impl IntoView {
    let class = if certainty == Certainty::Proved { "badge badge-good" } else { "badge" };
    view! { <span class=class>{t().certainty(certainty)}</span> }
}

/// The cause by the name that filters and counts have for it.
fn kind(failure: &Failure) -> impl IntoView + use<> {
    let href = format!("/console/failures?cause={}", failure.cause.name());
    view! {
        <p class="lead">
            {t().kind_of_failure()} <a href=href>{t().cause_name(failure.cause)}</a>
        </p>
    }
}

/// How it went on for the user.
fn aftermath(failure: &Failure) -> impl IntoView + use<> {
    let at = failure.at;
    match (failure.healed, failure.later_success) {
        (true, _) => {
            Some(Either::Left(view! { <p class="calm">{Icon::Check.view()} <span>{t().healed_lead()}</span></p> }))
        }
        (false, Some(later)) => Some(Either::Right(view! {
            <p class="calm">
                {Icon::Check.view()}
                <span>
                    {t().succeeded_later_lead()} {moment(later)}
                    <span class="muted">" · " {t().before(at.since(later))}</span>
                </span>
            </p>
        })),
        (false, None) => None,
    }
}

fn what_to_say(told: &Explanation) -> impl IntoView + use<> {
    let user = told.user.clone();
    view! {
        <section class="card sayings">
            <div>
                <h2>{t().for_support()}</h2>
                <p>{told.support.clone()}</p>
            </div>
            <div>
                <h2>{t().for_the_user()}</h2>
                <p>{user.clone()} " " {copy_button(user, t().copy().to_owned())}</p>
            </div>
        </section>
    }
}

fn request(failure: &Failure) -> impl IntoView + use<> {
    view! {
        <section class="card">
            <h2>{t().request()}</h2>
            {circumstances(failure)}
        </section>
    }
}

/// No time line without a user.
fn events(story: &FailureStory) -> impl IntoView + use<> {
    (!story.events.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{t().time_line()}</h2>
                <p class="lead">{t().time_line_lead()}</p>
                {time_line(&story.events, Some(&story.failure)).into_any()}
            </section>
        }
    })
}

fn similar(story: &FailureStory) -> impl IntoView + use<> {
    let failure = &story.failure;
    let version = failure.version.as_deref().map(|version| format!("&version={}", url_value(version)));
    let (cause, app) = (failure.cause.name(), url_value(&failure.app.appid));
    let href = format!("/console/failures?cause={cause}&app={app}{}", version.unwrap_or_default());
    let count = if story.similar == 0 {
        let lead = if story.newest_only { t().no_similar_lately() } else { t().no_similar() };
        Either::Left(view! { <p class="lead">{lead}</p> })
    } else {
        let lead = if story.newest_only { t().similar_lately() } else { t().similar_lead() };
        Either::Right(view! {
            <p class="count">{story.similar}</p>
            <p class="lead">{lead}</p>
        })
    };
    let user = failure.user.as_ref().map(|user| {
        view! { <a href=format!("/console/failures?user={}", url_value(&user.id))>{t().see_users()}</a> }
    });
    view! {
        <section class="card">
            <h2>{t().similar()}</h2>
            {count}
            <p class="links">
                {(story.similar > 0).then(|| view! { <a href=href>{t().see_similar()}</a> })}
                {user}
            </p>
        </section>
    }
}
