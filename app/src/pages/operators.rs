use leptos::{either::Either, prelude::*};
use server_fn::ServerFn;

use super::{form_problem, query};
use crate::{
    components::{Heading, Icon, Section, copyable, done, moment, page, problem, zone_note},
    fns::{DisableOperator, EnableOperator, InviteOperator, RequireSecondFactor, ResetOperator, SetOperatorRole},
    port,
    text::t,
    types::{NewLink, OperatorState, OperatorSummary, Role, SecondFactorPolicy},
};

/// Who may sign in, for administrators. A link that was just made is shown this once.
#[component]
pub fn OperatorsPage() -> impl IntoView {
    page(t().operators(), Section::Operators, |viewer| async move {
        let admin = port::admin().await?;
        let new = admin.new_link().await?;
        let operators = admin.operators().await?;
        let (policy, least) = admin.second_factor_policy().await?;
        let own = viewer.operator().username.clone();
        let rows = operators.iter().map(|operator| row(operator, &own).into_any()).collect_view();
        Ok(view! {
            <div class="page-head">
                <h1>{t().operators()}</h1>
                {zone_note()}
            </div>
            <p class="intro">{t().operators_lead()}</p>
            {came_of().into_any()}
            {new.map(new_link).into_any()}
            <section class="card">
                <h2>{t().invite()}</h2>
                {invite_form().into_any()}
            </section>
            <section class="card">
                <h2>{t().second_factor_policy()}</h2>
                {policy_form(policy, least).into_any()}
            </section>
            <section class="card card-flush">
                <table class="table roster">
                    <thead>
                        <tr>
                            <th scope="col">{t().username()}</th>
                            <th scope="col">{t().role_name()}</th>
                            <th scope="col">{t().status()}</th>
                            <th scope="col">{t().second_factor()}</th>
                            <th scope="col">{t().last_sign_in()}</th>
                            <th scope="col">{t().operator_made()}</th>
                            <th scope="col">{t().manage_operator()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        }
        .into_any())
    })
}

fn came_of() -> impl IntoView {
    if let Some(failure) = form_problem() {
        return Either::Left(problem(failure, Heading::Part));
    }
    let texts = match query("done").as_str() {
        "role_changed" => Some((t().role_changed(), t().role_changed_lead())),
        "operator_disabled" => Some((t().operator_disabled(), t().operator_disabled_lead())),
        "operator_enabled" => Some((t().operator_enabled(), t().operator_enabled_lead())),
        "policy_changed" => Some((t().policy_changed(), t().policy_changed_lead())),
        _ => None,
    };
    Either::Right(texts.map(|(headline, advice)| done(headline, advice)))
}

fn new_link(new: NewLink) -> impl IntoView {
    view! {
        <div class="notice notice-good" role="status">
            {Icon::Key.view()}
            <div>
                <h2>{t().link_made()}</h2>
                <p>{t().link_made_lead()} <strong>{new.username}</strong></p>
                {copyable(new.link)}
            </div>
        </div>
    }
}

fn invite_form() -> impl IntoView {
    view! {
        <form class="line" method="post" action=InviteOperator::PATH>
            <label>
                {t().username()}
                <input name="username" required maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" placeholder=t().username_hint() />
            </label>
            <label class="short">{t().role_name()} {roles(Role::Viewer)}</label>
            <button class="button button-main" type="submit">{t().make_invitation()}</button>
        </form>
        <p class="hint">{t().roles_lead()}</p>
    }
}

/// The form offers no policy below the one that the configuration asks for.
fn policy_form(policy: SecondFactorPolicy, least: SecondFactorPolicy) -> impl IntoView {
    let options = SecondFactorPolicy::ALL.into_iter().filter(|choice| *choice >= least).map(|choice| {
        view! {
            <option value=choice.name() selected={choice == policy}>
                {t().policy(choice)}
            </option>
        }
    });
    let floor = (least > SecondFactorPolicy::None).then(|| view! { <p class="hint">{t().policy_floor()}</p> });
    view! {
        <p class="lead">{t().second_factor_policy_lead()}</p>
        <form class="stack narrow" method="post" action=RequireSecondFactor::PATH>
            <input type="hidden" name="was" value=policy.name() />
            <label>{t().required_of()} <select name="policy">{options.collect_view()}</select></label>
            <button class="button" type="submit">{t().change_policy()}</button>
        </form>
        {floor}
    }
}

fn roles(chosen: Role) -> impl IntoView {
    let options = Role::ALL.into_iter().map(|role| {
        view! {
            <option value=role.name() selected={role == chosen}>
                {t().role(role)}
            </option>
        }
    });
    view! { <select name="role">{options.collect_view()}</select> }
}

fn row(operator: &OperatorSummary, own: &str) -> impl IntoView + use<> {
    let class = match operator.state {
        OperatorState::Active => "badge badge-good",
        OperatorState::Invited => "badge",
        OperatorState::Disabled => "badge badge-bad",
    };
    let factor = if operator.second_factor { t().second_factor_on() } else { t().second_factor_off() };
    let last = match operator.last_sign_in_at {
        Some(at) => Either::Left(moment(at)),
        None => Either::Right(view! { <span class="muted">{t().never_signed_in()}</span> }),
    };
    let himself = operator.username == own;
    view! {
        <tr>
            <td data-label=t().username()>
                <span>
                    <strong>{operator.username.clone()}</strong>
                    {himself.then(|| view! { " " <span class="badge">{t().yourself()}</span> })}
                </span>
            </td>
            <td data-label=t().role_name()>{t().role(operator.role)}</td>
            <td data-label=t().status()>
                <span class=class>{t().operator_state(operator.state)}</span>
            </td>
            <td data-label=t().second_factor()>
                <span class=(!operator.second_factor).then_some("muted")>{factor}</span>
            </td>
            <td data-label=t().last_sign_in()>{last}</td>
            <td data-label=t().operator_made()>{moment(operator.created_at)}</td>
            <td data-label=t().manage_operator()>{acts(operator, himself).into_any()}</td>
        </tr>
    }
}

/// What may be done with him, behind one press more. An administrator does not reset himself: his account's page is for that.
fn acts(operator: &OperatorSummary, himself: bool) -> impl IntoView + use<> {
    let label = format!("{} {}", t().manage_operator(), operator.username);
    let id = || operator.id.clone();
    let access = match operator.state {
        OperatorState::Disabled => Either::Left(enable_form(id())),
        _ => Either::Right(view! { {(!himself).then(|| reset_form(id(), operator))} {disable_form(id())} }),
    };
    view! {
        <details class="act acts">
            <summary aria-label=label>{t().manage_operator()}</summary>
            {role_form(id(), operator.role)}
            {access}
        </details>
    }
}

fn role_form(id: String, role: Role) -> impl IntoView {
    view! {
        <form method="post" action=SetOperatorRole::PATH>
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="was" value=role.name() />
            <label>{t().new_role()} {roles(role)}</label>
            <button class="button" type="submit">{t().change_role()}</button>
        </form>
    }
}

fn reset_form(id: String, operator: &OperatorSummary) -> impl IntoView + use<> {
    let invited = operator.state == OperatorState::Invited;
    let text = if invited { t().new_invitation() } else { t().make_reset_link() };
    let lead = (!invited).then(|| view! { <p class="lead">{t().reset_operator_lead()}</p> });
    let factor = operator.second_factor.then(|| {
        view! {
            <label class="check">
                <input type="checkbox" name="drop_second_factor" value="yes" />
                {t().remove_factor_too()}
            </label>
        }
    });
    view! {
        <form method="post" action=ResetOperator::PATH>
            <input type="hidden" name="id" value=id />
            {lead}
            {factor}
            <button class="button" type="submit">{text}</button>
        </form>
    }
}

fn disable_form(id: String) -> impl IntoView {
    view! {
        <form method="post" action=DisableOperator::PATH>
            <input type="hidden" name="id" value=id />
            <p class="lead">{t().disable_operator_lead()}</p>
            <button class="button" type="submit">{t().disable_operator()}</button>
        </form>
    }
}

fn enable_form(id: String) -> impl IntoView {
    view! {
        <form method="post" action=EnableOperator::PATH>
            <input type="hidden" name="id" value=id />
            <p class="lead">{t().enable_operator_lead()}</p>
            <button class="button" type="submit">{t().enable_operator()}</button>
        </form>
    }
}
