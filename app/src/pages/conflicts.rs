use leptos::{either::Either, prelude::*};

use super::cursor;
use crate::{
    components::{Icon, Section, avatar, copyable, empty, moment, page, pager, phone, status, user_link, zone_note},
    text::t,
    types::{UnionidConflict, UserSummary},
};

const PATH: &str = "/console/conflicts";

/// Pairs of users to whom WeChat gave one unionid, newest first.
#[component]
pub fn ConflictsPage() -> impl IntoView {
    let cursor = cursor();
    page(t().conflicts(), Section::Conflicts, |viewer| async move {
        let conflicts = viewer.unionid_conflicts(cursor?).await?;
        let pager = pager(&conflicts, PATH, "");
        let list = if conflicts.items.is_empty() {
            let none = empty(Icon::Conflict, t().no_conflicts(), t().no_conflicts_lead());
            Either::Left(view! { <section class="card">{none}</section> })
        } else {
            Either::Right(conflicts.items.into_iter().map(conflict).collect_view())
        };
        Ok(view! {
            <div class="page-head">
                <h1>{t().conflicts()}</h1>
                {zone_note()}
            </div>
            <p class="intro">{t().conflicts_lead()}</p>
            {list}
            {pager}
        }
        .into_any())
    })
}

fn conflict(conflict: UnionidConflict) -> impl IntoView {
    view! {
        <article class="card conflict">
            <h2>{conflict.app.name} " " <code class="muted">{conflict.app.appid}</code></h2>
            <dl class="pairs">
                <div>
                    <dt>{t().time()}</dt>
                    <dd>{moment(conflict.at)}</dd>
                </div>
                <div>
                    <dt>"unionid"</dt>
                    <dd>{copyable(conflict.unionid)}</dd>
                </div>
                <div>
                    <dt>"openid"</dt>
                    <dd>{copyable(conflict.openid)}</dd>
                </div>
            </dl>
            <div class="twins">
                {side(t().conflict_user(), conflict.user)} {side(t().conflict_other(), conflict.other)}
            </div>
        </article>
    }
}

/// One of the two users.
fn side(which: &'static str, user: UserSummary) -> impl IntoView {
    view! {
        <section>
            <h3>{which}</h3>
            <p class="who">
                {avatar(user.nickname.as_deref(), &user.id)} {user_link(&user.id, user.nickname)} {status(user.blocked)}
            </p>
            <dl class="pairs">
                <div>
                    <dt>{t().phone()}</dt>
                    <dd>{phone(user.phone)}</dd>
                </div>
                <div>
                    <dt>{t().created()}</dt>
                    <dd>{moment(user.created_at)}</dd>
                </div>
                <div>
                    <dt>{t().last_login()}</dt>
                    <dd>{moment(user.last_login_at)}</dd>
                </div>
            </dl>
        </section>
    }
}
