use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use super::{form_problem, param, user_privacy::reason_field};
use crate::{
    components::{Heading, Section, copyable, page, problem},
    fns::EraseUser,
    port,
    text::t,
    types::ErasePreview,
};

/// What an erasure would take and what it would leave, and the form that does it. For administrators.
#[component]
pub fn ErasePage() -> impl IntoView {
    let id = param("id");
    page(t().erase_person(), Section::Users, |_| async move {
        let preview = port::admin().await?.erase_preview(&id).await?;
        Ok(content(preview).into_any())
    })
}

fn content(preview: ErasePreview) -> impl IntoView {
    let href = format!("/console/users/{}", preview.user_id);
    let name = match preview.nickname.clone() {
        Some(name) => Either::Left(view! { <bdi>{name}</bdi> }),
        None => Either::Right(t().no_nickname()),
    };
    let goes = t().goes_list(&preview).into_iter().map(|(what, count)| {
        view! { <li>{what} <b>{count}</b></li> }
    });
    let stays = [t().stays_id(), t().stays_history(), t().stays_failures(), t().stays_audit(), t().stays_backups()];
    view! {
        <nav class="crumbs" aria-label=t().breadcrumb()>
            <a href=href.clone()>{name}</a>
        </nav>
        <div class="page-head">
            <h1>{t().erase_person()}</h1>
        </div>
        {form_problem().map(|failure| problem(failure, Heading::Part))}
        <p class="intro">{t().erase_lead()}</p>
        <div class="panels">
            <section class="card">
                <h2>{t().goes()}</h2>
                <ul class="tally">{goes.collect_view()}</ul>
            </section>
            <section class="card">
                <h2>{t().stays()}</h2>
                <ul class="tally">{stays.map(|what| view! { <li>{what}</li> }).collect_view()}</ul>
            </section>
        </div>
        <section class="card confirm">{form(preview.user_id, href)}</section>
    }
}

/// The browser refuses other characters before anything is sent, so that what was typed stays.
fn form(id: String, back: String) -> impl IntoView {
    let end = id.chars().skip(id.len().saturating_sub(4)).collect::<String>();
    view! {
        <p>{t().user_id()} " " {copyable(id.clone())}</p>
        <form class="stack" method="post" action=EraseUser::PATH>
            <input type="hidden" name="user" value=id />
            {reason_field(t().reason_hint())}
            <label>
                {t().confirm_id()}
                <input
                    class="mono"
                    name="confirm"
                    required
                    maxlength="4"
                    pattern=end
                    title=t().confirm_id()
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                />
            </label>
            <div class="line">
                <button class="button button-bad" type="submit">{t().erase_now()}</button>
                <a class="button" href=back>{t().cancel()}</a>
            </div>
        </form>
    }
}
