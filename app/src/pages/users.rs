use leptos::prelude::*;

use super::{
    form_problem, query,
    user_filter::{PATH, UserFilter},
    users_table::list,
};
use crate::{
    components::{Heading, Section, choice, done, entry, hidden, page, pager, problem, zone_note},
    text::t,
    types::{MiniProgram, Role, UserList, UserSort, UserStatus},
};

/// The users: found, narrowed, sorted, kept out, exported.
#[component]
pub fn UsersPage() -> impl IntoView {
    let filter = UserFilter::of_url();
    let asked = filter.ask();
    page(t().users(), Section::Users, |viewer| async move {
        let users = viewer.users(asked?).await?;
        let apps = viewer.mini_programs().await?;
        let support = viewer.operator().role >= Role::Support;
        Ok(view! {
            <div class="page-head">
                <h1>{t().users()}</h1>
                {zone_note()}
            </div>
            {outcome().into_any()}
            <div id="results">
                {filter_form(&filter, apps).into_any()} {results(&users, &filter, support).into_any()}
            </div>
        }
        .into_any())
    })
}

/// What came of the forms of this page.
fn outcome() -> impl IntoView {
    if let Some(failure) = form_problem() {
        return Some(problem(failure, Heading::Part).into_any());
    }
    match query("done").as_str() {
        "users_blocked" => Some(done(t().users_blocked(), t().users_blocked_lead()).into_any()),
        "users_unblocked" => Some(done(t().users_unblocked(), t().users_unblocked_lead()).into_any()),
        _ => None,
    }
}

fn either(yes: &str, no: &str, texts: [&str; 2]) -> Vec<(String, String)> {
    vec![(yes.to_owned(), texts[0].to_owned()), (no.to_owned(), texts[1].to_owned())]
}

fn filter_form(filter: &UserFilter, apps: Vec<MiniProgram>) -> impl IntoView + use<> {
    let more = ["phone", "unionid", "from", "to"].iter().any(|field| !filter.get(field).is_empty());
    let apps = apps.into_iter().map(|app| (app.app.appid, app.app.name)).collect();
    let statuses =
        UserStatus::ALL.map(|status| (status.name().to_owned(), t().user_status(status).to_owned())).to_vec();
    let has = || either("yes", "no", [t().has_it(), t().has_none()]);
    let lately = either("failed", "healed", [t().failed_lately(), t().healed_lately()]);
    let search = filter.fields().into_iter().filter(|(name, _)| matches!(*name, "q" | "find")).collect();
    view! {
        <form class="filters" method="get" action=PATH>
            {hidden(search)}
            <div class="filter-row">
                {choice("app", t().mini_program(), apps, &filter.get("app"))}
                {choice("status", t().status(), statuses, &filter.get("status"))}
                {choice("lately", t().lately(), lately, &filter.get("lately"))}
                {order(filter)}
                <button class="button button-main" type="submit">{t().filter()}</button>
            </div>
            <details class="act" open=more>
                <summary>{t().more_filters()}</summary>
                <div class="filter-row">
                    {choice("phone", t().has_phone(), has(), &filter.get("phone"))}
                    {choice("unionid", t().has_unionid(), has(), &filter.get("unionid"))}
                    {entry("from", t().created_from(), "date", filter.get("from"))}
                    {entry("to", t().created_to(), "date", filter.get("to"))}
                </div>
            </details>
        </form>
    }
}

fn order(filter: &UserFilter) -> impl IntoView + use<> {
    let chosen = UserSort::from_name(&filter.get("sort")).unwrap_or_default();
    let options = UserSort::ALL.map(|sort| {
        let name = if sort == UserSort::default() { "" } else { sort.name() };
        view! { <option value=name selected=sort == chosen>{t().user_sort(sort)}</option> }
    });
    view! {
        <label>
            {t().sort()}
            <select name="sort">{options.collect_view()}</select>
        </label>
    }
}

/// What a search as one types swaps.
fn results(users: &UserList, filter: &UserFilter, support: bool) -> impl IntoView + use<> {
    let pager = pager(&users.page, PATH, &filter.url_query());
    let count = t().how_many_users(users.count, users.exact);
    let partial = users.partial.then(|| view! { <p class="lead">{t().searched_part()}</p> });
    view! {
        <div class="found">
            <p role="status">{count}</p>
            {chips(filter, &users.q).into_any()}
        </div>
        {list(users, filter, support).into_any()}
        {partial}
        {pager}
    }
}

/// Every filter with its way out.
fn chips(filter: &UserFilter, q: &str) -> impl IntoView + use<> {
    let chip = |(name, value): (&'static str, &str)| {
        let text = chip_text(name, value, q);
        let label = format!("{} {text}", t().take_away());
        view! {
            <li>
                <a class="chip" href=filter.without(name) aria-label=label>
                    {text}
                    <span aria-hidden="true">"×"</span>
                </a>
            </li>
        }
    };
    let chips: Vec<_> = filter.said().map(chip).collect();
    let several = chips.len() > 1;
    (!chips.is_empty()).then(|| {
        view! {
            <ul class="chips" aria-label=t().filters()>
                {chips}
                {several.then(|| view! { <li><a href=PATH>{t().clear_filters()}</a></li> })}
            </ul>
        }
    })
}

fn chip_text(name: &str, value: &str, q: &str) -> String {
    let yes_no = |value: &str| if value == "yes" { t().has_it() } else { t().has_none() };
    match name {
        "q" | "find" => format!("{}{q}", t().results_for()),
        "status" => UserStatus::from_name(value).map(|status| t().user_status(status)).unwrap_or_default().to_owned(),
        "phone" => format!("{}: {}", t().has_phone(), yes_no(value)),
        "unionid" => format!("{}: {}", t().has_unionid(), yes_no(value)),
        "lately" if value == "failed" => format!("{}: {}", t().lately(), t().failed_lately()),
        "lately" => format!("{}: {}", t().lately(), t().healed_lately()),
        "from" => format!("{} {value}", t().created_from()),
        "to" => format!("{} {value}", t().created_to()),
        _ => value.to_owned(),
    }
}
