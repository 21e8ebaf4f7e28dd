use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use super::{form_problem, param};
use crate::{
    components::{Heading, Section, avatar, copyable, moment, page, phone, problem, status, user_link, zone_note},
    fns::KeepApart,
    text::t,
    types::{Binding, Conflict, ConflictKind, Party, ResetKind, Role, Settled, UserSummary},
};

/// One conflict: the two users side by side, and what can be done.
#[component]
pub fn ConflictPage() -> impl IntoView {
    let id = param("id");
    page(t().conflict(), Section::Conflicts, |viewer| async move {
        let conflict = viewer.conflict(&id).await?;
        let support = viewer.operator().role >= Role::Support;
        let acts = support.then(|| acts(&conflict).into_any());
        Ok(view! {
            <nav class="crumbs" aria-label=t().breadcrumb()>
                <a href="/console/conflicts">{t().conflicts()}</a>
            </nav>
            <div class="page-head">
                <h1>{t().conflict_kind(conflict.kind)}</h1>
                {zone_note()}
            </div>
            {form_problem().map(|failure| problem(failure, Heading::Part).into_any())}
            <p class="intro">{t().conflict_says(conflict.kind)}</p>
            {compared(&conflict).into_any()}
            {acts}
        }
        .into_any())
    })
}

/// A conflict in the list.
pub(super) fn card(conflict: &Conflict) -> impl IntoView + use<> {
    let href = format!("/console/conflicts/{}", conflict.id);
    let open = conflict.settled.is_none();
    let (class, text) =
        if open { ("button button-main", t().conflict_decide()) } else { ("button", t().conflict_details()) };
    view! {
        <article class="card conflict">
            <h2>{t().conflict_kind(conflict.kind)}</h2>
            {facts(conflict).into_any()}
            <div class="twins">
                {side(t().conflict_other(), &conflict.other, Detail::Apps).into_any()} {side(t().conflict_user(), &conflict.user, Detail::Apps).into_any()}
            </div>
            <p>
                <a class=class href=href>{text}</a>
            </p>
        </article>
    }
}

fn compared(conflict: &Conflict) -> impl IntoView + use<> {
    let shared = conflict.unionid.as_deref();
    view! {
        <section class="card conflict">
            <h2 class="visually-hidden">{t().both_users()}</h2>
            {facts(conflict).into_any()}
            <div class="twins">
                {side(t().conflict_other(), &conflict.other, Detail::Bindings(shared)).into_any()}
                {side(t().conflict_user(), &conflict.user, Detail::Bindings(shared)).into_any()}
            </div>
        </section>
    }
}

fn facts(conflict: &Conflict) -> impl IntoView + use<> {
    let unionid = conflict.unionid.clone().map(|unionid| {
        view! {
            <div>
                <dt>"unionid"</dt>
                <dd>{copyable(unionid)}</dd>
            </div>
        }
    });
    view! {
        <dl class="pairs">
            <div>
                <dt>{t().first_seen()}</dt>
                <dd>{moment(conflict.at)}</dd>
            </div>
            {unionid}
            {conflict.settled.clone().map(|one| settled(one).into_any())}
        </dl>
    }
}

fn settled(settled: Settled) -> impl IntoView {
    view! {
        <div>
            <dt>{t().state()}</dt>
            <dd><span class="badge badge-good">{t().settlement(settled.how)}</span> " " {moment(settled.at)}</dd>
        </div>
        {settled.by.map(|by| view! { <div><dt>{t().by()}</dt><dd>{by}</dd></div> })}
        {settled.reason.map(|reason| view! { <div><dt>{t().why()}</dt><dd><bdi>{reason}</bdi></dd></div> })}
    }
}

/// How much is told of a user's bindings.
#[derive(Clone, Copy)]
enum Detail<'a> {
    Apps,
    /// One by one, those with this unionid marked.
    Bindings(Option<&'a str>),
}

