//! Codes of wx.login.

use super::{Story, sayings};
use crate::{
    text::Snippet,
    types::{Failure, Proof},
};

pub(super) fn code_expired(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::CodeTimedOut => TIMED_OUT,
        Proof::NoCode => NO_CODE,
        _ => CODE_UNKNOWN,
    }
}

const CODE_UNKNOWN: Story = Story {
    headline: ("微信不认识这个登录 code", "WeChat does not know the login code"),
    happened: (
        "微信不认识这个 code（40029）。它可能超过了 5 分钟，可能属于另一个小程序，也可能本来就不是 wx.login 的 code；微信对三者的回答相同，所以无法断定是哪一种。{code_length}",
        "WeChat does not know this code (40029). It may be older than 5 minutes, may be another mini program's, or may never have been a code of wx.login; WeChat gives one answer for all three, so it is not proved which. {code_length}",
    ),
    fix: (
        "按顺序检查：1. 在 wx.login 的 success 里立即把 code 发给 POST /api/login，不要存起来以后再用。2. 请求里的 appid 与小程序一致；单个小程序不必发送 appid。3. 发送的是 code 的值，而不是别的字段。",
        "Check in this order: 1. the code goes to POST /api/login at once, in the success callback of wx.login, and is not kept for later; 2. the appid of the request is the mini program's (with a single one, send none); 3. what is sent is the value of code and no other field.",
    ),
    snippet: Some(Snippet::CodeKept),
    saying: sayings::OPEN_AGAIN,
};

const TIMED_OUT: Story = Story {
    headline: ("登录 code 已超过 5 分钟", "The login code is older than 5 minutes"),
    happened: (
        "微信说这个 code 已经超时（42003）：从 wx.login 到发给 Latchkey 超过了 5 分钟。",
        "WeChat says that the code timed out (42003): more than 5 minutes passed between wx.login and the request.",
    ),
    fix: (
        "在 wx.login 的 success 里立即把 code 发给 POST /api/login，不要存起来以后再用；每次登录都重新调用 wx.login。",
        "Send the code to POST /api/login at once, in the success callback of wx.login; do not keep it for later, and call wx.login anew for each login.",
    ),
    ..CODE_UNKNOWN
};

const NO_CODE: Story = Story {
    headline: ("登录 code 为空", "The login code is empty"),
    happened: (
        "微信说请求里没有 code（41008）：发送时 code 是空的，多半是 wx.login 还没有返回就发出了请求。",
        "WeChat says that there was no code (41008): it was empty when it was sent, most likely because the request left before wx.login had come back.",
    ),
    fix: (
        "在 wx.login 的 success 里发送 code，而不是紧跟在 wx.login 之后。",
        "Send the code from the success callback of wx.login, not from the line after the call.",
    ),
    ..CODE_UNKNOWN
};

pub(super) fn code_used(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::ExchangedHere => USED_WITH_LATCHKEY,
        _ => USED_WITH_WECHAT,
    }
}

const USED_WITH_LATCHKEY: Story = Story {
    headline: ("登录 code 被重复使用", "Login code used twice"),
    happened: (
        "Latchkey 以前已经用这个 code 换取过登录，现在又收到一次。每个 code 只能用一次。",
        "Latchkey has exchanged this very code before, and now it came again. A code works once.",
    ),
    fix: (
        "一次登录对应一次 wx.login：每次重试之前重新取 code。多个页面同时需要登录时，让它们等待同一个登录请求（见 logIn）。",
        "One wx.login for each login: get a new code before every retry. Where several pages need the login at the same time, let them wait for one request (see logIn).",
    ),
    snippet: Some(Snippet::SameCodeAgain),
    saying: sayings::OPEN_AGAIN,
};

