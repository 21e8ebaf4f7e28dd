use leptos::{either::Either, prelude::*};

use crate::{
    components::{moment, url_value, verdict},
    text::t,
    types::{Failure, User},
};

/// The newest few, with what was wrong; the others are one press away.
pub(super) fn section(user: &User) -> impl IntoView + use<> {
    let all = format!("/console/failures?user={}", url_value(&user.summary.id));
    let list = if user.failures.is_empty() {
        Either::Left(view! { <p class="lead calm-line">{t().no_user_failures()}</p> })
    } else {
        Either::Right(view! { <ul class="rows">{user.failures.iter().map(row).collect_view()}</ul> })
    };
    user.erased_at.is_none().then(|| {
        view! {
            <section class="card">
                <div class="panel-head">
                    <h2>{t().newest_failures()}</h2>
                    <a class="button" href=all>{t().all_failures()}</a>
                </div>
                {list}
            </section>
        }
    })
}

fn row(failure: &Failure) -> impl IntoView + use<> {
    view! {
        <li>
            <p>
                <a href=format!("/console/failures/{}", failure.id)>{t().headline(failure)}</a>
                " "
                {verdict(failure)}
            </p>
            <p class="when">{moment(failure.at)} <span>{failure.app.name.clone()}</span></p>
        </li>
    }
}
