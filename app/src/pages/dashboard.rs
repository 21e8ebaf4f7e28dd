use leptos::{either::Either, prelude::*};

use super::query;
use crate::{
    components::{Icon, Section, chart, empty, page, share, url_value, zone_note},
    error::ConsoleError,
    text::t,
    types::{CauseCount, FailureTrend, MiniProgram, VersionTrend},
};

const PERIODS: [i64; 3] = [1, 7, 30];

/// The console's start: what failed, what was healed, and since which version.
///
/// Every part is erased: as one type, the page is deeper than the compiler goes.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let days = days();
    page(t().dashboard(), Section::Dashboard, move |viewer| async move {
        let days = days?;
        let trend = viewer.failure_trend(days).await?;
        let apps = viewer.mini_programs().await?;
        Ok(view! {
            <div class="page-head">
                <h1>{t().dashboard()}</h1>
                {zone_note()}
            </div>
            {alerts(apps).into_any()}
            {failures(&trend, days).into_any()}
            {details(&trend).into_any()}
        }
        .into_any())
    })
}

fn days() -> Result<i64, ConsoleError> {
    match query("days").as_str() {
        "" => Ok(7),
        text => text.parse().ok().filter(|days| PERIODS.contains(days)).ok_or(ConsoleError::BadRequest),
    }
}

/// Before anything else: what only the operator can put right.
fn alerts(apps: Vec<MiniProgram>) -> impl IntoView {
    let waiting = apps.into_iter().filter(|app| !app.alerts.is_empty());
    let waiting = waiting.map(|app| {
        let alerts = app.alerts.iter().map(|alert| t().alert(alert.kind).0).collect::<Vec<_>>().join(" · ");
        view! {
            <li>
                <strong>{app.app.name}</strong>
                " "
                {alerts}
            </li>
        }
    });
    let waiting = waiting.collect::<Vec<_>>();
    (!waiting.is_empty()).then(|| {
        view! {
            <div class="notice notice-problem">
                {Icon::Warning.view()}
                <div>
                    <h2>{t().alerts_waiting()}</h2>
                    <ul class="waiting">{waiting}</ul>
                    <a href="/console/apps">{t().see_alerts()}</a>
                </div>
            </div>
        }
    })
}

fn failures(trend: &FailureTrend, days: i64) -> impl IntoView + use<> {
    let failed = trend.buckets.iter().map(|bucket| bucket.failed).sum::<i64>();
    let healed = trend.buckets.iter().map(|bucket| bucket.healed).sum::<i64>();
    let content = if failed + healed == 0 {
        Either::Left(empty(Icon::Check, t().no_trend(), t().no_trend_lead()))
    } else {
        Either::Right(view! { {totals(failed, healed)} {chart(trend).into_any()} })
    };
    view! {
        <section class="card panel">
            <div class="panel-head">
                <h2>{t().failures_and_healings()}</h2>
                {periods(days)}
            </div>
            {content}
        </section>
    }
}

fn totals(failed: i64, healed: i64) -> impl IntoView {
    view! {
        <dl class="totals">
            <div class="failed">
                <dt>{t().failed_count()}</dt>
                <dd>{failed}</dd>
            </div>
            <div class="healed">
                <dt>{t().healed_count()}</dt>
                <dd>{healed}</dd>
            </div>
        </dl>
    }
}

fn periods(current: i64) -> impl IntoView {
    let links = PERIODS.map(|days| {
        let href = format!("/console?days={days}");
        view! { <a href=href aria-current=(days == current).then_some("true")>{t().period(days)}</a> }
    });
    view! { <nav class="segmented" aria-label=t().range()>{links.collect_view()}</nav> }
}

fn details(trend: &FailureTrend) -> impl IntoView + use<> {
    let from = trend.buckets.first().map(|bucket| bucket.at.beijing_day()).unwrap_or_default();
    let causes = (!trend.causes.is_empty()).then(|| causes(&trend.causes, &from).into_any());
    let versions = (!trend.versions.is_empty()).then(|| versions(&trend.versions, &from).into_any());
    (!trend.causes.is_empty() || !trend.versions.is_empty())
        .then(|| view! { <div class="panels">{causes} {versions}</div> })
}

fn causes(causes: &[CauseCount], from: &str) -> impl IntoView + use<> {
    let most = causes.iter().map(|count| count.failed + count.healed).max().unwrap_or(0);
    let rows = causes.iter().map(|count| {
        let href = format!("/console/failures?cause={}&from={from}", count.cause.name());
        view! {
            <li>
                <a href=href>{t().explain(count.cause).name}</a>
                {counts(count.failed, count.healed)}
                {meter(count.failed, count.healed, most)}
            </li>
        }
    });
    view! {
        <section class="card">
            <h2>{t().causes()}</h2>
            <p class="lead">{t().causes_lead()}</p>
            <ol class="tally">{rows.collect_view()}</ol>
        </section>
    }
}

/// Both numbers, each in its colour; what they count is in the words for those who see no colours.
fn counts(failed: i64, healed: i64) -> impl IntoView {
    let class = |count, class| if count == 0 { "muted" } else { class };
    view! {
        <span class="counts">
            <span class=class(failed, "failed") title=t().failed_count()>
                <span class="visually-hidden">{t().failed_count()} " "</span>
                {failed}
            </span>
            <span class=class(healed, "healed") title=t().healed_count()>
                <span class="visually-hidden">{t().healed_count()} " "</span>
                {healed}
            </span>
        </span>
    }
}

fn meter(failed: i64, healed: i64, most: i64) -> impl IntoView {
    let (failed, healed) = (share(failed, most), share(healed, most));
    view! {
        <svg class="meter" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
            <rect class="failed" x="0" y="0" width=format!("{failed:.2}") height="2" />
            <rect class="healed" x=format!("{failed:.2}") y="0" width=format!("{healed:.2}") height="2" />
        </svg>
    }
}

fn versions(versions: &[VersionTrend], from: &str) -> impl IntoView + use<> {
    let rows = versions.iter().map(|version| version_row(version, from)).collect_view();
    view! {
        <section class="card">
            <h2>{t().versions()}</h2>
            <p class="lead">{t().versions_lead()}</p>
            <ol class="tally">{rows}</ol>
        </section>
    }
}

fn version_row(trend: &VersionTrend, from: &str) -> impl IntoView + use<> {
    let (app, version) = (url_value(&trend.app.appid), url_value(&trend.version));
    let href = format!("/console/failures?app={app}&version={version}&from={from}");
    let rise = trend.rise.map(|times| {
        view! { <p class="mark mark-bad">{Icon::Warning.view()} {t().rose(times, &trend.version)}</p> }
    });
    view! {
        <li>
            <a href=href>{trend.app.name.clone()} " · " {t().version_name(&trend.version)}</a>
            {counts(trend.failed, trend.healed)}
            {rise}
        </li>
    }
}
