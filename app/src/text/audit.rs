//! The audit log in words. An act without its words does not compile.

use super::{Lang, T};
use crate::types::{AlertKind, AuditAction, ConflictKind, ResetKind, Role, SecondFactorPolicy, UserStatus};

texts! {
    audit: "审计", "Audit";
    audit_lead: "控制台和命令行里的每个操作、每次查看完整数据，都记录在这里，只增不改。", "Every act in the console or on the command line, and every look at somebody's data in full. Only ever added to.";
    no_audit: "没有符合条件的记录", "No entry matches";
    no_audit_lead: "换个条件，或清除筛选。", "Try another filter, or clear it.";
    not_signed_in: "未登录", "Not signed in";
    operator: "操作人", "Operator";
    whom: "对象", "Whom";
    origin: "来自", "Origin";
    open_entry: "打开", "open";
    chain_whole: "链条完整", "Chain whole";
    chain_broken: "链条断裂", "Chain broken";
    chain_unknown: "尚未核对", "Not checked yet";
    chain_broken_lead: "这一条被改过，或者它前面的记录被删除了。请保留数据库现状，与备份比对，并查清谁能直接访问数据库；用 latchkey audit verify 可以复查。",
        "That entry was changed, or the one before it is missing. Keep the database as it is, compare it with a backup, and find out who can reach it. latchkey audit verify checks again.";
    chain_checked: "上次全部核对：", "All of it checked: ";
    check_again: "重新核对全部", "Check all again";
    who_looked: "谁看过", "Who looked";
    who_looked_lead: "查看完整手机号、导出完整手机号和个人数据的记录。批量导出不逐人记录，此用户注册后的都列在这里。",
        "Reveals of the full phone, and exports. Of those with many full phones, all since the user came: he may be in them.";
    all_acts: "此用户的全部审计记录", "every act on this user";
    nobody_looked: "还没有人看过完整数据", "Nobody has looked at the data in full";
}

