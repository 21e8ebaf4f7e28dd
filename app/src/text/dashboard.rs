//! The dashboard, what is live, and the health of the mini programs.

use super::{Lang, T};

texts! {
    // Numbers of today
    today_numbers: "今天", "Today so far, compared with the same time of day";
    logins: "登录", "Logins";
    new_users: "新用户", "New users";
    phones_bound: "绑定手机号", "Phones bound";
    phone_failure_rate: "手机号失败率", "Phone failure rate";
    phone_heal_rate: "自动修复率", "Repaired automatically";
    phone_failure_rate_lead: "手机号请求中失败的比例", "Of all requests for a phone number, the share that failed";
    phone_heal_rate_lead: "有问题的手机号请求中，被自动修复的比例", "Of the requests that came flawed, the share that was repaired";
    yesterday_now: "昨天此时", "Yesterday";
    week_ago_now: "上周今天此时", "A week ago";

    // Charts
    returning: "老用户", "Returning";
    fresh_users: "新用户", "New";
    logins_chart: "每个时段的登录次数，数据见下方表格", "Logins over time; the numbers are in the table below";
    phone_requests: "手机号请求", "Phone requests";
    phones_chart: "每个时段的手机号请求结果，数据见下方表格", "Phone requests over time; the numbers are in the table below";
    at_once: "直接成功", "Went well";
    nothing_counted: "这段时间没有数据", "Nothing in this period";

    // Live
    new_failures: "{} 条新记录 · 显示", "{} new · show";

    // Nobody has called yet
    connect: "接入小程序", "Connect your mini program";
    connect_lead: "还没有收到登录。按下面三步接入后，登录、手机号和失败诊断会出现在这里。",
        "No login has arrived yet. After these three steps, logins, phone numbers and failures appear here.";
    connect_domain: "在 mp.weixin.qq.com 的「开发管理 → 开发设置 → 服务器域名」中，把下面的地址加入 request 合法域名：",
        "At mp.weixin.qq.com, 开发管理 → 开发设置 → 服务器域名 (server domains), add this address to the request domains:";
    connect_code: "在小程序中登录，并用手机号按钮绑定：", "Log in from the mini program, and bind the phone with its button:";
    connect_watch: "在真机上打开小程序，点一次手机号按钮，然后回到这里。", "Open the mini program on a phone, tap the button once, and come back here.";
    connect_check: "登录失败时，原因会出现在「失败诊断」；AppSecret、IP 白名单等问题会出现在「小程序」。",
        "If a login fails, its cause is under Failures; a wrong AppSecret or IP whitelist is under Mini programs.";
    connect_apps: "检查小程序配置", "Check the configuration";

    // Health of a mini program
    credentials: "AppID 与 AppSecret", "AppID and AppSecret";
    credentials_good: "有效", "Valid";
    credentials_bad: "被微信拒绝", "Refused by WeChat";
    credentials_untested: "尚未验证", "Not tested yet";
    last_proven: "最近一次被微信接受：", "Last taken by WeChat: ";
    untested_lead: "还没有登录，也没有获取过 access_token。", "Nobody has logged in, and no access_token was needed yet.";
    access_token: "access_token", "access_token";
    token_age: "已使用", "Age";
    renews_at: "下次更新：", "Next renewal: ";
    token_failed: "获取失败", "Could not be fetched";
    no_answer_from_wechat: "微信没有回答", "WeChat gave no answer";
    last_push: "最近收到：", "Last received: ";
    no_push_yet: "最近 30 天没有收到", "None in the last 30 days";
    push_refused: "最近被拒绝：", "Last refused: ";
    unionid_share: "带 unionid 的登录（近 7 天）", "Logins with a unionid (7 days)";
    unionid_missing: "所有登录都没有 unionid：小程序还没有绑定到微信开放平台账号。在 open.weixin.qq.com 的「管理中心 → 小程序」绑定后，同一个人在不同小程序中会是同一个用户。",
        "No login came with a unionid: this mini program is not linked to an Open Platform account. Link it at open.weixin.qq.com, 管理中心 → 小程序, and one person will be one user in all your mini programs.";
    logins_today: "今日登录", "Logins today";
    failure_rate_week: "手机号失败率（近 7 天）", "Phone failure rate (7 days)";
    check_now: "立即检查", "Check now";
    app_checked: "微信接受了 AppID 和 AppSecret", "WeChat takes AppID and AppSecret";
    app_checked_lead: "access_token 可用，服务器地址也在白名单中。其他服务器的 access_token 不受影响。",
        "An access_token is there, and this server's address is allowed. Tokens of other servers are not touched.";
    alerts: "告警", "Alerts";
}

impl T {
    /// `3.2%`; a dash where there is nothing to take a share of.
    pub fn rate(self, thousandths: Option<i64>) -> String {
        thousandths.map_or_else(|| "–".to_owned(), |rate| format!("{}.{}%", rate / 10, rate % 10))
    }

    /// A count, with its thousands apart.
    pub fn count(self, count: i64) -> String {
        let digits = count.unsigned_abs().to_string();
        let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect::<Vec<_>>();
        format!("{}{}", if count < 0 { "-" } else { "" }, groups.join(","))
    }

    /// How much more or less a count is than it was: `+12%`. `None` where there was nothing.
    pub fn growth(self, now: i64, before: i64) -> Option<String> {
        let change = (before > 0).then(|| ((now - before) * 100 + before / 2).div_euclid(before))?;
        Some(format!("{}{}%", sign(change), change.unsigned_abs()))
    }

    /// How many points more or less a rate is than it was.
    pub fn points(self, now: Option<i64>, before: Option<i64>) -> Option<String> {
        let change = now? - before?;
        let points = format!("{}{}.{}", sign(change), change.unsigned_abs() / 10, change.unsigned_abs() % 10);
        Some(match self.0 {
            Lang::Zh => format!("{points} 个百分点"),
            Lang::En => format!("{points} points"),
        })
    }

    /// When a day begins whose midnight lies within an hour of UTC.
    pub fn days_begin(self, clock: &str) -> String {
        match self.0 {
            Lang::Zh => format!("数字按 UTC 整点统计，这个时区的一天从 {clock} 算起。"),
            Lang::En => {
                format!("Numbers are counted by whole hours of UTC: in this zone, a day of them begins at {clock}.")
            }
        }
    }

    /// From when on logins are counted.
    pub fn logins_since(self, moment: &str) -> String {
        match self.0 {
            Lang::Zh => format!("登录次数从 {moment} 开始统计，此前没有数据。"),
            Lang::En => format!("Logins are counted since {moment}; before that nothing is known."),
        }
    }
}

const fn sign(change: i64) -> &'static str {
    match change {
        ..0 => "−",
        0 => "±",
        1.. => "+",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        let (zh, en) = (T(Lang::Zh), T(Lang::En));
        assert_eq!([zh.count(0), zh.count(999), zh.count(1_234_567)], ["0", "999", "1,234,567"]);
        assert_eq!(
            (zh.rate(Some(32)), zh.rate(Some(1000)), zh.rate(None)),
            ("3.2%".into(), "100.0%".into(), "–".into())
        );
        assert_eq!((zh.growth(112, 100), zh.growth(50, 100)), (Some("+12%".into()), Some("−50%".into())));
        assert_eq!((zh.growth(3, 0), zh.growth(5, 5)), (None, Some("±0%".into())));
        assert_eq!(en.points(Some(32), Some(40)), Some("−0.8 points".into()));
        assert_eq!(zh.points(Some(32), None), None);
    }
}
