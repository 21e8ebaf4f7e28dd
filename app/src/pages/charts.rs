//! The part of the dashboard that is about a period.

use leptos::{either::Either, prelude::*};

use crate::{
    components::{Icon, Series, bars, bars_table, chart, empty, share, url_value},
    text::{t, zone},
    types::{Bucket, Dashboard, Metric, Millis, VersionTrend},
};

fn logins() -> [Series; 2] {
    let returning = |bucket: &Bucket| bucket.tally.get(Metric::Logins) - fresh(bucket);
    [
        Series { class: "main", name: t().returning(), count: returning },
        Series { class: "fresh", name: t().fresh_users(), count: fresh },
    ]
}

/// Before logins were counted, users were.
fn fresh(bucket: &Bucket) -> i64 {
    bucket.tally.get(Metric::NewUsers).min(bucket.tally.get(Metric::Logins))
}

fn phones() -> [Series; 3] {
    let at_once = |bucket: &Bucket| {
        let tally = &bucket.tally;
        (tally.get(Metric::PhonesProven) - tally.get(Metric::PhonesHealed)).max(0)
    };
    [
        Series { class: "main", name: t().at_once(), count: at_once },
        Series { class: "healed", name: t().healed_count(), count: phones_healed },
        Series { class: "failed", name: t().failed_count(), count: phones_failed },
    ]
}

const fn phones_healed(bucket: &Bucket) -> i64 {
    bucket.tally.get(Metric::PhonesHealed)
}

const fn phones_failed(bucket: &Bucket) -> i64 {
    bucket.tally.get(Metric::PhonesFailed)
}

const fn failed(bucket: &Bucket) -> i64 {
    bucket.tally.get(Metric::Failed)
}

const fn healed(bucket: &Bucket) -> i64 {
    bucket.tally.get(Metric::Healed)
}

fn failures() -> [Series; 2] {
    [
        Series { class: "failed", name: t().failed_count(), count: failed },
        Series { class: "healed", name: t().healed_count(), count: healed },
    ]
}

/// Three charts over one period, which `periods` chooses.
pub(super) fn of_period(numbers: &Dashboard, periods: AnyView) -> impl IntoView + use<> {
    let since =
        numbers.logins_since.map(|at| view! { <p class="lead">{t().logins_since(&zone().text(at))}</p> }.into_any());
    view! {
        <div class="panel-head period">
            <h2>{t().range()}</h2>
            {periods}
        </div>
        <div class="panels panels-even">
            {panel(numbers, t().logins(), t().logins_chart(), &logins(), since).into_any()}
            {panel(numbers, t().phone_requests(), t().phones_chart(), &phones(), None).into_any()}
        </div>
        {failures_panel(numbers).into_any()}
    }
}

fn panel(
    numbers: &Dashboard,
    headline: &'static str,
    label: &'static str,
    series: &[Series],
    note: Option<AnyView>,
) -> impl IntoView + use<> {
    let nothing = series.iter().all(|one| one.sum(&numbers.buckets) == 0);
    let content = if nothing {
        Either::Left(view! { <p class="lead">{t().nothing_counted()}</p> })
    } else {
        let chart = chart(label, &numbers.buckets, numbers.hourly, series);
        Either::Right(view! { {totals(&numbers.buckets, series)} {chart.into_any()} })
    };
    view! {
        <section class="card panel">
            <h2>{headline}</h2>
            {note}
            {content}
        </section>
    }
}

fn failures_panel(numbers: &Dashboard) -> impl IntoView + use<> {
    let series = failures();
    if series.iter().all(|one| one.sum(&numbers.buckets) == 0) {
        let all_well = empty(Icon::Check, t().no_trend(), t().no_trend_lead());
        return Either::Left(view! {
            <section class="card panel">
                <h2>{t().failures_and_healings()}</h2>
                {all_well}
            </section>
        });
    }
    Either::Right(panel(numbers, t().failures_and_healings(), t().chart_label(), &series, None))
}

