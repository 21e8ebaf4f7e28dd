use leptos::prelude::*;
use server_fn::ServerFn;

use super::{
    super::param,
    confirm::{Form, form, head},
    reset::line,
};
use crate::{
    components::{Icon, Section, page},
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
        let preview = port::admin().await?.preview_erasure(&id).await?;
        Ok(content(&preview).into_any())
    })
}

fn content(preview: &ErasePreview) -> impl IntoView + use<> {
    let goes = t().goes_list(preview).into_iter().map(|(what, count)| {
        view! { <li>{what} <b>{count}</b></li> }
    });
    let stays = [t().stays_id(), t().stays_history(), t().stays_failures(), t().stays_audit(), t().stays_backups()];
    let since = preview.since.as_ref().map(|since| {
        let lines = [t().phone_since(), t().bindings_since(), t().merged_since()];
        let new = lines.into_iter().enumerate().filter(|(index, _)| since.is_new(*index));
        let new = new.map(|(_, text)| line(Icon::Warning, "note", text)).collect_view();
        view! { <ul class="card effects">{new}</ul> }
    });
    let fields = Form {
        action: EraseUser::PATH,
        hidden: vec![("seen", preview.seen.clone())],
        user: preview.user.id.clone(),
        reason: preview.reason.clone(),
        button: t().erase_now(),
        takes: true,
    };
    view! {
        <div class="preview">
            {head(t().erase_person(), &preview.user).into_any()} <p class="intro">{t().erase_lead()}</p> {since}
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
            {form(fields).into_any()}
        </div>
    }
}