impl T {
    /// What somebody did.
    pub const fn audit_action(self, action: AuditAction) -> &'static str {
        match action {
            AuditAction::BeginLog => self.pick("开始记录审计日志", "began the audit log"),
            AuditAction::CreateApiKey => self.pick("创建 API 密钥", "made an API key"),
            AuditAction::RevokeApiKey => self.pick("吊销 API 密钥", "revoked an API key"),
            AuditAction::SettleAlert => self.pick("将告警标记为已处理", "settled an alert"),
            AuditAction::ResetWechatSession => self.pick("重置微信会话", "reset the WeChat session"),
            AuditAction::AskWechat => self.pick("向微信核实", "asked WeChat"),
            AuditAction::CheckApp => self.pick("检查小程序配置", "checked a mini program's credentials"),
            AuditAction::UnbindPhone => self.pick("解绑手机号", "unbound the phone"),
            AuditAction::UnbindOpenid => self.pick("解绑 openid", "unbound an openid"),
            AuditAction::ForgetUnionid => self.pick("清除 unionid", "forgot a unionid"),
            AuditAction::EndSession => self.pick("结束会话", "ended a session"),
            AuditAction::EndSessions => self.pick("结束所有会话", "ended all sessions"),
            AuditAction::ResetEverything => self.pick("全部重置", "reset everything"),
            AuditAction::BlockUser => self.pick("封禁用户", "blocked the user"),
            AuditAction::UnblockUser => self.pick("解除封禁", "unblocked the user"),
            AuditAction::MovePhone => self.pick("转移手机号", "moved the phone"),
            AuditAction::MergeUsers => self.pick("合并到另一个用户", "merged the user into another one"),
            AuditAction::KeepApart => self.pick("处理冲突：保持独立", "settled a conflict: kept apart"),
            AuditAction::UndoReset => self.pick("撤销重置", "undid a reset"),
            AuditAction::ExportUsers => self.pick("导出用户", "exported users"),
            AuditAction::ExportUsersEnded => self.pick("导出用户结束", "an export of users ended"),
            AuditAction::ExportPhones => self.pick("批量导出完整手机号", "exported many full phones"),
            AuditAction::ExportPhone => self.pick("导出完整手机号", "exported the full phone"),
            AuditAction::RevealPhone => self.pick("查看完整手机号", "saw the full phone"),
            AuditAction::ExportUser => self.pick("导出个人数据", "exported the personal data"),
            AuditAction::EraseUser => self.pick("删除个人数据", "erased the personal data"),
            AuditAction::SearchNumbers => {
                self.pick("一小时内多次按手机号搜索", "searched for many phone numbers in an hour")
            }
            AuditAction::RequireSecondFactor => self.pick("更改两步验证要求", "changed who must use a second factor"),
            AuditAction::CreateOperator => self.pick("创建操作员", "made an operator"),
            AuditAction::SetOperatorRole => self.pick("更改操作员角色", "changed an operator's role"),
            AuditAction::ResetOperator => self.pick("重置操作员登录方式", "reset an operator's sign-in"),
            AuditAction::ResetOperatorPassword => self.pick("重设操作员密码", "gave an operator a new password"),
            AuditAction::DisableOperator => self.pick("停用操作员", "disabled an operator"),
            AuditAction::EnableOperator => self.pick("启用操作员", "enabled an operator"),
            AuditAction::ChoosePassword => self.pick("通过链接设置密码", "chose a password by a link"),
            AuditAction::ChangePassword => self.pick("修改密码", "changed the password"),
            AuditAction::TurnOnSecondFactor => self.pick("开启两步验证", "turned on the second factor"),
            AuditAction::TurnOffSecondFactor => self.pick("关闭两步验证", "turned off the second factor"),
            AuditAction::RenewRecoveryCodes => self.pick("重新生成恢复码", "made new recovery codes"),
            AuditAction::EndOwnSessions => self.pick("结束自己的会话", "ended own sessions"),
            AuditAction::SignIn => self.pick("登录", "signed in"),
            AuditAction::SignOut => self.pick("退出登录", "signed out"),
            AuditAction::SignInFailed => self.pick("登录失败", "failed to sign in"),
            AuditAction::SignInLocked => self.pick("登录被锁定", "was locked out of sign-in"),
        }
    }

    /// [`Self::audit_action`] by the name in the log; of a newer version's act, the name itself.
    pub fn action(self, name: &str) -> String {
        AuditAction::from_name(name).map_or(name, |action| self.audit_action(action)).to_owned()
    }

    /// What a fact of an act is about; names that are not known here stand for themselves.
    pub fn audit_fact(self, action: &str, name: &str) -> String {
        let (zh, en) = match (name, action) {
            ("kind", "keep_apart") => ("冲突", "conflict"),
            ("kind", "undo_reset") => ("重置类型", "kind of reset"),
            ("kind", _) => ("告警", "alert"),
            ("appid" | "filter.app", _) => ("小程序", "mini program"),
            ("binding", _) => ("绑定", "binding"),
            ("name", _) => ("名称", "name"),
            ("failure", _) => ("失败记录", "failure"),
            ("conflict", _) => ("冲突记录", "conflict"),
            ("other", _) => ("另一个用户", "other user"),
            ("operator", _) => ("操作员", "operator"),
            ("role", _) => ("角色", "role"),
            ("oldRole", _) => ("原角色", "role before"),
            ("secondFactor", _) => ("第二步", "second step"),
            ("secondFactorRemoved" | "removesSecondFactor", _) => ("移除两步验证", "second factor removed"),
            ("step", _) => ("步骤", "step"),
            ("searches", _) => ("搜索次数", "searches"),
            ("most", _) => ("每小时上限", "most in an hour"),
            ("policy", _) => ("要求", "required of"),
            ("oldPolicy", _) => ("原要求", "required of before"),
            ("minutes", _) => ("分钟", "minutes"),
            ("sessions", _) => ("会话", "sessions"),
            ("rows", _) => ("行数", "rows"),
            ("format", _) => ("格式", "format"),
            ("full", _) => ("含完整手机号", "full phones"),
            ("whole", _) => ("完整", "whole"),
            ("filter.search", _) => ("按搜索结果", "of a search"),
            ("filter.selected", _) => ("勾选的用户", "selected users"),
            ("filter.status", _) => ("状态", "status"),
            ("filter.phone", _) => ("有手机号", "has a phone"),
            ("filter.unionid", _) => ("有 unionid", "has a unionid"),
            ("filter.from", _) => ("注册时间从", "created from"),
            ("filter.to", _) => ("注册时间到", "created to"),
            ("filter.healed", _) => ("最近自动修复", "healed lately"),
            ("reset", _) => ("重置记录", "reset"),
            ("notRestored", _) => ("未恢复", "not restored"),
            ("good", _) => ("凭据有效", "credentials good"),
            (other, _) => return other.to_owned(),
        };
        self.pick(zh, en).to_owned()
    }

    /// What a fact of an act says, in words where it is a name of ours.
    pub fn audit_value(self, action: &str, name: &str, value: &str) -> String {
        let words = match (name, action) {
            ("kind", "keep_apart") => ConflictKind::from_name(value).map(|kind| self.conflict_kind(kind)),
            ("kind", "undo_reset") => ResetKind::from_name(value).map(|kind| self.reset_kind(kind)),
            ("kind", _) => AlertKind::from_name(value).map(|kind| self.alert(kind).0),
            ("role" | "oldRole", _) => Role::from_name(value).map(|role| self.role(role)),
            ("policy" | "oldPolicy", _) => SecondFactorPolicy::from_name(value).map(|policy| self.policy(policy)),
            ("filter.status", _) => UserStatus::from_name(value).map(|status| self.user_status(status)),
            ("step" | "secondFactor", _) => match value {
                "password" => Some(self.password()),
                "second factor" => Some(self.second_factor()),
                "recovery code" => Some(self.pick("恢复码", "recovery code")),
                "app" => Some(self.pick("验证器应用", "authenticator app")),
                _ => None,
            },
            ("name" | "operator", _) => None,
            _ => match value {
                "true" => Some(self.pick("是", "yes")),
                "false" => Some(self.pick("否", "no")),
                _ => None,
            },
        };
        words.unwrap_or(value).to_owned()
    }

    /// `1 234 条记录`.
    pub fn entries(self, count: i64) -> String {
        let count = grouped(count);
        match self.0 {
            Lang::Zh => format!("{count} 条记录"),
            Lang::En => format!("{count} entries"),
        }
    }

    pub fn chain_checking(self, count: i64) -> String {
        let count = grouped(count);
        match self.0 {
            Lang::Zh => format!("正在核对：已完成 {count} 条，刷新查看进度"),
            Lang::En => format!("Checking: {count} entries so far; reload to see how it goes"),
        }
    }

    pub fn broken_at(self, seq: i64) -> String {
        let seq = grouped(seq);
        match self.0 {
            Lang::Zh => format!("审计链在第 {seq} 条断裂"),
            Lang::En => format!("The audit chain is broken at entry {seq}"),
        }
    }
}

