//! The phone button itself, on the user's device. It gave nothing, so no data and no key are involved.

use super::{Saying, Story, sayings};
use crate::{
    text::Snippet,
    types::{ButtonSaid, Failure, Proof},
};

pub(super) const PHONE_QUOTA_EXHAUSTED: Story = Story {
    headline: ("手机号验证的额度已用完", "The phone number quota is used up"),
    happened: (
        "小程序购买的（或免费试用的）手机号验证次数已经用完（1400001），微信不再提供手机号。登录不受影响。",
        "The mini program has used up the phone verifications that it bought or got for free (1400001), and WeChat gives out no more numbers. Logging in still works.",
    ),
    fix: (
        "由小程序管理员在 mp.weixin.qq.com 的「付费管理」购买所用组件的资源包：「手机号快速验证组件」，用的是实时验证时则为「手机号实时验证组件」。在此期间，小程序可以在 e.detail.errno === 1400001 时给用户别的办法，例如短信验证。",
        "An administrator of the mini program buys a package for its phone number component at mp.weixin.qq.com, 付费管理 (paid services): 手机号快速验证组件 or, if that is the one in use, 手机号实时验证组件. Meanwhile the mini program can offer another way when e.detail.errno === 1400001, such as a text message.",
    ),
    snippet: Some(Snippet::AnotherWay),
    saying: sayings::PHONE_NEEDS_ADMIN,
};

pub(super) const USER_DENIED: Story = Story {
    headline: ("用户拒绝授权", "The user said no"),
    happened: (
        "用户在微信的授权窗口里点了拒绝。这不是故障。",
        "The user tapped refuse in WeChat's dialog. That is no fault.",
    ),
    fix: (
        "不需要修复。在按钮旁说明为什么需要手机号，允许用户稍后再授权，不要反复要求。",
        "There is nothing to repair. Say beside the button what the phone is needed for, let users do it later, and do not ask again and again.",
    ),
    snippet: None,
    saying: Saying {
        support: (
            "用户想绑定手机号时，请再点一次按钮并选择允许；否则不需要处理。",
            "If the user does want to link a phone, ask them to tap the button once more and allow it. Otherwise there is nothing to do.",
        ),
        user: (
            "需要绑定时，请再点一次按钮并选择允许。",
            "To link your phone number, tap the button once more and choose to allow.",
        ),
    },
};

pub(super) fn not_permitted(failure: &Failure) -> Story {
    let (errno, said) = seen(&failure.evidence.proof);
    match (errno, said) {
        (Some(103), _) => PRIVACY_REFUSED,
        (Some(104), _) | (None, ButtonSaid::PrivacyRefused) => PRIVACY_NOT_ASKED,
        (Some(112), _) | (None, ButtonSaid::NotDeclared) => NOT_DECLARED,
        (Some(1025 | 1026), _) | (None, ButtonSaid::Banned) => BANNED,
        _ => NO_PERMISSION,
    }
}

/// None of the known refusals.
pub(super) fn unknown(failure: &Failure) -> Story {
    match seen(&failure.evidence.proof) {
        (Some(5 | 108), _) | (_, ButtonSaid::TimeOut | ButtonSaid::Network) => BAD_NETWORK,
        (_, ButtonSaid::Ok) => OK_WITHOUT_DATA,
        _ => UNKNOWN,
    }
}

const fn seen(proof: &Proof) -> (Option<i64>, ButtonSaid) {
    match proof {
        Proof::Button { errno, said } => (*errno, *said),
        Proof::Errno(errno) => (*errno, ButtonSaid::Other),
        _ => (None, ButtonSaid::Other),
    }
}

const PRIVACY_REFUSED: Story = Story {
    headline: ("用户没有同意隐私协议", "The user refused the privacy agreement"),
    happened: (
        "微信弹出了隐私协议，用户点了拒绝，因此没有给出手机号。拒绝之后的 10 秒内不会再次弹出。",
        "WeChat showed the privacy agreement and the user refused it, so it gave no number. For 10 seconds after a refusal it does not ask again.",
    ),
    fix: (
        "代码不用改：协议已经弹出，只是用户没有同意。可以在按钮旁说明手机号的用途，并允许用户稍后再授权。",
        "The code needs no change: the agreement was shown, and the user did not accept it. Say beside the button what the phone is needed for, and let users do it later.",
    ),
    snippet: None,
    saying: PRIVACY,
};

const PRIVACY: Saying = Saying {
    support: (
        "请用户等十秒再点一次按钮，出现隐私协议时选择同意。",
        "Ask the user to wait ten seconds, tap the button once more and accept the privacy agreement.",
    ),
    user: (
        "请稍等十秒再点一次按钮，出现隐私协议时请选择同意。",
        "Please wait ten seconds, tap the button once more and accept the privacy agreement.",
    ),
};

const PRIVACY_NOT_ASKED: Story = Story {
    headline: ("用户还没有同意隐私协议", "The privacy agreement is not accepted yet"),
    happened: (
        "微信要求用户先同意隐私协议，才给出手机号；小程序还没有请用户同意，或者用户没有同意。",
        "WeChat gives out numbers only once the user has accepted the privacy agreement; the mini program has not asked for it yet, or the user did not accept.",
    ),
    fix: (
        "让按钮同时请用户同意协议：open-type=\"getPhoneNumber|agreePrivacyAuthorization\"；或者在此之前用 wx.requirePrivacyAuthorize 请用户同意。",
        "Let the button ask for it, too: open-type=\"getPhoneNumber|agreePrivacyAuthorization\"; or ask before with wx.requirePrivacyAuthorize.",
    ),
    saying: PRIVACY,
    ..PRIVACY_REFUSED
};

