use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use super::outcome;
use crate::{
    components::{Icon, Section, copyable, empty, fact, moment, page, zone_note},
    fns::SettleAlert,
    text::t,
    types::{Alert, MiniProgram, Role, TokenTimes},
};

/// The configured mini programs, and what is wrong with them.
#[component]
pub fn AppsPage() -> impl IntoView {
    page(t().mini_programs(), Section::Apps, |viewer| async move {
        let apps = viewer.mini_programs().await?;
        let admin = viewer.operator().role == Role::Admin;
        let list = if apps.is_empty() {
            let none = empty(Icon::Apps, t().no_mini_programs(), t().no_mini_programs_lead());
            Either::Left(view! { <section class="card">{none}</section> })
        } else {
            Either::Right(apps.into_iter().map(|app| card(app, admin)).collect_view())
        };
        Ok(view! {
            <div class="page-head">
                <h1>{t().mini_programs()}</h1>
                {zone_note()}
            </div>
            {outcome("alert_settled", t().alert_settled(), t().alert_settled_lead())}
            {list}
        }
        .into_any())
    })
}

fn card(app: MiniProgram, admin: bool) -> impl IntoView {
    let MiniProgram { app, alerts, access_token, push } = app;
    let (push_state, push_text) = if push { ("badge badge-good", t().push_on()) } else { ("badge", t().push_off()) };
    let push_path = (!push).then(|| format!("/wechat/push/{}", app.appid));
    let alerts = if alerts.is_empty() {
        Either::Left(view! { <p class="calm">{Icon::Check.view()} {t().no_alerts()}</p> })
    } else {
        let alerts = alerts.into_iter().map(|alert| alert_item(&app.appid, alert, admin)).collect_view();
        Either::Right(view! { <ul class="alerts">{alerts}</ul> })
    };
    view! {
        <section class="card app">
            <div>
                <h2>{app.name}</h2>
                {copyable(app.appid)}
            </div>
            {alerts}
            <dl class="facts">
                <div>
                    <dt>{t().push()}</dt>
                    <dd>
                        <span class=push_state>{push_text}</span>
                    </dd>
                </div>
                {token_times(access_token)}
            </dl>
            {push_path.map(push_advice)}
        </section>
    }
}

fn token_times(times: Option<TokenTimes>) -> impl IntoView {
    let (fetched, renewal) = match times {
        Some(times) => (Either::Left(moment(times.fetched_at)), Some(times.renew_at)),
        None => (Either::Right(view! { <span class="muted">{t().token_unneeded()}</span> }), None),
    };
    view! {
        <div>
            <dt>{t().token_fetched()}</dt>
            <dd>{fetched}</dd>
        </div>
        {renewal
            .map(|at| {
                view! {
                    <div>
                        <dt>{t().token_renewal()}</dt>
                        <dd>{moment(at)}</dd>
                    </div>
                }
            })}
    }
}

/// What is missed without message push, and how to set it up.
fn push_advice(path: String) -> impl IntoView {
    view! {
        <div class="notice">
            {Icon::Warning.view()}
            <div>
                <p>{t().push_missing()}</p>
                <p>{t().push_advice()}</p>
                {copyable(path)}
            </div>
        </div>
    }
}

fn alert_item(appid: &str, alert: Alert, admin: bool) -> impl IntoView + use<> {
    let (headline, steps) = t().alert(alert.kind);
    let steps = steps.iter().map(|step| view! { <li>{*step}</li> }).collect_view();
    let settle = admin.then(|| settle_form(appid, &alert, headline));
    view! {
        <li class="notice notice-problem">
            {Icon::Warning.view()}
            <div>
                <h3>{headline}</h3>
                <ol class="steps">{steps}</ol>
                {evidence(alert)}
                {settle}
            </div>
        </li>
    }
}

fn evidence(alert: Alert) -> impl IntoView {
    let address = alert.address.map(|address| fact(t().refused_address(), copyable(address)));
    let errcode = alert.errcode.map(|errcode| fact("errcode", view! { <code>{errcode}</code> }));
    let rid = alert.rid.map(|rid| fact("rid", copyable(rid)));
    view! {
        <dl class="pairs">
            {address} {errcode} {rid} {fact(t().first_seen(), moment(alert.first_at))}
            {fact(t().last_seen(), moment(alert.last_at))}
            {fact(t().times(), format!("{} {}", t().at_least(), alert.times))}
        </dl>
    }
}

fn settle_form(appid: &str, alert: &Alert, headline: &str) -> impl IntoView + use<> {
    let label = format!("{}: {headline}", t().settle());
    view! {
        <form method="post" action=SettleAlert::PATH>
            <input type="hidden" name="appid" value=appid.to_owned() />
            <input type="hidden" name="kind" value=alert.kind.name() />
            <button class="button" type="submit" aria-label=label>{t().settle()}</button>
        </form>
    }
}
