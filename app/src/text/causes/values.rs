//! The values of a record that a text may name.

use super::{Lang, T};
use crate::{
    text::zone,
    types::{Failure, Proof},
};

/// Names and values, in the reader's language. A value that the record does not have is told as unknown.
pub(super) fn values(t: T, failure: &Failure) -> [(&'static str, String); 23] {
    let evidence = &failure.evidence;
    let number = |number: Option<i64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    [
        ("call", failure.call.clone()),
        ("appid", failure.app.appid.clone()),
        ("app", app(t, failure)),
        ("other_app", other_app(failure)),
        ("chars", number(evidence.data_chars)),
        ("bytes", number(evidence.data_bytes)),
        ("iv_chars", number(evidence.iv_chars)),
        ("iv_bytes", number(iv_bytes(&evidence.proof))),
        ("keys", evidence.keys.len().to_string()),
        ("since_login", evidence.since_login_ms.map_or_else(|| "?".to_owned(), |ms| t.ago(ms))),
        ("age", evidence.data_age_s.map_or_else(|| "?".to_owned(), |s| t.duration(s.saturating_mul(1000)))),
        ("limit", limit(t, &evidence.proof)),
        ("first_use", first_use(t, &evidence.proof)),
        ("field", field(t, &evidence.proof)),
        ("found", t.proof(&evidence.proof)),
        ("undone", undone(t, &evidence.proof)),
        ("length_wrong", length_wrong(t, &evidence.proof)),
        ("code_length", code_length(t, evidence.code_chars)),
        ("errcode", number(evidence.errcode)),
        ("no_answer", no_answer(t, &evidence.proof)),
        ("count", number(count(&evidence.proof))),
        ("last_push", last_push(&evidence.proof)),
        ("button_said", button_said(t, &evidence.proof)),
    ]
}

/// `晨光便利店（wx…）`.
fn app(t: T, failure: &Failure) -> String {
    let app = &failure.app;
    match t.0 {
        _ if app.name == app.appid || app.name.is_empty() => app.appid.clone(),
        Lang::Zh => format!("「{}」（{}）", app.name, app.appid),
        Lang::En => format!("{} ({})", app.name, app.appid),
    }
}

fn other_app(failure: &Failure) -> String {
    match &failure.evidence.proof {
        Proof::NoKeyAndReferer(appid)
        | Proof::OpensElsewhere(appid)
        | Proof::Referer(appid)
        | Proof::UsedInOtherApp(appid)
        | Proof::NoSuchApp(Some(appid))
        | Proof::SpentAs(appid) => appid.clone(),
        _ => failure.app.appid.clone(),
    }
}

const fn iv_bytes(proof: &Proof) -> Option<i64> {
    match proof {
        Proof::IvBytes(bytes) => Some(*bytes),
        _ => None,
    }
}

const fn count(proof: &Proof) -> Option<i64> {
    match proof {
        Proof::LeftOut(count) => Some(*count),
        _ => None,
    }
}

/// The limit that an age passed, in brackets.
fn limit(t: T, proof: &Proof) -> String {
    let Proof::OutsideWindow { limit_s, .. } = proof else { return String::new() };
    let limit = t.duration(limit_s.saturating_mul(1000));
    match t.0 {
        Lang::Zh => format!("（允许 {limit}）"),
        Lang::En => format!(" ({limit} are allowed)"),
    }
}

/// The time and the request of the first use of data that came again.
fn first_use(t: T, proof: &Proof) -> String {
    match (proof, t.0) {
        (Proof::FirstUse { ago_s, request_id: Some(id), .. }, Lang::Zh) => {
            format!("在 {}前（请求 ID {id}）", t.duration(ago_s.saturating_mul(1000)))
        }
        (Proof::FirstUse { ago_s, request_id: Some(id), .. }, Lang::En) => {
            format!("{} before (request id {id})", t.duration(ago_s.saturating_mul(1000)))
        }
        (Proof::FirstUse { ago_s, .. }, Lang::Zh) => format!("在 {}前", t.duration(ago_s.saturating_mul(1000))),
        (Proof::FirstUse { ago_s, .. }, Lang::En) => format!("{} before", t.duration(ago_s.saturating_mul(1000))),
        (_, Lang::Zh) => "以前".to_owned(),
        (_, Lang::En) => "before".to_owned(),
    }
}

/// The fields that were repaired.
fn field(t: T, proof: &Proof) -> String {
    let repairs = match proof {
        Proof::Repairs(repairs) => repairs,
        Proof::SignedWhenDecoded => return "rawData".to_owned(),
        _ => return "base64".to_owned(),
    };
    let mut names: Vec<_> = repairs.iter().map(|repaired| repaired.field.name()).collect();
    names.dedup();
    names.join(t.pick(" 和 ", " and "))
}

/// A sentence about what a repair has undone.
fn undone(t: T, proof: &Proof) -> String {
    match proof {
        Proof::Repairs(_) | Proof::SignedWhenDecoded => format!("{}{}", t.proof(proof), t.pick("。", ".")),
        Proof::Repaired => {
            t.pick("还原之后，数据通过了全部校验。", "With that undone, the data passed every check.").to_owned()
        }
        _ => String::new(),
    }
}

/// A sentence about a length that no ciphertext has.
fn length_wrong(t: T, proof: &Proof) -> String {
    match (proof, t.0) {
        (Proof::ImpossibleLength(_), Lang::Zh) => "这个字符数（4n+1）不可能是 base64。".to_owned(),
        (Proof::ImpossibleLength(_), Lang::En) => "Base64 never has that many characters (4n+1).".to_owned(),
        (Proof::NoWholeBlocks(bytes), Lang::Zh) => {
            format!("解码后是 {bytes} 字节，而 AES 密文总是 16 字节的整数倍。")
        }
        (Proof::NoWholeBlocks(bytes), Lang::En) => {
            format!("Decoded it has {bytes} bytes, and an AES ciphertext is made of whole blocks of 16.")
        }
        _ => String::new(),
    }
}

/// A sentence about the length of the code that came.
fn code_length(t: T, chars: Option<i64>) -> String {
    match (chars, t.0) {
        (None, _) => String::new(),
        (Some(chars), Lang::Zh) => {
            format!("收到的 code 有 {chars} 个字符（登录 code 是 32 个，手机号 code 是 64 个）。")
        }
        (Some(chars), Lang::En) => {
            format!("The code that came has {chars} characters (a login code has 32, a phone code 64).")
        }
    }
}

fn no_answer(t: T, proof: &Proof) -> String {
    match proof {
        Proof::NoAnswer(reason) => t.no_answer_reason(reason),
        _ => t.pick("没有响应", "no answer").to_owned(),
    }
}

fn last_push(proof: &Proof) -> String {
    match proof {
        Proof::PushUnsignedAfter(at) => zone().text(*at),
        _ => "?".to_owned(),
    }
}

/// `errno 108：网络错误`.
fn button_said(t: T, proof: &Proof) -> String {
    match proof {
        Proof::Button { errno: Some(errno), said } => format!("errno {errno}, {}", t.said(*said)),
        Proof::Button { errno: None, said } => t.said(*said).to_owned(),
        Proof::Errno(Some(errno)) => format!("errno {errno}"),
        _ => t.pick("没有 errno", "no errno").to_owned(),
    }
}
