//! Conflicts between users, and what is done with two users: the phone moved, one merged into the other.

use super::{Lang, T};
use crate::types::{ConflictKind, Settlement, split_end};

texts! {
    // The list
    conflicts: "冲突", "Conflicts";
    conflict: "冲突", "Conflict";
    conflicts_lead: "两个用户拥有同一个手机号或同一个 unionid。系统不会自动合并，两个用户都保持原样，由您决定。",
        "Two users have one phone number or one unionid. Nothing is merged by itself: both are as they were until you decide.";
    conflicts_open: "待处理", "Open";
    conflicts_settled: "已处理", "Settled";
    no_conflicts: "没有待处理的冲突", "No open conflict";
    no_conflicts_lead: "每个手机号和 unionid 都只属于一个用户，或已由客服处理。", "Every phone and unionid belongs to one user, or somebody has decided.";
    no_settled: "还没有处理过的冲突", "None is settled yet";
    no_settled_lead: "处理过的冲突会留在这里，可以看到由谁、为什么处理。", "Settled ones stay here, with who decided and why.";
    conflict_decide: "比较并处理", "Compare and decide";
    both_users: "两个用户", "The two users";
    conflict_with: "另一个用户：", "The other user: ";
    conflict_details: "查看", "Look at it";
    conflict_user: "后来的用户", "Who came later";
    conflict_other: "原有的用户", "Who had it before";
    party_merged: "已合并到 ", "Merged into ";
    this_user: "此用户", "This user";
    merged_user: "已合并的用户", "Merged user";
    no_bindings: "没有微信绑定", "No WeChat binding";
    kept_apart_done: "已标记为保持独立", "They are kept apart";
    kept_apart_done_lead: "两个用户都没有改变。同样的情况不会再次提示；可以在「已处理」中查看。",
        "Neither user has changed. The same thing is not brought up again; it stands among the settled ones.";

    // One conflict
    settle_title: "怎么处理？", "What is to be done?";
    settle_lead: "转移和合并都会先给出预览，确认后才执行；30 天内管理员可以撤销。",
        "Moving and merging show a preview first and do nothing before you confirm. An administrator can undo them within 30 days.";
    keep_apart: "保持独立", "Keep them apart";
    keep_apart_when: "两个用户是不同的人，比如家人共用一个手机号。什么都不会改变，只是不再提示。",
        "They are two persons, for example a family with one number. Nothing changes; it is only not brought up again.";
    move_phone_when: "号码只属于其中一人：「我的号码被别人占用了」「账号里显示了别人的号码」。另一个用户失去这个号码，其余不变。",
        "The number is only one's: \"somebody else has my number\", \"somebody else's number shows in my account\". The other user loses the number and nothing else.";
    merge_when: "两个用户是同一个人。选择保留哪一个：它的 ID 和资料不变，并得到另一个的微信绑定。",
        "They are one person. Choose who stays: that one keeps id and profile and gets the other's WeChat bindings.";
    goes_away: "并入（不再使用）", "Goes";
    stays_on: "保留", "Stays";
    loses_it: "失去号码", "Loses the number";
    gets_it: "得到号码", "Gets the number";

    // Previews
    moves_bindings_lead: "此人下次登录就是保留的用户。", "The person logs in as the one who stays.";
    replaced_phone_lead: "旧号码留在他的历史中。", "It stays in that user's history.";
    lost_phone_lead: "号码留在历史中。", "The number stays in the history.";
    profile_more_lost: "其余资料（头像、地区等）保留者已有的，以保留者为准。", "Of avatar, region and the like, the one who stays keeps his own.";
    becomes_empty: "这个用户变成标有「已合并」的空记录。用它的 ID 搜索会找到保留的用户。",
        "This user becomes an empty record marked as merged. Searching for the id finds the one who stays.";
    failures_follow: "失败记录随微信绑定转移。", "Records of failures go with their bindings.";
    histories_stay: "两个手机号历史都保留，各加一行记录。", "Both phone histories stay, and each gets a line.";
    stays_survivor: "保留的用户：ID、手机号、昵称、会话和封禁状态都不变。", "The one who stays keeps id, phone, nickname, sessions and status.";
    stays_move: "两个用户的 ID、资料和微信绑定不变；得到号码的用户保持登录。", "Ids, profiles and bindings of both stay; who gets the number stays logged in.";
    undo_move: "30 天内可由管理员撤销：号码回到原来的用户，除非已被别人绑定，或他已绑定新号码。",
        "An administrator can undo it within 30 days: the number goes back, unless somebody else has bound it since, or the user another one.";
    undo_merge: "30 天内可由管理员撤销：用户、资料、手机号和微信绑定分别恢复；合并以后新增的绑定留在保留的用户。",
        "An administrator can undo it within 30 days: user, profile, phone and bindings each come back. Bindings made after the merge stay with the one who stays.";
    merge_blocked: "这个用户已被封禁，保留的用户没有。合并以后，此人可以用保留的用户登录，封禁对它不再有效。",
        "This user is blocked, and the one who stays is not. After the merge the person logs in as that one, whom the block does not touch.";
    merge_into_blocked: "保留的用户已被封禁。合并以后，此人不能再登录。", "The one who stays is blocked. After the merge the person cannot log in.";
    second_user: "另一个用户", "The other user";

    // Afterwards
    user_merged: "这个用户已合并", "This user was merged";
    user_merged_lead: "没有执行任何操作。请对保留的用户操作，或由管理员先撤销合并。",
        "Nothing was done. Turn to the user who stayed, or have an administrator undo the merge first.";
    merged_notice: "已合并到另一个用户", "Merged into another user";
    merged_notice_lead: "微信绑定和资料都在那里；这里只留下历史：", "Bindings and profile are there; here only history is left: ";
    merged_here: "已并入这个用户的：", "Merged into this user: ";
    taken_account: "用户本身及其资料", "The user himself, with his profile";
    taken_replaced: "另一个用户原来的手机号", "The phone that the other user had";
    binding_unbound: "这个 openid 后来已解绑。请先撤销那次解绑。", "The openid was unbound since. Undo that first.";
}

