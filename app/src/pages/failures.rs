use leptos::{either::Either, prelude::*};

use super::{
    cursor,
    failure_filter::{PATH, ask, failure_filter, minute_of},
    url_filter::UrlFilter,
};
use crate::{
    components::{
        Icon, Section, choice, clear_filters, empty, entry, filter_form, moment, page, pager, user_link, verdict,
        zone_note,
    },
    islands::NewFailures,
    text::{t, zone},
    types::{AppRef, Cause, CauseCount, Failure, FailureList, FailureQuery, MiniProgram, Role, Stage},
};

/// How many causes are one press away; the others are in the filter's list.
const CHIPS: usize = 8;
/// Tells what is new (http::live).
const LIVE: &str = "/console/live";

/// Every failure and healing, newest first, narrowed to what the URL says.
#[component]
pub fn FailuresPage() -> impl IntoView {
    let filter = failure_filter();
    let cursor = cursor();
    let asked = ask(&filter, &zone());
    page(t().failures(), Section::Failures, |viewer| async move {
        let cursor = cursor?;
        let first = cursor.is_none();
        let FailureList { page: failures, partial, causes, newest_only } =
            viewer.failures(FailureQuery { cursor, ..asked? }).await?;
        let apps = viewer.mini_programs().await?;
        let admin = viewer.operator().role == Role::Admin;
        let pager = pager(&failures, PATH, &filter.url_query());
        // With nothing in it, the list itself says so.
        let part = partial && !failures.items.is_empty();
        Ok(view! {
            <div class="page-head">
                <h1>{t().failures()}</h1>
                {zone_note()}
                {admin.then(|| view! { <a class="button page-act" href="/console/try">{t().try_decryption()}</a> })}
            </div>
            <p class="intro">{t().failures_lead()}</p>
            {chips(&causes, &filter).into_any()}
            {newest_only.then(|| view! { <p class="lead">{t().newest_counted()}</p> })}
            {filters(&filter, &causes, apps).into_any()}
            {first.then(|| news(&failures.items, &filter).into_any())}
            <section class="card card-flush">{list(failures.items, partial, &filter).into_any()}</section>
            {part.then(|| view! { <p class="lead">{t().searched_records()}</p> })}
            {pager}
        }
        .into_any())
    })
}

/// What has come since, where the newest are: a line instead of jumping rows.
fn news(shown: &[Failure], filter: &UrlFilter) -> impl IntoView + use<> {
    let newest = shown.first().map(|failure| failure.id.as_str()).unwrap_or_default();
    let live = format!("{LIVE}?since={newest}&{}", filter.url_query());
    view! { <NewFailures live=live here=filter.url() text=t().new_failures().to_owned() over=t().session_over().to_owned() /> }
}

fn chips(causes: &[CauseCount], filter: &UrlFilter) -> impl IntoView + use<> {
    let current = Cause::from_name(&filter.get("cause"));
    let all = causes.iter().map(total).sum();
    let shown = causes.iter().enumerate().filter(|(index, count)| *index < CHIPS || Some(count.cause) == current);
    let shown = shown.map(|(_, count)| {
        let (cause, name) = (Some(count.cause), t().cause_name(count.cause));
        chip(filter.with("cause", Some(count.cause.name())).url(), name, total(count), cause == current)
    });
    (!causes.is_empty()).then(|| {
        view! {
            <nav class="chips" aria-label=t().causes()>
                {chip(filter.with("cause", None).url(), t().all_causes(), all, current.is_none())}
                {shown.collect_view()}
            </nav>
        }
    })
}

const fn total(count: &CauseCount) -> i64 {
    count.healed + count.failed
}

fn chip(href: String, name: &'static str, count: i64, current: bool) -> impl IntoView {
    view! {
        <a class="chip" href=href aria-current=current.then_some("true")>
            {name}
            " "
            <b>{count}</b>
        </a>
    }
}

