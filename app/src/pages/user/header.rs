use leptos::{either::Either, prelude::*};

use super::preview_link;
use crate::{
    components::{Icon, avatar, copyable, fact, moment, status, user_link},
    text::{t, zone},
    types::{OwnConflict, ResetKind, Settlement, User, UserSummary},
};

/// Who it is, and in what state.
pub(super) fn header(user: &User, support: bool) -> impl IntoView + use<> {
    let UserSummary { id, nickname, .. } = user.summary.clone();
    let state = match &user.merged_into {
        Some(_) => Either::Left(view! { <span class="badge">{t().settlement(Settlement::Merged)}</span> }),
        None => Either::Right(status(user.summary.blocked)),
    };
    view! {
        <nav class="crumbs" aria-label=t().breadcrumb()>
            <a href="/console/users">{t().users()}</a>
        </nav>
        <div class="person">
            {avatar(nickname.as_deref(), &id)} <div>
                <h1>{name(nickname)} " " {state}</h1>
                {copyable(id)}
            </div> {support.then(|| view! { <a class="button page-act" href="#danger">{t().to_resets()}</a> })}
        </div>
        {blocked(user)}
        {merged(user).into_any()}
        {user.conflicts.iter().map(conflict).collect_view().into_any()}
    }
}

/// The nickname, or that there is none.
pub(super) fn name(nickname: Option<String>) -> impl IntoView {
    match nickname {
        Some(name) => Either::Left(view! { <bdi>{name}</bdi> }),
        None => Either::Right(t().no_nickname()),
    }
}

/// Since when, and who did it why.
fn blocked(user: &User) -> impl IntoView + use<> {
    let act = user.block.clone().map(|block| view! { <p>{block.by} " · " {block.reason}</p> });
    user.blocked_at.map(|at| {
        view! {
            <div class="notice notice-problem state">
                {Icon::Cross.view()} <div>
                    <h2>{t().blocked_since(&zone().text(at))}</h2>
                    {act}
                </div>
            </div>
        }
    })
}

/// What another user has, too: often the very reason why somebody asks for help.
fn conflict(conflict: &OwnConflict) -> impl IntoView + use<> {
    let OwnConflict { id, kind, with } = conflict.clone();
    view! {
        <div class="notice state">
            {Icon::Warning.view()} <div>
                <h2>{t().conflict_kind(kind)}</h2>
                <p>
                    {t().conflict_with()} {user_link(&with.id, with.nickname)} " · "
                    <a href=format!("/console/conflicts/{id}")>{t().conflict_decide()}</a>
                </p>
            </div>
        </div>
    }
}

/// Where a merged user has gone, or who has come to this one.
fn merged(user: &User) -> impl IntoView + use<> {
    let into = user.merged_into.clone().map(|other| {
        view! {
            <div class="notice state">
                {Icon::Arrow.view()} <div>
                    <h2>{t().merged_notice()}</h2>
                    <p>{t().merged_notice_lead()} {user_link(&other.id, other.nickname)}</p>
                </div>
            </div>
        }
    });
    let here =
        user.merged.iter().map(|id| view! { <a href=format!("/console/users/{id}")><code>{id.clone()}</code></a> " " });
    let here = (!user.merged.is_empty()).then(|| {
        view! {
            <div class="notice state">
                {Icon::Users.view()} <div>
                    <p>{t().merged_here()} {here.collect_view()}</p>
                </div>
            </div>
        }
    });
    view! { {into} {here} }
}

/// `number` is the phone as it may be seen.
pub(super) fn facts(user: &User, support: bool, number: AnyView) -> impl IntoView + use<> {
    let UserSummary { id, phone, created_at, last_login_at, .. } = user.summary.clone();
    let unbind = (support && phone.is_some()).then(|| preview_link(&id, ResetKind::Phone, None, t().unbind()));
    let number = view! {
        {number}
        " "
        {unbind}
    };
    view! {
        <dl class="card facts">
            <div class="phone-fact">
                <dt>{t().phone()}</dt>
                <dd>{number}</dd>
            </div> {user.phone_bound_at.map(|at| fact(t().bound_at(), moment(at)))}
            {fact(t().created(), moment(created_at))} {fact(t().last_login(), moment(last_login_at))}
        </dl>
    }
}
