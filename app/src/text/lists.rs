//! The search box, the users list, what is done to several users at once, and exports.

use super::{Lang, T};
use crate::types::{UserSort, UserStatus};

texts! {
    recent_searches: "最近搜索", "Recent searches";
    clear_recent: "清空", "Clear";
    searched_part: "只查找了一部分用户，请翻页继续。", "Only a part of the users was looked through. Go on with the next page.";
    records_of_code: "支持码对应的失败记录", "Failures with this support code";
    code_mistyped: "支持码有误", "This support code is mistyped";
    code_mistyped_lead: "末位校验不符，请与用户的截图逐位核对。支持码共 8 位，不含 0、1、I、L、O。", "Its check character does not fit. Compare it with the user's screenshot: 8 characters, never 0, 1, I, L or O.";
    code_without_record: "没有与此支持码对应的记录", "No record has this support code";
    code_without_record_lead: "支持码无误，但以下情况不留记录：参数有误（400），没有有效的登录凭证（401），接口或方法不存在（404、405），内容过大（413），操作过于频繁（429），服务器自身的故障（5xx，请在日志中搜索此支持码），以及短时间内大量失败时未逐条记录的部分。超过保存天数的记录也已删除。",
        "The code is right, but some failures leave no record: bad parameters (400), no valid token (401), unknown paths and methods (404, 405), bodies that are too large (413), too many calls (429), faults of the server itself (5xx: search the log for this code), and what was left out of a flood of failures. Old records have been deleted, too.";
    no_matching_users: "没有符合筛选条件的用户", "No user fits these filters";
    no_matching_users_lead: "请减少筛选条件，或清除后重新筛选。", "Take a filter away, or clear them all.";
    searched_records: "只查找了一部分记录，请翻页继续。", "Only a part of the records was looked through. Go on with the next page.";
    newest_counted: "次数统计自最新的 4,000 条记录", "Counted among the newest 4,000 records";
    none_in_this_part: "这一部分用户中没有符合条件的", "Nobody in this part of the users fits";
    no_record_in_this_part: "这一部分记录中没有符合条件的", "No record in this part fits";
    none_in_this_part_lead: "为了保证速度，每次只查找一部分。请翻页继续。", "A part is looked through at a time, so that every page is quick. Go on with the next page.";
    failures_7_days: "近 7 天失败", "Failures, 7 days";
    has_phone: "手机号", "Phone";
    has_unionid: "unionid", "unionid";
    has_it: "有", "Yes";
    has_none: "无", "No";
    lately: "近 7 天", "Last 7 days";
    failed_lately: "有失败", "Had failures";
    healed_lately: "有自动修复", "Had calls healed";
    sort: "排序", "Sort";
    created_from: "注册自", "Created from";
    created_to: "注册至", "Created to";
    take_away: "移除", "Remove";
    filters: "已选条件", "Filters";

    // Several users at once
    select: "选择", "Select";
    selected_users: "对选中的用户", "With those selected";
    block: "封禁", "Block";
    unblock: "解除封禁", "Unblock";
    reason_of_act: "原因（必填，会写入操作记录）", "Reason (required, kept in the audit log)";
    users_blocked: "已封禁", "Blocked";
    users_blocked_lead: "选中的用户已退出登录，在解除封禁前无法再登录。", "They are signed out everywhere and cannot log in until they are unblocked.";
    users_unblocked: "已解除封禁", "Unblocked";
    users_unblocked_lead: "选中的用户可以重新登录。", "They can log in again.";
    nobody_selected: "没有选中用户", "Nobody selected";
    nobody_selected_lead: "请勾选至少一位用户后重试。", "Tick at least one user and try again.";

    // Exports
    export: "导出", "Export";
    export_all: "导出筛选结果", "Export this list";
    export_selected: "导出选中", "Export selected";
    export_lead: "按当前筛选导出全部用户，手机号默认打码。每次导出都会写入操作记录；每人每小时最多 10 次。",
        "Everybody who fits the filters, with masked phones. Each export is in the audit log; ten an hour at most.";
    export_full: "包含完整手机号（需填写原因；超过 30 人仅限管理员）", "With full phones (with a reason; of more than 30 users, admins only)";
    many_in_full: "超过 30 人的完整手机号仅限管理员导出", "Full phones of more than 30 users are for administrators to export";
    many_in_full_lead: "请缩小筛选范围，或请管理员导出；不含完整手机号的导出不受此限。", "Narrow the list, or ask an administrator. Exports with masked phones have no such limit.";
    file_format: "格式", "Format";
    too_many: "次数过多", "Too often";
    too_many_lead: "一小时内的次数已用完，请稍后再试。", "An hour's allowance is used up. Try again later.";

    too_many_searches: "按手机号搜索的次数过多", "Too many searches for phone numbers";
    too_many_searches_lead: "您这个角色一小时内的次数已用完，请稍后再试。按昵称、openid 或用户 ID 搜索不受影响。",
        "Your role's allowance for an hour is used up. Try again later; nicknames, openids and user ids can still be searched for.";

    // Keys
    keyboard: "键盘快捷键", "Keyboard";
    key_search: "搜索", "Search";
    key_rows: "在列表中上下移动", "Move in a list";
    key_open: "打开", "Open";
    key_leave: "离开输入框或关闭", "Leave the box, close";
    key_help: "显示本帮助", "This help";
    close: "关闭", "Close";

    // Columns of an export
    nickname: "昵称", "Nickname";
    country_code: "国家代码", "Country code";
}

impl T {
    pub const fn user_status(self, status: UserStatus) -> &'static str {
        match status {
            UserStatus::Active => self.active(),
            UserStatus::Blocked => self.blocked(),
            UserStatus::Erased => self.erased(),
        }
    }

    pub const fn user_sort(self, sort: UserSort) -> &'static str {
        match sort {
            UserSort::Newest => self.pick("最新注册", "Newest first"),
            UserSort::Oldest => self.pick("最早注册", "Oldest first"),
            UserSort::LatestLogin => self.pick("最近登录", "Latest login first"),
            UserSort::EarliestLogin => self.pick("最久未登录", "Earliest login first"),
        }
    }

    /// `1 234 users`; more when it is not exact.
    pub fn how_many_users(self, count: i64, exact: bool) -> String {
        let grouped = grouped(count);
        match (self.0, exact) {
            (Lang::Zh, true) => format!("共 {grouped} 位用户"),
            (Lang::Zh, false) => format!("超过 {grouped} 位用户"),
            (Lang::En, true) => format!("{grouped} {}", if count == 1 { "user" } else { "users" }),
            (Lang::En, false) => format!("more than {grouped} users"),
        }
    }

    /// The tick box of a user.
    pub fn select_user(self, nickname: Option<&str>, id: &str) -> String {
        format!("{} {}", self.select(), nickname.unwrap_or(id))
    }
}

/// `12,345`, as both languages write it.
fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Lang, T};

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(T(Lang::En).how_many_users(1, true), "1 user");
        assert_eq!(T(Lang::En).how_many_users(1234, true), "1,234 users");
        assert_eq!(T(Lang::Zh).how_many_users(10_000, false), "超过 10,000 位用户");
    }
}
