use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use server_fn::ServerFn;

use super::{form_problem, invite::new_password, login::refused, query};
use crate::{
    components::{Heading, Icon, copyable, done, moment, own_page, problem, zone_note},
    error::ConsoleError,
    fns::{
        BeginSecondFactor, ChangePassword, ConfirmSecondFactor, EndOtherSessions, EndOwnSession, EndSecondFactor,
        RenewRecoveryCodes,
    },
    text::t,
    types::{Account, OwnSession, QrCode, TotpSetup},
};

/// One's own password, second factor and sessions.
#[component]
pub fn AccountPage() -> impl IntoView {
    refused();
    own_page(t().own_account(), |own| async move {
        let Account {
            recovery_codes_left,
            must_set_up,
            shortest_password,
            asks_password,
            setup,
            new_recovery_codes,
            sessions,
        } = own.account().await?;
        let username = own.operator().username.clone();
        Ok(view! {
            <div class="page-head">
                <h1>{t().own_account()}</h1>
                {zone_note()}
            </div>
            {must_set_up.then(|| problem(ConsoleError::SecondFactorMissing, Heading::Part)).into_any()}
            {came_of().into_any()}
            {recovery_codes_left.is_none().then(offer).into_any()}
            {(!new_recovery_codes.is_empty()).then(|| recovery_codes(new_recovery_codes)).into_any()}
            <section class="card" id="second-factor">
                <h2>{t().second_factor()}</h2>
                {second_factor(recovery_codes_left, setup, asks_password).into_any()}
            </section>
            <section class="card">
                <h2>{t().change_password()}</h2>
                <p class="lead">{t().change_password_lead()}</p>
                {password_form(username, shortest_password).into_any()}
            </section>
            <section class="card card-flush">
                <h2>{t().own_sessions()}</h2>
                <p class="lead">{t().own_sessions_lead()}</p>
                {sessions_table(sessions).into_any()}
            </section>
        }
        .into_any())
    })
}

fn came_of() -> impl IntoView {
    match form_problem() {
        // Said above, whatever led here.
        Some(ConsoleError::SecondFactorMissing) => return Either::Right(None),
        Some(failure) => return Either::Left(problem(failure, Heading::Part)),
        None => {}
    }
    let texts = match query("done").as_str() {
        "password_changed" => Some((t().password_changed(), t().password_changed_lead())),
        "second_factor_off" => Some((t().factor_is_off(), t().factor_is_off_lead())),
        "session_ended" => Some((t().own_session_ended(), t().own_session_ended_lead())),
        _ => None,
    };
    Either::Right(texts.map(|(headline, advice)| done(headline, advice)))
}

/// Offers the second factor to the first administrator, at the end of the set-up.
fn offer() -> impl IntoView {
    (query("offer") == "second_factor").then(|| {
        view! {
            <div class="notice">
                {Icon::Key.view()}
                <div>
                    <h2>{t().offer_factor()}</h2>
                    <p>{t().offer_factor_lead()}</p>
                    <p>
                        <a href="/console">{t().put_off_factor()}</a>
                    </p>
                </div>
            </div>
        }
    })
}

fn recovery_codes(codes: Vec<String>) -> impl IntoView {
    let codes = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
    view! {
        <div class="notice notice-good" role="status">
            {Icon::Key.view()}
            <div>
                <h2>{t().factor_on()} " · " {t().save_codes()}</h2>
                <p>{t().save_codes_lead()}</p>
                <ul class="codes">{codes}</ul>
            </div>
        </div>
    }
}

fn second_factor(codes_left: Option<i64>, setup: Option<TotpSetup>, asks_password: bool) -> impl IntoView {
    match (codes_left, setup) {
        (Some(left), _) => EitherOf3::A(factor_on(left)),
        (None, Some(setup)) => EitherOf3::B(factor_begun(setup, asks_password)),
        (None, None) => EitherOf3::C(view! {
            <p class="lead">{t().second_factor_lead()}</p>
            <form class="line" method="post" action=BeginSecondFactor::PATH>
                {asks_password.then(password_field)}
                <button class="button button-main" type="submit">{t().turn_factor_on()}</button>
            </form>
        }),
    }
}

fn password_field() -> impl IntoView {
    view! {
        <label>
            {t().current_password()}
            <input name="password" type="password" autocomplete="current-password" required />
        </label>
    }
}

fn password_and_code() -> impl IntoView {
    view! {
        {password_field()}
        <label>{t().code_or_recovery()} <input name="code" autocomplete="one-time-code" maxlength="32" required /></label>
    }
}

