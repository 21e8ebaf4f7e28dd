//! The pages about failures: the dashboard, the list, one failure, and trying a decryption.

use super::{Lang, T};
use crate::types::{Rise, Stage};

texts! {
    // Dashboard
    dashboard: "概览", "Overview";
    failures_and_healings: "失败与自动修复", "Failures and healings";
    range: "时间范围", "Period";
    hours_24: "24 小时", "24 hours";
    days_7: "7 天", "7 days";
    days_30: "30 天", "30 days";
    failed_count: "失败", "Failed";
    healed_count: "已自动修复", "Healed";
    chart_label: "每个时段的失败与自动修复次数，数据见下方表格", "Failures and healings over time; the numbers are in the table below";
    failed_and_healed: "每格为：失败 / 已自动修复", "In each cell: failed / healed";
    as_table: "以表格查看", "Show as a table";
    no_trend: "一切正常", "All is well";
    no_trend_lead: "这段时间没有失败，也没有需要修复的请求。", "Nothing failed in this period, and nothing had to be repaired.";
    causes: "原因", "Causes";
    causes_lead: "点击查看对应的记录", "Each leads to its records";
    versions: "小程序版本", "Versions of the mini programs";
    versions_lead: "最新的在最前", "Newest first";
    alerts_waiting: "小程序有需要处理的问题", "A mini program needs your attention";
    see_alerts: "查看原因和处理步骤", "See what is wrong and what to do";

    // List
    failures: "失败诊断", "Failures";
    failures_lead: "每一次失败都有原因、证据和修改方法。", "Every failure with its cause, the proof, and what to change.";
    try_decryption: "试一试解密", "Try a decryption";
    all_causes: "全部", "All";
    cause: "原因", "Cause";
    stage: "阶段", "Stage";
    result: "结果", "Result";
    call: "接口", "Call";
    version: "版本", "Version";
    from_day: "开始日期", "From";
    to_day: "结束日期", "To";
    any: "不限", "Any";
    filter: "筛选", "Filter";
    more_filters: "更多条件", "More filters";
    clear_filters: "清除筛选", "Clear the filters";
    healed: "已自动修复", "Healed";
    failed: "失败", "Failed";
    succeeded_later: "之后成功", "Succeeded later";
    user_unknown: "未知", "Unknown";
    no_failures: "还没有失败记录", "No failures yet";
    no_failures_lead: "登录、手机号或消息推送失败时，原因会出现在这里；自动修复的也会。", "When a login, a phone number or a push fails, its cause appears here, and so does what was healed.";
    no_matching_failures: "没有符合条件的记录", "No failure matches";
    no_matching_failures_lead: "请放宽筛选条件。", "Try fewer filters.";

    // One failure
    failure: "失败详情", "Failure";
    what_happened: "发生了什么", "What happened";
    how_we_know: "怎么知道的", "How we know";
    proved: "已证实", "Proved";
    only_likely: "很可能，未证实", "Likely, not proved";
    not_proved: "未证实任何原因", "No cause is proved";
    kind_of_failure: "原因类别：", "Kind of failure: ";
    what_to_change: "怎么改", "What to change";
    wrong_code: "错误", "Wrong";
    right_code: "正确", "Right";
    helpers: "上面用到的 post 和 logIn", "post and logIn, as used above";
    for_support: "给客服", "For support";
    for_the_user: "告诉用户", "For the user";
    copy_as_text: "以文本复制", "Copy as text";
    copy_as_text_lead: "发给没有控制台账号的开发人员；不含昵称、openid 和手机号。", "For developers who have no console account; without nickname, openid and phone number.";
    copy_all: "复制全文", "Copy it all";
    healed_lead: "Latchkey 已自动修复，用户没有察觉。仍建议修改代码：并非每次都修复得了。",
        "Latchkey repaired this by itself and the user noticed nothing. The code is still worth changing: not every such failure can be healed.";
    succeeded_later_lead: "同一用户之后已成功：", "The same user succeeded later: ";
    keys_tried: "尝试过的密钥", "Keys tried";
    key: "密钥", "Key";
    newest: "最新", "newest";
    key_age: "收到时间", "Received";
    got_to: "结果", "Result";
    fits: "通过全部校验", "passed every check";
    opens: "能解开数据，但内容不符合要求", "opens the data, but what it says is not accepted";
    stopped_at: "未通过：", "failed at: ";
    request: "请求", "The request";
    data_length: "encryptedData 长度", "Length of encryptedData";
    characters: "个字符", "characters";
    bytes: "字节", "bytes";
    iv_length: "iv 长度", "Length of iv";
    code_length: "code 长度", "Length of the code";
    since_login: "最近一次登录", "Last login";
    data_age: "数据生成于", "Data made";
    ahead_of_clock: "（比服务器时间超前）", " (ahead of the server's clock)";
    ciphertext_hash: "密文 SHA-256", "SHA-256 of the ciphertext";
    referer_appid: "来源页的 appid", "The Referer's appid";
    wechat_version: "微信版本", "WeChat";
    sdk_version: "基础库", "Base library";
    platform: "平台", "Platform";
    network: "网络", "Network";
    claimed_openid: "请求里的 openid", "The request's openid";
    time_line: "时间线", "Time line";
    life_lead: "最近 30 天", "The last 30 days";
    time_line_lead: "前一天到后一小时", "From a day before to an hour after";
    this_failure: "本次", "this one";
    this_request: "同一请求", "same request";
    event_login: "用登录 code 登录", "Logged in with a login code";
    event_first_login: "首次用登录 code 登录这个小程序", "Logged in to this mini program with a login code for the first time";
    event_unionid: "微信返回了此前没有的 unionid", "WeChat gave a unionid that was not known before";
    event_same_phone: "再次授权手机号，号码没有变化", "Gave the phone number again: it is the same";
    event_key: "收到新的 session_key", "A new session_key arrived";
    event_data: "数据生成（水印时间）", "The data was made (watermark)";
    event_push: "微信推送：", "Pushed by WeChat: ";
    similar: "相似的失败", "Similar failures";
    similar_lead: "近 7 天，原因、小程序和版本都相同", "Same cause, mini program and version in the last 7 days";
    no_similar: "近 7 天没有其他相同的失败。", "No others in the last 7 days.";
    no_similar_lately: "最新的 4,000 条记录中没有其他相同的失败；更早的没有统计。", "No others among the newest 4,000 records; older ones are not counted.";
    similar_lately: "在最新的 4,000 条记录中，原因、小程序和版本都相同", "Same cause, mini program and version, among the newest 4,000 records";
    see_similar: "查看相似的失败", "See similar failures";
    see_users: "查看该用户的全部失败", "See all failures of this user";
    asked_wechat: "微信的回答", "WeChat's answers";
    ask_wechat: "向微信核实", "Ask WeChat";
    ask_wechat_lead: "请微信确认：保存的最新 session_key 是否仍然有效（checksession）；手机号数据在三天之内的，还会核实这份密文是否由微信生成（checkencryptedmsg）。只发送签名和哈希，用户不会察觉。",
        "Asks WeChat whether the newest session_key that is held is still valid (checksession), and, for phone data of the last three days, whether WeChat made this ciphertext (checkencryptedmsg). Only a signature and a hash are sent; the user notices nothing.";
    asked_done: "微信已回答", "WeChat has answered";
    asked_done_lead: "回答已记入这次失败，见下方「微信的回答」。", "The answer is filed with this failure, under WeChat's answers.";
    not_asked: "还没有问过微信。", "WeChat has not been asked yet.";
    asked_by_itself: "Latchkey 自动", "Latchkey itself";
    key_still_valid: "密钥仍然有效", "The key is still valid";
    key_not_valid: "密钥已无效", "The key is no longer valid";
    made_by_wechat: "密文由微信生成", "WeChat made the ciphertext";
    not_made_by_wechat: "微信最近三天没有这样一份手机号密文的记录", "WeChat knows no such phone ciphertext of the last three days";
    ciphertext_made_at: "微信生成它的时间：", "WeChat made it at ";
    no_answer: "微信没有回答", "WeChat gave no answer";

    // Trying a decryption
    try_lead: "粘贴小程序收到的数据，看它在哪一步失败。输入的内容只用于这一次检查，不保存、不写入日志。",
        "Paste what the mini program received and see which check fails. What you enter is used for this one check: it is not stored and not logged.";
    session_key_optional: "session_key（可不填）", "session_key (optional)";
    session_key_hint: "不填时，只检查格式。不会显示在结果中。", "Without it, only the format is checked. It is never shown again.";
    check: "检查", "Check";
    steps: "检查步骤", "The checks";
    passed: "通过", "passed";
    not_passed: "未通过", "failed";
    not_reached: "未进行", "not reached";
    try_good: "全部检查通过", "Every check passed";
    try_good_lead: "这份数据完好，密钥和小程序都对得上。", "The data is whole, and key and mini program fit.";
    try_form_good: "格式没有问题", "The format is in order";
    try_form_good_lead: "再填入 session_key，就能检查后面的步骤。", "Add the session_key to take it through the other checks.";
    try_bad: "停在：", "Stopped at: ";
}

