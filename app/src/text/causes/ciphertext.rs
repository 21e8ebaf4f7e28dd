//! Data that is no whole ciphertext: something else, cut off, or changed.

use super::{Story, sayings};
use crate::{
    text::Snippet,
    types::{Failure, Proof, Sent},
};

/// Limits of database columns and parameters that people choose. Data of exactly this length was cut off by one.
const USUAL_LIMITS: [i64; 12] = [64, 100, 128, 200, 250, 255, 256, 500, 511, 512, 1000, 1024];

pub(super) fn not_base64(failure: &Failure) -> Story {
    let story = match &failure.evidence.proof {
        Proof::SentInstead { sent: Sent::Json, .. } => TEXT_OF_DETAIL,
        Proof::SentInstead { sent: Sent::Word(_) | Sent::Nothing, .. } => NO_VALUE,
        Proof::SentInstead { sent: Sent::Name(_), .. } => NAME_OF_FIELD,
        Proof::SentInstead { sent: Sent::CloudId, .. } => CLOUD_ID,
        Proof::SentInstead { .. } => OTHER_VALUE,
        _ => NOT_BASE64,
    };
    Story { saying: sayings::broken(failure), ..story }
}

const NOT_BASE64: Story = Story {
    headline: ("收到的不是 base64", "Not base64 at all"),
    happened: (
        "收到的 encryptedData 有 {chars} 个字符，其中有 base64 没有的字符，任何已知的修复都解释不了。可能拼接了两次，也可能是把别的内容（例如整个 e.detail）放进了这个字段。",
        "The encryptedData that came has {chars} characters. Some of them are no characters of base64, and no known repair explains them. It may have been concatenated twice, or something else, such as all of e.detail, was put into the field.",
    ),
    fix: (
        "先确认 e.detail.errMsg 是 getPhoneNumber:ok，再把 e.detail.encryptedData 和 e.detail.iv 两个字符串原样发送。不要发送整个 e.detail 的文本，也不要再加密或编码。",
        "Check that e.detail.errMsg is getPhoneNumber:ok, then send the strings e.detail.encryptedData and e.detail.iv as they are. Do not send the text of the whole e.detail, and do not encrypt or encode anything once more.",
    ),
    snippet: Some(Snippet::WholeDetail),
    saying: sayings::PHONE_BROKEN,
};

const TEXT_OF_DETAIL: Story = Story {
    headline: ("{found}", "{found}"),
    happened: (
        "收到的文本是 JSON，而不是密文：多半是把整个 e.detail（或另一个对象）转成了文本。",
        "The text that came is JSON and no ciphertext: most likely the whole e.detail, or another object, was turned into text.",
    ),
    fix: (
        "分别发送 e.detail.encryptedData 和 e.detail.iv 两个字符串，不要发送整个对象的文本。",
        "Send the two strings e.detail.encryptedData and e.detail.iv, each in its own field, and not the text of the whole object.",
    ),
    ..NOT_BASE64
};

const NO_VALUE: Story = Story {
    headline: ("{found}", "{found}"),
    happened: (
        "发送时这个变量没有值：多半是字段名写错了，数据还没有取得，或者用户拒绝了授权，此时 e.detail 里没有数据。",
        "The variable had no value when it was sent: most likely its name is misspelt, the data was not there yet, or the user said no, and then e.detail holds no data.",
    ),
    fix: (
        "先确认 e.detail.errMsg 是 getPhoneNumber:ok，再发送 e.detail.encryptedData 和 e.detail.iv（注意大小写）；没有数据时不要发送。",
        "Check that e.detail.errMsg is getPhoneNumber:ok, then send e.detail.encryptedData and e.detail.iv, with just this spelling. Without data, send nothing.",
    ),
    snippet: Some(Snippet::Right),
    ..NOT_BASE64
};

const NAME_OF_FIELD: Story = Story {
    headline: ("{found}", "{found}"),
    happened: (
        "发送的是字段的名字，而不是它的值：多半是变量名外面多了引号。",
        "The name of a field was sent in place of its value: most likely there are quotes around a variable's name.",
    ),
    fix: (
        "去掉引号，发送变量的值：encryptedData: e.detail.encryptedData, iv: e.detail.iv。",
        "Take the quotes off and send the value of the variable: encryptedData: e.detail.encryptedData, iv: e.detail.iv.",
    ),
    ..NO_VALUE
};

const CLOUD_ID: Story = Story {
    headline: ("{found}", "{found}"),
    happened: (
        "发送的是 e.detail.cloudID。它只能在微信云函数里换取数据，其他服务器不能使用。",
        "e.detail.cloudID was sent. It can be exchanged for data in WeChat's cloud functions alone; other servers cannot use it.",
    ),
    fix: (
        "发送 e.detail.encryptedData 和 e.detail.iv，而不是 cloudID。",
        "Send e.detail.encryptedData and e.detail.iv, not the cloudID.",
    ),
    ..NO_VALUE
};

