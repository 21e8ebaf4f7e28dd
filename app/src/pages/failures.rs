use leptos::{either::Either, prelude::*};

use super::{
    cursor,
    failure_filter::{FailureFilter, PATH, minute_of},
    query_text,
};
use crate::{
    components::{Icon, Section, empty, moment, page, pager, user_link, verdict, zone_note},
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
    let filter = FailureFilter::of(&query_text());
    let cursor = cursor();
    let asked = filter.ask(&zone());
    page(t().failures(), Section::Failures, |viewer| async move {
        let cursor = cursor?;
        let first = cursor.is_none();
        let FailureList { page: failures, causes } = viewer.failures(FailureQuery { cursor, ..asked? }).await?;
        let apps = viewer.mini_programs().await?;
        let admin = viewer.operator().role == Role::Admin;
        let pager = pager(&failures, PATH, &filter.url_query());
        Ok(view! {
            <div class="page-head">
                <h1>{t().failures()}</h1>
                {zone_note()}
                {admin.then(|| view! { <a class="button page-act" href="/console/try">{t().try_decryption()}</a> })}
            </div>
            <p class="intro">{t().failures_lead()}</p>
            {chips(&causes, &filter).into_any()}
            {filter_form(&filter, &causes, apps).into_any()}
            {first.then(|| news(&failures.items, &filter).into_any())}
            <section class="card card-flush">{list(failures.items, &filter).into_any()}</section>
            {pager}
        }
        .into_any())
    })
}

/// What has come since, where the newest are: a line instead of jumping rows.
fn news(shown: &[Failure], filter: &FailureFilter) -> impl IntoView + use<> {
    let newest = shown.first().map(|failure| failure.id.as_str()).unwrap_or_default();
    let (query, text) = (filter.url_query(), t().new_failures().to_owned());
    let here = if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") };
    view! { <NewFailures live=format!("{LIVE}?since={newest}&{query}") here=here text=text /> }
}

fn chips(causes: &[CauseCount], filter: &FailureFilter) -> impl IntoView + use<> {
    let current = Cause::from_name(&filter.get("cause"));
    let all = causes.iter().map(total).sum();
    let shown = causes.iter().enumerate().filter(|(index, count)| *index < CHIPS || Some(count.cause) == current);
    let shown = shown.map(|(_, count)| {
        let (cause, name) = (Some(count.cause), t().explain(count.cause).name);
        chip(filter.with_cause(cause), name, total(count), cause == current)
    });
    (!causes.is_empty()).then(|| {
        view! {
            <nav class="chips" aria-label=t().causes()>
                {chip(filter.with_cause(None), t().all_causes(), all, current.is_none())}
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

fn filter_form(filter: &FailureFilter, causes: &[CauseCount], apps: Vec<MiniProgram>) -> impl IntoView + use<> {
    let more = ["from", "to", "stage", "version", "user"].iter().any(|field| !filter.get(field).is_empty());
    let apps = apps.into_iter().map(|app| (app.app.appid, app.app.name)).collect();
    let healed = vec![("yes".to_owned(), t().healed().to_owned()), ("no".to_owned(), t().failed().to_owned())];
    let stages = Stage::ALL.map(|stage| (stage.name().to_owned(), t().stage_name(stage).to_owned())).to_vec();
    view! {
        <form class="filters" method="get" action=PATH>
            <div class="filter-row">
                {select("cause", t().cause(), cause_options(causes, filter), filter)}
                {select("app", t().mini_program(), apps, filter)} {select("healed", t().result(), healed, filter)}
                <button class="button button-main" type="submit">{t().filter()}</button>
            </div>
            {(!filter.is_empty()).then(|| view! { <a class="filter-end" href=PATH>{t().clear_filters()}</a> })}
            <details class="act" open=more>
                <summary>{t().more_filters()}</summary>
                <div class="filter-row">
                    {moment_field("from", t().from_day(), filter)} {moment_field("to", t().to_day(), filter)}
                    {select("stage", t().stage(), stages, filter)} {field("version", t().version(), "text", filter.get("version"))}
                    {field("user", t().user_id(), "text", filter.get("user"))}
                </div>
            </details>
        </form>
    }
}

/// With their counts; the chosen one is there even when nothing matches it.
fn cause_options(causes: &[CauseCount], filter: &FailureFilter) -> Vec<(String, String)> {
    let counted = causes.iter().map(|count| (count.cause, total(count)));
    let chosen = Cause::from_name(&filter.get("cause"));
    let chosen = chosen.filter(|chosen| causes.iter().all(|count| count.cause != *chosen)).map(|cause| (cause, 0));
    let option =
        |(cause, count): (Cause, i64)| (cause.name().to_owned(), format!("{} ({count})", t().explain(cause).name));
    counted.chain(chosen).map(option).collect()
}

fn select(
    name: &'static str,
    label: &'static str,
    mut options: Vec<(String, String)>,
    filter: &FailureFilter,
) -> impl IntoView + use<> {
    let chosen = filter.get(name);
    // What a link has chosen stays chosen, such as a mini program that is not configured any more.
    if !chosen.is_empty() && options.iter().all(|(value, _)| *value != chosen) {
        options.push((chosen.clone(), chosen.clone()));
    }
    let options = options.into_iter().map(|(value, text)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{text}</option> }
    });
    view! {
        <label>
            {label}
            <select name=name>
                <option value="">{t().any()}</option>
                {options.collect_view()}
            </select>
        </label>
    }
}

fn field(name: &'static str, label: &'static str, kind: &'static str, value: String) -> impl IntoView {
    view! {
        <label>
            {label}
            <input type=kind name=name value=value maxlength="64" autocomplete="off" spellcheck="false" />
        </label>
    }
}

/// A day, unless a link has brought a moment within one.
fn moment_field(name: &'static str, label: &'static str, filter: &FailureFilter) -> impl IntoView + use<> {
    let said = filter.get(name);
    match minute_of(&said, &zone()) {
        Some(minute) => field(name, label, "datetime-local", minute),
        None => field(name, label, "date", said),
    }
}

fn list(failures: Vec<Failure>, filter: &FailureFilter) -> impl IntoView + use<> {
    if failures.is_empty() {
        let (headline, advice) = if filter.is_empty() {
            (t().no_failures(), t().no_failures_lead())
        } else {
            (t().no_matching_failures(), t().no_matching_failures_lead())
        };
        return Either::Left(empty(Icon::Failure, headline, advice));
    }
    Either::Right(view! {
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
    })
}

fn row(failure: Failure) -> impl IntoView {
    let verdict = verdict(&failure);
    let user = match failure.user {
        Some(user) => Either::Left(view! { <span class="above">{user_link(&user.id, user.nickname)}</span> }),
        None => Either::Right(view! { <span class="muted">{t().user_unknown()}</span> }),
    };
    view! {
        <tr>
            <td class="cell-user cell-cause">
                <a href=format!("{PATH}/{}", failure.id)>{t().explain(failure.cause).name}</a>
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
