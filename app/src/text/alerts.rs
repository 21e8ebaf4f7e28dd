//! What is wrong with a mini program, and how to put it right.

use super::{Lang, T};
use crate::types::AlertKind;

impl T {
    /// Headline and the steps to take, in their order.
    pub const fn alert(self, kind: AlertKind) -> (&'static str, &'static [&'static str]) {
        match self.0 {
            Lang::Zh => zh(kind),
            Lang::En => en(kind),
        }
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one arm for each alert, and none may be missing")]
const fn zh(kind: AlertKind) -> (&'static str, &'static [&'static str]) {
    match kind {
        AlertKind::SecretLeaked => (
            "AppSecret 已泄露：小程序把它发了过来",
            &[
                "在 mp.weixin.qq.com 的「开发管理 → 开发设置」重置 AppSecret，旧的立即失效。",
                "把新的 AppSecret 写入 latchkey.toml 的 secret（或 LATCHKEY_SECRET），重启 Latchkey。在此之前无法登录。",
                "从小程序代码中删除 AppSecret 并重新发布：代码包里的内容任何人都能看到。",
            ],
        ),
        AlertKind::AppidWrong => (
            "微信不认识这个 AppID",
            &[
                "在 mp.weixin.qq.com 的「开发管理 → 开发设置」核对 AppID。",
                "改正 latchkey.toml 的 appid（或 LATCHKEY_APPID），注意大小写和空格，重启 Latchkey。",
                "如果只有绑定手机号失败：code 来自另一个小程序，请检查请求里的 appid。",
            ],
        ),
        AlertKind::SecretWrong => (
            "AppSecret 不正确，或已被重置",
            &[
                "向小程序管理员索取当前的 AppSecret；没有保存的话，在 mp.weixin.qq.com 的「开发管理 → 开发设置」重置。",
                "写入 latchkey.toml 的 secret（或 LATCHKEY_SECRET），重启 Latchkey。",
            ],
        ),
        AlertKind::SecretFrozen => (
            "AppSecret 已被冻结",
            &[
                "请小程序管理员在 mp.weixin.qq.com 的「开发管理 → 开发设置」解冻 AppSecret。",
                "如果当初因怀疑泄露而冻结，请改为重置，并更新 latchkey.toml 的 secret（或 LATCHKEY_SECRET），重启 Latchkey。",
            ],
        ),
        AlertKind::AddressNotListed => (
            "本服务器的 IP 地址不在白名单中",
            &[
                "登录 mp.weixin.qq.com，打开「开发管理 → 开发设置 → IP白名单」。",
                "加入下面显示的地址，由管理员扫码确认。",
                "有多个节点或出口地址时，每个都要加入。",
            ],
        ),
        AlertKind::AddressUnconfirmed => (
            "微信要求管理员确认本服务器的 IP 地址",
            &[
                "请小程序管理员在微信中同意这个地址的调用请求。",
                "已被拒绝的话需要等待：errcode 89506 等 24 小时，89507 等 1 小时，请先与管理员沟通。",
            ],
        ),
        AlertKind::NotPermitted => (
            "小程序没有这个接口的权限",
            &[
                "在 mp.weixin.qq.com 确认小程序已完成微信认证；个人主体不能获取手机号。",
                "在「开发管理 → 接口设置」查看并开通接口权限。",
            ],
        ),
        AlertKind::AccountFrozen => (
            "小程序账号被冻结，或被禁止调用接口",
            &["登录 mp.weixin.qq.com，在通知中心查看原因。", "按提示整改或申诉；恢复之前，请求会一直失败。"],
        ),
        AlertKind::DayQuota => (
            "今天的接口调用次数已用完",
            &[
                "等到次日零点，额度会自动恢复。",
                "急用时可以调用微信的 clear_quota 接口清零，每月共 10 次。",
                "检查是否有其他系统在使用同一个 AppID，或流量异常。",
            ],
        ),
        AlertKind::MinuteQuota => (
            "一分钟内调用微信过于频繁",
            &[
                "偶尔出现无需处理：下一分钟自动恢复，小程序会收到重试提示。",
                "反复出现时，检查小程序是否在循环调用 wx.login，或有人在刷接口。",
            ],
        ),
        AlertKind::PhoneQuota => (
            "手机号验证的额度已用完",
            &[
                "登录 mp.weixin.qq.com，在「付费管理」购买手机号验证组件的资源包。",
                "在此之前用户无法授权手机号，登录不受影响。",
            ],
        ),
        AlertKind::PhoneOpenid => (
            "微信没有核对手机号 code 属于哪个用户",
            &[
                "Latchkey 用手机号 code 换取号码时会附上用户的 openid，让微信拒绝别人的 code。微信回复 47001（参数格式错误），Latchkey 已去掉 openid 重试，用户不受影响。",
                "偶尔出现无需处理。反复出现时，把 rid 发给微信技术支持，询问 getuserphonenumber 为什么不接受 openid。",
                "在此之前，拿到别人手机号 code 的人可以绑定别人的号码：不要在日志或页面地址里留下这个 code。",
            ],
        ),
        AlertKind::DamagedValue => (
            "有加密保存的数据无法解密",
            &[
                "在服务器日志中查找「a sealed value does not open」，它说明了是哪一列，以及是密钥缺失还是数据损坏。",
                "密钥缺失：在 LATCHKEY_DATA_KEYS（或密钥文件）中补上以前的密钥，重启 Latchkey。",
                "数据损坏：这一行已被改动，或从别处搬来。请用备份恢复这一行，并查清谁能直接访问数据库。恢复之前，此用户的登录和绑定会失败。",
            ],
        ),
        AlertKind::Other => (
            "微信拒绝了请求",
            &[
                "在微信官方文档中按 errcode 查找原因。",
                "无法解决时，把 rid 发给微信技术支持；rid 只能查询 7 天内的请求。",
            ],
        ),
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one arm for each alert, and none may be missing")]
const fn en(kind: AlertKind) -> (&'static str, &'static [&'static str]) {
    match kind {
        AlertKind::SecretLeaked => (
            "The AppSecret has leaked: a mini program sent it here",
            &[
                "Reset the AppSecret at mp.weixin.qq.com, 开发管理 → 开发设置 (development settings). The old one dies at once.",
                "Put the new one into latchkey.toml as secret (or into LATCHKEY_SECRET) and restart Latchkey. Until then nobody can log in.",
                "Remove the AppSecret from the mini program's code and publish it again: anybody can read what is in the package.",
            ],
        ),
        AlertKind::AppidWrong => (
            "WeChat does not know this AppID",
            &[
                "Look the AppID up at mp.weixin.qq.com, 开发管理 → 开发设置 (development settings).",
                "Correct appid in latchkey.toml (or LATCHKEY_APPID), minding case and spaces, and restart Latchkey.",
                "If only binding phones fails, the code comes from another mini program: check the appid in its requests.",
            ],
        ),
        AlertKind::SecretWrong => (
            "The AppSecret is wrong, or was reset",
            &[
                "Ask the mini program's administrator for the current AppSecret. If nobody has it, reset it at mp.weixin.qq.com, 开发管理 → 开发设置 (development settings).",
                "Put it into latchkey.toml as secret (or into LATCHKEY_SECRET) and restart Latchkey.",
            ],
        ),
        AlertKind::SecretFrozen => (
            "The AppSecret is frozen",
            &[
                "Ask the mini program's administrator to unfreeze it at mp.weixin.qq.com, 开发管理 → 开发设置 (development settings).",
                "If it was frozen because it may have leaked, reset it instead, put the new one into latchkey.toml as secret (or into LATCHKEY_SECRET) and restart Latchkey.",
            ],
        ),
        AlertKind::AddressNotListed => (
            "This server's IP address is not on the whitelist",
            &[
                "Sign in to mp.weixin.qq.com and open 开发管理 → 开发设置 → IP白名单 (IP whitelist).",
                "Add the address shown below; the administrator confirms with a scan.",
                "With several nodes or outgoing addresses, add every one of them.",
            ],
        ),
        AlertKind::AddressUnconfirmed => (
            "WeChat wants the administrator to confirm this server's IP address",
            &[
                "Ask the mini program's administrator to accept the request for this address in WeChat.",
                "Once refused it takes time: 24 hours after errcode 89506, one hour after 89507. Talk to the administrator first.",
            ],
        ),
        AlertKind::NotPermitted => (
            "The mini program may not use this interface",
            &[
                "Check at mp.weixin.qq.com that the mini program is verified (微信认证). Personal accounts get no phone numbers.",
                "Look at its permissions in 开发管理 → 接口设置 (interface settings) and ask for what is missing.",
            ],
        ),
        AlertKind::AccountFrozen => (
            "The mini program's account is frozen, or barred from the API",
            &[
                "Sign in to mp.weixin.qq.com and read the reason in 通知中心 (notifications).",
                "Do what it asks, or appeal. Until then requests keep failing.",
            ],
        ),
        AlertKind::DayQuota => (
            "Today's API quota is used up",
            &[
                "It comes back by itself at midnight, Chinese time.",
                "If it cannot wait, call WeChat's clear_quota; that works ten times a month.",
                "Look for another system that uses the same AppID, and for unusual traffic.",
            ],
        ),
        AlertKind::MinuteQuota => (
            "Too many calls to WeChat within a minute",
            &[
                "Now and then there is nothing to do: it passes with the minute, and the mini program is told to retry.",
                "If it goes on, look for a mini program that calls wx.login in a loop, or for somebody who floods the API.",
            ],
        ),
        AlertKind::PhoneQuota => (
            "The purchased phone numbers are used up",
            &[
                "Sign in to mp.weixin.qq.com and buy a package for the phone number component in 付费管理 (paid services).",
                "Until then users cannot share their phone. Logins go on.",
            ],
        ),
        AlertKind::PhoneOpenid => (
            "WeChat did not check whose phone code it is",
            &[
                "Latchkey sends the user's openid with each phone code, so that WeChat refuses the code of somebody else. WeChat answered 47001 (data format error), and Latchkey asked again without the openid. The user noticed nothing.",
                "If it happens now and then, there is nothing to do. If it goes on, give the rid to WeChat's support and ask why getuserphonenumber does not take the openid.",
                "Until then, whoever gets hold of another user's phone code can bind that user's number: keep the code out of logs and page addresses.",
            ],
        ),
        AlertKind::DamagedValue => (
            "A sealed value does not open",
            &[
                "Look for \"a sealed value does not open\" in the server's log: it names the column, and whether the key is missing or the value is damaged.",
                "A missing key: add the former one to LATCHKEY_DATA_KEYS (or to the key file) and restart Latchkey.",
                "A damaged value: its row was changed, or copied from elsewhere. Put the row back from a backup, and find out who can reach the database. Until then this user's logins and binds fail.",
            ],
        ),
        AlertKind::Other => (
            "WeChat refused a request",
            &[
                "Look the errcode up in WeChat's documentation.",
                "If that does not help, give the rid to WeChat's support; it can be looked up for 7 days.",
            ],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{AlertKind, Lang, T};

    #[test]
    fn every_alert_says_what_to_do_as_often_in_both_languages() {
        for kind in AlertKind::ALL {
            let (zh, en) = (T(Lang::Zh).alert(kind), T(Lang::En).alert(kind));
            assert!(!zh.1.is_empty(), "{kind:?}");
            assert_eq!(zh.1.len(), en.1.len(), "{kind:?}");
        }
    }
}
