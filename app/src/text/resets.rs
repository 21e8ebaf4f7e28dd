//! What support takes from a user and an administrator gives back: the previews, the record, the user's page around them.

use super::{Lang, T};
use crate::types::ResetKind;

texts! {
    // The user's page
    to_resets: "重置与封禁", "Reset or block";
    sessions: "登录会话", "Sessions";
    sessions_lead: "小程序持有的登录令牌，最近使用的在最前", "The API tokens that mini programs hold; last used first";
    no_sessions: "没有有效的会话", "No living sessions";
    client_version: "小程序版本", "Version";
    last_used_at: "最近使用", "Last used";
    expires: "到期", "Ends";
    end_session: "结束", "End";
    newest_failures: "最近的失败", "Newest failures";
    all_failures: "全部失败记录", "All failures";
    no_user_failures: "没有失败记录", "No failures";
    operators_acts: "操作记录", "What operators did";
    operators_acts_lead: "重置和封禁，最新的在最前", "Resets and blocks, newest first";
    no_acts: "还没有人操作过这个用户", "Nobody has reset or blocked this user";
    act: "操作", "Act";
    by: "操作人", "By";
    state: "状态", "State";
    operator_column: "操作人", "Operator";
    undo: "撤销", "Undo";
    state_never: "无需撤销", "Nothing to undo";
    state_final: "已不可撤销", "Can no longer be undone";
    danger: "重置与封禁", "Reset or block";
    danger_lead: "每一步都会先给出预览，确认后才执行，并写入审计日志。", "Each shows a preview first, does nothing before you confirm, and goes into the audit log.";
    unbind: "解绑", "Unbind";

    // A preview
    what_happens: "将会发生什么", "What will happen";
    what_stays: "不变的", "What stays";
    can_undo: "能否撤销", "Can it be undone?";
    why: "原因", "Reason";
    why_hint: "写入审计日志，请不要填写手机号等个人信息", "Goes into the audit log. Leave out phone numbers and other personal data";
    type_to_confirm: "输入用户 ID 的最后四个字符", "Type the last four characters of the user id";
    back_to_user: "返回此用户", "Back to the user";
    cancel: "取消", "Cancel";
    stays_wechat: "微信绑定不变：此人下次登录仍是同一个用户，可以重新授权手机号。",
        "The WeChat bindings stay: the person comes back as the same user and can share a phone again.";
    stays_account: "用户 ID、资料、手机号和历史记录不变。", "User id, profile, phone and history stay.";
    stays_empty: "用户 ID、昵称和历史记录保留。", "User id, nickname and history stay.";
    stays_session: "用户在这里保持登录。", "The user stays logged in here.";
    comes_back_new: "此人下次登录会成为新用户，没有手机号、昵称和历史记录。",
        "At the next login the person is a new user, without phone, nickname and history.";
    comes_back_same: "此人的另一个绑定有相同的 unionid，下次登录仍会回到这个用户。",
        "Another binding of this user has the same unionid: at the next login the person comes back to this very user.";
    comes_back_other: "unionid 相同，此人下次登录会归入另一个用户：", "The unionid is another user's, too: at the next login the person comes back as ";
    keys_go: "为它保存的会话密钥一并删除。", "The session_keys that are kept for it go, too.";
    unionid_may_return: "如果微信在下次登录时仍返回 unionid，会重新记录。", "If WeChat gives a unionid at the next login, it is kept again.";
    key_replaced: "微信立即作废当前的 session_key 并换发新的；之后的数据用新密钥加密，旧密钥即使泄露也解不开。",
        "WeChat replaces the session_key at once: data from then on is encrypted under the new one, and whoever else has the old one cannot read it.";
    blocked_from_now: "该用户不能再登录，小程序的调用会被拒绝。", "The user can no longer log in, and calls of the mini program are refused.";
    unblocked_from_now: "该用户可以重新登录，资料和手机号都在。", "The user can log in again, with profile and phone as they were.";
    evades_block: "这个用户已被封禁。解绑以后，同一微信会以新用户身份登录，封禁对它不再有效。",
        "This user is blocked. Once unbound, the same WeChat account logs in as a new user whom the block does not touch.";
    undo_phone: "30 天内可由管理员撤销，恢复这个手机号；如果号码已被别人绑定，或用户已绑定新号码，则不能恢复。",
        "An administrator can undo it within 30 days. The phone comes back unless somebody else, or the user with another number, has bound one since.";
    undo_openid: "30 天内可由管理员撤销；如果此人在撤销之前已登录成为新用户，则 openid 不能恢复。",
        "An administrator can undo it within 30 days, unless the person has logged in as a new user by then.";
    undo_unionid: "30 天内可由管理员撤销，恢复这个 unionid。", "An administrator can undo it within 30 days.";
    undo_everything: "30 天内可由管理员撤销，手机号和每个 openid 分别恢复；已被别人绑定的号码、已成为新用户的 openid 不能恢复。",
        "An administrator can undo it within 30 days. Phone and openids come back each by itself, but not a number that somebody else has bound nor an openid that has become a new user.";
    undo_ends_sessions: "转回的微信绑定上有会话，会立即失效，用户重新登录即可：", "Sessions of the bindings that go back end at once; the user logs in again: ";
    undo_sessions_not: "结束的会话不能恢复，用户重新登录即可。", "Ended sessions do not come back; the user simply logs in again.";
    undo_key_not: "不能撤销：旧的 session_key 在微信侧已作废。", "It cannot be undone: WeChat has done away with the old session_key.";
    undo_block: "随时可以解除封禁。", "The user can be unblocked at any time.";
    undo_unblock: "随时可以再次封禁。", "The user can be blocked again at any time.";

    // An undo
    undo_title: "撤销重置", "Undo a reset";
    undo_lead: "以下是现在撤销的结果。能恢复的恢复，不能恢复的保持现状。", "This is what undoing it now would do. What can come back does; the rest stays as it is.";
    undone_act: "撤销的操作", "What is undone";
    comes_back: "恢复", "Comes back";
    is_there: "已经恢复，无需处理", "Is there already";
    stays_lost: "不能恢复", "Does not come back";
    phone_of_other: "这个号码现在属于另一个用户：", "The number belongs to another user now: ";
    openid_of_other: "这个 openid 已重新登录，现在属于另一个用户：", "The openid has logged in again and belongs to another user now: ";
    binding_gone: "这个绑定已不属于该用户。", "The binding is not this user's any more.";
    unionid_other: "微信已返回另一个 unionid，以新的为准。", "WeChat has given another unionid since, which stays.";
    nothing_returns: "没有可以恢复的内容", "Nothing can come back";
    nothing_returns_lead: "现状已经改变，撤销不会有任何效果。", "Things have moved on; undoing it would change nothing.";
    do_undo: "撤销", "Undo it";
    undone_done: "已撤销", "Undone";
    undone_done_lead: "能恢复的已经恢复，见下方的手机号、绑定和历史。", "What could come back has: see phone, bindings and history below.";

    // Refusals
    unconfirmed: "确认字符不正确", "That is not the end of the user id";
    unconfirmed_lead: "没有执行任何操作。请核对用户，再输入其用户 ID 的最后四个字符。", "Nothing was done. Make sure it is the right user, then type the last four characters of the id.";
    new_since: "以下一项在您上次查看之后有变：", "This is new or different since you looked:";
    elsewhere_since: "变化的是用户的状态，例如封禁，或另一个用户的状态。", "What has changed is the user's state, such as a block, or the other user's.";
    phone_since: "手机号有变", "The phone is another one";
    bindings_since: "微信绑定有变", "The WeChat bindings are others";
    merged_since: "有用户合并进来，或合并已撤销", "Somebody was merged into this user, or out again";
    stale: "期间情况有变", "Something has changed since";
    stale_lead: "没有执行任何操作。下面是最新的情况，请重新核对后确认。", "Nothing was done. Below is how it is now: look again, then confirm.";
    nothing_to_reset: "没有需要处理的内容", "There is nothing to do";
    nothing_to_reset_lead: "没有执行任何操作。可能刚刚已有人处理过，请看这个用户的操作记录。", "Nothing was done. Somebody may have been faster: see what operators did to this user.";
    reset_final: "这次重置不能撤销", "This reset cannot be undone";
    reset_final_lead: "它已经撤销过，或超过 30 天，或被移除的内容已不再保留。", "It was undone before, is older than 30 days, or nothing is kept of what it took away.";
}