/// Digits in threes, with a narrow space that does not break.
fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.into_iter().map(String::from_utf8_lossy).collect::<Vec<_>>().join("\u{202f}")
}

#[cfg(test)]
mod tests {
    use super::{AlertKind, Lang, T};

    #[test]
    fn entries_are_counted_in_threes() {
        assert_eq!(T(Lang::En).entries(7), "7 entries");
        assert_eq!(T(Lang::Zh).entries(1_234_567), "1\u{202f}234\u{202f}567 条记录");
    }

    #[test]
    fn a_fact_is_said_by_what_was_done() {
        let t = T(Lang::Zh);
        for (action, name, value, label, words) in [
            ("settle_alert", "kind", "secret_leaked", "告警", t.alert(AlertKind::SecretLeaked).0),
            ("keep_apart", "kind", "phone", "冲突", "同一个手机号"),
            ("undo_reset", "kind", "phone", "重置类型", "解绑手机号"),
            ("set_operator_role", "oldRole", "support", "原角色", "客服"),
            ("sign_in", "secondFactor", "recovery code", "第二步", "恢复码"),
            ("export_users", "full", "true", "含完整手机号", "是"),
            ("create_api_key", "name", "true", "名称", "true"),
            ("of_the_future", "unheard", "of", "unheard", "of"),
        ] {
            assert_eq!(
                (t.audit_fact(action, name).as_str(), t.audit_value(action, name, value).as_str()),
                (label, words)
            );
        }
    }

    #[test]
    fn an_act_of_a_newer_version_keeps_its_name() {
        assert_eq!(T(Lang::Zh).action("reveal_phone"), "查看完整手机号");
        assert_eq!(T(Lang::Zh).action("from_the_future"), "from_the_future");
    }
}