fn filters(filter: &UrlFilter, causes: &[CauseCount], apps: Vec<MiniProgram>) -> impl IntoView + use<> {
    let apps = apps.into_iter().map(|app| (app.app.appid, app.app.name)).collect();
    let healed = vec![("yes".to_owned(), t().healed().to_owned()), ("no".to_owned(), t().failed().to_owned())];
    let stages = Stage::ALL.map(|stage| (stage.name().to_owned(), t().stage_name(stage).to_owned())).to_vec();
    let often = view! {
        {choice("cause", t().cause(), cause_options(causes, filter), &filter.get("cause"))}
        {choice("app", t().mini_program(), apps, &filter.get("app"))}
        {choice("healed", t().result(), healed, &filter.get("healed"))}
    };
    let rarely = view! {
        {moment_entry("from", t().from_day(), filter)}
        {moment_entry("to", t().to_day(), filter)}
        {choice("stage", t().stage(), stages, &filter.get("stage"))}
        {entry("version", t().version(), "text", filter.get("version"))}
        {entry("user", t().user_id(), "text", filter.get("user"))}
    };
    let clear = (!filter.is_empty()).then(|| clear_filters(PATH));
    filter_form(PATH, often, clear, rarely, filter.says_any(&["from", "to", "stage", "version", "user"]))
}

/// With their counts; the chosen one is there even when nothing matches it.
fn cause_options(causes: &[CauseCount], filter: &UrlFilter) -> Vec<(String, String)> {
    let counted = causes.iter().map(|count| (count.cause, total(count)));
    let chosen = Cause::from_name(&filter.get("cause"));
    let chosen = chosen.filter(|chosen| causes.iter().all(|count| count.cause != *chosen)).map(|cause| (cause, 0));
    let option =
        |(cause, count): (Cause, i64)| (cause.name().to_owned(), format!("{} ({count})", t().cause_name(cause)));
    counted.chain(chosen).map(option).collect()
}

/// A day, unless a link has brought a moment within one.
fn moment_entry(name: &'static str, label: &'static str, filter: &UrlFilter) -> impl IntoView + use<> {
    let said = filter.get(name);
    match minute_of(&said, &zone()) {
        Some(minute) => entry(name, label, "datetime-local", minute),
        None => entry(name, label, "date", said),
    }
}

fn list(failures: Vec<Failure>, partial: bool, filter: &UrlFilter) -> impl IntoView + use<> {
    if failures.is_empty() {
        let (headline, advice) = if partial {
            (t().no_record_in_this_part(), t().none_in_this_part_lead())
        } else if filter.is_empty() {
            (t().no_failures(), t().no_failures_lead())
        } else {
            (t().no_matching_failures(), t().no_matching_failures_lead())
        };
        return Either::Left(empty(Icon::Failure, headline, advice));
    }
    Either::Right(table(failures))
}

/// Failures with a link to each.
pub(super) fn table(failures: Vec<Failure>) -> impl IntoView {
    view! {
        <table class="table table-links">
            <thead>
                <tr>
                    <th scope="col">{t().cause()}</th>
                    <th scope="col">{t().result()}</th>
                    <th scope="col">{t().time()}</th>
                    <th scope="col">{t().mini_program()}</th>
                    <th scope="col">{t().user()}</th>
                    <th scope="col">{t().call()}</th>
                </tr>
            </thead>
            <tbody>{failures.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn row(failure: Failure) -> impl IntoView {
    let (headline, verdict) = (t().headline(&failure), verdict(&failure));
    let user = match failure.user {
        Some(user) => Either::Left(view! { <span class="above">{user_link(&user.id, user.nickname)}</span> }),
        None => Either::Right(view! { <span class="muted">{t().user_unknown()}</span> }),
    };
    view! {
        <tr>
            <td class="cell-user cell-cause">
                <a href=format!("{PATH}/{}", failure.id) title=t().cause_name(failure.cause)>{headline}</a>
            </td>
            <td class="cell-status" data-label=t().result()>{verdict}</td>
            <td data-label=t().time()>{moment(failure.at)}</td>
            <td data-label=t().mini_program()>{app(failure.app, failure.version.as_deref())}</td>
            <td data-label=t().user()>{user}</td>
            <td data-label=t().call()>
                <code>{failure.call}</code>
            </td>
        </tr>
    }
}

fn app(app: AppRef, version: Option<&str>) -> impl IntoView + use<> {
    let version = version.map(|version| view! { " " <span class="muted">{t().version_name(version)}</span> });
    view! {
        <span title=app.appid>
            {app.name}
            {version}
        </span>
    }
}
