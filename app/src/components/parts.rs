use leptos::{either::Either, prelude::*};

use super::Icon;
use crate::{
    error::ConsoleError,
    text::{t, zone},
    types::{DAMAGED, Failure, Millis},
};

/// Whether a headline is the page's own or one below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    Page,
    Part,
}

/// Something went wrong: what, and what to do. The one look for every failure.
pub fn problem(problem: ConsoleError, heading: Heading) -> impl IntoView {
    let (headline, advice) = t().problem(problem);
    let headline = match heading {
        Heading::Page => Either::Left(view! { <h1>{headline}</h1> }),
        Heading::Part => Either::Right(view! { <h2>{headline}</h2> }),
    };
    view! {
        <div class="notice notice-problem" role="alert">
            {Icon::Warning.view()}
            <div>
                {headline}
                <p>{advice}</p>
            </div>
        </div>
    }
}

/// A form has done its work: what is different now.
pub fn done(headline: &'static str, advice: &'static str) -> impl IntoView {
    view! {
        <div class="notice notice-good" role="status">
            {Icon::Check.view()}
            <div>
                <h2>{headline}</h2>
                <p>{advice}</p>
            </div>
        </div>
    }
}

/// Nothing to show, and why that is no fault. The one look for every empty list.
pub fn empty(icon: Icon, headline: &'static str, advice: &'static str) -> impl IntoView {
    view! {
        <div class="empty">
            {icon.view()}
            <h2>{headline}</h2>
            <p>{advice}</p>
        </div>
    }
}

/// An id in full, with a button to copy it where there is JavaScript.
pub fn copyable(id: String) -> impl IntoView {
    let label = format!("{} {id}", t().copy());
    view! {
        <span class="id">
            <code>{id.clone()}</code>
            {copy_button(id, label)}
        </span>
    }
}

/// Copies `text`, where there is JavaScript. `label` is for screen readers.
pub fn copy_button(text: String, label: String) -> impl IntoView {
    view! {
        <button type="button" class="copy" data-copy=text aria-label=label title=t().copy()>
            {Icon::Copy.view()}
            {Icon::Check.view()}
        </button>
    }
}

/// A user's name as the way to his page.
pub fn user_link(id: &str, nickname: Option<String>) -> impl IntoView + use<> {
    let name = match nickname {
        Some(name) => Either::Left(view! { <bdi>{name}</bdi> }),
        None => Either::Right(t().no_nickname()),
    };
    view! { <a href=format!("/console/users/{id}")>{name}</a> }
}

/// A user's phone, masked; says so when there is none.
pub fn phone(phone: Option<String>) -> impl IntoView {
    match phone {
        Some(phone) => Either::Left(view! { <span class="phone">{number(phone)}</span> }),
        None => Either::Right(view! { <span class="muted">{t().no_phone()}</span> }),
    }
}

/// A masked number, or that there is one which does not open.
pub fn number(masked: String) -> impl IntoView {
    if masked == DAMAGED {
        return Either::Right(view! { <span class="badge badge-bad">{t().damaged()}</span> });
    }
    Either::Left(masked)
}

pub fn moment(at: Millis) -> impl IntoView {
    view! { <time datetime=at.rfc3339()>{zone().text(at)}</time> }
}

/// The first letter of the nickname on a colour of the user's own. Avatars of users are never loaded: the
/// address is theirs to choose, and the browser would tell it who is being looked at.
pub fn avatar(nickname: Option<&str>, id: &str) -> impl IntoView + use<> {
    let letter = nickname.and_then(|name| name.chars().next()).map(|letter| letter.to_uppercase().to_string());
    let colour = id.bytes().fold(0_u8, u8::wrapping_add) % 6;
    view! {
        <span class=format!("avatar avatar-{colour}") aria-hidden="true">
            {letter.unwrap_or_else(|| "·".to_owned())}
        </span>
    }
}

pub fn status(blocked: bool) -> impl IntoView {
    let (class, text) = if blocked { ("badge badge-bad", t().blocked()) } else { ("badge badge-good", t().active()) };
    view! { <span class=class>{text}</span> }
}

/// A pair of a definition list.
pub fn fact(name: &'static str, value: impl IntoView) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

/// How a failure ended for the user.
pub fn verdict(failure: &Failure) -> impl IntoView + use<> {
    let (class, text) = match (failure.healed, failure.later_success) {
        (true, _) => ("badge badge-good", t().healed()),
        (false, Some(_)) => ("badge", t().succeeded_later()),
        (false, None) => ("badge badge-bad", t().failed()),
    };
    view! { <span class=class>{text}</span> }
}
