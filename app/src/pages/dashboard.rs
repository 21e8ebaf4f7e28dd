use leptos::{either::Either, prelude::*};

use super::{charts, connect, query};
use crate::{
    components::{Icon, Section, moment, page, spark, user_link, verdict, zone_note},
    error::ConsoleError,
    islands::RefreshNumbers,
    routes::Site,
    text::{t, zone},
    types::{Dashboard, Failure, Metric, MiniProgram, Operator, Role, Tally},
};

const PERIODS: [i64; 3] = [1, 7, 30];
/// Tells what is new (http::live).
const LIVE: &str = "/console/live";

/// The console's start: today in numbers, what failed and was healed, and since which version.
///
/// Every part is erased: as one type, the page is deeper than the compiler goes.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let days = days();
    page(t().dashboard(), Section::Dashboard, move |viewer| async move {
        let days = days?;
        let numbers = viewer.dashboard(days, &zone()).await?;
        let apps = viewer.mini_programs().await?;
        Ok(view! {
            <div class="page-head">
                <h1>{t().dashboard()}</h1>
                {zone_note()}
            </div>
            {reminder(viewer.operator()).into_any()}
            <RefreshNumbers live=LIVE.to_owned() over=t().session_over().to_owned() />
            <div id="numbers" data-mark=numbers.mark.clone()>
                {alerts(&apps).into_any()}
                {content(&numbers, days)}
            </div>
        }
        .into_any())
    })
}

/// Reminds an administrator without a second factor. Not in the demo, whose passwords are printed on the sign-in page.
fn reminder(operator: &Operator) -> impl IntoView + use<> {
    let needed = operator.role == Role::Admin && !operator.second_factor && !expect_context::<Site>().demo;
    needed.then(|| {
        view! {
            <div class="notice">
                {Icon::Key.view()}
                <div>
                    <h2>{t().factor_reminder()}</h2>
                    <p>{t().factor_reminder_lead()}</p>
                    <a href="/console/account#second-factor">{t().turn_factor_on()}</a>
                </div>
            </div>
        }
    })
}

fn days() -> Result<i64, ConsoleError> {
    match query("days").as_str() {
        "" => Ok(7),
        text => text.parse().ok().filter(|days| PERIODS.contains(days)).ok_or(ConsoleError::BadRequest),
    }
}

fn content(numbers: &Dashboard, days: i64) -> AnyView {
    if numbers.unused {
        return connect::first_steps().into_any();
    }
    view! {
        {charts::odd_days(numbers).map(IntoAny::into_any)}
        {cards(numbers).into_any()}
        {charts::of_period(numbers, periods(days).into_any()).into_any()}
        {charts::details(numbers).into_any()}
        {newest(&numbers.newest).into_any()}
    }
    .into_any()
}

/// Before anything else: what only the operator can put right.
fn alerts(apps: &[MiniProgram]) -> impl IntoView + use<> {
    let mut waiting: Vec<_> = apps.iter().flat_map(|app| app.alerts.iter().map(move |alert| (app, alert))).collect();
    waiting.sort_by_key(|(_, alert)| std::cmp::Reverse(alert.last_at));
    let items = waiting.iter().map(|(app, alert)| {
        let href = format!("/console/apps#{}", app.app.appid);
        view! {
            <li>
                <a href=href>{app.app.name.clone()}</a>
                " "
                {t().alert(alert.kind).0}
                " "
                <span class="when">{moment(alert.last_at)}</span>
            </li>
        }
    });
    let items = items.collect::<Vec<_>>();
    (!items.is_empty()).then(|| {
        view! {
            <div class="notice notice-problem">
                {Icon::Warning.view()}
                <div>
                    <h2>{t().alerts_waiting()}</h2>
                    <ul class="waiting">{items}</ul>
                    <a href="/console/apps">{t().see_alerts()}</a>
                </div>
            </div>
        }
    })
}

