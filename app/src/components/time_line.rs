use leptos::{either::EitherOf3, prelude::*};

use super::{Icon, table::from_to};
use crate::{
    text::{t, zone},
    types::{Event, EventKind, Failure},
};

/// What a user did, day by day. Around a failure, every line says how far it was from it: the order of a login and a tap
/// is the whole story, and seconds tell it.
pub fn time_line(events: &[Event], around: Option<&Failure>) -> impl IntoView + use<> {
    let zone = zone();
    let days = events.chunk_by(|one, next| zone.day(one.at) == zone.day(next.at));
    let days = days.map(|events| {
        let items = events.iter().map(|event| item(event, around)).collect_view();
        let day = events.first().map(|event| zone.day(event.at));
        view! {
            <h3>{day}</h3>
            <ol class="line-of-time">{items}</ol>
        }
    });
    days.collect_view()
}

fn item(event: &Event, around: Option<&Failure>) -> impl IntoView + use<> {
    let this = around.is_some_and(|failure| matches!(&event.kind, EventKind::Failure { id, .. } if *id == failure.id));
    let class = if this { "now" } else { kind_class(&event.kind) };
    let request = around.map(|failure| failure.request_id.as_str());
    let same_request = !this && request.is_some() && event.request_id.as_deref() == request;
    let here = around.map(|failure| &failure.app);
    let elsewhere = event.app.as_ref().filter(|app| Some(*app) != here).map(|app| app.name.clone());
    // Of the same request, at the same moment: the mark beside it says all.
    let far = |failure: &&Failure| !(this || same_request && event.at == failure.at);
    let distance = around.filter(far).map(|failure| distance(event, failure));
    view! {
        <li class=class aria-current=this.then_some("true")>
            {icon(&event.kind).view()}
            <div>
                <p>{what(event, this).into_any()}</p>
                <p class="when">
                    <time datetime=event.at.rfc3339()>{clock(event)}</time>
                    {distance}
                    {same_request.then(|| view! { <span class="badge">{t().this_request()}</span> })}
                    {elsewhere.map(|app| view! { <span>{app}</span> })}
                </p>
            </div>
        </li>
    }
}

fn distance(event: &Event, failure: &Failure) -> impl IntoView + use<> {
    view! { <span>{t().before(failure.at.since(event.at))}</span> }
}

/// A watermark counts in seconds; milliseconds would pretend to more.
fn clock(event: &Event) -> String {
    let mut clock = zone().clock(event.at);
    if event.kind == EventKind::DataMade {
        clock.truncate(8);
    }
    clock
}

fn what(event: &Event, this: bool) -> impl IntoView + use<> {
    match event.kind.clone() {
        EventKind::Failure { id, cause, healed, likely } => {
            let (badge, verdict) =
                if healed { ("badge badge-good", t().healed()) } else { ("badge badge-bad", t().failed()) };
            let name = t().cause_of(cause, likely);
            let href = (!this).then(|| format!("/console/failures/{id}"));
            let here = this.then(|| view! { <span class="badge">{t().this_failure()}</span> " " });
            EitherOf3::A(view! { {here} <a href=href>{name}</a> " " <span class=badge>{verdict}</span> })
        }
        EventKind::Phone { old, new } => EitherOf3::B(view! { <span>{t().phone()} " "</span> {from_to(old, new)} }),
        other => EitherOf3::C(plain(&other)),
    }
}

fn plain(kind: &EventKind) -> String {
    match kind {
        EventKind::Login => t().event_login().to_owned(),
        EventKind::FirstLogin => t().event_first_login().to_owned(),
        EventKind::NewUnionid => t().event_unionid().to_owned(),
        EventKind::SamePhone => t().event_same_phone().to_owned(),
        EventKind::KeyReceived => t().event_key().to_owned(),
        EventKind::DataMade => t().event_data().to_owned(),
        EventKind::Push(event) => format!("{}{}", t().event_push(), t().push_event(event)),
        EventKind::Operator { by, action } => format!("{by} · {}", t().action(action)),
        EventKind::Failure { .. } | EventKind::Phone { .. } => String::new(),
    }
}

const fn icon(kind: &EventKind) -> Icon {
    match kind {
        EventKind::Login | EventKind::FirstLogin | EventKind::NewUnionid => Icon::Users,
        EventKind::KeyReceived => Icon::Key,
        EventKind::DataMade => Icon::Clock,
        EventKind::Phone { .. } | EventKind::SamePhone => Icon::Phone,
        EventKind::Failure { healed: true, .. } => Icon::Check,
        EventKind::Failure { .. } => Icon::Warning,
        EventKind::Push(_) => Icon::Arrow,
        EventKind::Operator { .. } => Icon::Conflict,
    }
}

const fn kind_class(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Failure { healed: true, .. } => "good",
        EventKind::Failure { .. } => "bad",
        EventKind::DataMade => "data",
        _ => "",
    }
}
