//! Stories about the owner and the age of data.

use super::{Saying, Story, sayings};
use crate::{
    text::Snippet,
    types::{Failure, Proof},
};

pub(super) fn wrong_app(failure: &Failure) -> Story {
    let story = match &failure.evidence.proof {
        Proof::NoKeyAndReferer(_) => FROM_OTHER_APP,
        Proof::OpensElsewhere(_) => MADE_IN_OTHER_APP,
        Proof::UsedInOtherApp(_) => USED_IN_OTHER_APP,
        _ => WATERMARK_OF_OTHER_APP,
    };
    Story { saying: sayings::broken(failure), ..story }
}

const WATERMARK_OF_OTHER_APP: Story = Story {
    headline: ("数据属于另一个小程序", "The data is another mini program's"),
    happened: (
        "数据能解开，但微信在水印里写的是另一个小程序，不是请求所属的 {app}。",
        "The data opens, but the watermark that WeChat put into it names another mini program than {app}, which the request is for.",
    ),
    fix: (
        "每个小程序都要自己登录、使用自己的 token：不要通过跳转参数、共用的后端或固定的 appid 使用另一个小程序的 token。检查测试版和正式版是否用了对方的配置。",
        "Each mini program has to log in by itself and use its own token: do not take the token of another one from navigation data, a shared back end or a fixed appid. Check whether test and production have each other's settings.",
    ),
    snippet: Some(Snippet::OtherAppsToken),
    saying: sayings::PHONE_BROKEN,
};

const MADE_IN_OTHER_APP: Story = Story {
    happened: (
        "数据用该用户在 {other_app} 的密钥能解开：它是在那个小程序里生成的，请求却用了 {app} 的 token 或 openid。",
        "The data opens under this user's key in {other_app}: it was made there, but the request came with a token or openid of {app}.",
    ),
    ..WATERMARK_OF_OTHER_APP
};

const USED_IN_OTHER_APP: Story = Story {
    happened: (
        "同一份密文以前在 {other_app} 里成功使用过：它是为那个小程序生成的，现在却用 {app} 的 token 或 openid 发来。",
        "The same ciphertext was used in {other_app} with success before: it was made for that mini program, and now it came with a token or openid of {app}.",
    ),
    ..WATERMARK_OF_OTHER_APP
};

const FROM_OTHER_APP: Story = Story {
    happened: (
        "没有密钥能解开这份数据，而请求来自 {other_app} 的页面（Referer），用的却是 {app} 的 token 或 openid。Referer 可以伪造，所以只能说很可能。",
        "No key opens the data, and the request came from a page of {other_app} (its Referer), with a token or openid of {app}. A Referer can be forged, so this is likely and not proved.",
    ),
    ..WATERMARK_OF_OTHER_APP
};

pub(super) fn stale_data(failure: &Failure) -> Story {
    let ahead = failure.evidence.data_age_s.is_some_and(|age| age < 0);
    if ahead { AHEAD } else { TOO_OLD }
}

const TOO_OLD: Story = Story {
    headline: ("数据已过有效时间：{age}前生成", "Too old: the data was made {age} ago"),
    happened: (
        "数据完好，但微信在 {age}前就生成了它{limit}。旧数据不再接受，以免被人重复利用。",
        "The data is sound, but WeChat made it {age} ago{limit}. Old data is refused so that nobody can use it again.",
    ),
    fix: (
        "在 bindgetphonenumber 的回调里立即发送，不要存起来以后再用。失败后请用户重新点按钮，不要重发旧数据。",
        "Send it at once, in the bindgetphonenumber callback, and do not keep it for later. After a failure ask for a new tap instead of sending the old data again.",
    ),
    snippet: Some(Snippet::SentLater),
    saying: sayings::TAP_SOONER,
};

const AHEAD: Story = Story {
    headline: ("数据的时间比服务器超前 {age}", "The data's time is {age} ahead of the server's clock"),
    happened: (
        "微信写在水印里的时间比 Latchkey 所在服务器的时钟超前 {age}{limit}。微信的时钟是准的，所以服务器的时钟慢了。",
        "The time that WeChat put into the watermark is {age} ahead of the clock of Latchkey's server{limit}. WeChat's clock is right, so the server's is slow.",
    ),
    fix: (
        "小程序不用改。管理员校准服务器的时钟（NTP），虚拟机还要检查宿主机的时间。",
        "The mini program needs no change. An administrator sets the server's clock (NTP) and, for a virtual machine, checks its host's.",
    ),
    snippet: None,
    saying: sayings::PHONE_NEEDS_ADMIN,
};

pub(super) fn other_users_data(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::OtherOpenid => NAMES_OTHER_OPENID,
        Proof::OpenidRefused(_) => CODE_OF_OTHER,
        _ => USED_BY_OTHER,
    }
}