const NOT_DECLARED: Story = Story {
    headline: ("隐私保护指引没有声明手机号", "The privacy declaration does not name phone numbers"),
    happened: (
        "小程序的用户隐私保护指引里没有声明手机号，所以微信不允许使用手机号按钮。",
        "The mini program's privacy declaration does not name phone numbers, so WeChat does not allow the phone button.",
    ),
    fix: (
        "代码不用改。小程序管理员在 mp.weixin.qq.com 的「设置 → 服务内容声明 → 用户隐私保护指引」里补充手机号，约 5 分钟后生效。",
        "The code needs no change. An administrator of the mini program adds phone numbers at mp.weixin.qq.com, 设置 → 服务内容声明 → 用户隐私保护指引 (privacy declaration); it takes effect about 5 minutes later.",
    ),
    saying: sayings::PHONE_NEEDS_ADMIN,
    ..PRIVACY_REFUSED
};

const BANNED: Story = Story {
    headline: ("小程序的隐私接口被封禁", "The mini program is barred from privacy interfaces"),
    happened: (
        "微信封禁了这个小程序的隐私接口，手机号按钮因此不可用。",
        "WeChat has barred this mini program from privacy interfaces, the phone button among them.",
    ),
    fix: (
        "代码不用改。小程序管理员按 mp.weixin.qq.com 里的通知整改，并申请恢复。",
        "The code needs no change. An administrator of the mini program does what WeChat's notice at mp.weixin.qq.com asks, and applies to have it lifted.",
    ),
    saying: sayings::PHONE_NEEDS_ADMIN,
    ..PRIVACY_REFUSED
};

const NO_PERMISSION: Story = Story {
    headline: ("账号没有手机号按钮的权限（no permission）", "The account may not use the phone button (no permission)"),
    happened: (
        "按钮返回 no permission：小程序没有完成微信认证，或者是个人主体，微信因此不提供手机号。",
        "The button said 'no permission': the mini program is not verified or belongs to a private person, and WeChat gives such accounts no phone numbers.",
    ),
    fix: (
        "代码不用改。小程序管理员在 mp.weixin.qq.com 完成微信认证；个人主体不能获取手机号，需要换成企业等非个人主体。",
        "The code needs no change. An administrator gets the mini program verified at mp.weixin.qq.com. Private persons' mini programs cannot get phone numbers at all: that takes the account of an organisation.",
    ),
    saying: sayings::PHONE_NEEDS_ADMIN,
    ..PRIVACY_REFUSED
};

const BAD_NETWORK: Story = Story {
    headline: ("手机号按钮失败：用户的网络不好", "The phone button failed on a bad network"),
    happened: (
        "按钮在用户的手机上没有连上微信（{button_said}），因此没有给出手机号。请求里没有数据，与密钥和登录无关。",
        "The button could not reach WeChat from the user's phone ({button_said}), so it gave no number. There was no data, and no key or login is involved.",
    ),
    fix: (
        "代码不用改：请用户检查网络后再点一次。",
        "The code needs no change: ask the user to check the network and tap once more.",
    ),
    snippet: None,
    saying: CHECK_NETWORK,
};

const CHECK_NETWORK: Saying = Saying {
    support: (
        "请用户检查网络后再点一次按钮。反复出现时，把「以文本复制」的内容发给开发人员。",
        "Ask the user to check the network and tap the button once more. If it comes back, send the developers the text under \"Copy as text\".",
    ),
    user: ("请检查网络后再点一次按钮。", "Please check your network and tap the button once more."),
};

const OK_WITHOUT_DATA: Story = Story {
    headline: ("按钮成功了，数据却没有发送", "The button succeeded, but its data was not sent"),
    happened: (
        "请求里只有 errMsg（getPhoneNumber:ok），没有 code，也没有 encryptedData 和 iv：按钮给出了数据，小程序却没有发送。",
        "The request had just errMsg (getPhoneNumber:ok), and neither a code nor encryptedData and iv: the button gave data, and the mini program did not send it.",
    ),
    fix: (
        "errMsg 是 getPhoneNumber:ok 时，发送 e.detail 的 code、encryptedData 和 iv；只有在其他情况下才单独发送 errMsg 和 errno。",
        "When errMsg is getPhoneNumber:ok, send code, encryptedData and iv of e.detail; send errMsg and errno alone only in all other cases.",
    ),
    snippet: Some(Snippet::Right),
    saying: sayings::PHONE_BROKEN,
};

const UNKNOWN: Story = Story {
    headline: ("手机号按钮失败，原因未知", "The phone button failed for a reason that is not known"),
    happened: (
        "手机号按钮没有给出手机号，返回的内容不是已知的任何一种（{button_said}）。与密钥、登录和解密都无关：请求里没有数据。",
        "The phone button gave no number, and what it returned is none of the known refusals ({button_said}). No key, login or decryption is involved: there was no data.",
    ),
    fix: (
        "在小程序里打印 e.detail 的 errMsg 和 errno 的原文（Latchkey 不保存 errMsg 的原文），用它在微信的开发文档或开发者社区搜索。",
        "Print errMsg and errno of e.detail in the mini program (Latchkey does not keep the words of errMsg), and search WeChat's documentation or developer forum for them.",
    ),
    ..BAD_NETWORK
};
