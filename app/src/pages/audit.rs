use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use server_fn::ServerFn;

use super::{
    audit_filter::{PATH, ask, audit_filter},
    url_filter::UrlFilter,
};
use crate::{
    components::{
        Icon, Section, choice, clear_filters, copyable, empty, entry, filter_form, moment, page, pager, zone_note,
    },
    fns::CheckAudit,
    text::t,
    types::{AuditAction, AuditEntry, AuditList, Chain, ChainState, UserRef, split_end},
};

/// Who did what, newest first, narrowed to what the URL says; and whether the log can be believed.
#[component]
pub fn AuditPage() -> impl IntoView {
    let filter = audit_filter();
    let asked = ask(&filter);
    page(t().audit(), Section::Audit, |viewer| async move {
        let AuditList { page: entries, chain } = viewer.audit(asked?).await?;
        let pager = pager(&entries, PATH, &filter.url_query());
        Ok(view! {
            <div class="page-head">
                <h1>{t().audit()}</h1>
                {zone_note()}
            </div>
            <p class="intro">{t().audit_lead()}</p>
            {chain_state(chain).into_any()}
            {filters(&filter).into_any()}
            <section class="card card-flush">{table(entries.items).into_any()}</section>
            {pager}
        }
        .into_any())
    })
}

/// Whether every entry is as it was written, and when all of them were looked at.
fn chain_state(chain: Chain) -> impl IntoView {
    let (verdict, advice) = match chain.last.map(|last| last.state) {
        None => (EitherOf3::A(view! { <span class="badge">{t().chain_unknown()}</span> }), None),
        Some(ChainState::Whole { entries }) => {
            let text = format!("{} · {}", t().chain_whole(), t().entries(entries));
            (EitherOf3::B(view! { <span class="badge badge-good">{text}</span> }), None)
        }
        Some(ChainState::Broken { seq }) => {
            let advice = view! {
                <div class="notice notice-problem" role="alert">
                    {Icon::Warning.view()}
                    <div>
                        <h2>{t().broken_at(seq)}</h2>
                        <p>{t().chain_broken_lead()}</p>
                    </div>
                </div>
            };
            (EitherOf3::C(view! { <span class="badge badge-bad">{t().chain_broken()}</span> }), Some(advice))
        }
    };
    view! {
        {advice}
        <form class="chain" method="post" action=CheckAudit::PATH>
            {verdict}
            {chain.last.map(|last| view! { <span class="lead">{t().chain_checked()} {moment(last.checked_at)}</span> })}
            {chain.checking.map(|entries| view! { <span class="lead">{t().chain_checking(entries)}</span> })}
            <button class="button" type="submit">{t().check_again()}</button>
        </form>
    }
}

fn filters(filter: &UrlFilter) -> impl IntoView + use<> {
    let actions = AuditAction::ALL.iter().map(|action| (action.name().to_owned(), t().action(action.name())));
    let often = view! {
        {choice("action", t().act(), actions.collect(), &filter.get("action"))}
        {entry("actor", t().operator(), "text", filter.get("actor"))}
        {entry("user", t().user_id(), "text", filter.get("user"))}
    };
    let rarely = view! {
        {entry("from", t().from_day(), "date", filter.get("from"))}
        {entry("to", t().to_day(), "date", filter.get("to"))}
    };
    let clear = (!filter.is_empty()).then(|| clear_filters(PATH));
    filter_form(PATH, often, clear, rarely, filter.says_any(&["from", "to"]))
}

fn table(entries: Vec<AuditEntry>) -> impl IntoView {
    if entries.is_empty() {
        return Either::Left(empty(Icon::Log, t().no_audit(), t().no_audit_lead()));
    }
    Either::Right(view! {
        <table class="table audit">
            <thead>
                <tr>
                    <th scope="col">{t().time()}</th>
                    <th scope="col">{t().operator()}</th>
                    <th scope="col">{t().act()}</th>
                    <th scope="col">{t().whom()}</th>
                    <th scope="col">{t().why()}</th>
                    <th scope="col">{t().origin()}</th>
                </tr>
            </thead>
            <tbody>{entries.into_iter().map(row).collect_view()}</tbody>
        </table>
    })
}

fn row(entry: AuditEntry) -> impl IntoView {
    let facts = entry.facts.into_iter().map(|(name, value)| fact(&entry.action, &name, &value)).collect_view();
    view! {
        <tr>
            <td data-label=t().time()>
                <span>{moment(entry.at)} " " <span class="muted">"#" {entry.seq}</span></span>
            </td>
            <td data-label=t().operator()>{who(entry.actor)}</td>
            <td data-label=t().act()>
                <div>
                    {t().action(&entry.action)}
                    <ul class="entry-facts">{facts}</ul>
                </div>
            </td>
            <td data-label=t().whom()>{entry.user.map(whom)}</td>
            <td class="cell-why" data-label=t().why()>{entry.reason.map(|text| view! { <bdi>{text}</bdi> })}</td>
            <td data-label=t().origin()>{origin(entry.network, entry.request_id)}</td>
        </tr>
    }
}

/// An operator's username, or the command line.
pub(super) fn who(actor: Option<String>) -> impl IntoView {
    match actor {
        // No username has a space: nobody who has proven who he is.
        Some(name) if name.contains(' ') => Either::Right(view! { <span class="muted">{t().not_signed_in()}</span> }),
        Some(name) => Either::Left(view! { <strong>{name}</strong> }),
        None => Either::Right(view! { <span class="muted">{t().command_line()}</span> }),
    }
}

/// By his nickname, or the end of his id: that is all there is of somebody who was erased.
fn whom(user: UserRef) -> impl IntoView {
    let href = format!("/console/users/{}", user.id);
    let name = match user.nickname {
        Some(name) => Either::Left(view! { <bdi>{name}</bdi> }),
        None => Either::Right(view! { {t().user()} " …" {split_end(&user.id).1.to_owned()} }),
    };
    view! { <a href=href title=user.id>{name}</a> }
}

fn origin(network: Option<String>, request_id: Option<String>) -> impl IntoView {
    (network.is_some() || request_id.is_some()).then(|| {
        view! {
            <div>
                {network.map(|network| view! { <div>{network}</div> })} {request_id.map(copyable)}
            </div>
        }
    })
}

fn fact(action: &str, name: &str, value: &str) -> impl IntoView + use<> {
    let page = match name {
        "failure" => Some("failures"),
        "conflict" => Some("conflicts"),
        "other" => Some("users"),
        _ => None,
    };
    let said = match page {
        Some(page) => Either::Left(view! { <a href=format!("/console/{page}/{value}")>{t().open_entry()}</a> }),
        None => Either::Right(view! { <bdi>{t().audit_value(action, name, value)}</bdi> }),
    };
    view! { <li>{t().audit_fact(action, name)} " " {said}</li> }
}
