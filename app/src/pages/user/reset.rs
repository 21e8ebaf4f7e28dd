use leptos::{either::EitherOf3, prelude::*};
use server_fn::ServerFn;

use super::{
    super::{param, query},
    confirm::{Form, form, head},
};
use crate::{
    components::{Icon, Section, avatar, fact, moment, page, phone, user_link},
    fns::ResetUser,
    port,
    text::{t, zone},
    types::{Change, ComesBack, ResetKind, ResetOrder, ResetPreview, Since, UserSummary},
};

/// What a reset would do, exactly, before it does anything; and the form that does it.
#[component]
pub fn ResetPage() -> impl IntoView {
    let order = ResetOrder { user: param("id"), what: query("what"), of: query("of") };
    let title = ResetKind::from_name(&order.what).map_or(t().danger(), |kind| t().reset_kind(kind));
    page(title, Section::Users, |_| async move {
        let preview = port::support().await?.preview_reset(&order).await?;
        Ok(content(&preview, order).into_any())
    })
}

fn content(preview: &ResetPreview, order: ResetOrder) -> impl IntoView + use<> {
    let title = t().reset_kind(preview.kind);
    let fields = Form {
        action: ResetUser::PATH,
        hidden: vec![("what", order.what), ("of", order.of), ("seen", preview.seen.clone())],
        user: preview.user.id.clone(),
        reason: preview.reason.clone(),
        button: title,
        takes: preview.kind != ResetKind::Unblock,
    };
    view! {
        <div class="preview">
            {head(title, &preview.user).into_any()} {second(preview).into_any()} {evades_block(preview).into_any()} <section class="card">
                <h2>{t().what_happens()}</h2>
                <ul class="effects">{effects(preview).into_any()}</ul>
                {stays(preview.kind).into_any()}
                <h3>{t().can_undo()}</h3>
                <ul class="effects">{undoable(preview).collect_view()}</ul>
            </section> {form(fields).into_any()}
        </div>
    }
}

/// What goes, as whom the person comes back, what ends.
fn effects(preview: &ResetPreview) -> impl IntoView + use<> {
    let mut comes_back: Vec<_> = preview.changes.iter().filter_map(Change::comes_back).collect();
    comes_back.dedup();
    let comes_back = comes_back.into_iter().map(|who| line(Icon::Users, "note", comes_back_text(who.clone())));
    let comes_back = comes_back.collect_view();
    let since = preview.since.clone().unwrap_or_default();
    let changes = preview.changes.iter().enumerate();
    let changes = changes.map(|(index, change)| view! { {new_since(&since, index)} {change_view(change)} });
    let changes = changes.collect_view();
    let gone = preview.since.as_ref().map(gone_since);
    let blocked = match preview.kind {
        ResetKind::Block => Some(line(Icon::Cross, "bad", t().blocked_from_now().to_owned())),
        ResetKind::Unblock => Some(line(Icon::Check, "good", t().unblocked_from_now().to_owned())),
        _ => None,
    };
    let again = preview.kind != ResetKind::Block && preview.kind != ResetKind::Unblock;
    let sessions =
        (preview.sessions > 0).then(|| line(Icon::SignOut, "bad", t().sessions_end(preview.sessions, again)));
    view! { {changes} {gone} {comes_back} {blocked} {sessions} }
}

/// Stands before a line that is not as it was.
pub(super) fn new_since(since: &Since, index: usize) -> impl IntoView + use<> {
    since.is_new(index).then(|| line(Icon::Warning, "note", t().new_since()))
}

/// What of the changes no line can tell.
pub(super) fn gone_since(since: &Since) -> impl IntoView + use<> {
    let gone = (since.gone > 0).then(|| line(Icon::Warning, "note", t().gone_since(since.gone)));
    let elsewhere = since.is_elsewhere().then(|| line(Icon::Warning, "note", t().elsewhere_since()));
    view! { {gone} {elsewhere} }
}