impl T {
    /// How many lines of the last preview are not in this one.
    pub fn gone_since(self, count: usize) -> String {
        match self.0 {
            Lang::Zh => format!("您上次看到的内容中，有 {count} 项已经不存在了。"),
            Lang::En => {
                format!("Of what you saw before, {count} {} there no more.", if count == 1 { "is" } else { "are" })
            }
        }
    }

    /// What is done, as a button and a headline say it.
    pub const fn reset_kind(self, kind: ResetKind) -> &'static str {
        let (zh, en) = match kind {
            ResetKind::Phone => ("解绑手机号", "Unbind the phone"),
            ResetKind::Binding => ("解绑 openid", "Unbind the openid"),
            ResetKind::Unionid => ("清除 unionid", "Forget the unionid"),
            ResetKind::WechatSession => ("重置微信会话", "Reset the WeChat session"),
            ResetKind::Session => ("结束会话", "End the session"),
            ResetKind::Sessions => ("结束所有会话", "End all sessions"),
            ResetKind::Everything => ("全部重置", "Reset everything"),
            ResetKind::Block => ("封禁用户", "Block the user"),
            ResetKind::Unblock => ("解除封禁", "Unblock the user"),
            ResetKind::Move => ("转移手机号", "Move the phone"),
            ResetKind::Merge => ("合并用户", "Merge the users"),
        };
        self.pick(zh, en)
    }

    /// For whom it is, in the danger zone.
    pub const fn reset_when(self, kind: ResetKind) -> &'static str {
        let (zh, en) = match kind {
            ResetKind::Phone => (
                "号码是别人的、已换号或绑错了。",
                "The number is somebody else's, has changed, or was bound by mistake.",
            ),
            ResetKind::Sessions => {
                ("手机丢失或怀疑账号被盗，让所有设备重新登录。", "A phone was lost, or somebody else may be logged in.")
            }
            ResetKind::Everything => (
                "解绑手机号和所有 openid，并结束所有会话：此人从头开始。",
                "Takes off the phone and every openid and ends all sessions: the person starts afresh.",
            ),
            ResetKind::Block => ("用户不能再登录，可随时解除。", "The user can no longer log in, until unblocked."),
            ResetKind::Unblock => ("用户可以重新登录。", "The user can log in again."),
            _ => ("", ""),
        };
        self.pick(zh, en)
    }

    /// It is done: what is different now.
    pub const fn reset_done(self, kind: ResetKind) -> (&'static str, &'static str) {
        match (kind, self.0) {
            (ResetKind::Phone, Lang::Zh) => {
                ("手机号已解绑", "会话已失效。用户重新登录后可以再次授权手机号；30 天内管理员可以撤销。")
            }
            (ResetKind::Phone, Lang::En) => (
                "The phone is unbound",
                "Sessions are dead. After the next login the user can share a phone again. An administrator can undo it within 30 days.",
            ),
            (ResetKind::Binding, Lang::Zh) => ("openid 已解绑", "它的会话已失效。30 天内管理员可以撤销。"),
            (ResetKind::Binding, Lang::En) => {
                ("The openid is unbound", "Its sessions are dead. An administrator can undo it within 30 days.")
            }
            (ResetKind::Unionid, Lang::Zh) => ("unionid 已清除", "30 天内管理员可以撤销。"),
            (ResetKind::Unionid, Lang::En) => {
                ("The unionid is forgotten", "An administrator can undo it within 30 days.")
            }
            (ResetKind::WechatSession, _) => (self.session_reset(), self.session_reset_lead()),
            (ResetKind::Session, Lang::Zh) => ("会话已结束", "它的令牌立即失效。"),
            (ResetKind::Session, Lang::En) => ("The session is ended", "Its token is dead."),
            (ResetKind::Sessions, Lang::Zh) => ("所有会话已结束", "令牌立即失效，用户需要重新登录。"),
            (ResetKind::Sessions, Lang::En) => {
                ("All sessions are ended", "The tokens are dead; the user logs in again.")
            }
            (ResetKind::Everything, Lang::Zh) => {
                ("已全部重置", "手机号和所有 openid 已解绑，会话已失效。30 天内管理员可以撤销。")
            }
            (ResetKind::Everything, Lang::En) => (
                "Everything is reset",
                "Phone and openids are unbound, sessions are dead. An administrator can undo it within 30 days.",
            ),
            (ResetKind::Move, _) => self.phone_moved(),
            (ResetKind::Merge, _) => self.users_merged(),
            (ResetKind::Block, Lang::Zh) => ("用户已封禁", "令牌立即失效，也不能再登录。"),
            (ResetKind::Block, Lang::En) => ("The user is blocked", "The tokens are dead, and no login is let in."),
            (ResetKind::Unblock, Lang::Zh) => ("已解除封禁", "用户可以重新登录。"),
            (ResetKind::Unblock, Lang::En) => ("The user is unblocked", "The user can log in again."),
        }
    }

    pub fn phone_goes(self, number: &str) -> String {
        match self.0 {
            Lang::Zh => format!("手机号 {number} 从这个用户解绑。"),
            Lang::En => format!("The phone {number} is taken off this user."),
        }
    }

    pub fn openid_goes(self, app: &str) -> String {
        match self.0 {
            Lang::Zh => format!("「{app}」的 openid 从这个用户解绑："),
            Lang::En => format!("The openid in {app} is taken off this user:"),
        }
    }

    pub fn unionid_goes(self, app: &str) -> String {
        match self.0 {
            Lang::Zh => format!("「{app}」的这个绑定不再记录 unionid："),
            Lang::En => format!("The binding in {app} loses its unionid:"),
        }
    }

    pub fn key_goes(self, app: &str) -> String {
        match self.0 {
            Lang::Zh => format!("「{app}」的微信会话被重置："),
            Lang::En => format!("The WeChat session in {app} is replaced:"),
        }
    }

    /// `again`: the mini program logs in again by itself.
    pub fn sessions_end(self, count: i64, again: bool) -> String {
        let (zh, en) = if again {
            ("，小程序会自动重新登录", "; the mini program logs in again by itself")
        } else {
            ("", "")
        };
        match (self.0, count) {
            (Lang::Zh, _) => format!("{count} 个会话立即失效{zh}。"),
            (Lang::En, 1) => format!("1 session ends at once{en}."),
            (Lang::En, _) => format!("{count} sessions end at once{en}."),
        }
    }

    pub fn bound_on(self, when: &str) -> String {
        match self.0 {
            Lang::Zh => format!("绑定于 {when}"),
            Lang::En => format!("Bound on {when}"),
        }
    }

    /// Until when, and who does it.
    pub fn undoable_until(self, day: &str) -> String {
        match self.0 {
            Lang::Zh => format!("{day} 前可撤销"),
            Lang::En => format!("Can be undone until {day}"),
        }
    }

    pub fn undone_by(self, by: &str, when: &str) -> String {
        match self.0 {
            Lang::Zh => format!("{by} 于 {when} 撤销"),
            Lang::En => format!("Undone by {by}, {when}"),
        }
    }

    /// Since when somebody is blocked.
    pub fn blocked_since(self, when: &str) -> String {
        match self.0 {
            Lang::Zh => format!("自 {when} 起封禁"),
            Lang::En => format!("Blocked since {when}"),
        }
    }

    pub fn other_phone(self, number: &str) -> String {
        match self.0 {
            Lang::Zh => format!("用户已绑定另一个号码 {number}，以新的为准。"),
            Lang::En => format!("The user has bound another number since, {number}, which stays."),
        }
    }
}
