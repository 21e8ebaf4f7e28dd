//! The numbers and states of one mini program on the apps page.

use leptos::{either::EitherOf3, prelude::*};

use crate::{
    components::moment,
    text::t,
    types::{AppHealth, Metric},
};

/// Everything that is known of it right now. What to do about it is said by the alerts.
pub(super) fn facts(health: &AppHealth) -> impl IntoView + use<> {
    let today = health.today.get(Metric::Logins);
    let rate = health.week.unionid_rate();
    let unlinked = rate == Some(0);
    view! {
        <dl class="facts">
            {fact(t().credentials(), credentials(health).into_any())} {fact(t().access_token(), token(health).into_any())}
            {fact(t().push(), push(health).into_any())} {fact(t().logins_today(), t().count(today).into_any())}
            {fact(t().failure_rate_week(), t().rate(health.week.failure_rate()).into_any())}
            {fact(t().unionid_share(), t().rate(rate).into_any())}
        </dl>
        {unlinked.then(|| view! { <p class="notice">{t().unionid_missing()}</p> })}
    }
}

fn fact(name: &'static str, value: AnyView) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

fn badge(class: &'static str, text: &'static str) -> impl IntoView {
    view! { <span class=class>{text}</span> }
}

fn credentials(health: &AppHealth) -> impl IntoView + use<> {
    let proven = health.proven_at.map(|at| view! { <p class="lead">{t().last_proven()} {moment(at)}</p> });
    match health.credentials_refused() {
        Some(alert) => EitherOf3::A(view! {
            {badge("badge badge-bad", t().credentials_bad())}
            <p class="lead">{t().alert(alert.kind).0} " " {moment(alert.last_at)}</p>
        }),
        None if proven.is_some() => {
            EitherOf3::B(view! { {badge("badge badge-good", t().credentials_good())} {proven} })
        }
        None => EitherOf3::C(view! {
            {badge("badge", t().credentials_untested())}
            <p class="lead">{t().untested_lead()}</p>
        }),
    }
}

fn token(health: &AppHealth) -> impl IntoView + use<> {
    let refused = health.program.token_refused.map(|refused| {
        let why =
            refused.errcode.map_or_else(|| t().no_answer_from_wechat().to_owned(), |code| format!("errcode {code}"));
        view! {
            {badge("badge badge-bad", t().token_failed())}
            <p class="lead">{why} " " {moment(refused.at)}</p>
        }
    });
    let held = health.program.access_token.map(|times| {
        view! {
            <span>{t().token_age()} " " {t().duration(health.now.since(times.fetched_at))}</span>
            <p class="lead">{t().renews_at()} {moment(times.renew_at)}</p>
        }
    });
    let none =
        (held.is_none() && refused.is_none()).then(|| view! { <span class="muted">{t().token_unneeded()}</span> });
    view! { {refused} {held} {none} }
}

fn push(health: &AppHealth) -> impl IntoView + use<> {
    let on = health.program.push;
    let state = if on { badge("badge badge-good", t().push_on()) } else { badge("badge", t().push_off()) };
    let last = match health.pushed_at {
        Some(at) => EitherOf3::A(view! { <p class="lead">{t().last_push()} {moment(at)}</p> }),
        None if on => EitherOf3::B(view! { <p class="lead">{t().no_push_yet()}</p> }),
        None => EitherOf3::C(()),
    };
    let refused = health.push_refused.clone().map(|refused| {
        let href = format!("/console/failures/{}", refused.failure);
        view! {
            <p class="lead">
                {t().push_refused()} <a href=href>{t().cause_name(refused.cause)}</a> " " {moment(refused.at)}
            </p>
        }
    });
    view! { {state} {last} {refused} }
}