/// One line of what happens.
pub(super) fn line(icon: Icon, class: &'static str, text: impl IntoView) -> impl IntoView {
    view! {
        <li class=class>
            {icon.view()} <div>{text}</div>
        </li>
    }
}

fn change_view(change: &Change) -> AnyView {
    match change.clone() {
        Change::Phone { number, bound_at } => {
            let since = bound_at.map(|at| view! { <p class="lead">{t().bound_on(&zone().text(at))}</p> });
            line(Icon::Phone, "bad", view! { <p>{t().phone_goes(&number)}</p> {since} }).into_any()
        }
        Change::Openid { app, openid, unionid, .. } => {
            let unionid = unionid.map(|unionid| view! { <p class="lead">"unionid " <code>{unionid}</code></p> });
            let text = view! {
                <p>{t().openid_goes(&app.name)} " " <code>{openid}</code></p>
                {unionid}
                <p class="lead">{t().keys_go()}</p>
            };
            line(Icon::Key, "bad", text).into_any()
        }
        Change::Unionid { app, openid, unionid } => {
            let text = view! {
                <p>{t().unionid_goes(&app.name)} " " <code>{unionid}</code></p>
                <p class="lead">"openid " <code>{openid}</code></p>
                <p class="lead">{t().unionid_may_return()}</p>
            };
            line(Icon::Conflict, "bad", text).into_any()
        }
        Change::HandedPhone { number, shared } => {
            line(Icon::Phone, "bad", t().phone_handed(&number, shared)).into_any()
        }
        Change::ReplacedPhone(number) => {
            let text = view! {
                <p>{t().phone_replaced(&number)}</p>
                <p class="lead">{t().replaced_phone_lead()}</p>
            };
            line(Icon::Phone, "bad", text).into_any()
        }
        Change::LostPhone { number, kept } => {
            let text = view! {
                <p>{t().phone_lost(&number, &kept)}</p>
                <p class="lead">{t().lost_phone_lead()}</p>
            };
            line(Icon::Phone, "bad", text).into_any()
        }
        Change::MovedOpenid { app, openid } => {
            let text = view! {
                <p>{t().openid_moves(&app.name)} " " <code>{openid}</code></p>
                <p class="lead">{t().moves_bindings_lead()}</p>
            };
            line(Icon::Arrow, "note", text).into_any()
        }
        Change::Account { taken, lost, lost_more } => account(taken, lost, lost_more).into_any(),
        Change::WechatSession { app, openid } => {
            let text = view! {
                <p>{t().key_goes(&app.name)} " " <code>{openid}</code></p>
                <p class="lead">{t().key_replaced()}</p>
            };
            line(Icon::Key, "bad", text).into_any()
        }
    }
}

fn account(taken: Option<String>, lost: Option<String>, lost_more: bool) -> impl IntoView {
    view! {
        {line(Icon::Cross, "bad", t().becomes_empty())}
        {taken.map(|name| line(Icon::Users, "note", t().nickname_taken(&name)))}
        {lost.map(|name| line(Icon::Users, "bad", t().nickname_lost(&name)))}
        {lost_more.then(|| line(Icon::Users, "", t().profile_more_lost()))}
        {line(Icon::Arrow, "note", t().failures_follow())}
    }
}

/// Who gets what this user gives.
fn second(preview: &ResetPreview) -> impl IntoView + use<> {
    let merge = preview.kind == ResetKind::Merge;
    let (gives, gets) = if merge { (t().goes_away(), t().stays_on()) } else { (t().loses_it(), t().gets_it()) };
    preview.other.clone().map(|other| {
        view! {
            <div class="twins">
                {person(gives, &preview.user, "badge badge-bad").into_any()}
                {person(gets, &other, "badge badge-good").into_any()}
            </div>
        }
    })
}

