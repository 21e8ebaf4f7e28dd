use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use super::{
    super::param,
    confirm::{Form, form, head},
    reset::new_since,
};
use crate::{
    components::{Icon, Section, fact, moment, page, user_link},
    fns::UndoReset,
    port,
    text::t,
    types::{Fate, Reset, Taken, UndoPart, UndoPreview},
};

/// What undoing a reset would bring back and what not, before it does anything; and the form that does it.
#[component]
pub fn UndoPage() -> impl IntoView {
    let (user, reset) = (param("id"), param("reset"));
    page(t().undo_title(), Section::Users, |_| async move {
        let preview = port::admin().await?.preview_undo(&user, &reset).await?;
        Ok(content(preview).into_any())
    })
}

fn content(preview: UndoPreview) -> impl IntoView {
    let fields = Form {
        action: UndoReset::PATH,
        hidden: vec![("reset", preview.reset.id.clone()), ("seen", preview.seen.clone())],
        user: preview.user.id.clone(),
        reason: preview.reason.clone(),
        button: t().do_undo(),
        takes: false,
    };
    let act = if preview.restores() { Either::Left(form(fields)) } else { Either::Right(nothing()) };
    let ends = (preview.sessions > 0).then(|| {
        view! {
            <li class="bad">
                {Icon::SignOut.view()}
                <div>{t().undo_ends_sessions()} <b>{preview.sessions}</b></div>
            </li>
        }
    });
    let since = preview.since.unwrap_or_default();
    let parts = preview.parts.into_iter().enumerate();
    let parts = parts.map(|(index, one)| view! { {new_since(&since, index)} {part(one)} }).collect_view();
    view! {
        <div class="preview">
            {head(t().undo_title(), &preview.user).into_any()} {undone(preview.reset).into_any()}
            <section class="card">
                <h2>{t().what_happens()}</h2>
                <p class="lead">{t().undo_lead()}</p>
                <ul class="effects">
                    {parts} {ends} <li>
                        {Icon::Cross.view()}
                        <div>{t().undo_sessions_not()}</div>
                    </li>
                </ul>
            </section> {act}
        </div>
    }
}

/// The act, who did it, when and why.
fn undone(reset: Reset) -> impl IntoView {
    let other = reset.other.map(|other| fact(t().second_user(), user_link(&other.id, other.nickname)));
    view! {
        <dl class="card facts">
            {fact(t().undone_act(), t().reset_kind(reset.kind))} {other} {fact(t().time(), moment(reset.at))}
            {fact(t().by(), reset.by)} {fact(t().why(), view! { <bdi>{reset.reason}</bdi> })}
        </dl>
    }
}

fn part(part: UndoPart) -> impl IntoView {
    let (class, icon, verdict) = match part.fate {
        Fate::Returns => ("good", Icon::Check, t().comes_back()),
        Fate::There => ("", Icon::Check, t().is_there()),
        _ => ("bad", Icon::Cross, t().stays_lost()),
    };
    view! {
        <li class=class>
            {icon.view()} <div>
                <p><strong>{verdict}</strong> " · " {taken(part.what)}</p>
                {obstacle(part.fate)}
            </div>
        </li>
    }
}

fn taken(what: Taken) -> AnyView {
    let number = |name: &'static str, number| view! { {name} " " <span class="phone">{number}</span> }.into_any();
    let (name, app, id) = match what {
        Taken::Phone(phone) | Taken::HandedPhone(phone) => return number(t().phone(), phone),
        Taken::ReplacedPhone(phone) => return number(t().taken_replaced(), phone),
        Taken::Account => return t().taken_account().into_any(),
        Taken::Openid { app, openid } => ("openid", Some(app), openid),
        Taken::Unionid { app, unionid } => ("unionid", app, unionid),
    };
    let app = app.map(|app| format!("{} ", app.name));
    view! { {app} {name} " " <code>{id}</code> }.into_any()
}

/// Why it does not come back.
fn obstacle(fate: Fate) -> Option<AnyView> {
    let text = match fate {
        Fate::Returns | Fate::There => return None,
        Fate::PhoneOf(user) => view! { {t().phone_of_other()} {user_link(&user.id, user.nickname)} }.into_any(),
        Fate::OpenidOf(user) => view! { {t().openid_of_other()} {user_link(&user.id, user.nickname)} }.into_any(),
        Fate::OtherPhone(number) => t().other_phone(&number).into_any(),
        Fate::Unbound => t().binding_unbound().into_any(),
        Fate::NoBinding => t().binding_gone().into_any(),
        Fate::OtherUnionid => t().unionid_other().into_any(),
    };
    Some(view! { <p class="lead">{text}</p> }.into_any())
}

fn nothing() -> impl IntoView {
    view! {
        <div class="notice">
            {Icon::Warning.view()} <div>
                <h2>{t().nothing_returns()}</h2>
                <p>{t().nothing_returns_lead()}</p>
            </div>
        </div>
    }
}