impl T {
    pub const fn stage_name(self, stage: Stage) -> &'static str {
        let (zh, en) = match stage {
            Stage::LoginCode => ("登录 code", "Login code"),
            Stage::PhoneCode => ("手机号 code", "Phone code"),
            Stage::Button => ("手机号按钮", "Phone button"),
            Stage::Signature => ("rawData 签名", "Signature of rawData"),
            Stage::Push => ("消息推送", "Message push"),
            Stage::Base64 => ("base64 解码", "base64"),
            Stage::Length => ("密文长度", "Length of the ciphertext"),
            Stage::Iv => ("iv", "iv"),
            Stage::Key => ("session_key", "session_key"),
            Stage::Padding => ("解密与填充", "Decryption and padding"),
            Stage::Utf8 => ("UTF-8 文本", "UTF-8 text"),
            Stage::Json => ("JSON 格式", "JSON"),
            Stage::Watermark => ("水印：小程序与时间", "Watermark: mini program and time"),
            Stage::Owner => ("数据归属", "Whose data it is"),
            Stage::Done => ("全部校验", "Every check"),
        };
        self.pick(zh, en)
    }

    /// What it usually means that data stops at this check.
    pub const fn stage_meaning(self, stage: Stage) -> &'static str {
        let (zh, en) = match stage {
            Stage::Base64 => (
                "这不是 base64：检查是否发错了字段，或在途中被改动。",
                "This is no base64: the wrong field was sent, or it was changed on the way.",
            ),
            Stage::Length => (
                "密文必须是完整的 16 字节分组：末尾很可能被截断。",
                "A ciphertext is made of whole blocks of 16 bytes: the end is probably cut off.",
            ),
            Stage::Iv => (
                "iv 必须是 16 字节，base64 为 24 个字符，与数据取自同一个 e.detail。",
                "iv has to be 16 bytes, 24 characters of base64, from the same e.detail as the data.",
            ),
            Stage::Key => (
                "session_key 必须是 16 字节，base64 为 24 个字符。",
                "A session_key has 16 bytes, 24 characters of base64.",
            ),
            Stage::Padding | Stage::Utf8 | Stage::Json => (
                "密钥不是加密时用的那一把（多半是之后又调用了 wx.login），或者 iv、密文不匹配。",
                "The key is not the one it was encrypted under (usually wx.login was called since), or iv and ciphertext do not belong together.",
            ),
            Stage::Watermark => (
                "数据能解开，但它属于另一个小程序，或者不是新生成的。",
                "It opens, but it is another mini program's, or not fresh.",
            ),
            Stage::Owner => ("数据完好，但属于另一个用户。", "It is whole, and another user's."),
            Stage::LoginCode | Stage::PhoneCode | Stage::Button | Stage::Signature | Stage::Push | Stage::Done => {
                ("", "")
            }
        };
        self.pick(zh, en)
    }

    /// When a ciphertext was made, as seen from the arrival of the oldest session_key that was tried on it.
    pub fn before_oldest_key(self, ms: i64) -> String {
        let before = self.before(ms);
        match self.0 {
            Lang::Zh => format!("最早一把密钥到达 {before}"),
            Lang::En => format!("{before} the oldest key came"),
        }
    }

    /// The period of the dashboard; one that there is no link to is told in days.
    pub const fn period(self, days: i64) -> &'static str {
        match days {
            1 => self.hours_24(),
            7 => self.days_7(),
            _ => self.days_30(),
        }
    }

    /// An event that WeChat pushes; its own name when it is none of the usual ones.
    pub fn push_event(self, event: &str) -> String {
        let (zh, en) = match event {
            "user_info_modified" => ("用户修改了资料", "the user changed the profile"),
            "user_authorization_revoke" => ("用户撤回了授权", "the user withdrew consent"),
            "user_authorization_cancellation" => ("用户注销了账号", "the user cancelled the account"),
            other => return other.to_owned(),
        };
        self.pick(zh, en).to_owned()
    }

    /// Failures of a version, compared with the one before.
    pub fn rose(self, rise: Rise, version: &str) -> String {
        let (times, before, after) = (rise.times, self.rate(Some(rise.before)), self.rate(Some(rise.after)));
        match self.0 {
            Lang::Zh => format!("自版本 {version} 起，失败率增至 {times} 倍：{before} → {after}（含已自动修复的）"),
            Lang::En => format!(
                "failures rose {times}-fold since version {version}: {before} → {after} of the calls, healed ones included"
            ),
        }
    }

    /// How many of a bucket of a chart, for the pointer that rests on it: `11-21：失败 3，已自动修复 2`.
    pub fn bucket(self, when: &str, counts: &[(&str, i64)]) -> String {
        let (colon, comma) = match self.0 {
            Lang::Zh => ("：", "，"),
            Lang::En => (": ", ", "),
        };
        let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
        format!("{when}{colon}{}", counts.join(comma))
    }

    /// A version of a mini program as people call it.
    pub fn version_name(self, version: &str) -> String {
        let (zh, en) = match version {
            "0" => ("体验版或审核版", "trial or review"),
            "devtools" => ("开发者工具", "developer tools"),
            release => return self.pick("版本 ", "version ").to_owned() + release,
        };
        self.pick(zh, en).to_owned()
    }
}