fn person(role: &'static str, user: &UserSummary, class: &'static str) -> impl IntoView + use<> {
    let UserSummary { id, nickname, phone: number, apps, created_at, last_login_at, .. } = user.clone();
    let apps = apps.into_iter().map(|app| view! { <span class="badge">{app.name}</span> " " }).collect_view();
    view! {
        <section class="card">
            <p><span class=class>{role}</span></p>
            <p class="who">{avatar(nickname.as_deref(), &id)} {user_link(&id, nickname)}</p>
            <dl class="pairs">
                {fact(t().phone(), phone(number))} {fact(t().created(), moment(created_at))}
                {fact(t().last_login(), moment(last_login_at))} {fact(t().mini_programs(), apps)}
            </dl>
        </section>
    }
}

fn comes_back_text(comes_back: ComesBack) -> impl IntoView {
    match comes_back {
        ComesBack::New => EitherOf3::A(t().comes_back_new()),
        ComesBack::Same => EitherOf3::B(t().comes_back_same()),
        ComesBack::Other(user) => {
            EitherOf3::C(view! { <p>{t().comes_back_other()} {user_link(&user.id, user.nickname)}</p> })
        }
    }
}

fn stays(kind: ResetKind) -> impl IntoView {
    let text = match kind {
        ResetKind::Phone => t().stays_wechat(),
        ResetKind::Binding | ResetKind::Unionid | ResetKind::Session | ResetKind::Sessions | ResetKind::Block => {
            t().stays_account()
        }
        ResetKind::Everything => t().stays_empty(),
        ResetKind::Move => t().stays_move(),
        ResetKind::Merge => t().stays_survivor(),
        ResetKind::WechatSession => t().stays_session(),
        ResetKind::Unblock => return None,
    };
    let both = matches!(kind, ResetKind::Move | ResetKind::Merge);
    let both = both.then(|| line(Icon::Check, "good", t().histories_stay()));
    Some(view! {
        <h3>{t().what_stays()}</h3>
        <ul class="effects">{line(Icon::Check, "good", text)} {both}</ul>
    })
}

fn undoable(preview: &ResetPreview) -> impl Iterator<Item = AnyView> + use<> {
    let (icon, class) = if preview.kind.undoable() { (Icon::Check, "good") } else { (Icon::Arrow, "") };
    let text = match preview.kind {
        ResetKind::Phone => t().undo_phone(),
        ResetKind::Binding => t().undo_openid(),
        ResetKind::Unionid => t().undo_unionid(),
        ResetKind::Everything => t().undo_everything(),
        ResetKind::Session | ResetKind::Sessions => t().undo_sessions_not(),
        ResetKind::WechatSession => t().undo_key_not(),
        ResetKind::Block => t().undo_block(),
        ResetKind::Unblock => t().undo_unblock(),
        ResetKind::Move => t().undo_move(),
        ResetKind::Merge => t().undo_merge(),
    };
    let sessions = preview.kind.undoable() && preview.sessions > 0;
    let sessions = sessions.then(|| line(Icon::Cross, "", t().undo_sessions_not()).into_any());
    std::iter::once(line(icon, class, text).into_any()).chain(sessions)
}

/// A block is the user's; whoever comes back as a new one is not blocked.
fn evades_block(preview: &ResetPreview) -> impl IntoView + use<> {
    let new =
        |change: &Change| matches!(change, Change::Openid { comes_back: ComesBack::New | ComesBack::Other(_), .. });
    let merge = preview.other.as_ref().filter(|_| preview.kind == ResetKind::Merge).map(|other| other.blocked);
    let text = match (preview.user.blocked, merge) {
        (true, None) => preview.changes.iter().any(new).then(|| t().evades_block()),
        (true, Some(false)) => Some(t().merge_blocked()),
        (_, Some(true)) => Some(t().merge_into_blocked()),
        (false, _) => None,
    };
    text.map(|text| {
        view! {
            <div class="notice notice-problem">
                {Icon::Warning.view()} <div>
                    <p>{text}</p>
                </div>
            </div>
        }
    })
}
