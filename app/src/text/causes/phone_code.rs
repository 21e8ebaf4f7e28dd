//! Codes of the phone button.

use super::{Saying, Story, sayings};
use crate::{
    text::Snippet,
    types::{Failure, Proof},
};

pub(super) fn login_code_in_phone_field(failure: &Failure) -> Story {
    let story = match &failure.evidence.proof {
        Proof::LoginCodeSpent => SPENT_LOGIN_CODE,
        _ => LOGIN_CODE,
    };
    Story { saying: sayings::broken(failure), ..story }
}

const SPENT_LOGIN_CODE: Story = Story {
    happened: (
        "{call} 的手机号 code 字段里是一个登录 code：Latchkey 曾用它成功换取过登录。手机号要用按钮给的 e.detail.code（64 位十六进制）；两种 code 名字相同，却不能互换。",
        "The phone code's field of {call} had a login code: Latchkey has logged the user in with it before. A phone needs the button's e.detail.code (64 hexadecimal digits). Both are called code, but one cannot stand for the other.",
    ),
    ..LOGIN_CODE
};

const LOGIN_CODE: Story = Story {
    headline: ("把登录 code 当成了手机号 code", "Login code sent as phone code"),
    happened: (
        "{call} 的手机号 code 字段里是 wx.login 的 code，从形式（32 个字符）就能看出。手机号要用按钮给的 e.detail.code（64 位十六进制）；两种 code 名字相同，却不能互换。",
        "The phone code's field of {call} had a code of wx.login, as its form shows (32 characters). A phone needs the button's e.detail.code (64 hexadecimal digits). Both are called code, but one cannot stand for the other.",
    ),
    fix: (
        "发送 e.detail.code，而不是 wx.login 的 code。基础库低于 2.21.2 时 e.detail 没有 code，只发送 encryptedData 和 iv。",
        "Send e.detail.code, not the code of wx.login. Below base library 2.21.2 e.detail has no code: send encryptedData and iv alone.",
    ),
    snippet: Some(Snippet::LoginCodeAsPhoneCode),
    saying: sayings::PHONE_BROKEN,
};

pub(super) fn phone_code_expired(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::PhoneCodeUnknownAfterBusy => SPENT_WHILE_BUSY,
        _ => EXPIRED,
    }
}

const EXPIRED: Story = Story {
    headline: ("微信不认识这个手机号 code", "WeChat does not know the phone code"),
    happened: (
        "微信不认识这个手机号 code（40029）：从点按钮起超过了 5 分钟、已经用过，或者本来就不是手机号 code。微信没有说明是哪一种。{code_length}",
        "WeChat does not know this phone code (40029): more than 5 minutes passed since the tap, it was used before, or it never was a phone code. WeChat does not say which. {code_length}",
    ),
    fix: (
        "在 bindgetphonenumber 的回调里立即发送 e.detail.code，只发一次。失败后请用户重新点按钮，不要重发旧的 code。注意：微信一般在用户授权成功时就计费，code 没用就过期也一样。",
        "Send e.detail.code at once, in the bindgetphonenumber callback, and once only. After a failure ask for a new tap instead of sending the old code again. Mind that WeChat as a rule charges when the user shares the number, even if its code ends unused.",
    ),
    snippet: Some(Snippet::PhoneCodeKept),
    saying: sayings::TAP_SOONER,
};

const SPENT_WHILE_BUSY: Story = Story {
    headline: ("微信繁忙时用掉了手机号 code", "WeChat spent the phone code while it was busy"),
    happened: (
        "微信第一次返回繁忙（-1），Latchkey 重试时它不认识这个 code 了（40029）。很可能第一次其实已经用掉了 code，但结果没有返回；也可能 code 本来就无效。",
        "WeChat was busy at first (-1), and when Latchkey tried again it did not know the code (40029). Most likely the first try spent the code and its result got lost; or the code was invalid all along.",
    ),
    fix: (
        "偶尔一次不用修改：小程序按 nextStep（reauthorize）请用户重新点按钮即可。",
        "Once in a while it needs no change: as nextStep (reauthorize) says, the mini program asks for a new tap.",
    ),
    snippet: None,
    saying: Saying { support: sayings::LATER.support, user: sayings::TAP_SOONER.user },
};

pub(super) const PHONE_CODE_OF_OTHER_APP: Story = Story {
    headline: ("手机号 code 属于另一个小程序", "The phone code is another mini program's"),
    happened: (
        "手机号 code 来自另一个小程序的按钮，请求却以 {app} 的身份发来：微信接受了 access_token，但说 code 不属于这个小程序（40013）。",
        "The phone code comes from the button of another mini program, but the request came as one of {app}: WeChat took the access_token and said that the code is not this mini program's (40013).",
    ),
    fix: (
        "请求所属的小程序由 token 决定。多个小程序共用代码或后端时，每个小程序要自己登录、使用自己的 token，不要传递另一个小程序的 token。",
        "The token decides which mini program a request is for. Where mini programs share code or a back end, each has to log in by itself and use its own token, and must not be handed another one's.",
    ),
    snippet: Some(Snippet::OtherAppsTokenWithCode),
    saying: sayings::PHONE_BROKEN,
};