impl T {
    pub const fn conflict_kind(self, kind: ConflictKind) -> &'static str {
        let (zh, en) = match kind {
            ConflictKind::Phone => ("同一个手机号", "One phone, two users"),
            ConflictKind::Wanted => ("号码被占用", "A phone that another user holds"),
            ConflictKind::Unionid => ("同一个 unionid", "One unionid, two users"),
        };
        self.pick(zh, en)
    }

    pub const fn conflict_says(self, kind: ConflictKind) -> &'static str {
        let (zh, en) = match kind {
            ConflictKind::Phone => (
                "两个用户先后验证并绑定了这个号码。可能是同一个人的两个微信号，也可能是号码换了主人。",
                "Both users have proved and bound this number: one person with two WeChat accounts, or a number with a new owner.",
            ),
            ConflictKind::Wanted => (
                "后来的用户向微信验证了这个号码，但它属于原有的用户，按配置拒绝绑定。号码很可能已经换了主人。",
                "Who came later has proved this number at WeChat, but another user holds it, and the configuration refuses a second owner. The number has probably changed hands.",
            ),
            ConflictKind::Unionid => (
                "微信为两个用户返回了同一个 unionid，他们很可能是同一个人；多见于小程序关联微信开放平台之前就已各自注册。",
                "WeChat gave one unionid to logins of both, so they are probably one person who signed up before the mini programs were linked to an Open Platform account.",
            ),
        };
        self.pick(zh, en)
    }

    pub const fn settlement(self, how: Settlement) -> &'static str {
        let (zh, en) = match how {
            Settlement::KeptApart => ("保持独立", "Kept apart"),
            Settlement::Moved => ("号码已转移", "Phone moved"),
            Settlement::Merged => ("已合并", "Merged"),
            Settlement::Ended => ("自行结束", "Over by itself"),
        };
        self.pick(zh, en)
    }

    pub(super) const fn phone_moved(self) -> (&'static str, &'static str) {
        match self.0 {
            Lang::Zh => ("手机号已转移", "这个用户不再持有该号码，会话已失效。30 天内管理员可以撤销。"),
            Lang::En => (
                "The phone is moved",
                "This user does not hold it any more, and its sessions are dead. An administrator can undo it within 30 days.",
            ),
        }
    }

    pub(super) const fn users_merged(self) -> (&'static str, &'static str) {
        match self.0 {
            Lang::Zh => ("两个用户已合并", "此人下次登录就是保留的用户。30 天内管理员可以撤销。"),
            Lang::En => (
                "The users are merged",
                "The person logs in as the one who stays. An administrator can undo it within 30 days.",
            ),
        }
    }

    /// A button that leads to a preview. `whose` names a user.
    pub fn move_to(self, whose: &str) -> String {
        match self.0 {
            Lang::Zh => format!("号码归{whose}…"),
            Lang::En => format!("The number is {whose}'s…"),
        }
    }

    pub fn merge_into(self, whose: &str) -> String {
        match self.0 {
            Lang::Zh => format!("合并，保留{whose}…"),
            Lang::En => format!("Merge, keep {whose}…"),
        }
    }

    /// A user as a button calls him: the name, or the end of the id.
    pub fn called(self, nickname: Option<&str>, id: &str) -> String {
        let (_, end) = split_end(id);
        match (nickname, self.0) {
            (Some(name), Lang::Zh) => format!("「{name}」({end})"),
            (Some(name), Lang::En) => format!("{name} ({end})"),
            (None, Lang::Zh) => format!("用户 …{end}"),
            (None, Lang::En) => format!("user …{end}"),
        }
    }

    pub fn phone_handed(self, number: &str, shared: bool) -> String {
        match (self.0, shared) {
            (Lang::Zh, false) => format!("手机号 {number} 转给对方。"),
            (Lang::Zh, true) => format!("手机号 {number} 从这个用户移除，只归对方。"),
            (Lang::En, false) => format!("The phone {number} goes to the other user."),
            (Lang::En, true) => format!("The phone {number} is taken off this user and is the other's alone."),
        }
    }

    pub fn phone_replaced(self, number: &str) -> String {
        match self.0 {
            Lang::Zh => format!("对方现在的手机号 {number} 被替换。"),
            Lang::En => format!("The number that the other user has now, {number}, is replaced."),
        }
    }

    pub fn phone_lost(self, number: &str, kept: &str) -> String {
        match self.0 {
            Lang::Zh => format!("手机号 {number} 不再绑定任何用户：保留的用户已有 {kept}。"),
            Lang::En => format!("The phone {number} is no longer bound: the one who stays has {kept}."),
        }
    }

    pub fn openid_moves(self, app: &str) -> String {
        match self.0 {
            Lang::Zh => format!("「{app}」的微信绑定转给保留的用户："),
            Lang::En => format!("The binding in {app} goes to the one who stays:"),
        }
    }

    pub fn nickname_taken(self, name: &str) -> String {
        match self.0 {
            Lang::Zh => format!("昵称「{name}」转给保留的用户，它还没有昵称。"),
            Lang::En => format!("The nickname {name} goes to the one who stays, who has none."),
        }
    }

    pub fn nickname_lost(self, name: &str) -> String {
        match self.0 {
            Lang::Zh => format!("昵称「{name}」不再使用：保留的用户有自己的昵称。"),
            Lang::En => format!("The nickname {name} is lost: the one who stays has another."),
        }
    }
}
