//! The mini program's settings and credentials, which WeChat refuses. An administrator has to act.

use super::{Saying, Story, sayings};
use crate::types::{Failure, Proof};

pub(super) const IP_NOT_WHITELISTED: Story = Story {
    headline: ("服务器 IP 不在白名单中", "The server's IP is not on the whitelist"),
    happened: (
        "微信拒绝了 Latchkey 的请求（40164）：它的出口 IP 地址不在 {app} 的 IP 白名单里。",
        "WeChat refused Latchkey (40164): the address that its requests come from is not on the IP whitelist of {app}.",
    ),
    fix: (
        "管理员登录 mp.weixin.qq.com，在「开发管理 → 开发设置 → IP白名单」加入服务器的出口地址；有多个节点时每个都要加入。被拒绝的地址显示在控制台的小程序页面。小程序代码不用改。",
        "An administrator adds the server's outgoing address at mp.weixin.qq.com, 开发管理 → 开发设置 → IP白名单 (IP whitelist), and with several nodes that of each. The console's mini programs page shows the refused address. The mini program's code needs no change.",
    ),
    snippet: None,
    saying: sayings::PHONE_NEEDS_ADMIN,
};

pub(super) fn app_secret_wrong(failure: &Failure) -> Story {
    // Logins need the AppSecret, too, whichever call has found out.
    let saying = Saying { user: sayings::needs_admin(failure).user, ..sayings::LOGIN_NEEDS_ADMIN };
    Story { saying, ..APP_SECRET_WRONG }
}

const APP_SECRET_WRONG: Story = Story {
    headline: ("AppSecret 不正确", "The AppSecret is wrong"),
    happened: (
        "微信不接受 Latchkey 为 {app} 配置的 AppSecret（{errcode}）：填错了，或者已经被重置。",
        "WeChat does not accept the AppSecret that Latchkey has for {app} ({errcode}): it was mistyped, or has been reset since.",
    ),
    fix: (
        "向小程序管理员取得当前的 AppSecret；没有人保存的，在 mp.weixin.qq.com 的「开发管理 → 开发设置」重置（旧的随即在所有系统里失效）。写入 latchkey.toml 里 appid 为 {appid} 的 [[apps]] 的 secret（只有一个小程序且用环境变量时是 LATCHKEY_SECRET），重启 Latchkey。小程序代码里不需要、也不应该有 AppSecret。",
        "Get the current AppSecret from the mini program's administrator. If nobody has it, reset it at mp.weixin.qq.com, 开发管理 → 开发设置 (the old one stops working everywhere). Put it into latchkey.toml as secret of the [[apps]] entry with appid {appid} (or, with a single mini program set by environment, into LATCHKEY_SECRET), and restart Latchkey. The mini program's own code needs no AppSecret and must not have it.",
    ),
    snippet: None,
    saying: sayings::LOGIN_NEEDS_ADMIN,
};

pub(super) fn app_misconfigured(failure: &Failure) -> Story {
    let story = match &failure.evidence.proof {
        Proof::NotConfigured => unknown_app(failure),
        Proof::Errcode(40013) => WRONG_APPID,
        Proof::Errcode(40243) => SECRET_FROZEN,
        Proof::Errcode(48001) => NO_INTERFACE,
        Proof::Errcode(50004 | 50007 | 50002) => ACCOUNT_BARRED,
        _ => OTHER_SETTING,
    };
    Story { saying: sayings::needs_admin(failure), ..story }
}

const OTHER_SETTING: Story = Story {
    headline: ("小程序配置有误（errcode {errcode}）", "The mini program's settings are wrong (errcode {errcode})"),
    happened: (
        "微信因 {app} 的设置拒绝了 Latchkey 的请求，errcode 是 {errcode}。",
        "WeChat refused Latchkey because of the settings of {app}; its errcode is {errcode}.",
    ),
    fix: (
        "管理员打开控制台的小程序页面，那里按 errcode 列出了处理步骤。小程序代码不用改。",
        "An administrator opens the console's mini programs page, which lists the steps for the errcode. The mini program's code needs no change.",
    ),
    snippet: None,
    saying: sayings::LOGIN_NEEDS_ADMIN,
};

