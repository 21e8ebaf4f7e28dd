//! Messages that WeChat pushes to the server. They concern the administrator, and no mini program's code.

use super::{Story, sayings};
use crate::types::{Failure, Proof};

pub(super) fn signature_wrong(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::PushUnsignedAfter(_) => NOT_FROM_WECHAT,
        _ if failure.call.starts_with("GET ") => VERIFICATION,
        Proof::PushNeverSigned => NEVER_SIGNED,
        _ => UNSIGNED,
    }
}

const UNSIGNED: Story = Story {
    headline: ("消息推送的签名不对", "A push with a wrong signature"),
    happened: (
        "有一条消息推送的签名与配置的 Token 对不上：两边的 Token 不同，或者它不是微信发来的。消息没有被处理。",
        "The signature of a message push does not fit the configured Token: the two sides have different Tokens, or it does not come from WeChat. The message was not taken.",
    ),
    fix: (
        "管理员在 mp.weixin.qq.com 的「开发管理 → 消息推送配置」核对 Token，与 latchkey.toml 里 {appid} 的 push_token 要完全一致；那里的 URL 末尾应是 {appid}。修改后重启 Latchkey。",
        "An administrator compares the Token at mp.weixin.qq.com, 开发管理 → 消息推送配置 (message push), with push_token of {appid} in latchkey.toml, letter by letter. The URL there has to end in {appid}. After a change, restart Latchkey.",
    ),
    snippet: None,
    saying: sayings::PUSH,
};

const NEVER_SIGNED: Story = Story {
    headline: ("消息推送的签名不对，也没有过正确的", "A push with a wrong signature, and none with a right one yet"),
    happened: (
        "这条推送的签名与配置的 Token 对不上，{app} 也没有任何签名正确的推送记录：很可能两边的 Token 不同。消息没有被处理。",
        "The signature of this push does not fit the configured Token, and no push of {app} whose signature does is on record: most likely the two sides have different Tokens. The message was not taken.",
    ),
    ..UNSIGNED
};

/// The Token is right, so that this request is not WeChat's.
const NOT_FROM_WECHAT: Story = Story {
    headline: ("签名不对的推送：不是微信发来的", "A push with a wrong signature: it is not from WeChat"),
    happened: (
        "同一小程序最近一次签名正确的推送在 {last_push}，所以 Token 没有问题。这一条的签名不对：多半是别人向推送地址发来的请求，没有被处理。",
        "The last push of this mini program with a right signature came at {last_push}, so the Token is right. This one has a wrong signature: most likely a stranger sent it to the push URL. It was not taken.",
    ),
    fix: (
        "不需要处理，也不用重启。只有在那之后更换过 Token 时，才需要核对 mp.weixin.qq.com 的「消息推送配置」与 latchkey.toml 的 push_token。",
        "There is nothing to do, and no restart is needed. Only if the Token was changed after that time, compare it at mp.weixin.qq.com, 消息推送配置 (message push), with push_token in latchkey.toml.",
    ),
    saying: sayings::NOBODY,
    ..UNSIGNED
};

const VERIFICATION: Story = Story {
    headline: ("验证推送地址时签名不对", "The push URL was verified with a wrong signature"),
    happened: (
        "有人在微信后台保存消息推送配置（或者有别的程序请求了这个地址），它的签名与 latchkey.toml 里的 Token 对不上，因此验证没有通过。没有消息丢失。",
        "Somebody saved the message push settings at WeChat, or another program called this address; its signature does not fit the Token in latchkey.toml, so the verification failed. No message was lost.",
    ),
    fix: (
        "正在配置消息推送的，先把同一个 Token 写入 latchkey.toml 里 {appid} 的 push_token 并重启 Latchkey，再在 mp.weixin.qq.com 的「开发管理 → 消息推送配置」提交。没有人在配置的，不需要处理。",
        "If you are setting up the message push: put the same Token into push_token of {appid} in latchkey.toml and restart Latchkey first, then submit the form at mp.weixin.qq.com, 开发管理 → 消息推送配置 (message push). If nobody is, there is nothing to do.",
    ),
    saying: sayings::NOBODY,
    ..UNSIGNED
};

pub(super) fn key_wrong(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::PushWithoutKey => WITHOUT_KEY,
        Proof::PushOfOtherApp => OF_OTHER_APP,
        _ => UNDECIPHERABLE,
    }
}

const UNDECIPHERABLE: Story = Story {
    headline: ("消息推送用配置的 EncodingAESKey 解不开", "A push does not open under the configured EncodingAESKey"),
    happened: (
        "推送的签名正确，内容却解不开：两边的 EncodingAESKey 不同。消息没有被处理。",
        "The push's signature is right, but its content does not open: the two sides have different EncodingAESKeys. The message was not taken.",
    ),
    fix: (
        "管理员在 mp.weixin.qq.com 的「开发管理 → 消息推送配置」复制 EncodingAESKey（43 个字符），写入 latchkey.toml 里 {appid} 的 push_aes_key，重启 Latchkey。",
        "An administrator copies the EncodingAESKey (43 characters) from mp.weixin.qq.com, 开发管理 → 消息推送配置 (message push), into push_aes_key of {appid} in latchkey.toml and restarts Latchkey.",
    ),
    snippet: None,
    saying: sayings::PUSH,
};

const WITHOUT_KEY: Story = Story {
    headline: ("消息推送是加密的，却没有配置 push_aes_key", "A push is encrypted and no push_aes_key is configured"),
    happened: (
        "推送的签名正确，内容是加密的，而 latchkey.toml 里 {appid} 没有 push_aes_key，无法解密。消息没有被处理。",
        "The push's signature is right and its content is encrypted, but latchkey.toml has no push_aes_key for {appid} to decrypt it with. The message was not taken.",
    ),
    ..UNDECIPHERABLE
};

