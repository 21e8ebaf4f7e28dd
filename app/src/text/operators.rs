//! Operators: the list of them, the links they come by, signing in, and their own accounts.

use super::{Lang, T};
use crate::types::{OperatorState, SecondFactorPolicy};

texts! {
    // List
    operators: "操作员", "Operators";
    operators_lead: "可以登录管理控制台的人。邀请和重置都会生成一次性链接：24 小时内有效，由本人设置密码，其他人不会知道密码。",
        "The people who sign in to this console. To invite or reset somebody makes a link that works once within 24 hours: they choose the password themselves, and nobody else knows it.";
    invite: "邀请操作员", "Invite an operator";
    make_invitation: "生成邀请链接", "Make the invitation link";
    role_name: "角色", "Role";
    roles_lead: "只读：查看脱敏数据；客服：还可处理用户问题；管理员：还可管理操作员、密钥和告警。",
        "Viewers read masked data; support also acts on users; admins also manage operators, keys and alerts.";
    link_made: "链接已生成，请立即复制", "The link is made: copy it now";
    link_made_lead: "它只显示这一次。请通过可信的渠道单独发给本人：", "It is shown this once. Send it, over a channel you trust, to nobody but ";
    second_factor: "两步验证", "Second factor";
    second_factor_on: "已开启", "On";
    second_factor_off: "未开启", "Off";
    last_sign_in: "最近登录", "Last sign-in";
    never_signed_in: "从未登录", "Never";
    operator_made: "创建时间", "Created";
    manage_operator: "管理", "Manage";
    yourself: "您", "You";
    change_role: "更改角色", "Change the role";
    new_role: "新角色", "New role";
    reset_operator_lead: "原密码立即失效，所有会话立即结束，并生成一次性链接供其重新设置密码。",
        "The password and every session end at once. You get a link with which a new password is chosen.";
    remove_factor_too: "同时关闭两步验证（手机和恢复码都丢失时）", "Also turn off the second factor (phone and recovery codes are lost)";
    make_reset_link: "重置并生成链接", "Reset and make the link";
    new_invitation: "重新生成邀请链接", "Make a new invitation link";
    disable_operator: "停用", "Disable";
    disable_operator_lead: "立即结束其所有会话，无法再登录，随时可以重新启用。", "All sessions end at once and there is no signing in, until enabled again.";
    enable_operator: "启用", "Enable";
    enable_operator_lead: "可以再次使用原来的密码登录。", "Lets them sign in again with the password they had.";
    role_changed: "角色已更改", "The role is changed";
    role_changed_lead: "立即生效，无需重新登录。", "It counts from now on, without signing in again.";
    operator_disabled: "已停用", "Disabled";
    operator_disabled_lead: "其所有会话已结束。", "All of their sessions have ended.";
    operator_enabled: "已启用", "Enabled";
    operator_enabled_lead: "现在可以登录了。", "They can sign in again.";

    // Second factor of everybody
    second_factor_policy: "两步验证要求", "Who must use a second factor";
    second_factor_policy_lead: "必须使用的人未开启之前，只能访问自己的账号页面。更改立即生效，对已登录的人也一样。",
        "Until they have turned it on, those who must use one get to nothing but their own account. A change counts at once, for those who are signed in, too.";
    required_of: "必须使用", "Required of";
    change_policy: "更改", "Change";
    policy_floor: "配置要求管理员必须使用（LATCHKEY_REQUIRE_ADMIN_TOTP），此处只能要求更多。",
        "The configuration requires it of administrators (LATCHKEY_REQUIRE_ADMIN_TOTP). Here you can require more, not less.";
    policy_changed: "两步验证要求已更改", "The requirement is changed";
    policy_changed_lead: "立即生效，无需重新登录。", "It counts from now on, without signing in again.";

    // Links
    choose_password: "设置密码", "Choose a password";
    choose_password_lead: "您的用户名是", "Your username is";
    factor_goes: "设置后，两步验证将被关闭，请登录后重新开启。", "Your second factor will be turned off: turn it on again once you are signed in.";
    first_admin: "创建第一个管理员", "Make the first administrator";
    first_admin_lead: "欢迎使用 Latchkey。请为自己选择用户名和密码，随后即可登录并邀请其他人。",
        "Welcome to Latchkey. Choose a username and a password; then sign in and invite the others.";
    username_hint: "字母、数字和 . _ - @", "Letters, digits and . _ - @";
    new_password: "新密码", "New password";
    repeat_password: "再次输入新密码", "New password, once more";
    save_password: "保存密码", "Save the password";
    password_chosen: "密码已设置", "Your password is set";
    password_chosen_lead: "现在可以登录了。", "You can sign in now.";

    // Second step
    second_step: "两步验证", "Second step";
    second_step_lead: "输入身份验证器应用中的 6 位验证码。手机不在身边时，可输入一个恢复码。",
        "Enter the 6 digits of your authenticator app. Without your phone, enter one of your recovery codes.";
    totp_code: "验证码", "Code";
    code_or_recovery: "验证码或恢复码", "Code or recovery code";
    confirm_code: "确认", "Confirm";
    start_over: "返回登录", "Start over";

    // Account
    own_account: "我的账号", "Your account";
    change_password: "修改密码", "Change the password";
    change_password_lead: "修改后，其他设备上的会话会立即结束。", "All your other sessions end at once.";
    current_password: "当前密码", "Current password";
    password_changed: "密码已修改", "The password is changed";
    password_changed_lead: "其他会话已结束，本次会话继续有效。", "All other sessions have ended; this one goes on.";
    second_factor_lead: "登录时除密码外，还需输入手机上身份验证器应用的验证码。即使密码泄露，别人也无法登录。开启后，其他会话会立即结束。",
        "Signing in then takes a code of an app on your phone besides the password, so a stolen password opens nothing. All your other sessions end once it is on.";
    must_set_up: "请先开启两步验证", "Turn on your second factor first";
    must_set_up_lead: "按照本系统的要求，您的账号必须使用两步验证。开启后即可继续。",
        "This installation requires one of your account. Everything else is open once it is on.";
    offer_factor: "最后一步：开启两步验证", "One last step: turn on your second factor";
    offer_factor_lead: "您是第一个管理员，这个账号可以查看和更改一切。开启两步验证后，即使密码泄露，别人也无法登录。只需一分钟和您的手机。",
        "You are the first administrator: this account can see and change everything. With a second factor, a stolen password opens nothing. It takes a minute and your phone.";
    put_off_factor: "以后再说，先进入控制台", "Later: go to the console now";
    factor_reminder: "您的管理员账号还没有开启两步验证", "Your administrator account has no second factor yet";
    factor_reminder_lead: "目前仅凭密码就能查看和更改一切。", "A password is all that stands before everything.";
    turn_factor_on: "开启两步验证", "Turn it on";
    new_codes: "重新生成恢复码", "New recovery codes";
    new_codes_lead: "旧的恢复码全部作废。需要密码和一个验证码（或恢复码）。", "The old ones end. This takes your password and a code, or a recovery code.";
    make_new_codes: "生成新的恢复码", "Make new codes";
    scan_lead: "1. 用身份验证器应用扫描二维码（如腾讯身份验证器、Microsoft Authenticator、Google Authenticator），或手动输入密钥。",
        "1. Scan the QR code with an authenticator app, such as Microsoft Authenticator, Google Authenticator or Aegis, or type the key in.";
    confirm_lead: "2. 输入应用显示的 6 位验证码。", "2. Enter the 6 digits that the app shows.";
    qr_label: "二维码，内容为下方的密钥", "QR code of the key below";
    totp_key: "密钥", "Key";
    open_app: "在本机的验证器应用中打开", "Open in the app of this device";
    another_key: "换一个密钥", "Another key";
    factor_on: "两步验证已开启", "The second factor is on";
    save_codes: "请立即保存这些恢复码", "Save these recovery codes now";
    save_codes_lead: "手机丢失时，每个恢复码可代替验证码使用一次。它们只显示这一次，请打印或存入密码管理器。",
        "When your phone is lost, each of them stands in for one code. They are shown this once: print them or put them into a password manager.";
    turn_factor_off: "关闭两步验证", "Turn it off";
    turn_factor_off_lead: "需要密码和一个验证码（或恢复码）。其他会话会立即结束。",
        "This takes your password and a code, or a recovery code. All your other sessions end at once.";
    factor_is_off: "两步验证已关闭", "The second factor is off";
    factor_is_off_lead: "登录只需要密码。", "Signing in takes the password alone.";
    own_sessions: "登录的会话", "Sessions";
    own_sessions_lead: "您登录过的浏览器。不认识的会话请立即结束，并修改密码。", "The browsers you are signed in with. If you do not know one, end it and change your password.";
    browser: "浏览器", "Browser";
    unknown_browser: "未知", "Unknown";
    signed_in_at: "登录时间", "Signed in";
    own_last_seen: "最近活动", "Last seen";
    this_session: "当前会话", "This one";
    end_own_session: "结束", "End";
    end_other_sessions: "结束其他所有会话", "End all other sessions";
    own_session_ended: "会话已结束", "Ended";
    own_session_ended_lead: "该浏览器需要重新登录。", "That browser has to sign in again.";

    // Problems
    too_many_attempts: "尝试次数过多", "Too many tries";
    too_many_attempts_lead: "为保护账号，请等待 15 分钟后再试。", "To protect the account, wait 15 minutes and try again.";
    busy: "登录请求太多", "Too many people are signing in";
    busy_lead: "服务器暂时忙不过来，这次没有计入尝试次数。请等几秒后再试。",
        "The server could not get to it. This did not count as a try: wait a few seconds and try again.";
    code_wrong: "验证码不正确", "That code is not right";
    code_wrong_lead: "每个验证码只能使用一次，请等待应用显示下一个；并检查手机时间是否准确。",
        "Each code works once: wait for the next one. If it goes on, check the clock of your phone.";
    password_wrong: "当前密码不正确", "That is not your current password";
    password_wrong_lead: "没有做任何更改。", "Nothing was changed.";
    password_length: "密码长度不符合要求", "That password has the wrong length";
    password_length_lead: "密码至少 15 个字符；已开启两步验证的账号至少 12 个。最多 1024 个。",
        "A password has at least 15 characters, or 12 for an account with a second factor, and at most 1024.";
    password_common: "这个密码太容易被猜到", "That password is too easy to guess";
    password_common_lead: "它是用户名，或由常见密码、单词和键盘顺序组成。请换一个，例如一句自己的话。",
        "It is your username, or made of common passwords, words or rows of keys. Choose another one, such as a sentence of your own.";
    passwords_differ: "两次输入的密码不一致", "The two passwords differ";
    passwords_differ_lead: "请重新输入两次。", "Please type it twice again.";
    username_invalid: "用户名不符合要求", "That username cannot be had";
    username_invalid_lead: "1 到 64 个字母、数字或 . _ - @。", "A username has 1 to 64 letters, digits and the characters . _ - @.";
    operator_taken: "这个用户名已被使用", "That username is taken";
    operator_taken_lead: "请换一个。停用的操作员也保留其用户名，可以重新启用。", "Choose another one. Disabled operators keep theirs, and can be enabled again.";
    last_admin: "这是最后一个管理员", "This is the last administrator";
    last_admin_lead: "没有做任何更改。请先让另一位管理员可以登录。", "Nothing was changed. See to it that another administrator can sign in first.";
    link_gone: "链接已失效", "That link is not good any more";
    link_gone_lead: "每个链接只能使用一次，且只在 24 小时内有效。请管理员重新生成；首次启动时的链接，可重启 latchkey serve 重新获得。",
        "A link works once and within 24 hours. Ask an administrator for a new one; while there is no operator, latchkey serve prints another at each start.";
}

