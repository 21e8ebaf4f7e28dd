use super::{Lang, Theme};
use crate::{
    error::ConsoleError,
    types::{PhoneSource, Role},
};

/// The texts in one language.
#[derive(Debug, Clone, Copy)]
pub struct T(pub Lang);

texts! {
    // Frame
    tagline: "微信小程序登录与手机号", "Login and phone numbers for WeChat mini programs";
    skip_to_content: "跳到正文", "Skip to content";
    navigation: "主导航", "Main navigation";
    breadcrumb: "当前位置", "Breadcrumb";
    users: "用户", "Users";
    phone_changes: "手机号变更", "Phone changes";
    sign_out: "退出登录", "Sign out";
    other_language: "English", "中文";
    theme: "外观", "Theme";

    // Sign-in
    sign_in: "登录", "Sign in";
    session_over: "会话已结束 · 重新登录", "Your session has ended · sign in again";
    sign_in_lead: "登录管理控制台", "Sign in to the console";
    username: "用户名", "Username";
    password: "密码", "Password";
    demo_title: "演示环境", "Demo";
    demo_lead: "三个演示账号，密码都是", "Three demo accounts, all with the password";
    pitch_title: "解密失败，不再是谜。", "Failed decryption is no longer a riddle.";
    pitch_1: "一个接口完成登录与手机号绑定", "One call logs a user in and binds the phone";
    pitch_2: "每一次手机号变更都留有记录", "Every phone change is kept on record";
    pitch_3: "手机号与会话密钥全程加密保存", "Phones and session keys are sealed at rest";

    // Users
    search_label: "搜索用户", "Search users";
    search_hint: "手机号、后四位、昵称开头、openid、unionid、支持码、请求 ID、rid、令牌开头……", "Phone, last four digits, nickname, openid, unionid, support code, request id, rid, token…";
    search_hint_viewer: "完整手机号、昵称开头、openid、unionid、支持码、请求 ID、rid、令牌开头……", "Whole phone, nickname, openid, unionid, support code, request id, rid, token…";
    search: "搜索", "Search";
    results_for: "搜索结果：", "Results for ";
    user: "用户", "User";
    phone: "手机号", "Phone";
    mini_programs: "小程序", "Mini programs";
    mini_program: "小程序", "Mini program";
    status: "状态", "Status";
    created: "注册时间", "Created";
    last_login: "最近登录", "Last login";
    active: "正常", "Active";
    blocked: "已封禁", "Blocked";
    no_nickname: "未设置昵称", "No nickname";
    no_phone: "未绑定", "None";
    damaged: "无法解密", "Does not open";
    no_users: "还没有用户", "No users yet";
    no_users_lead: "小程序第一次调用登录接口后，用户会出现在这里。", "A user appears here once a mini program has called the login API.";
    no_hits: "没有找到匹配的用户", "No user matches";
    no_hits_lead: "手机号和 openid 需要完整输入；昵称和令牌可以只输入开头。境外号码请带上国家代码，例如 +852。没有失败过的请求不保存请求 ID。",
        "Phones and openids must be complete; of a nickname or a token the beginning is enough. Give foreign numbers with their country code, such as +852. Request ids are kept of calls that failed or changed a phone.";
    newer: "上一页", "Previous";
    older: "下一页", "Next";
    pages: "翻页", "Pages";

    // User
    user_id: "用户 ID", "User id";
    bindings: "微信绑定", "WeChat bindings";
    bindings_lead: "每个小程序对应一个 openid", "One openid in each mini program";
    phone_history: "手机号历史", "Phone history";
    phone_history_lead: "只增不改，最新的在最前", "Only ever added to; newest first";
    bound_at: "绑定时间", "Bound";
    first_login: "首次登录", "First login";
    session_key: "会话密钥", "Session key";
    keys_kept: "个密钥", "kept";
    no_key: "未保存密钥", "none kept";
    no_unionid: "无（小程序未关联开放平台）", "none (mini program not linked to an Open Platform account)";
    copy: "复制", "Copy";
    copied: "已复制", "Copied";
    no_phone_changes: "还没有手机号变更", "No phone changes yet";
    no_phone_changes_lead: "用户在小程序里授权手机号后，每次变更都会记录在这里。", "Every change is recorded here once users share their phone in a mini program.";
    time: "时间", "Time";
    change: "变更", "Change";
    first_phone: "首次绑定", "first phone";
    phone_removed: "已移除", "removed";
    becomes: "变更为", "becomes";
    source: "来源", "Source";
    request_id: "请求 ID", "Request id";

    // Problems
    back_to_users: "返回用户列表", "Back to the users";
    not_found: "没有这个页面或记录", "No such page or record";
    not_found_lead: "链接可能已失效，或者内容已被删除。", "The link may be out of date, or what it led to is gone.";
    forbidden: "没有权限", "Not allowed";
    forbidden_lead: "您的角色不能执行此操作，请联系管理员。", "Your role does not allow this. Ask an administrator.";
    bad_request: "请求有误", "That request makes no sense";
    bad_request_lead: "请从控制台里的链接或表单重新进入。", "Please start again from a link or form of the console.";
    cross_site: "这个请求来自另一个网站", "That request came from another site";
    cross_site_lead: "出于安全考虑没有执行，什么都没有改变。如果是你自己的操作，请从控制台里重新提交。", "To be safe it was not carried out, and nothing has changed. If it was you, please send it again from the console.";
    timed_out: "超时了", "That took too long";
    timed_out_lead: "请求没有在 30 秒内完成，请检查网络后重试。", "The request was not done within 30 seconds. Check the network and try again.";
    too_long: "内容太长", "That is too long";
    too_long_lead: "没有保存任何内容，请缩短后再提交。", "Nothing was kept. Please shorten it and send it again.";
    back_to_start: "返回控制台首页", "Back to the console";
    internal: "服务器出错了", "Something went wrong on our side";
    internal_lead: "错误已写入服务器日志，没有丢失任何数据，请稍后再试。", "The error is in the server's log and nothing was lost. Please try again.";
    taken: "这个名称已被使用", "That name is taken";
    taken_lead: "请换一个名称。已停用的名称不能再次使用。", "Choose another one. Names of revoked keys are not used again.";
    nothing_to_ask: "没有可以向微信核实的内容", "Nothing is left to ask WeChat about";
    nothing_to_ask_lead: "当时的会话密钥已不再保存，密文也没有留下或已超过三天。", "The session_key of that moment is no longer kept, and there is no ciphertext of the last three days.";
    no_session: "微信侧没有可重置的会话", "WeChat holds no session to reset";
    no_session_lead: "该用户的会话密钥已过期或已更换，无需重置；用户下次登录会得到新的密钥。",
        "The user's session_key has ended or was replaced, so there is nothing to reset. The next login brings a new one.";
    wechat_failed: "微信没有完成这次操作", "WeChat did not do it";
    wechat_failed_lead: "微信暂时无法访问，或拒绝了请求。请稍后再试；如果反复出现，请查看小程序页面的告警。",
        "WeChat cannot be reached or refused. Try again later; if it goes on, look at the alerts on the mini programs page.";
    signed_out: "请先登录", "Please sign in";
    signed_out_lead: "会话已结束，请重新登录。", "Your session has ended.";
    sign_in_failed: "用户名或密码不正确", "Wrong username or password";
    sign_in_failed_lead: "请检查后重试。忘记密码时，请管理员在「操作员」页面重置。",
        "Check both and try again. If the password is lost, an administrator can reset it on the operators page.";
}

