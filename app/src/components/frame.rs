use std::sync::Arc;

use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;
use server_fn::ServerFn;

use super::{
    Heading, Icon, problem,
    search::{keys_help, search_form},
};
use crate::{
    error::ConsoleError,
    fns::{SetPreference, SignOut, go},
    port::{self, OwnAccount, Viewer},
    text::{Lang, Theme, preferences, t},
    types::{Operator, Role, UserQuery},
};

/// A page's place in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Dashboard,
    Failures,
    Users,
    PhoneChanges,
    Apps,
    Conflicts,
    Audit,
    ApiKeys,
    Operators,
    None,
}

/// A page of the console: for whoever is signed in, inside the frame, with `load` as its content. A failure
/// shows its own page and status; without a session it leads to sign-in and from there back here.
pub fn page<F, Fut>(title: &'static str, section: Section, load: F) -> impl IntoView
where
    F: FnOnce(Arc<dyn Viewer>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<AnyView, ConsoleError>> + Send + 'static,
{
    guarded(title, section, port::viewer(), |viewer| viewer.operator().clone(), load)
}

/// A page of one's own account, which is there when nothing else is yet.
pub fn own_page<F, Fut>(title: &'static str, load: F) -> impl IntoView
where
    F: FnOnce(Arc<dyn OwnAccount>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<AnyView, ConsoleError>> + Send + 'static,
{
    guarded(title, Section::None, port::own_account(), |account| account.operator().clone(), load)
}

fn guarded<P, F, Fut>(
    title: &'static str,
    section: Section,
    permission: impl Future<Output = Result<P, ConsoleError>> + Send + 'static,
    operator: fn(&P) -> Operator,
    load: F,
) -> impl IntoView
where
    P: Send + 'static,
    F: FnOnce(P) -> Fut + Send + 'static,
    Fut: Future<Output = Result<AnyView, ConsoleError>> + Send + 'static,
{
    let content = async move {
        let permission = match permission.await {
            Ok(permission) => permission,
            Err(ConsoleError::SignedOut) => {
                to_sign_in();
                return ().into_any();
            }
            Err(ConsoleError::SecondFactorMissing) => {
                go("/console/account");
                return ().into_any();
            }
            Err(other) => return refusal(other).into_any(),
        };
        let operator = operator(&permission);
        let body = match load(permission).await {
            Ok(body) => body,
            Err(failure) => refusal(failure).into_any(),
        };
        frame(&operator, section, body).into_any()
    };
    view! {
        <Title text=format!("{title} · Latchkey") />
        <Suspense>{Suspend::new(content)}</Suspense>
    }
}

fn refusal(failure: ConsoleError) -> impl IntoView {
    set_status(failure);
    view! {
        {problem(failure, Heading::Page)}
        <p>
            <a class="button" href="/console/users">{t().back_to_users()}</a>
        </p>
    }
}

/// Answers with the problem's status, and says when to come again where that helps.
pub fn set_status(failure: ConsoleError) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    if let Ok(status) = StatusCode::from_u16(failure.status()) {
        response.set_status(status);
    }
    if let Some(seconds) = failure.retry_after() {
        response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// `text` as the value of a URL's query.
pub fn url_value(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn to_sign_in() {
    let here = use_context::<http::request::Parts>().map(|parts| parts.uri.to_string()).unwrap_or_default();
    go(&format!("/console/login?next={}", url_value(&here)));
}

fn frame(operator: &Operator, section: Section, body: AnyView) -> impl IntoView + use<> {
    let username = operator.username.clone();
    let role = t().role(operator.role);
    let on_users = section == Section::Users;
    let (typed, within) = if on_users { (searched(), within()) } else { <(String, String)>::default() };
    let api_keys = (operator.role == Role::Admin)
        .then(|| nav_link(Section::ApiKeys, section, "/console/api-keys", Icon::Code, t().api_keys()));
    let operators = (operator.role == Role::Admin)
        .then(|| nav_link(Section::Operators, section, "/console/operators", Icon::Person, t().operators()));
    view! {
        <a class="skip" href="#content">{t().skip_to_content()}</a>
        <div class="frame">
            <header class="side">
                <a class="brand" href="/console">{Icon::Key.view()} "Latchkey"</a>
                <nav class="nav" aria-label=t().navigation()>
                    {nav_link(Section::Dashboard, section, "/console", Icon::Overview, t().dashboard())}
                    {nav_link(Section::Failures, section, "/console/failures", Icon::Failure, t().failures())}
                    {nav_link(Section::Users, section, "/console/users", Icon::Users, t().users())}
                    {nav_link(Section::PhoneChanges, section, "/console/phone-changes", Icon::Phone, t().phone_changes())}
                    {nav_link(Section::Apps, section, "/console/apps", Icon::Apps, t().mini_programs())}
                    {nav_link(Section::Conflicts, section, "/console/conflicts", Icon::Conflict, t().conflicts())}
                    {nav_link(Section::Audit, section, "/console/audit", Icon::Log, t().audit())}
                    {api_keys}
                    {operators}
                </nav>
                <div class="side-end">
                    {preferences_forms()}
                    <div class="operator">
                        <a href="/console/account" title=t().own_account()>
                            <strong>{username}</strong>
                            <span>{role}</span>
                        </a>
                        <form method="post" action=SignOut::PATH>
                            <button class="button-quiet" type="submit" aria-label=t().sign_out() title=t().sign_out()>
                                {Icon::SignOut.view()}
                            </button>
                        </form>
                    </div>
                </div>
            </header>
            <div class="page">
                {search_form(operator, on_users, typed, within).into_any()}
                <main id="content" tabindex="-1">{body}</main>
            </div>
        </div>
        {keys_help().into_any()}
    }
}

/// What else the URL says of the users list; empty on other pages.
fn within() -> String {
    let parts = use_context::<http::request::Parts>();
    let query = parts.as_ref().and_then(|parts| parts.uri.query()).unwrap_or_default();
    let stays = |name: &str| UserQuery::FIELDS.contains(&name) && !matches!(name, "q" | "find");
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, value)| stays(name) && !value.is_empty());
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// What the URL says that is searched for; the box shows it.
fn searched() -> String {
    let parts = use_context::<http::request::Parts>();
    let query = parts.as_ref().and_then(|parts| parts.uri.query()).unwrap_or_default();
    let q = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "q");
    q.map(|(_, q)| q.trim().to_owned()).unwrap_or_default()
}

fn nav_link(target: Section, current: Section, href: &'static str, icon: Icon, text: &'static str) -> impl IntoView {
    view! {
        <a href=href aria-current=(target == current).then_some("page")>
            {icon.view()}
            {text}
        </a>
    }
}

/// Language and theme as plain forms: one press each, no JavaScript, and back to the same page.
pub fn preferences_forms() -> impl IntoView {
    let current = preferences();
    let here = use_context::<http::request::Parts>().map(|parts| parts.uri.to_string()).unwrap_or_default();
    let other = if current.lang == Lang::Zh { Lang::En } else { Lang::Zh };
    let themes = Theme::ALL.into_iter().map(|theme| {
        let pressed = if theme == current.theme { "true" } else { "false" };
        view! {
            <button type="submit" name="theme" value=theme.name() aria-pressed=pressed title=t().theme_name(theme)>
                {t().theme_name(theme)}
            </button>
        }
    });
    view! {
        <form class="preferences" method="post" action=SetPreference::PATH>
            <input type="hidden" name="back" value=here />
            <div class="segmented" role="group" aria-label=t().theme()>{themes.collect_view()}</div>
            <button class="button-quiet" type="submit" name="lang" value=other.name() lang=other.tag()>
                {t().other_language()}
            </button>
        </form>
    }
}