const OTHER_USER: Saying = Saying {
    support: (
        "偶尔一次多半是同一台手机切换了微信账号：请用户退出小程序后重新进入。同一网络反复出现时可能有人冒用数据，请告诉管理员。",
        "Once in a while it is an account that was switched on one phone: ask the user to leave the mini program and open it again. Many of these from one network may be somebody using others' data: tell an administrator.",
    ),
    user: sayings::OPEN_AGAIN.user,
};

const NAMES_OTHER_OPENID: Story = Story {
    headline: ("数据属于另一个用户：里面是另一个 openid", "Another user's data: it names another openid"),
    happened: (
        "数据完好，但里面的 openId 不是请求所带 token 的用户。",
        "The data is sound, but the openId inside is not that of the token's user.",
    ),
    fix: (
        "同一台手机切换微信账号之后，不要继续使用上一个账号的 token：每次启动都重新登录，覆盖保存的 token。转发请求的后端不要用全局变量保存「当前用户」，并发时会串号。",
        "After accounts were switched on one phone, do not go on with the token of the previous one: log in at every start and overwrite the kept token. A back end that forwards requests must not keep 'the current user' in a global: concurrent requests mix users up.",
    ),
    snippet: Some(Snippet::PreviousUsersToken),
    saying: OTHER_USER,
};

const USED_BY_OTHER: Story = Story {
    headline: (
        "数据属于另一个用户：对方用过同一份密文",
        "Another user's data: that user sent the same ciphertext before",
    ),
    happened: (
        "请求者的密钥都解不开这份数据，而同一份密文以前由另一个用户成功使用过。",
        "None of the caller's keys opens the data, and another user has used the same ciphertext with success before.",
    ),
    ..NAMES_OTHER_OPENID
};

const CODE_OF_OTHER: Story = Story {
    headline: ("手机号 code 属于另一个用户", "The phone code is another user's"),
    happened: (
        "Latchkey 把手机号 code 连同请求者的 openid 交给微信核对，微信拒绝了（errcode {errcode}）：点按钮的多半是另一个微信用户，而不是 token 的用户。微信没有公布这种情况的 errcode，所以只能说很可能。",
        "Latchkey gave WeChat the phone code together with the caller's openid, and WeChat refused (errcode {errcode}): most likely the tap was another WeChat user's than the token's. WeChat does not document its errcode for this, so it is likely and not proved.",
    ),
    ..NAMES_OTHER_OPENID
};

pub(super) fn replayed(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::FirstUse { opens: true, .. } => REPLAYED,
        Proof::UsedBefore | Proof::FirstUse { .. } => REPLAYED_WITHOUT_KEY,
        _ => REPLAYED_TOO_LATE,
    }
}

const REPLAY: Saying = Saying {
    support: (
        "请用户再点一次手机号按钮。同一网络大量出现时可能是重放攻击，请告诉管理员。",
        "Ask the user to tap the phone button once more. Many of these from one network may be an attack: tell an administrator.",
    ),
    user: ("请再点一次按钮授权手机号。", "Please tap the button once more to share your phone number."),
};

const REPLAYED_TOO_LATE: Story = Story {
    headline: ("同一份数据被重复发送，已过有效时间", "The same data was sent again, too late"),
    happened: (
        "同一个用户以前成功用过这份数据（密文的 SHA-256 相同），{age}后又发来一次，此时已不再接受。",
        "The same user has used this very data with success before (the ciphertext has the same SHA-256). It came again {age} after it was made, when it could no longer be accepted.",
    ),
    fix: (
        "每次点按钮都会得到新的数据，用完即弃：不要把 e.detail 存起来，也不要在 onShow 或重试队列里重发。第一次已经成功，直接使用它的结果。",
        "Every tap gives new data, to be used once: do not keep e.detail, and do not send it again from onShow or a retry queue. The first request succeeded, so use its result.",
    ),
    snippet: Some(Snippet::SentAgain),
    saying: REPLAY,
};

const REPLAYED_WITHOUT_KEY: Story = Story {
    headline: ("同一份数据被重复发送，当时的密钥已不在", "The same data was sent again, and its key is gone"),
    happened: (
        "同一个用户{first_use}成功用过这份数据（密文的 SHA-256 相同）。现在又发来一次，而当时的 session_key 已不再保存。",
        "The same user used this very data with success {first_use} (the ciphertext has the same SHA-256). It came again when the session_key of that time was no longer kept.",
    ),
    ..REPLAYED_TOO_LATE
};

const REPLAYED: Story = Story {
    happened: (
        "同一个用户{first_use}成功用过这份数据（密文的 SHA-256 相同）。现在又发来一次，此时已超过有效时间，不再接受。",
        "The same user used this very data with success {first_use} (the ciphertext has the same SHA-256). It came again when it was too old to be accepted.",
    ),
    ..REPLAYED_TOO_LATE
};
