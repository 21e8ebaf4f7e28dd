//! The console's pages and the document around them.

use http::{HeaderValue, header::CONTENT_SECURITY_POLICY};
use leptos::{either::Either, nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    error::ConsoleError,
    islands::Comforts,
    pages::{
        AccountPage, ApiKeysPage, AppsPage, AuditPage, CodePage, ConflictPage, ConflictsPage, DashboardPage, ErasePage,
        FailurePage, FailuresPage, InvitePage, LoginPage, NotFoundPage, OperatorsPage, PhoneChangesPage, RefusedPage,
        ResetPage, TrialPage, UndoPage, UserPage, UsersPage,
    },
    text::{preferences, t},
};

/// What a page has to know of the installation it is served by.
#[derive(Debug, Clone)]
pub struct Site {
    /// Where scripts and styles lie, without a slash at its end; changes with their content.
    pub assets: String,
    /// Where mini programs reach this server, without a slash at its end.
    pub public_url: String,
    /// The public URL is https: cookies are `Secure`.
    pub https: bool,
    /// `latchkey demo`: the sign-in page names the demo operators.
    pub demo: bool,
}

/// What a layer in front of the pages has refused; in the context of a document that says so and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Refusal(pub ConsoleError);

/// The HTML document. Erased, so that the server does not compile every page once more.
pub fn shell() -> AnyView {
    provide_meta_context();
    let Site { assets, .. } = expect_context();
    content_security_policy();
    let preferences = preferences();
    view! {
        <!DOCTYPE html>
        <html lang=preferences.lang.tag() data-theme=preferences.theme.name()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <link rel="icon" type="image/svg+xml" href=format!("{assets}/favicon.svg") />
                <link rel="stylesheet" href=format!("{assets}/latchkey.css") />
                {islands(&assets).into_any()}
                <MetaTags />
            </head>
            <body>
                {match use_context::<Refusal>() {
                    Some(Refusal(refusal)) => Either::Left(view! { <RefusedPage refusal /> }),
                    None => Either::Right(Pages()),
                }}
                <Comforts copied=t().copied().to_owned() />
            </body>
        </html>
    }
    .into_any()
}

/// What wakes the islands. Not leptos' own script, which does so in one go and goes through every element of the page: on a
/// slow phone that is a quarter of a second in which nothing can be pressed.
fn islands(assets: &str) -> impl IntoView + use<> {
    if let Some(context) = Owner::current_shared_context() {
        // What is outside of the islands is never hydrated, and needs no marks for it.
        context.set_is_hydrating(false);
    }
    view! {
        <link rel="modulepreload" href=format!("{assets}/latchkey.js") />
        <link
            rel="preload"
            href=format!("{assets}/latchkey_bg.wasm")
            r#as="fetch"
            r#type="application/wasm"
            crossorigin="anonymous"
        />
        <script type="module" src=format!("{assets}/wake.js")></script>
    }
}

/// Nothing from elsewhere, no inline script but leptos' own, no inline style, no frame around us.
fn content_security_policy() {
    let nonce = use_nonce().map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    // Fails only if a nonce could not stand in a header.
    if let (Some(response), Ok(policy)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&policy)) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Rendered asynchronously throughout: the status and redirects of a page are known before its first byte.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/console") view=DashboardPage ssr=SsrMode::Async />
                <Route path=path!("/console/login") view=LoginPage ssr=SsrMode::Async />
                <Route path=path!("/console/users") view=UsersPage ssr=SsrMode::Async />
                <Route path=path!("/console/users/:id") view=UserPage ssr=SsrMode::Async />
                <Route path=path!("/console/users/:id/reset") view=ResetPage ssr=SsrMode::Async />
                <Route path=path!("/console/users/:id/undo/:reset") view=UndoPage ssr=SsrMode::Async />
                <Route path=path!("/console/users/:id/erase") view=ErasePage ssr=SsrMode::Async />
                <Route path=path!("/console/audit") view=AuditPage ssr=SsrMode::Async />
                <Route path=path!("/console/phone-changes") view=PhoneChangesPage ssr=SsrMode::Async />
                <Route path=path!("/console/failures") view=FailuresPage ssr=SsrMode::Async />
                <Route path=path!("/console/failures/:id") view=FailurePage ssr=SsrMode::Async />
                <Route path=path!("/console/try") view=TrialPage ssr=SsrMode::Async />
                <Route path=path!("/console/apps") view=AppsPage ssr=SsrMode::Async />
                <Route path=path!("/console/conflicts") view=ConflictsPage ssr=SsrMode::Async />
                <Route path=path!("/console/conflicts/:id") view=ConflictPage ssr=SsrMode::Async />
                <Route path=path!("/console/api-keys") view=ApiKeysPage ssr=SsrMode::Async />
                <Route path=path!("/console/operators") view=OperatorsPage ssr=SsrMode::Async />
                <Route path=path!("/console/account") view=AccountPage ssr=SsrMode::Async />
                <Route path=path!("/console/login/code") view=CodePage ssr=SsrMode::Async />
                <Route path=path!("/console/invite/:token") view=InvitePage ssr=SsrMode::Async />
                <Route path=path!("/console/*any") view=NotFoundPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
