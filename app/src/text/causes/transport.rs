//! Data that was damaged on its way to Latchkey.

use super::{Story, sayings};
use crate::{
    text::Snippet,
    types::{Failure, Proof},
};

/// Calls that take nothing but JSON: there, a form has not damaged the data.
fn takes_json_only(failure: &Failure) -> bool {
    failure.call.contains(" /api/") || failure.call.ends_with(" /user")
}

pub(super) fn plus_lost(failure: &Failure) -> Story {
    let story = if takes_json_only(failure) { PLUS_LOST_BEFORE } else { PLUS_LOST_IN_FORM };
    Story { saying: sayings::broken(failure), ..story }
}

const PLUS_LOST_BEFORE: Story = Story {
    headline: ("{field} 里的「+」变成了空格", "'+' in {field} became a space"),
    happened: (
        "{undone}请求本身是 JSON，不会改动「+」，所以它在此之前就丢了：有程序按表单或 URL 参数的规则读过这段文本，那里「+」表示空格。",
        "{undone} The request itself is JSON, which leaves '+' alone, so it was lost before: something read the text by the rules of forms or URL parameters, where '+' means a space.",
    ),
    fix: (
        "在回调里把 e.detail 的字符串直接放进请求。检查它们途中经过的地方：页面跳转的 URL 参数、自己写的参数解析函数、转发请求的后端。",
        "Put the strings of e.detail into the request, in the callback itself. Look at every place that they pass on the way: URL parameters of a page, a parser of parameters that you wrote, a back end that forwards the request.",
    ),
    snippet: Some(Snippet::ReadAsForm),
    saying: sayings::PHONE_BROKEN,
};

const PLUS_LOST_IN_FORM: Story = Story {
    happened: (
        "{undone}{call} 也接受表单和 URL 参数，那里「+」表示空格：多半是发送时没有编码。",
        "{undone} {call} takes forms and URL parameters, too, where '+' means a space: most likely the value was sent without encoding.",
    ),
    fix: (
        "wx.request 的 data 传对象，由它编码；或者用 POST 发送 JSON。自己拼接表单或 URL 时，对每个值调用一次 encodeURIComponent。",
        "Give wx.request an object as data and let it do the encoding, or send JSON with POST. Where you build a form or URL yourself, call encodeURIComponent once on each value.",
    ),
    snippet: Some(Snippet::FormByHand),
    ..PLUS_LOST_BEFORE
};

pub(super) fn double_encoded(failure: &Failure) -> Story {
    let story = match &failure.evidence.proof {
        Proof::SignedWhenDecoded => RAW_DATA_ENCODED,
        _ => DOUBLE_ENCODED,
    };
    Story { saying: sayings::broken(failure), ..story }
}

const DOUBLE_ENCODED: Story = Story {
    headline: ("{field} 多做了百分号编码", "{field} was percent-encoded too often"),
    happened: (
        "{undone}到达时仍有 %2B、%2F、%3D 这样的百分号编码：编码的次数比解码多。",
        "{undone} When it came it still had percent-encoding such as %2B, %2F or %3D: it was encoded more often than decoded.",
    ),
    fix: (
        "发送 JSON 时不要调用 encodeURIComponent；data 传对象时 wx.request 自己会编码。如果小程序里没有这样的调用，检查请求库、网关和转发的后端。",
        "In JSON do not call encodeURIComponent at all; given an object as data, wx.request encodes by itself. If the mini program has no such call, look at the request library, the gateway and a back end that forwards.",
    ),
    snippet: Some(Snippet::EncodedInJson),
    ..PLUS_LOST_BEFORE
};

const RAW_DATA_ENCODED: Story = Story {
    fix: (
        "把 rawData 作为字符串原样发送，不要调用 encodeURIComponent：signature 覆盖的是没有编码的文本。",
        "Send rawData as the string it is, without encodeURIComponent: the signature covers the text that is not encoded.",
    ),
    snippet: None,
    ..DOUBLE_ENCODED
};

pub(super) fn url_safe_alphabet(failure: &Failure) -> Story {
    Story { saying: sayings::broken(failure), ..URL_SAFE_ALPHABET }
}

const URL_SAFE_ALPHABET: Story = Story {
    headline: ("{field} 被转换成了 URL 安全格式", "{field} was turned into URL-safe base64"),
    happened: (
        "{undone}微信给出的是标准 base64，只有「+」和「/」；途中有程序把它们换成了「-」和「_」。",
        "{undone} WeChat hands out standard base64, which has '+' and '/'; something on the way turned them into '-' and '_'.",
    ),
    fix: (
        "把 e.detail.encryptedData 和 e.detail.iv 当作普通字符串原样传递，去掉途中的 base64url 转换（名称里常带 urlsafe 或 URL_SAFE）。",
        "Pass e.detail.encryptedData and e.detail.iv on as the plain strings they are. Remove the conversion to base64url on the way (its name often has 'urlsafe' or 'URL_SAFE' in it).",
    ),
    snippet: Some(Snippet::MadeUrlSafe),
    ..PLUS_LOST_BEFORE
};

pub(super) fn padding_lost(failure: &Failure) -> Story {
    Story { saying: sayings::broken(failure), ..PADDING_LOST }
}

const PADDING_LOST: Story = Story {
    headline: ("{field} 末尾的「=」丢失", "'=' at the end of {field} is missing"),
    happened: (
        "{undone}末尾的「=」在途中被去掉了，常见于用 split('=') 解析参数，或经过了 base64url 的库。",
        "{undone} The '=' at the end was taken off on the way, as happens when a parameter is taken apart with split('=') or passes through a base64url library.",
    ),
    fix: (
        "原样发送这两个字符串。自己解析「名称=值」时，只在第一个「=」处分开。",
        "Send both strings as they are. Where you take 'name=value' apart yourself, split at the first '=' only.",
    ),
    snippet: Some(Snippet::SplitAtEquals),
    ..PLUS_LOST_BEFORE
};

pub(super) fn line_breaks(failure: &Failure) -> Story {
    Story { saying: sayings::broken(failure), ..LINE_BREAKS }
}

const LINE_BREAKS: Story = Story {
    headline: ("{field} 里混入了换行", "Line breaks inside {field}"),
    happened: (
        "{undone}微信给出的 base64 没有换行：途中有程序重新编码并按固定宽度折行。",
        "{undone} WeChat's base64 has no line breaks: something on the way encoded it again and wrapped the lines.",
    ),
    fix: (
        "不要重新做 base64 编码。必须编码时选择不折行的方式，例如 Java 的 Base64.getEncoder()，而不是 getMimeEncoder()。",
        "Do not encode it again. Where you must, choose an encoder that does not wrap, such as Java's Base64.getEncoder() in place of getMimeEncoder().",
    ),
    snippet: Some(Snippet::Wrapped),
    ..PLUS_LOST_BEFORE
};