const OF_OTHER_APP: Story = Story {
    headline: ("推送的消息属于另一个小程序", "A push that is for another mini program"),
    happened: (
        "推送的签名正确，也解开了，但消息里是另一个小程序的 appid，而推送地址是 {appid} 的。消息没有被处理。",
        "The push's signature is right and it opens, but the message names another mini program, while the URL is that of {appid}. It was not taken.",
    ),
    fix: (
        "管理员在 mp.weixin.qq.com 检查另一个小程序的「开发管理 → 消息推送配置」：URL 末尾应是它自己的 appid，Token 和 EncodingAESKey 也各用各的。",
        "An administrator checks the message push settings of the other mini program at mp.weixin.qq.com, 开发管理 → 消息推送配置: its URL has to end in its own appid, and each needs its own Token and EncodingAESKey.",
    ),
    ..UNDECIPHERABLE
};

pub(super) const NOT_ENCRYPTED: Story = Story {
    headline: ("消息推送没有加密", "A push that is not encrypted"),
    happened: (
        "推送的签名正确，内容却是明文，而 {appid} 配置了 EncodingAESKey。签名不覆盖明文的内容，所以消息没有被处理：微信那边可能选的是明文模式，也可能有人用在别处看到的签名冒充微信。是谁发来的，没有得到证实。",
        "The push's signature is right, but it came in plain text, and an EncodingAESKey is configured for {appid}. The signature does not cover plain text, so the message was not taken: the plain mode may be chosen at WeChat, or somebody passes for WeChat with a signature that they have seen elsewhere. Who sent it is not proved.",
    ),
    fix: (
        "管理员在 mp.weixin.qq.com 的「开发管理 → 消息推送配置」查看消息加密方式：是明文模式就改为安全模式。已经是安全模式或兼容模式的，多半不是微信发来的：查看来源网络，并更换 Token。确实只能使用明文模式时，才在 latchkey.toml 的 [[apps]] 里设置 push_plain = true 并重启 Latchkey。",
        "An administrator looks at the mode (消息加密方式) at mp.weixin.qq.com, 开发管理 → 消息推送配置 (message push), and changes the plain mode (明文模式) to the safe mode (安全模式). If it is the safe or compatible mode already, the message most likely is not WeChat's: look at the network it came from, and change the Token. Only where the plain mode is needed, set push_plain = true under [[apps]] in latchkey.toml and restart Latchkey.",
    ),
    ..UNDECIPHERABLE
};

pub(super) const STALE: Story = Story {
    headline: ("消息推送的时间相差十分钟以上", "A push whose time is more than ten minutes off"),
    happened: (
        "推送的签名正确，但它的时间戳与服务器的时钟相差十分钟以上，因此没有处理：要么服务器的时钟不准，要么是以前的推送到得太晚或被重发。",
        "The push's signature is right, but its timestamp is more than ten minutes off the server's clock, so it was not taken: either the clock is wrong, or an earlier push came late or was sent again.",
    ),
    fix: (
        "管理员检查服务器的时钟（NTP）。时钟准确时，检查前面的代理或队列是否积压、重发了旧请求；微信自己的重试只有几秒。",
        "An administrator checks the server's clock (NTP). If the clock is right, look for a proxy or queue in front that holds requests back and sends them later; WeChat's own retries take seconds.",
    ),
    ..UNDECIPHERABLE
};

pub(super) const REPLAYED: Story = Story {
    headline: ("消息推送的签名被再次使用，内容不同", "A push with a used signature and another content"),
    happened: (
        "这个签名以前随另一份内容来过，因此没有处理。微信每次推送都重新签名：很可能有人看到过一次推送的 URL，想用它冒充微信；也可能是前面的代理重发时改动了内容。是谁发来的，没有得到证实。",
        "This signature came with another content before, so the push was not taken. WeChat signs every push anew: most likely somebody has seen the URL of a push and tries to pass for WeChat with it; or a proxy in front sent a push again and changed it. Who sent it is not proved.",
    ),
    fix: (
        "管理员查看来源网络，在 mp.weixin.qq.com 的「开发管理 → 消息推送配置」更换 Token，同时修改 latchkey.toml 的 push_token 并重启 Latchkey；选用安全模式，此时签名覆盖内容。检查推送 URL 有没有写进代理的日志或被转发。",
        "An administrator looks at the network it came from, changes the Token at mp.weixin.qq.com, 开发管理 → 消息推送配置 (message push), and push_token in latchkey.toml, restarts Latchkey, and chooses the safe mode (安全模式), where the signature covers the content. Check whether push URLs end up in a proxy's log or are forwarded.",
    ),
    snippet: None,
    saying: sayings::Saying {
        support: ("与用户无关，请告诉管理员。", "It has nothing to do with a user. Tell an administrator."),
        user: sayings::NOBODY.user,
    },
};

/// The signature is right, and nothing else is known.
pub(super) const UNREADABLE: Story = Story {
    headline: ("消息推送的签名正确，内容却无法读懂", "A push with a right signature that cannot be read"),
    happened: (
        "推送的签名正确，内容却既不是 JSON 也不是 XML，或者缺少必要的字段。消息没有被处理。",
        "The push's signature is right, but its content is neither JSON nor XML, or lacks what it needs. It was not taken.",
    ),
    fix: (
        "管理员在 mp.weixin.qq.com 的「开发管理 → 消息推送配置」确认数据格式（JSON 或 XML）和加密方式，并检查前面的代理有没有改动请求的正文。",
        "An administrator checks the data format (JSON or XML) and the encryption at mp.weixin.qq.com, 开发管理 → 消息推送配置 (message push), and whether a proxy in front changes the body of requests.",
    ),
    ..UNDECIPHERABLE
};