const WRONG_APPID: Story = Story {
    headline: ("appid 不正确（errcode 40013）", "The appid is wrong (errcode 40013)"),
    happened: (
        "微信不认识 {appid}：latchkey.toml 里的 appid 写错了，或者它不是小程序的 AppID。",
        "WeChat does not know {appid}: the appid in latchkey.toml is mistyped, or is not that of a mini program.",
    ),
    fix: (
        "管理员在 mp.weixin.qq.com 的「开发管理 → 开发设置」核对 AppID（wx 加 16 位），改正 latchkey.toml 的 appid，重启 Latchkey。",
        "An administrator compares the AppID at mp.weixin.qq.com, 开发管理 → 开发设置 (wx and 16 characters), corrects appid in latchkey.toml and restarts Latchkey.",
    ),
    ..OTHER_SETTING
};

const SECRET_FROZEN: Story = Story {
    headline: ("AppSecret 被冻结（errcode 40243）", "The AppSecret is frozen (errcode 40243)"),
    happened: (
        "{app} 的 AppSecret 已被冻结，微信不再接受它。",
        "The AppSecret of {app} has been frozen, and WeChat does not accept it any more.",
    ),
    fix: (
        "管理员在 mp.weixin.qq.com 的「开发管理 → 开发设置」解冻 AppSecret；泄露过的请重置，再写入 latchkey.toml 的 secret 并重启 Latchkey。",
        "An administrator unfreezes the AppSecret at mp.weixin.qq.com, 开发管理 → 开发设置. One that has leaked is reset instead, put into latchkey.toml as secret, and Latchkey restarted.",
    ),
    ..OTHER_SETTING
};

const NO_INTERFACE: Story = Story {
    headline: (
        "小程序没有这个接口的权限（errcode 48001）",
        "The mini program may not use this interface (errcode 48001)",
    ),
    happened: (
        "微信不允许 {app} 调用这个接口：账号没有完成微信认证，或者没有开通。",
        "WeChat does not allow {app} to call this interface: the account is not verified, or the interface is not enabled.",
    ),
    fix: (
        "管理员在 mp.weixin.qq.com 完成微信认证，并确认接口已开通；个人主体不能获取手机号。",
        "An administrator gets the account verified at mp.weixin.qq.com and checks that the interface is enabled. Private persons' mini programs cannot get phone numbers.",
    ),
    ..OTHER_SETTING
};

const ACCOUNT_BARRED: Story = Story {
    headline: ("小程序账号被限制（errcode {errcode}）", "The mini program's account is restricted (errcode {errcode})"),
    happened: (
        "微信限制了 {app} 的账号，因此拒绝了请求（{errcode}）。",
        "WeChat has restricted the account of {app} and therefore refused the request ({errcode}).",
    ),
    fix: (
        "管理员登录 mp.weixin.qq.com 查看通知中心，按通知整改并申请恢复。",
        "An administrator reads the notifications at mp.weixin.qq.com, does what they ask and applies to have the restriction lifted.",
    ),
    ..OTHER_SETTING
};

pub(super) fn unknown_app(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::NoSuchApp(None) => NO_APPID,
        _ => NOT_CONFIGURED,
    }
}

const NOT_CONFIGURED: Story = Story {
    headline: ("Latchkey 没有配置这个小程序", "Latchkey is not configured for this mini program"),
    happened: (
        "请求属于 {other_app}，而 latchkey.toml 和环境变量里都没有它。微信没有收到这次请求。",
        "The request is for {other_app}, which is neither in latchkey.toml nor in the environment. WeChat was not asked.",
    ),
    fix: (
        "如果它应该用 Latchkey 登录，管理员在 latchkey.toml 里加一段 [[apps]]，写入它的 appid 和 secret，重启 Latchkey。否则检查小程序请求的地址和它发送的 appid：共用的代码里用 wx.getAccountInfoSync().miniProgram.appId。",
        "If it is to log in with Latchkey, an administrator adds an [[apps]] entry with its appid and secret to latchkey.toml and restarts Latchkey. Otherwise check the address that the mini program calls and the appid that it sends: in shared code, use wx.getAccountInfoSync().miniProgram.appId.",
    ),
    snippet: None,
    saying: sayings::LOGIN_NEEDS_ADMIN,
};

const NO_APPID: Story = Story {
    headline: ("请求没有说明是哪个小程序", "The request does not say which mini program it is for"),
    happened: (
        "请求里没有 appid，来源（Referer）也不像小程序的，而 Latchkey 配置了几个小程序。微信没有收到这次请求。",
        "The request names no appid and has no Referer of a mini program, while Latchkey is configured for several. WeChat was not asked.",
    ),
    fix: (
        "由后端转发的请求没有微信的 Referer：转发时在请求里加上 appid。小程序直接请求时不需要。",
        "A request that a back end forwards has no Referer of WeChat's: add the appid to it there. A mini program that calls Latchkey itself need not.",
    ),
    ..NOT_CONFIGURED
};