impl T {
    pub const fn operator_state(self, state: OperatorState) -> &'static str {
        match (state, self.0) {
            (OperatorState::Active, Lang::Zh) => "正常",
            (OperatorState::Active, Lang::En) => "Active",
            (OperatorState::Invited, Lang::Zh) => "待设置密码",
            (OperatorState::Invited, Lang::En) => "Password to be chosen",
            (OperatorState::Disabled, Lang::Zh) => "已停用",
            (OperatorState::Disabled, Lang::En) => "Disabled",
        }
    }

    pub const fn policy(self, policy: SecondFactorPolicy) -> &'static str {
        match policy {
            SecondFactorPolicy::None => self.pick("没有人", "Nobody"),
            SecondFactorPolicy::Admins => self.pick("管理员", "Admins"),
            SecondFactorPolicy::All => self.pick("所有人", "Everybody"),
        }
    }

    pub fn password_hint(self, shortest: usize) -> String {
        match self.0 {
            Lang::Zh => format!("至少 {shortest} 个字符。不要求大小写或符号，一句自己的话就很好；常见密码不能使用。"),
            Lang::En => format!(
                "{shortest} characters or more. No capitals or symbols are asked for: a sentence of your own is best. \
                 Common passwords are refused."
            ),
        }
    }

    pub fn codes_left(self, left: i64) -> String {
        match self.0 {
            Lang::Zh => format!("剩余 {left} 个恢复码"),
            Lang::En => format!("{left} recovery codes left"),
        }
    }
}
