use leptos::{either::Either, prelude::*};

use super::preview_link;
use crate::{
    components::{copyable, fact, moment},
    text::t,
    types::{Binding, ResetKind, User},
};

/// One openid in each mini program.
pub(super) fn section(user: &User, support: bool) -> impl IntoView + use<> {
    let bindings = user.bindings.iter().map(|one| binding(&user.summary.id, one.clone(), support)).collect_view();
    (!user.bindings.is_empty() || user.erased_at.is_none()).then(|| {
        let none = user.bindings.is_empty().then(|| view! { <p class="muted">{t().no_bindings()}</p> });
        view! {
            <section class="card">
                <h2>{t().bindings()}</h2>
                <p class="lead">{t().bindings_lead()}</p>
                {none}
                <ul class="bindings">{bindings}</ul>
            </section>
        }
    })
}

fn binding(user: &str, binding: Binding, support: bool) -> impl IntoView + use<> {
    let link = |kind: ResetKind, there: bool| {
        (support && there).then(|| preview_link(user, kind, Some(&binding.id), t().reset_kind(kind)))
    };
    let links = view! {
        {link(ResetKind::Binding, true)}
        {link(ResetKind::Unionid, binding.unionid.is_some())}
        // The request to WeChat is signed with the key that is held: without one there is nothing to reset with.
        {link(ResetKind::WechatSession, binding.key_received_at.is_some())}
    };
    let links = support.then(|| view! { <p class="deeds">{links}</p> });
    let unionid = match binding.unionid {
        Some(unionid) => Either::Left(copyable(unionid)),
        None => Either::Right(view! { <span class="muted">{t().no_unionid()}</span> }),
    };
    let key = match binding.key_received_at {
        Some(at) => Either::Left(view! {
            {moment(at)}
            <span class="muted">" · " {binding.keys} " " {t().keys_kept()}</span>
        }),
        None => Either::Right(view! { <span class="muted">{t().no_key()}</span> }),
    };
    view! {
        <li>
            <h3>{binding.app.name} " " <code class="muted">{binding.app.appid}</code></h3>
            <dl>
                {fact("openid", copyable(binding.openid))} {fact("unionid", unionid)}
                {fact(t().first_login(), moment(binding.created_at))}
                {fact(t().last_login(), moment(binding.last_login_at))} {fact(t().session_key(), key)}
            </dl>
            {links}
        </li>
    }
}