impl T {
    pub(super) const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self.0 {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    pub const fn role(self, role: Role) -> &'static str {
        match (role, self.0) {
            (Role::Viewer, Lang::Zh) => "只读",
            (Role::Viewer, Lang::En) => "Viewer",
            (Role::Support, Lang::Zh) => "客服",
            (Role::Support, Lang::En) => "Support",
            (Role::Admin, Lang::Zh) => "管理员",
            (Role::Admin, Lang::En) => "Admin",
        }
    }

    pub const fn theme_name(self, theme: Theme) -> &'static str {
        match (theme, self.0) {
            (Theme::System, Lang::Zh) => "跟随系统",
            (Theme::System, Lang::En) => "System",
            (Theme::Light, Lang::Zh) => "浅色",
            (Theme::Light, Lang::En) => "Light",
            (Theme::Dark, Lang::Zh) => "深色",
            (Theme::Dark, Lang::En) => "Dark",
        }
    }

    pub const fn phone_source(self, source: PhoneSource) -> &'static str {
        match (source, self.0) {
            (PhoneSource::Encrypted, Lang::Zh) => "加密数据",
            (PhoneSource::Encrypted, Lang::En) => "encryptedData",
            (PhoneSource::Code, Lang::Zh) => "手机号 code",
            (PhoneSource::Code, Lang::En) => "Phone code",
            (PhoneSource::Moved, Lang::Zh) => "在用户之间转移",
            (PhoneSource::Moved, Lang::En) => "Moved between users",
            (PhoneSource::Revoked, Lang::Zh) => "用户在微信撤回授权",
            (PhoneSource::Revoked, Lang::En) => "Withdrawn at WeChat",
            (PhoneSource::Reset, Lang::Zh) => "客服解绑",
            (PhoneSource::Reset, Lang::En) => "Unbound by support",
            (PhoneSource::Undone, Lang::Zh) => "撤销解绑",
            (PhoneSource::Undone, Lang::En) => "Reset undone",
            (PhoneSource::Merged, Lang::Zh) => "合并用户",
            (PhoneSource::Merged, Lang::En) => "Users merged",
        }
    }

    /// Headline and advice for a problem.
    pub const fn problem(self, problem: ConsoleError) -> (&'static str, &'static str) {
        match problem {
            ConsoleError::SignedOut => (self.signed_out(), self.signed_out_lead()),
            ConsoleError::SignInFailed => (self.sign_in_failed(), self.sign_in_failed_lead()),
            ConsoleError::Forbidden => (self.forbidden(), self.forbidden_lead()),
            ConsoleError::NotFound => (self.not_found(), self.not_found_lead()),
            ConsoleError::BadRequest => (self.bad_request(), self.bad_request_lead()),
            ConsoleError::CrossSite => (self.cross_site(), self.cross_site_lead()),
            ConsoleError::TooLong => (self.too_long(), self.too_long_lead()),
            ConsoleError::TimedOut => (self.timed_out(), self.timed_out_lead()),
            ConsoleError::Taken => (self.taken(), self.taken_lead()),
            ConsoleError::Reason => (self.reason_problem(), self.reason_problem_lead()),
            ConsoleError::NoPhone => (self.no_phone_problem(), self.no_phone_problem_lead()),
            ConsoleError::Erased => (self.erased_problem(), self.erased_problem_lead()),
            ConsoleError::TooManyReveals => (self.too_many_reveals(), self.too_many_reveals_lead()),
            ConsoleError::NothingToAsk => (self.nothing_to_ask(), self.nothing_to_ask_lead()),
            ConsoleError::NoSession => (self.no_session(), self.no_session_lead()),
            ConsoleError::Unconfirmed => (self.unconfirmed(), self.unconfirmed_lead()),
            ConsoleError::Stale => (self.stale(), self.stale_lead()),
            ConsoleError::NothingToReset => (self.nothing_to_reset(), self.nothing_to_reset_lead()),
            ConsoleError::Final => (self.reset_final(), self.reset_final_lead()),
            ConsoleError::NobodySelected => (self.nobody_selected(), self.nobody_selected_lead()),
            ConsoleError::ManyInFull => (self.many_in_full(), self.many_in_full_lead()),
            ConsoleError::TooMany => (self.too_many(), self.too_many_lead()),
            ConsoleError::Merged => (self.user_merged(), self.user_merged_lead()),
            ConsoleError::WeChat => (self.wechat_failed(), self.wechat_failed_lead()),
            ConsoleError::TooManyAttempts => (self.too_many_attempts(), self.too_many_attempts_lead()),
            ConsoleError::TooManySearches => (self.too_many_searches(), self.too_many_searches_lead()),
            ConsoleError::Busy => (self.busy(), self.busy_lead()),
            ConsoleError::CodeWrong => (self.code_wrong(), self.code_wrong_lead()),
            ConsoleError::PasswordWrong => (self.password_wrong(), self.password_wrong_lead()),
            ConsoleError::PasswordLength => (self.password_length(), self.password_length_lead()),
            ConsoleError::PasswordCommon => (self.password_common(), self.password_common_lead()),
            ConsoleError::PasswordsDiffer => (self.passwords_differ(), self.passwords_differ_lead()),
            ConsoleError::UsernameInvalid => (self.username_invalid(), self.username_invalid_lead()),
            ConsoleError::OperatorTaken => (self.operator_taken(), self.operator_taken_lead()),
            ConsoleError::LastAdmin => (self.last_admin(), self.last_admin_lead()),
            ConsoleError::SecondFactorMissing => (self.must_set_up(), self.must_set_up_lead()),
            ConsoleError::LinkGone => (self.link_gone(), self.link_gone_lead()),
            ConsoleError::Internal => (self.internal(), self.internal_lead()),
        }
    }
}
