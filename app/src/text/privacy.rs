//! Seeing, exporting and erasing one person's data.

use super::{Lang, T};
use crate::types::ErasePreview;

texts! {
    // Reveal
    reveal_phone: "查看完整号码", "Show the full number";
    reveal_lead: "号码显示 60 秒。您的用户名、时间和原因会写入审计日志，也会列在这个用户的页面上。", "It is shown for 60 seconds. Your name, the time and the reason go into the audit log and stand on this user's page.";
    show: "查看", "Show";
    reason_example: "例如：用户来电，核对身份", "For example: the caller's identity is checked";
    reason_stays: "原因写入后无法修改或删除，请不要填写手机号、姓名等个人信息。", "A reason can never be changed or removed: please write no phone, name or other personal data.";
    number_hidden: "号码已隐藏", "The number is hidden again";
    wait_more: "还需等待：", "Time to wait: ";

    // Export and erase
    privacy_requests: "个人信息请求", "Privacy requests";
    privacy_requests_lead: "用户要求查阅或删除自己的个人信息时使用", "When users ask for their data, or for its end";
    export_person: "导出个人数据", "Export the personal data";
    person_export_lead: "得到一个 JSON 文件，包含系统中关于此人的全部数据和完整手机号，不含密钥和令牌。会写入审计日志，并计入每小时查看次数。", "One JSON file with all that is held about the person, the full numbers included, without keys and tokens. It goes into the audit log and counts as one look of this hour.";
    download: "下载", "Download";
    erase_person: "删除个人数据", "Erase the personal data";
    erase_lead: "以下内容会立即、永久删除，无法恢复。", "This goes at once and for good. Nobody can bring it back.";
    goes: "会删除", "What goes";
    stays: "会保留", "What stays";
    stays_id: "用户 ID、注册时间和最近登录时间，不含任何个人数据", "The user id, and when the user was created and last logged in, with nothing personal";
    stays_history: "手机号历史的时间、来源和小程序，不含号码", "The history's lines: time, source and mini program, without the numbers";
    stays_failures: "失败记录的原因和次数，不再属于任何用户", "Causes and counts of failures, which are nobody's any more";
    stays_audit: "审计日志：操作人做过什么、看过什么，以及这次删除的记录", "The audit log: what operators did and saw, and the record of this erasure";
    stays_backups: "此前的数据库备份：请让它们到期删除", "Backups made before: let them expire";
    goes_phone: "当前手机号", "The phone";
    goes_profile: "昵称、头像、性别、地区", "Nickname, avatar, gender and place";
    nothing_held: "没有", "none";
    erase_now: "永久删除", "Erase for good";
    erased_user: "已删除的用户", "Erased user";
    erased: "已删除", "Erased";
    erased_at: "删除时间", "Erased";
    person_erased: "个人数据已删除", "The personal data is erased";
    person_erased_lead: "此人再次登录时会成为一个新用户。此前的数据库备份里仍有这些数据，请让备份到期删除。", "Who comes back is a new user. Backups made before still hold the data: let them expire.";
    erasures: "删除记录", "Erasures";
    erasures_lead: "删除了什么、为什么，不含被删除的内容", "What was erased and why, without what it was";
    what: "内容", "What";
    on_wish_of: "起因", "Cause";

    // Problems
    reason_problem: "请填写原因，且不要包含手机号", "Please give a reason, without a phone number in it";
    reason_problem_lead: "原因会永久保存在审计日志里，最多 500 字。连续 8 位及以上的数字可能是手机号，不能保存；工单号请用字母隔开，例如 2026A1121。",
        "It is kept in the audit log for ever; 500 characters at most. 8 digits or more in a row may be a phone number and are refused: break a ticket number with a letter, such as 2026A1121.";
    no_phone_problem: "该用户没有手机号", "This user has no phone";
    no_phone_problem_lead: "号码可能刚被解绑或删除，请刷新页面。", "It may have just been unbound or erased. Load the page again.";
    erased_problem: "该用户的个人数据已删除", "This user's data is erased already";
    erased_problem_lead: "没有可删除的内容了，删除记录在用户页面上。", "Nothing is left to erase. The record stands on the user's page.";
    too_many_reveals: "本小时的查看次数已用完", "You have looked at enough people's data for this hour";
    too_many_reveals_lead: "每位操作人每小时最多查看或导出 30 次，请稍后再试，或请同事协助。", "An operator may reveal or export 30 times an hour. Try again later, or ask a colleague.";
}

impl T {
    /// What frames the seconds that are left.
    pub const fn hidden_in(self) -> (&'static str, &'static str) {
        match self.0 {
            Lang::Zh => ("", " 秒后隐藏"),
            Lang::En => ("hidden in ", " s"),
        }
    }

    /// What an erasure took: a name in the database.
    pub fn erased_what(self, what: &str) -> String {
        let (zh, en) = match what {
            "phone" => ("手机号和历史号码", "the phone, and the history's numbers"),
            "profile" => ("昵称或头像", "nickname or avatar"),
            "everything" => ("全部个人数据", "everything personal"),
            other => return other.to_owned(),
        };
        self.pick(zh, en).to_owned()
    }

    /// Why something was erased: an operator's act, or an event of WeChat.
    pub fn erased_why(self, cause: &str) -> String {
        if cause == "erase_user" { self.action(cause) } else { self.push_event(cause) }
    }

    /// What an erasure would take, one line each.
    pub fn goes_list(self, preview: &ErasePreview) -> Vec<(&'static str, String)> {
        let count = |count: usize| if count == 0 { self.nothing_held().to_owned() } else { count.to_string() };
        let yes =
            |held: bool| self.pick(if held { "有" } else { "没有" }, if held { "known" } else { "none" }).to_owned();
        vec![
            (self.goes_phone(), preview.user.phone.clone().unwrap_or_else(|| self.nothing_held().to_owned())),
            (self.pick("历史中的号码", "Lines of the phone history with numbers"), count(preview.held.numbers)),
            (self.goes_profile(), yes(preview.held.profile)),
            (
                self.pick("微信绑定（openid、unionid）", "WeChat bindings (openid, unionid)"),
                count(preview.held.bindings),
            ),
            (self.pick("会话密钥", "Session keys"), count(preview.held.session_keys)),
            (self.pick("登录会话（立即失效）", "Sessions, which end at once"), count(preview.held.sessions)),
            (self.pick("登录等调用记录", "Records of logins and the like"), count(preview.held.calls)),
            (self.pick("失败记录中与此人的关联", "Failure records that name the user"), count(preview.held.failures)),
            (self.pick("与其他用户的冲突", "Conflicts with other users"), count(preview.held.conflicts)),
        ]
    }
}