const USED_WITH_WECHAT: Story = Story {
    happened: (
        "微信说这个 code 已经用过（40163），而 Latchkey 没有用它成功登录过：它曾被发给另一个后端，或者第一次被微信拒绝（例如 appid 不对），拒绝也会用掉 code。",
        "WeChat says that this code has been used (40163), and Latchkey never logged anybody in with it: it was sent to another back end, or WeChat refused it the first time (for a wrong appid, say), which spends it, too.",
    ),
    fix: (
        "一次登录对应一次 wx.login：每次重试之前重新取 code，不要把同一个 code 发给两个后端。多个页面同时需要登录时，让它们等待同一个登录请求（见 logIn）。",
        "One wx.login for each login: get a new code before every retry, and never send one code to two back ends. Where several pages need the login at the same time, let them wait for one request (see logIn).",
    ),
    ..USED_WITH_LATCHKEY
};

pub(super) fn code_of_other_app(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::SpentAs(_) => SPENT_AS_OTHER,
        _ => FROM_OTHER_APP,
    }
}

const SPENT_AS_OTHER: Story = Story {
    headline: ("登录 code 属于另一个小程序", "The login code is another mini program's"),
    happened: (
        "这个 code 曾作为 {other_app} 的 code 成功换取登录，现在却以 {app} 的身份发来。",
        "This code was exchanged with success as one of {other_app} before, and now it came as one of {app}.",
    ),
    fix: (
        "不要把 appid 写死：多个小程序共用代码时，用 wx.getAccountInfoSync().miniProgram.appId。如果另一个小程序也要用 Latchkey 登录，由服务器管理员把它写进 latchkey.toml 的 [[apps]]。",
        "Do not write the appid into shared code: use wx.getAccountInfoSync().miniProgram.appId. If the other mini program is to log in with Latchkey, too, the administrator of the server adds it to latchkey.toml under [[apps]].",
    ),
    snippet: Some(Snippet::FixedAppid),
    saying: sayings::LOGIN_BROKEN,
};

const FROM_OTHER_APP: Story = Story {
    happened: (
        "微信不接受这个 code（40029），而请求来自 {other_app} 的页面（Referer），却以 {app} 的身份登录。Referer 可以伪造，所以只能说很可能。",
        "WeChat does not take this code (40029), and the request came from a page of {other_app} (its Referer) but logs in as {app}. A Referer can be forged, so this is likely and not proved.",
    ),
    ..SPENT_AS_OTHER
};

pub(super) const MOCK_CODE: Story = Story {
    headline: ("开发者工具没有设置 AppID", "Developer tools without an AppID"),
    happened: (
        "code 的内容是「the code is a mock one」：微信开发者工具里的项目没有 AppID（游客模式），此时 wx.login 只返回这段固定文本。",
        "The code reads 'the code is a mock one': the project in WeChat's developer tools has no AppID (guest mode), and there wx.login returns just this text.",
    ),
    fix: (
        "在微信开发者工具的「详情 → 基本信息」里填入小程序的 AppID（写在 project.config.json 的 appid），并用有开发权限的微信号登录工具。",
        "Enter the mini program's AppID in the developer tools (详情 → 基本信息, details → basic information; it is kept as appid in project.config.json), signed in with a WeChat account that may develop it.",
    ),
    snippet: None,
    saying: sayings::NOBODY,
};

pub(super) const PHONE_CODE_IN_LOGIN_FIELD: Story = Story {
    headline: ("把手机号 code 当成了登录 code", "Phone code sent as login code"),
    happened: (
        "{call} 的 code 字段里是 64 位十六进制，这是手机号按钮的 code（e.detail.code）。登录要用 wx.login 的 code；两种 code 名字相同，却不能互换。",
        "The field code of {call} had 64 hexadecimal digits, which is a code of the phone button (e.detail.code). A login needs the code of wx.login. Both are called code, but one cannot stand for the other.",
    ),
    fix: (
        "启动时用 wx.login 的 code 登录一次；点按钮之后，把 e.detail.code 发给 POST /api/bindPhone。一次完成两件事时，登录 code 放 code，e.detail.code 放 phoneCode。",
        "Log in once at the start with the code of wx.login; after the tap, send e.detail.code to POST /api/bindPhone. To do both in one POST /api/login, put the login code into code and e.detail.code into phoneCode.",
    ),
    snippet: Some(Snippet::PhoneCodeToLogin),
    saying: sayings::LOGIN_BROKEN,
};