fn cards(numbers: &Dashboard) -> impl IntoView + use<> {
    view! {
        <section aria-label=t().today_numbers()>
            <dl class="stats">
                {count_card(numbers, t().logins(), Metric::Logins)} {count_card(numbers, t().new_users(), Metric::NewUsers)}
                {count_card(numbers, t().phones_bound(), Metric::PhonesBound)}
                {rate_card(numbers, t().phone_failure_rate(), t().phone_failure_rate_lead(), Tally::failure_rate, false)}
                {rate_card(numbers, t().phone_heal_rate(), t().phone_heal_rate_lead(), Tally::heal_rate, true)}
            </dl>
        </section>
    }
}

fn count_card(numbers: &Dashboard, name: &'static str, metric: Metric) -> impl IntoView + use<> {
    let of = |tally: &Tally| tally.get(metric);
    let today = of(&numbers.today);
    let against = |name, before: &Tally| {
        let change = t().growth(today, of(before));
        compared(name, t().count(of(before)), change, today.cmp(&of(before)), true)
    };
    let days: Vec<_> = numbers.days.iter().map(|day| of(&day.tally)).collect();
    view! {
        <div>
            <dt>{name}</dt>
            <dd class="count">{t().count(today)}</dd>
            {against(t().yesterday_now(), &numbers.yesterday)}
            {against(t().week_ago_now(), &numbers.week_ago)}
            <dd>{spark(&days)}</dd>
        </div>
    }
}

fn rate_card(
    numbers: &Dashboard,
    name: &'static str,
    about: &'static str,
    rate: fn(&Tally) -> Option<i64>,
    more_is_good: bool,
) -> impl IntoView + use<> {
    let today = rate(&numbers.today);
    let against = |name, before: &Tally| {
        let before = rate(before);
        compared(name, t().rate(before), t().points(today, before), today.cmp(&before), more_is_good)
    };
    let days: Vec<_> = numbers.days.iter().map(|day| rate(&day.tally).unwrap_or(0)).collect();
    view! {
        <div>
            <dt title=about>{name}</dt>
            <dd class="count">{t().rate(today)}</dd>
            {against(t().yesterday_now(), &numbers.yesterday)}
            {against(t().week_ago_now(), &numbers.week_ago)}
            <dd>{spark(&days)}</dd>
        </div>
    }
}

fn compared(
    name: &'static str,
    before: String,
    change: Option<String>,
    order: std::cmp::Ordering,
    more_is_good: bool,
) -> impl IntoView {
    let class = match (order, more_is_good) {
        (std::cmp::Ordering::Greater, true) | (std::cmp::Ordering::Less, false) => "healed",
        (std::cmp::Ordering::Greater, false) => "failed",
        // Fewer logins than yesterday are no fault.
        (std::cmp::Ordering::Equal, _) | (std::cmp::Ordering::Less, true) => "",
    };
    view! {
        <dd class="compared">
            <span>{name} " " {before}</span>
            {change.map(|change| view! { <b class=class>{change}</b> })}
        </dd>
    }
}

fn periods(current: i64) -> impl IntoView {
    let links = PERIODS.map(|days| {
        let href = format!("/console?days={days}");
        view! { <a href=href aria-current=(days == current).then_some("true")>{t().period(days)}</a> }
    });
    view! { <nav class="segmented" aria-label=t().range()>{links.collect_view()}</nav> }
}

fn newest(failures: &[Failure]) -> impl IntoView + use<> {
    let rows = failures.iter().map(|failure| {
        let user = match failure.user.clone() {
            Some(user) => Either::Left(user_link(&user.id, user.nickname)),
            None => Either::Right(view! { <span class="muted">{t().user_unknown()}</span> }),
        };
        view! {
            <li>
                <a href=format!("/console/failures/{}", failure.id)>{t().headline(failure)}</a>
                {verdict(failure)}
                <p class="when">
                    {moment(failure.at)} <span>{failure.app.name.clone()}</span> <span>{user}</span>
                </p>
            </li>
        }
    });
    let rows = rows.collect_view();
    (!failures.is_empty()).then(|| {
        view! {
            <section class="card">
                <div class="panel-head">
                    <h2>{t().newest_failures()}</h2>
                    <a href="/console/failures">{t().all_failures()}</a>
                </div>
                <ol class="tally">{rows}</ol>
            </section>
        }
    })
}