/// The legend, and the sums of the period.
fn totals(buckets: &[Bucket], series: &[Series]) -> impl IntoView + use<> {
    let totals = series.iter().map(|one| {
        view! {
            <div class=one.class>
                <dt>{one.name}</dt>
                <dd>{t().count(one.sum(buckets))}</dd>
            </div>
        }
    });
    view! { <dl class="totals">{totals.collect_view()}</dl> }
}

/// What failed, by cause and by version. The links lead to just the records that are counted.
pub(super) fn details(numbers: &Dashboard) -> impl IntoView + use<> {
    let from = numbers.buckets.first().map(|bucket| since(bucket.at, numbers.hourly)).unwrap_or_default();
    let causes = (!numbers.causes.is_empty()).then(|| causes(numbers, &from).into_any());
    let versions = (!numbers.versions.is_empty()).then(|| versions(numbers, &from).into_any());
    (causes.is_some() || versions.is_some()).then(|| view! { <div class="panels">{causes} {versions}</div> })
}

/// A day, or the moment where it is counted from another one than its first.
fn since(at: Millis, hourly: bool) -> String {
    if !hourly && begins_a_day(at) { zone().day(at) } else { at.rfc3339().replace(".000Z", "Z") }
}

fn begins_a_day(at: Millis) -> bool {
    zone().from(&zone().day(at)) == Some(at)
}

/// Where days are counted from another moment than midnight.
pub(super) fn odd_days(numbers: &Dashboard) -> Option<impl IntoView + use<>> {
    let today = numbers.days.last()?.at;
    (!begins_a_day(today)).then(|| view! { <p class="lead">{t().days_begin(&zone().hour(today))}</p> })
}

fn causes(numbers: &Dashboard, from: &str) -> impl IntoView + use<> {
    let causes = &numbers.causes;
    let most = causes.iter().map(|count| count.failed + count.healed).max().unwrap_or(0);
    let rows = causes.iter().map(|trend| {
        let href = format!("/console/failures?cause={}&from={}", trend.cause.name(), url_value(from));
        view! {
            <li>
                <a href=href>{t().cause_name(trend.cause)}</a>
                {counts(trend.failed, trend.healed)}
                {meter(trend.failed, trend.healed, most)}
                {bars(&trend.over_time)}
            </li>
        }
    });
    let columns: Vec<_> =
        causes.iter().map(|trend| (t().cause_name(trend.cause).to_owned(), &trend.over_time)).collect();
    view! {
        <section class="card">
            <h2>{t().causes()}</h2>
            <p class="lead">{t().causes_lead()}</p>
            <ol class="tally">{rows.collect_view()}</ol>
            {bars_table(t().causes(), &columns, &numbers.buckets, numbers.hourly)}
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

fn versions(numbers: &Dashboard, from: &str) -> impl IntoView + use<> {
    let versions = &numbers.versions;
    let rows = versions.iter().map(|version| version_row(version, from)).collect_view();
    let columns: Vec<_> = versions.iter().map(|version| (version_name(version), &version.over_time)).collect();
    view! {
        <section class="card">
            <h2>{t().versions()}</h2>
            <p class="lead">{t().versions_lead()}</p>
            <ol class="tally">{rows}</ol>
            {bars_table(t().versions(), &columns, &numbers.buckets, numbers.hourly)}
        </section>
    }
}

fn version_name(trend: &VersionTrend) -> String {
    format!("{} · {}", trend.app.name, t().version_name(&trend.version))
}

fn version_row(trend: &VersionTrend, from: &str) -> impl IntoView + use<> {
    let (app, version) = (url_value(&trend.app.appid), url_value(&trend.version));
    let href = format!("/console/failures?app={app}&version={version}&from={}", url_value(from));
    let rise = trend.rise.map(|rise| {
        view! { <p class="mark mark-bad">{Icon::Warning.view()} {t().rose(rise, &trend.version)}</p> }
    });
    view! {
        <li>
            <a href=href>{version_name(trend)}</a>
            {counts(trend.failed, trend.healed)}
            {bars(&trend.over_time)}
            {rise}
        </li>
    }
}
