//! WeChat's own answers: quotas, outages, users it keeps out.

use super::{Saying, Story, sayings};
use crate::types::{Failure, Proof, Stage};

pub(super) fn quota_exhausted(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::Errcode(45009) => DAY_USED_UP,
        _ => TOO_FAST,
    }
}

const TOO_FAST: Story = Story {
    headline: ("调用微信过于频繁（45011）", "Too many calls to WeChat within a minute (45011)"),
    happened: (
        "微信说一分钟内调用太频繁（45011）。登录的限额是同一用户每分钟 100 次，多半是小程序在循环调用 wx.login。",
        "WeChat says that there were too many calls within a minute (45011). For logins the limit is 100 a minute for one user, so most likely the mini program calls wx.login in a loop.",
    ),
    fix: (
        "一次启动登录一次，之后使用 token（见 logIn）；失败后按响应头 Retry-After 等待再重试，并限制重试次数。",
        "Log in once per start and use the token from then on. After a failure wait as the Retry-After header says, and limit the retries.",
    ),
    snippet: None,
    saying: Saying {
        support: (
            "请用户一分钟后再试。反复出现时，把「以文本复制」的内容发给开发人员。",
            "Ask the user to try again in a minute. If it comes back, send the developers the text under \"Copy as text\".",
        ),
        user: ("请一分钟后再试。", "Please try again in a minute."),
    },
};

const DAY_USED_UP: Story = Story {
    headline: ("小程序当天的调用额度已用完（45009）", "The mini program's calls of the day are used up (45009)"),
    happened: (
        "{app} 当天调用这个微信接口的额度已经用完（45009），应在北京时间次日零点恢复。",
        "{app} has used up its calls of this WeChat interface for the day (45009). They should come back at midnight, Beijing time.",
    ),
    fix: (
        "确认没有别的系统在消耗同一个小程序的额度（例如各自获取 access_token）。急需恢复时，管理员可以调用微信的 clear_quota 接口清零，每月 10 次。",
        "Check that no other system uses up the quota of the same mini program, by fetching access_tokens of its own, for example. If it cannot wait, an administrator can have WeChat reset the quota with its clear_quota interface, 10 times a month.",
    ),
    saying: sayings::PHONE_NEEDS_ADMIN,
    ..TOO_FAST
};

pub(super) fn wechat_busy(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::UsedAfterBusy => Story { saying: BUSY_LOGIN, ..SPENT_WHILE_BUSY },
        _ if failure.stage == Stage::LoginCode => Story { saying: BUSY_LOGIN, ..BUSY },
        _ => BUSY,
    }
}

const BUSY_LOGIN: Saying = Saying {
    support: (
        "请用户几分钟后重新进入小程序。持续出现时，请告诉管理员。",
        "Ask the user to open the mini program again in a few minutes. If it goes on, tell an administrator.",
    ),
    user: sayings::LATER.user,
};

const BUSY: Story = Story {
    headline: ("微信系统繁忙", "WeChat was busy"),
    happened: (
        "微信的服务器返回「系统繁忙」（-1），Latchkey 重试一次之后仍是如此。",
        "WeChat's servers answered 'system error' (-1), and did so again when Latchkey tried once more.",
    ),
    fix: (
        "不需要修改。小程序按响应头 Retry-After 等待后再试即可：登录要重新调用 wx.login，手机号 code 要请用户重新点按钮。",
        "Nothing needs to be changed. The mini program waits as the Retry-After header says and tries again: for a login with a new wx.login, for a phone code with a new tap.",
    ),
    snippet: None,
    saying: sayings::LATER,
};

const SPENT_WHILE_BUSY: Story = Story {
    headline: ("微信繁忙时用掉了登录 code", "WeChat spent the login code while it was busy"),
    happened: (
        "微信第一次返回繁忙（-1），Latchkey 重试时它说 code 已经用过（40163）。很可能第一次其实已经用掉了 code，但结果没有返回。",
        "WeChat was busy at first (-1), and when Latchkey tried again it said that the code had been used (40163). Most likely the first try spent the code and its result got lost.",
    ),
    ..BUSY
};

pub(super) fn wechat_unreachable(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::UsedAfterNoAnswer => SPENT_WITHOUT_ANSWER,
        _ => UNREACHABLE,
    }
}

const UNREACHABLE: Story = Story {
    headline: ("微信没有给出可用的响应：{no_answer}", "WeChat gave no usable answer: {no_answer}"),
    happened: (
        "Latchkey 没有从微信得到可以理解的响应（{no_answer}）。即便如此，微信也可能已经用掉了 code。",
        "Latchkey got no answer from WeChat that it could understand ({no_answer}). WeChat may have spent the code all the same.",
    ),
    fix: (
        "偶尔一次不需要处理；小程序重试登录时重新调用 wx.login，重试手机号 code 时请用户重新点按钮。持续出现时，管理员检查服务器能否访问 api.weixin.qq.com 的 443 端口：DNS、防火墙、代理。",
        "Once in a while it needs nothing; the mini program retries a login with a new wx.login, and a phone code with a new tap. If it goes on, an administrator checks that the server reaches api.weixin.qq.com on port 443: DNS, firewall, proxy.",
    ),
    snippet: None,
    saying: Saying {
        support: (
            "请用户几分钟后再试。持续出现时，请立即告诉管理员。",
            "Ask the user to try again in a few minutes. If it goes on, tell an administrator at once.",
        ),
        user: ("网络繁忙，请过几分钟再试。", "The network is busy. Please try again in a few minutes."),
    },
};

const SPENT_WITHOUT_ANSWER: Story = Story {
    headline: ("微信用掉了登录 code，但没有给出结果", "WeChat spent the login code and its result got lost"),
    happened: (
        "这个 code 以前来过，当时没有得到微信的响应；现在微信说它已经用过（40163）。所以上一次微信其实处理了它，只是结果没有送达。",
        "This code came before and WeChat gave no answer; now it says that the code has been used (40163). So WeChat did take it then, and its result got lost.",
    ),
    fix: (
        "重试登录时重新调用 wx.login，不要重发同一个 code。经常出现时，管理员检查服务器到 api.weixin.qq.com 的网络。",
        "Retry a login with a new wx.login instead of sending the same code. If it happens often, an administrator checks the network from the server to api.weixin.qq.com.",
    ),
    saying: sayings::OPEN_AGAIN,
    ..UNREACHABLE
};

pub(super) const USER_BLOCKED_BY_WECHAT: Story = Story {
    headline: ("用户被微信限制登录", "WeChat keeps this user out"),
    happened: (
        "微信认为这个用户风险较高，不允许登录这个小程序（40226）。Latchkey 无法改变这个决定。",
        "WeChat rates this user as a high risk and does not let them log in to this mini program (40226). Latchkey cannot change that.",
    ),
    fix: (
        "不需要修改，也不要重试。小程序在 nextStep 为 stop 时向用户显示 msg。",
        "Nothing needs to be changed, and a retry does not help. When nextStep is stop, the mini program shows msg to the user.",
    ),
    snippet: None,
    saying: Saying {
        support: (
            "请用户在微信里查看账号状态，并向微信客服申诉。我们无法解除。",
            "Ask the user to look at their account in WeChat and to appeal there. We cannot lift it.",
        ),
        user: (
            "微信限制了您的账号在这里登录，请联系微信客服。",
            "WeChat does not let your account log in here. Please contact WeChat's support.",
        ),
    },
};
