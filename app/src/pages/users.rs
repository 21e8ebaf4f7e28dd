use leptos::prelude::*;

use super::{
    form_problem,
    login::refused,
    query,
    url_filter::UrlFilter,
    user_filter::{PATH, ask, narrowing, order, user_filter},
    users_table::list,
};
use crate::{
    components::{Heading, Section, choice, done, entry, filter_form, hidden, page, pager, problem, zone_note},
    text::t,
    types::{MiniProgram, Role, UserList, UserSort, UserStatus},
};

/// The users: found, narrowed, sorted, kept out, exported.
#[component]
pub fn UsersPage() -> impl IntoView {
    refused();
    let filter = user_filter();
    let asked = ask(&filter);
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
                {filters(&filter, apps).into_any()} {results(&users, &filter, support).into_any()}
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

fn filters(filter: &UrlFilter, apps: Vec<MiniProgram>) -> impl IntoView + use<> {
    let apps = apps.into_iter().map(|app| (app.app.appid, app.app.name)).collect();
    let statuses =
        UserStatus::ALL.map(|status| (status.name().to_owned(), t().user_status(status).to_owned())).to_vec();
    let has = || either("yes", "no", [t().has_it(), t().has_none()]);
    let lately = either("failed", "healed", [t().failed_lately(), t().healed_lately()]);
    let search: Vec<_> = filter.said().iter().filter(|(name, _)| matches!(*name, "q" | "find")).cloned().collect();
    let often = view! {
        {choice("app", t().mini_program(), apps, &filter.get("app"))}
        {choice("status", t().status(), statuses, &filter.get("status"))}
        {choice("lately", t().lately(), lately, &filter.get("lately"))}
        {orders(order(filter))}
    };
    let rarely = view! {
        {choice("phone", t().has_phone(), has(), &filter.get("phone"))}
        {choice("unionid", t().has_unionid(), has(), &filter.get("unionid"))}
        {entry("from", t().created_from(), "date", filter.get("from"))}
        {entry("to", t().created_to(), "date", filter.get("to"))}
    };
    let open = filter.says_any(&["phone", "unionid", "from", "to"]);
    filter_form(PATH, often, hidden(&search), rarely, open)
}

fn orders(chosen: UserSort) -> impl IntoView {
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
fn results(users: &UserList, filter: &UrlFilter, support: bool) -> impl IntoView + use<> {
    let pager = pager(&users.page, PATH, &filter.url_query());
    let count = t().how_many_users(users.count, users.exact);
    // With nobody in it, the list itself says so.
    let part = users.partial && !users.page.items.is_empty();
    let part = part.then(|| view! { <p class="lead">{t().searched_part()}</p> });
    view! {
        <div class="found">
            <p role="status">{count}</p>
            {chips(filter, &users.q).into_any()}
        </div>
        {list(users, filter, support).into_any()}
        {part}
        {pager}
    }
}

/// Every filter with its way out.
fn chips(filter: &UrlFilter, q: &str) -> impl IntoView + use<> {
    let chip = |(name, value): &(&'static str, String)| {
        let text = chip_text(name, value, q);
        let label = format!("{} {text}", t().take_away());
        view! {
            <li>
                <a class="chip" href=filter.with(name, None).url() aria-label=label>
                    {text}
                    <span aria-hidden="true">"×"</span>
                </a>
            </li>
        }
    };
    let chips: Vec<_> = narrowing(filter).said().iter().map(chip).collect();
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
