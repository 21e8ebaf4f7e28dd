//! WeChat's answers about a failure when it is asked afterwards.

use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use crate::{
    components::{Icon, moment},
    fns::AskWechat,
    text::t,
    types::{Asked, Failure, Millis, Wanted},
};

pub(super) fn asked(failure: &Failure, support: bool) -> impl IntoView + use<> {
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