fn factor_on(codes_left: i64) -> impl IntoView {
    view! {
        <p>
            <span class="badge badge-good">{t().second_factor_on()}</span> " "
            <span class=if codes_left < 3 { "failed" } else { "muted" }>{t().codes_left(codes_left)}</span>
        </p>
        <details class="act">
            <summary>{t().new_codes()}</summary>
            <p class="lead">{t().new_codes_lead()}</p>
            <form class="line" method="post" action=RenewRecoveryCodes::PATH>
                {password_and_code()}
                <button class="button" type="submit">{t().make_new_codes()}</button>
            </form>
        </details>
        <details class="act">
            <summary>{t().turn_factor_off()}</summary>
            <p class="lead">{t().turn_factor_off_lead()}</p>
            <form class="line" method="post" action=EndSecondFactor::PATH>
                {password_and_code()}
                <button class="button" type="submit">{t().turn_factor_off()}</button>
            </form>
        </details>
    }
}

fn factor_begun(TotpSetup { secret, uri, qr }: TotpSetup, asks_password: bool) -> impl IntoView {
    view! {
        <div class="enrol">
            {qr_code(qr).into_any()}
            <div>
                <p>{t().scan_lead()}</p>
                <dl>
                    <dt>{t().totp_key()}</dt>
                    <dd>{copyable(secret)}</dd>
                </dl>
                <p>
                    <a href=uri>{t().open_app()}</a>
                </p>
                <p>{t().confirm_lead()}</p>
                <form class="line" method="post" action=ConfirmSecondFactor::PATH>
                    <label>
                        {t().totp_code()}
                        <input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="9" required />
                    </label>
                    <button class="button button-main" type="submit">{t().confirm_code()}</button>
                </form>
                <form class="line" method="post" action=BeginSecondFactor::PATH>
                    {asks_password.then(password_field)}
                    <button class="button-quiet" type="submit">{t().another_key()}</button>
                </form>
            </div>
        </div>
    }
}

/// Dark on light in either theme, with the margin that cameras need: that is what they know.
fn qr_code(QrCode { size, path }: QrCode) -> impl IntoView {
    let side = size + 8;
    view! {
        <svg class="qr" role="img" aria-label=t().qr_label() viewBox=format!("-4 -4 {side} {side}") shape-rendering="crispEdges">
            <path d=path />
        </svg>
    }
}

fn password_form(username: String, shortest: usize) -> impl IntoView {
    view! {
        <form class="stack narrow" method="post" action=ChangePassword::PATH>
            <input class="visually-hidden" value=username autocomplete="username" readonly tabindex="-1" aria-hidden="true" />
            <label>
                {t().current_password()}
                <input name="current" type="password" autocomplete="current-password" required />
            </label>
            {new_password(shortest)}
            <button class="button" type="submit">{t().change_password()}</button>
        </form>
    }
}

fn sessions_table(sessions: Vec<OwnSession>) -> impl IntoView {
    let others = sessions.iter().any(|session| !session.current);
    let rows = sessions.into_iter().map(session_row).collect_view();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{t().browser()}</th>
                    <th scope="col">{t().network()}</th>
                    <th scope="col">{t().signed_in_at()}</th>
                    <th scope="col">{t().own_last_seen()}</th>
                    <th scope="col">{t().status()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        {others.then(|| view! {
            <form class="card-foot" method="post" action=EndOtherSessions::PATH>
                <button class="button" type="submit">{t().end_other_sessions()}</button>
            </form>
        })}
    }
}

fn session_row(session: OwnSession) -> impl IntoView {
    let browser = if session.browser.is_empty() { t().unknown_browser().to_owned() } else { session.browser };
    let label = format!("{} {browser}", t().end_own_session());
    let state = if session.current {
        Either::Left(view! { <span class="badge badge-good">{t().this_session()}</span> })
    } else {
        Either::Right(view! {
            <form method="post" action=EndOwnSession::PATH>
                <input type="hidden" name="id" value=session.id />
                <button class="button-quiet" type="submit" aria-label=label>{t().end_own_session()}</button>
            </form>
        })
    };
    view! {
        <tr>
            <td data-label=t().browser()>{browser}</td>
            <td data-label=t().network()>{session.network}</td>
            <td data-label=t().signed_in_at()>{moment(session.since)}</td>
            <td data-label=t().own_last_seen()>{moment(session.seen)}</td>
            <td data-label=t().status()>{state}</td>
        </tr>
    }
}
