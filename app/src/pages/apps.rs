use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use super::{app_health, outcome, query};
use crate::{
    components::{Icon, Section, copyable, done, empty, fact, moment, page, zone_note},
    fns::{CheckApp, SettleAlert},
    port::admin,
    text::{t, zone},
    types::{Alert, AppHealth, MiniProgram, Role, UntrustedProxy},
};

/// The configured mini programs, and what is wrong with them.
#[component]
pub fn AppsPage() -> impl IntoView {
    page(t().mini_programs(), Section::Apps, |viewer| async move {
        let apps = viewer.app_health(&zone()).await?;
        let checked = query("done") == "app_checked";
        let is_admin = viewer.operator().role == Role::Admin;
        let proxies = if is_admin { admin().await?.untrusted_proxies().await? } else { Vec::new() };
        let list = if apps.is_empty() {
            let none = empty(Icon::Apps, t().no_mini_programs(), t().no_mini_programs_lead());
            Either::Left(view! { <section class="card">{none}</section> })
        } else {
            Either::Right(apps.iter().map(|app| card(app, is_admin)).collect_view())
        };
        Ok(view! {
            <div class="page-head">
                <h1>{t().mini_programs()}</h1>
                {zone_note()}
            </div>
            {outcome("alert_settled", t().alert_settled(), t().alert_settled_lead())}
            {checked.then(|| done(t().app_checked(), t().app_checked_lead()))}
            {proxies.into_iter().map(untrusted_proxy).collect_view()}
            {list}
        }
        .into_any())
    })
}

/// A reverse proxy that nobody has listed, and how to list it.
fn untrusted_proxy(proxy: UntrustedProxy) -> impl IntoView {
    let UntrustedProxy { peer, header, first_at, last_at, setting } = proxy;
    let setting = setting.map(|setting| copyable(format!("LATCHKEY_TRUSTED_PROXIES={setting}")));
    let other_header = (header == "Forwarded").then(|| view! { <li>{t().untrusted_proxy_header()}</li> });
    view! {
        <section class="notice notice-problem">
            {Icon::Warning.view()}
            <div>
                <h2>{t().untrusted_proxy()}</h2>
                <p>{t().untrusted_proxy_lead()}</p>
                <ol class="steps">
                    <li>{t().untrusted_proxy_whose()}</li>
                    <li>{t().untrusted_proxy_setting()} {setting}</li>
                    {other_header}
                    <li>{t().untrusted_proxy_over()}</li>
                </ol>
                <dl class="pairs">
                    {fact(t().proxy_address(), copyable(peer))}
                    {fact(t().request_header(), view! { <code>{header}</code> })}
                    {fact(t().first_seen(), moment(first_at))} {fact(t().last_seen(), moment(last_at))}
                </dl>
            </div>
        </section>
    }
}

fn card(health: &AppHealth, admin: bool) -> impl IntoView + use<> {
    let MiniProgram { app, alerts, push, phone_code_openid, .. } = health.program.clone();
    let push_path = (!push).then(|| format!("/wechat/push/{}", app.appid));
    let alerts = (!alerts.is_empty()).then(|| {
        let alerts = alerts.into_iter().map(|alert| alert_item(&app.appid, alert, admin)).collect_view();
        view! { <ul class="alerts" aria-label=t().alerts()>{alerts}</ul> }
    });
    let calm = (alerts.is_none() && phone_code_openid)
        .then(|| view! { <p class="calm">{Icon::Check.view()} {t().no_alerts()}</p> });
    view! {
        <section class="card app" id=app.appid.clone()>
            <div class="panel-head">
                <div>
                    <h2>{app.name}</h2>
                    {copyable(app.appid.clone())}
                </div>
                {admin.then(|| check_form(&app.appid))}
            </div>
            {calm}
            {alerts}
            {(!phone_code_openid).then(phone_code_warning)}
            {app_health::facts(health).into_any()}
            {push_path.map(push_advice)}
        </section>
    }
}

fn check_form(appid: &str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=CheckApp::PATH>
            <input type="hidden" name="appid" value=appid.to_owned() />
            <button class="button" type="submit">{t().check_now()}</button>
        </form>
    }
}

/// Stands as long as the configuration does.
fn phone_code_warning() -> impl IntoView {
    view! {
        <div class="notice notice-problem">
            {Icon::Warning.view()}
            <div>
                <p>{t().phone_code_unchecked()}</p>
                <p>{t().phone_code_advice()}</p>
            </div>
        </div>
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
            <input type="hidden" name="last_at" value=alert.last_at.0.to_string() />
            <button class="button" type="submit" aria-label=label>{t().settle()}</button>
        </form>
    }
}
