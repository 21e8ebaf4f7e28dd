//! One user: who he is and what has happened to him, a section in each file, with the ways to what can be done about it.
//! What is done goes through a preview (`reset`, `undo`, `erase`), never straight from here.

mod bindings;
mod confirm;
mod danger;
mod erase;
mod failures;
mod header;
mod life;
mod phones;
mod reset;
mod resets;
mod sessions;
mod undo;

pub use erase::ErasePage;
pub use reset::ResetPage;
pub use undo::UndoPage;

use leptos::prelude::*;

use super::{form_problem, param, query, user_privacy::UserPrivacy};
use crate::{
    components::{Heading, Section, done, page, problem, url_value},
    text::t,
    types::{ResetKind, Role, User},
};

/// One user: who he is, his bindings and his phone history. The title names the page, never the person.
#[component]
pub fn UserPage() -> impl IntoView {
    let id = param("id");
    page(t().user(), Section::Users, |viewer| async move {
        let user = viewer.user(&id).await?;
        let privacy = UserPrivacy::load(&viewer, &id).await?;
        if let Some(at) = privacy.erased_at() {
            return Ok(privacy.tombstone(user, at).into_any());
        }
        Ok(content(&user, viewer.operator().role, privacy).into_any())
    })
}

fn content(user: &User, role: Role, privacy: UserPrivacy) -> impl IntoView + use<> {
    let support = role >= Role::Support && user.merged_into.is_none();
    view! {
        {header::header(user, support).into_any()}
        {outcome().into_any()}
        {privacy.wait()}
        {header::facts(user, support, privacy.phone(user.summary.phone.clone()).into_any()).into_any()}
        {bindings::section(user, support).into_any()}
        {sessions::section(user, support).into_any()}
        {phones::section(user).into_any()}
        {failures::section(user).into_any()}
        {resets::section(user, role).into_any()}
        {life::section(&user.events).into_any()}
        {privacy.sections(user.merged_into.is_some()).into_any()}
        {support.then(|| danger::section(user).into_any())}
    }
}

/// What came of the form that led back here.
fn outcome() -> Option<AnyView> {
    if let Some(failure) = form_problem() {
        return Some(problem(failure, Heading::Part).into_any());
    }
    let name = query("done");
    if name == "undone" {
        return Some(done(t().undone_done(), t().undone_done_lead()).into_any());
    }
    let (headline, advice) = t().reset_done(ResetKind::from_name(&name)?);
    Some(done(headline, advice).into_any())
}

/// The way to a preview; `of` names the binding or session, where there are several.
fn preview_href(user: &str, kind: ResetKind, of: Option<&str>) -> String {
    let of = of.map(|of| format!("&of={}", url_value(of))).unwrap_or_default();
    format!("/console/users/{user}/reset?what={}{of}", kind.name())
}

/// [`preview_href`] as a quiet link beside what it is about.
fn preview_link(user: &str, kind: ResetKind, of: Option<&str>, text: &'static str) -> impl IntoView + use<> {
    view! { <a class="deed" href=preview_href(user, kind, of)>{text}</a> }
}
