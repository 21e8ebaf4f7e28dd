use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use super::{outcome, param};
use crate::{
    components::{
        Icon, Section, circumstances, evidence, keys_tried, moment, page, time_line, url_value, user_link, verdict,
        zone_note,
    },
    fns::AskWechat,
    text::{CauseText, t},
    types::{Asked, Failure, FailureStory, Millis, Proof, Role, Wanted},
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

/// Every part is erased: as one type, the page is deeper than the compiler goes.
fn content(story: &FailureStory, support: bool) -> impl IntoView + use<> {
    let failure = &story.failure;
    let text = t().explain(failure.cause);
    view! {
        <nav class="crumbs" aria-label=t().breadcrumb()>
            <a href="/console/failures">{t().failures()}</a>
        </nav>
        {headline(failure, text).into_any()}
        {outcome("asked", t().asked_done(), t().asked_done_lead())}
        <div class="story">
            <div>
                {what_happened(failure, text).into_any()}
                {what_to_change(failure, text).into_any()}
                {what_to_say(failure, text).into_any()}
                {request(failure).into_any()}
            </div>
            <aside>
                {events(story).into_any()}
                {similar(story).into_any()}
                {asked(failure, support).into_any()}
            </aside>
        </div>
    }
}

fn headline(failure: &Failure, text: CauseText) -> impl IntoView + use<> {
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
                <h1>{text.name}</h1>
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

fn what_happened(failure: &Failure, text: CauseText) -> impl IntoView + use<> {
    let proof = &failure.evidence.proof;
    let proof = (!proof.is_empty()).then(|| {
        let lang = matches!(proof, Proof::Words(_)).then_some("en");
        view! {
            <p class="lead">
                {t().on_record()}
                <span lang=lang>{t().proof(proof)}</span>
            </p>
        }
    });
    view! {
        <section class="card telling">
            <h2>{t().what_happened()}</h2>
            <p class="told">{text.cause}</p>
            {aftermath(failure)}
            <h3>{t().how_we_know()}</h3>
            <p>{text.proof}</p>
            {proof}
            {keys_tried(&failure.evidence.keys).into_any()}
            {evidence(&failure.evidence).into_any()}
        </section>
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

fn what_to_change(failure: &Failure, text: CauseText) -> impl IntoView + use<> {
    view! {
        <section class="card telling">
            <h2>{t().what_to_change()}</h2>
            <p>{text.fix}</p>
            {t().snippet(failure.cause).map(|code| snippet(&code))}
        </section>
    }
}

/// Reachable by keyboard, because it may be wider than the page; comments step back.
fn snippet(code: &str) -> impl IntoView + use<> {
    let lines = code.lines().map(|line| {
        let comment = line.find("// ").or_else(|| line.find("# ")).unwrap_or(line.len());
        let (code, comment) = line.split_at(comment);
        // An empty text would be rendered as a blank.
        let code = (!code.is_empty()).then(|| code.to_owned());
        let comment = (!comment.is_empty()).then(|| view! { <span class="muted">{comment.to_owned()}</span> });
        view! { {code} {comment} "\n" }
    });
    view! {
        <pre class="code" tabindex="0">
            <code>{lines.collect_view()}</code>
        </pre>
    }
}

fn what_to_say(failure: &Failure, text: CauseText) -> impl IntoView + use<> {
    let (support, user) =
        if failure.healed { (t().healed_support(), t().healed_user()) } else { (text.support, text.user) };
    view! {
        <section class="card sayings">
            <div>
                <h2>{t().for_support()}</h2>
                <p>{support}</p>
            </div>
            <div>
                <h2>{t().for_the_user()}</h2>
                <p>{user}</p>
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

/// Nobody's story is not told.
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

fn asked(failure: &Failure, support: bool) -> impl IntoView + use<> {
    // Without a user there is no key, and of other ciphertexts than phones' WeChat knows nothing: nothing to ask about.
    let of_phone = failure.evidence.wanted == Some(Wanted::Phone);
    let askable = failure.user.is_some() || of_phone && failure.evidence.ciphertext_sha256.is_some();
    let answers = if failure.asked.is_empty() {
        Either::Left(view! { <p class="lead">{t().not_asked()}</p> })
    } else {
        Either::Right(
            view! { <ol class="answers">{failure.asked.iter().map(|asked| answer(asked, failure)).collect_view()}</ol> },
        )
    };
    let form = (support && askable).then(|| ask_form(failure.id.clone()));
    (askable || !failure.asked.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{t().asked_wechat()}</h2>
                {answers}
                {form}
            </section>
        }
    })
}

fn answer(asked: &Asked, failure: &Failure) -> impl IntoView + use<> {
    let mark = |held: bool, yes: &'static str, no: &'static str| {
        let (class, icon, text) =
            if held { ("mark mark-good", Icon::Check, yes) } else { ("mark mark-bad", Icon::Cross, no) };
        view! { <p class=class>{icon.view()} {text}</p> }
    };
    let made = asked.made_at.map(|seconds| made_at(Millis(seconds.saturating_mul(1000)), failure));
    let by = asked.by.clone().unwrap_or_else(|| t().asked_by_itself().to_owned());
    view! {
        <li>
            {asked.key_valid.map(|valid| mark(valid, t().key_still_valid(), t().key_not_valid()))}
            {asked.made_by_wechat.map(|made| mark(made, t().made_by_wechat(), t().not_made_by_wechat()))} {made}
            {asked
                .errcode
                .map(|errcode| {
                    view! {
                        <p class="mark">{Icon::Warning.view()} {t().no_answer()} " " <code>{errcode}</code></p>
                    }
                })}
            <p class="lead">{moment(asked.at)} " · " {by}</p>
        </li>
    }
}

/// Data that was made before the first key came was made under a key that never came here, or it is somebody else's.
fn made_at(made: Millis, failure: &Failure) -> impl IntoView + use<> {
    let oldest = failure.evidence.keys.last().map(|key| failure.at.0.saturating_sub(key.age_ms));
    let before = oldest.map(|came| t().before_oldest_key(came.saturating_sub(made.0)));
    view! {
        <p class="lead">
            {t().ciphertext_made_at()} {moment(made)} {before.map(|before| view! { " · " {before} })}
        </p>
    }
}

fn ask_form(id: String) -> impl IntoView {
    view! {
        <form class="ask" method="post" action=AskWechat::PATH>
            <input type="hidden" name="id" value=id />
            <button class="button" type="submit">{t().ask_wechat()}</button>
            <p class="lead">{t().ask_wechat_lead()}</p>
        </form>
    }
}
