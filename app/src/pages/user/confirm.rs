use leptos::prelude::*;

use super::header::name;
use crate::{
    components::{Heading, avatar, hidden, phone, problem},
    pages::form_problem,
    text::t,
    types::{UserSummary, split_end},
};

/// The head of a preview: what it is about, whom it concerns, and what went wrong with its form.
pub(super) fn head(title: &'static str, user: &UserSummary) -> impl IntoView + use<> {
    let UserSummary { id, nickname, phone: number, .. } = user.clone();
    let page = format!("/console/users/{id}");
    view! {
        <nav class="crumbs" aria-label=t().breadcrumb()>
            <a href=page>{t().back_to_user()}</a>
        </nav>
        <div class="page-head">
            <h1>{title}</h1>
        </div>
        {form_problem().map(|failure| problem(failure, Heading::Part))}
        <div class="card whom">
            {avatar(nickname.as_deref(), &id)} <div>
                <p>
                    <strong>{name(nickname)}</strong>
                    " "
                    {phone(number)}
                </p>
                <p>{id_with_end(&id)}</p>
            </div>
        </div>
    }
}

/// The id, with the part that has to be typed set apart.
fn id_with_end(id: &str) -> impl IntoView + use<> {
    let (start, end) = split_end(id);
    view! { <code class="id-end">{start.to_owned()}<mark>{end.to_owned()}</mark></code> }
}

/// A form behind a preview: where it goes, what it carries unseen, and what its button says.
pub(super) struct Form {
    pub action: &'static str,
    pub hidden: Vec<(&'static str, String)>,
    pub user: String,
    pub reason: String,
    pub button: &'static str,
    /// It takes something away.
    pub takes: bool,
}

/// Why, whom, and the button.
pub(super) fn form(form: Form) -> impl IntoView {
    let class = if form.takes { "button button-danger-main" } else { "button button-main" };
    let back = format!("/console/users/{}", form.user);
    view! {
        <form class="card stack confirm" method="post" action=form.action>
            {hidden(&form.hidden)} <input type="hidden" name="user" value=form.user />
            <label>
                {t().why()} <input name="reason" required maxlength="500" autocomplete="off" value=form.reason />
                <span class="lead">{t().why_hint()}</span>
            </label>
            <label>
                {t().type_to_confirm()}
                <input
                    class="mono typed"
                    name="typed"
                    required
                    maxlength="4"
                    pattern="[0-9A-Fa-f]{4}"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                />
            </label>
            <p class="buttons">
                <button class=class type="submit">{form.button}</button>
                <a class="button" href=back>{t().cancel()}</a>
            </p>
        </form>
    }
}