/// One of the two.
fn side(which: &'static str, party: &Party, detail: Detail<'_>) -> impl IntoView + use<> {
    let UserSummary { id, nickname, phone: number, apps, blocked, created_at, last_login_at, .. } = party.user.clone();
    let apps = match detail {
        Detail::Apps => {
            let badges = apps.into_iter().map(|app| view! { <span class="badge">{app.name}</span> " " }).collect_view();
            Either::Left(view! { <p>{badges}</p> })
        }
        Detail::Bindings(shared) => Either::Right(bindings_view(&party.bindings, shared).into_any()),
    };
    let state = match &party.merged_into {
        Some(user) => Either::Left(view! {
            <span class="badge">{t().party_merged()} {user_link(&user.id, user.nickname.clone())}</span>
        }),
        None => Either::Right(status(blocked)),
    };
    let bound = party.phone_bound_at.map(|at| {
        view! {
            <div>
                <dt>{t().bound_at()}</dt>
                <dd>{moment(at)}</dd>
            </div>
        }
    });
    view! {
        <section>
            <h3>{which}</h3>
            <p class="who">{avatar(nickname.as_deref(), &id)} {user_link(&id, nickname)} {state}</p>
            <dl class="pairs">
                <div>
                    <dt>{t().phone()}</dt>
                    <dd>{phone(number)}</dd>
                </div>
                {bound}
                <div>
                    <dt>{t().created()}</dt>
                    <dd>{moment(created_at)}</dd>
                </div>
                <div>
                    <dt>{t().last_login()}</dt>
                    <dd>{moment(last_login_at)}</dd>
                </div>
            </dl>
            {apps}
        </section>
    }
}

fn bindings_view(bindings: &[Binding], shared: Option<&str>) -> impl IntoView + use<> {
    if bindings.is_empty() {
        return Either::Left(view! { <p class="muted">{t().no_bindings()}</p> });
    }
    let rows = bindings.iter().cloned().map(|binding| {
        let same = binding.unionid.is_some() && binding.unionid.as_deref() == shared;
        let same =
            same.then(|| view! { <span class="badge badge-bad">{t().conflict_kind(ConflictKind::Unionid)}</span> });
        view! {
            <li>
                <h4>{binding.app.name} " " {same}</h4>
                <p>{copyable(binding.openid)}</p>
                <p class="lead">{t().last_login()} " " {moment(binding.last_login_at)}</p>
            </li>
        }
    });
    Either::Right(view! { <ul class="plain-rows">{rows.collect_view()}</ul> })
}

/// What can be done. Whatever takes something from somebody leads to a preview.
fn acts(conflict: &Conflict) -> impl IntoView + use<> {
    let (user, other) = (&conflict.user, &conflict.other);
    let both = user.lives() && other.lives();
    let pairs = [(user, other), (other, user)];
    let moves = pairs.map(|(from, to)| (both && from.user.phone.is_some()).then(|| act(ResetKind::Move, from, to)));
    let moves = moves.into_iter().flatten().collect::<Vec<_>>();
    let merges = pairs.map(|(from, to)| act(ResetKind::Merge, from, to)).into_iter().collect::<Vec<_>>();
    let apart = conflict.settled.is_none().then(|| keep_apart(conflict.id.clone()).into_any());
    let moves =
        (!moves.is_empty()).then(|| way(t().reset_kind(ResetKind::Move), t().move_phone_when(), moves.into_any()));
    let merges = both.then(|| way(t().reset_kind(ResetKind::Merge), t().merge_when(), merges.into_any()));
    (both || conflict.settled.is_none()).then(|| {
        view! {
            <section class="card danger">
                <h2>{t().settle_title()}</h2>
                <p class="lead">{t().settle_lead()}</p>
                <ul class="rows">{moves} {merges} {apart}</ul>
            </section>
        }
    })
}

fn way(title: &'static str, when: &'static str, buttons: AnyView) -> AnyView {
    view! {
        <li>
            <div>
                <h3>{title}</h3>
                <p class="lead">{when}</p>
            </div>
            <div class="ways">{buttons}</div>
        </li>
    }
    .into_any()
}

/// The way to the preview: `from` gives, `to` gets.
fn act(kind: ResetKind, from: &Party, to: &Party) -> AnyView {
    let href = format!("/console/users/{}/reset?what={}&of={}", from.user.id, kind.name(), to.user.id);
    let called = t().called(to.user.nickname.as_deref(), &to.user.id);
    let text = if kind == ResetKind::Move { t().move_to(&called) } else { t().merge_into(&called) };
    view! { <a class="button button-danger" href=href>{text}</a> }.into_any()
}

fn keep_apart(id: String) -> impl IntoView {
    view! {
        <li>
            <div>
                <h3>{t().keep_apart()}</h3>
                <p class="lead">{t().keep_apart_when()}</p>
            </div>
            <form class="ways" method="post" action=KeepApart::PATH>
                <input type="hidden" name="id" value=id />
                <label>
                    {t().why()} <input name="reason" required maxlength="500" autocomplete="off" />
                </label>
                <button class="button" type="submit">{t().keep_apart()}</button>
            </form>
        </li>
    }
}
