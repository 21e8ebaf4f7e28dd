use leptos::{either::EitherOf3, prelude::*};

use super::{Icon, copyable, fact};
use crate::{
    text::t,
    types::{Evidence, Failure, KeyTried, Stage},
};

/// The numbers of a record. What does not apply to it is left out.
pub fn evidence(evidence: &Evidence) -> impl IntoView + use<> {
    let Evidence { errcode, rid, data_chars, data_bytes, iv_chars, ciphertext_sha256, .. } = evidence.clone();
    let Evidence { since_login_ms, data_age_s, referer_appid, code_chars, .. } = evidence.clone();
    view! {
        <dl class="pairs numbers-of">
            {errcode.map(|errcode| fact("errcode", view! { <code>{errcode}</code> }))}
            {since_login_ms.map(|ms| fact(t().since_login(), t().before(ms)))}
            {data_age_s.map(|seconds| fact(t().data_age(), data_age(seconds)))}
            {data_chars.map(|chars| fact(t().data_length(), data_length(chars, data_bytes)))}
            {iv_chars.map(|chars| fact(t().iv_length(), format!("{chars} {}", t().characters())))}
            {code_chars.map(|chars| fact(t().code_length(), format!("{chars} {}", t().characters())))}
            {referer_appid.map(|appid| fact(t().referer_appid(), copyable(appid)))}
            {rid.map(|rid| wide("rid", rid))}
            {ciphertext_sha256.map(|hash| wide(t().ciphertext_hash(), hash))}
        </dl>
    }
}

/// Where the request came from, and how to find it again.
pub fn circumstances(failure: &Failure) -> impl IntoView + use<> {
    let Evidence { wechat_version, sdk_version, platform, network, .. } = failure.evidence.clone();
    let openid = failure.openid.clone().filter(|_| failure.user.is_none());
    view! {
        <dl class="pairs numbers-of">
            {fact(t().call(), view! { <code>{failure.call.clone()}</code> })} {fact(t().stage(), t().stage_name(failure.stage))}
            {wechat_version.map(|version| fact(t().wechat_version(), version))}
            {sdk_version.map(|version| fact(t().sdk_version(), version))}
            {platform.map(|platform| fact(t().platform(), platform))}
            {network.map(|network| fact(t().network(), view! { <code>{network}</code> }))}
            {openid.map(|openid| wide(t().claimed_openid(), openid))}
            {wide(t().request_id(), failure.request_id.clone())}
        </dl>
    }
}

/// As [`fact`], for an id that needs a line of its own.
fn wide(name: &'static str, id: String) -> impl IntoView {
    view! {
        <div class="wide">
            <dt>{name}</dt>
            <dd>{copyable(id)}</dd>
        </div>
    }
}

fn data_age(seconds: i64) -> String {
    let age = t().before(seconds.saturating_mul(1000));
    if seconds < 0 { age + t().ahead_of_clock() } else { age }
}

fn data_length(chars: i64, bytes: Option<i64>) -> String {
    let chars = format!("{chars} {}", t().characters());
    bytes.map_or_else(|| chars.clone(), |bytes| format!("{chars} · {bytes} {}", t().bytes()))
}

/// Every session_key that was tried, newest first, and how far it got.
pub fn keys_tried(keys: &[KeyTried]) -> impl IntoView + use<> {
    let rows = keys.iter().enumerate().map(|(index, tried)| key_row(index, tried)).collect_view();
    (!keys.is_empty()).then(|| {
        view! {
            <table class="keys">
                <thead>
                    <tr>
                        <th scope="col">{t().keys_tried()}</th>
                        <th scope="col">{t().key_age()}</th>
                        <th scope="col">{t().got_to()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    })
}

fn key_row(index: usize, tried: &KeyTried) -> impl IntoView + use<> {
    let newest = (index == 0).then(|| view! { " " <span class="badge">{t().newest()}</span> });
    let result = match tried.stage {
        Stage::Done => EitherOf3::A(view! { <span class="mark mark-good">{Icon::Check.view()} {t().fits()}</span> }),
        // From the watermark on, it is the content that is looked at: the key is the right one.
        Stage::Watermark | Stage::Owner => {
            EitherOf3::B(view! { <span class="mark">{Icon::Key.view()} {t().opens()}</span> })
        }
        stage => EitherOf3::C(view! {
            <span class="mark mark-bad">{Icon::Cross.view()} {t().stopped_at()} {t().stage_name(stage)}</span>
        }),
    };
    view! {
        <tr>
            <th scope="row">{t().key()} " " {index + 1} {newest}</th>
            <td>{t().before(tried.age_ms)}</td>
            <td>{result}</td>
        </tr>
    }
}