const OTHER_VALUE: Story = Story {
    headline: ("{found}", "{found}"),
    happened: (
        "这个字段里放的是另一个值，从它的形式就能看出来。",
        "Another value stands in the field, as its form shows.",
    ),
    fix: (
        "encryptedData 只放 e.detail.encryptedData，iv 只放 e.detail.iv；e.detail.code 放进 code，其他的值不需要发送。",
        "Put e.detail.encryptedData into encryptedData and e.detail.iv into iv; e.detail.code goes into code, and other values need not be sent.",
    ),
    ..NO_VALUE
};

pub(super) fn truncated(failure: &Failure) -> Story {
    let limit = failure.evidence.data_chars.is_some_and(|chars| USUAL_LIMITS.contains(&chars));
    let story = match (&failure.evidence.proof, limit) {
        (Proof::EndMissing | Proof::CutOff(_), true) => CUT_AT_LIMIT,
        (Proof::EndMissing | Proof::CutOff(_), false) => CUT,
        _ => NO_WHOLE_LENGTH,
    };
    Story { saying: sayings::broken(failure), ..story }
}

const CUT: Story = Story {
    headline: (
        "密文被截断：收到 {chars} 个字符，开头能解开",
        "Cut off: {chars} characters came, and only their beginning opens",
    ),
    happened: (
        "收到的 encryptedData 有 {chars} 个字符（{bytes} 字节）。用保存的密钥，它的开头能解开，结尾不能：后面的部分没有到达。",
        "The encryptedData that came has {chars} characters ({bytes} bytes). Under a kept key its beginning opens and its end does not: the rest did not arrive.",
    ),
    fix: (
        "在小程序里打印 e.detail.encryptedData.length，与 {chars} 对比，再逐段查找在哪里变短：URL 参数、途中的数据库字段、网关的长度限制。用 POST 和 JSON 发送；途中要保存的，至少留 4096 个字符。",
        "Print e.detail.encryptedData.length in the mini program and compare it with {chars}; then find where it gets shorter: URL parameters, a database column on the way, a length limit of a gateway. Send it by POST as JSON; where it is stored on the way, leave room for 4096 characters.",
    ),
    snippet: Some(Snippet::Shortened),
    saying: sayings::PHONE_BROKEN,
};

const CUT_AT_LIMIT: Story = Story {
    fix: (
        "正好 {chars} 个字符，很像一个长度限制：先查途中保存它的数据库字段（例如 varchar({chars})）或参数长度限制，至少放宽到 4096 个字符。没有这样的限制时，在小程序里打印 e.detail.encryptedData.length 对比。",
        "Exactly {chars} characters suggest a limit: look first at the database column that holds it on the way, such as varchar({chars}), or at a limit for parameters, and raise it to 4096 characters. If there is none, print e.detail.encryptedData.length in the mini program and compare.",
    ),
    ..CUT
};

const NO_WHOLE_LENGTH: Story = Story {
    headline: (
        "长度不完整：收到 {chars} 个字符，不可能是整份密文",
        "{chars} characters came, and no whole ciphertext has that length",
    ),
    happened: (
        "{length_wrong}所以有一部分没有到达，或者收到的本来就不是密文。",
        "{length_wrong} So a part did not arrive, or it never was a ciphertext.",
    ),
    ..CUT
};

pub(super) fn changed_in_transit(failure: &Failure) -> Story {
    let story = match &failure.evidence.proof {
        Proof::BeginningMissing(_) => BEGINNING_MISSING,
        _ => CHANGED,
    };
    Story { saying: sayings::broken(failure), ..story }
}

const CHANGED: Story = Story {
    headline: ("密文在途中被改动，只有一部分能解开", "Changed on the way: only a part of it opens"),
    happened: (
        "encryptedData 的一部分能用该用户的密钥解开，所以密钥和数据都是对的；其余部分在途中被改动。改动一个字符，就会毁掉一两个 16 字节的分组。",
        "Part of encryptedData opens under a key of this user, so key and data are right; the rest was changed on the way. One changed character spoils one or two blocks of 16 bytes.",
    ),
    fix: (
        "在小程序里打印完整的 e.detail.encryptedData，与途中每一段收到的内容逐字对比（Latchkey 收到 {chars} 个字符）；只比较首尾看不出中间的改动。第一处不同，就是改动它的地方：手工拼接或截取、字符集转换、网关的改写。用 POST 和 JSON 原样发送。",
        "In the mini program, print the whole e.detail.encryptedData, and compare it character by character with what arrives at each hop on the way ({chars} characters reached Latchkey); comparing only the ends misses a change in the middle. The first hop that differs is where it is changed. Look for strings that are put together or cut by hand, conversions of character sets, and gateways that rewrite. Send the string as it is, by POST, as JSON.",
    ),
    snippet: None,
    saying: sayings::PHONE_BROKEN,
};

const BEGINNING_MISSING: Story = Story {
    headline: ("密文的开头已损坏", "The beginning of the ciphertext is damaged"),
    happened: (
        "除第一个分组外，encryptedData 都能用该用户的密钥解开，但它不是一份完整数据的后半部分：开头在途中丢失或被改动。",
        "All of encryptedData but its first block opens under a key of this user, and it is not the whole rest of what WeChat writes: its beginning was lost or changed on the way.",
    ),
    ..CHANGED
};
