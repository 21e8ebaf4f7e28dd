//! Advice for support staff and the sentence for the user: a few, shared by the stories.

use super::Both;
use crate::types::{Failure, Stage, Wanted};

#[derive(Debug, Clone, Copy)]
pub(super) struct Saying {
    pub support: Both,
    pub user: Both,
}

pub(super) const HEALED: Saying = Saying {
    support: ("不需要处理：请求已经成功。", "There is nothing to do: the request succeeded."),
    user: ("用户没有受到影响，不需要说明。", "The user was not affected and needs no message."),
};

pub(super) const TAP_AGAIN: Saying = Saying {
    support: (
        "这是小程序代码的问题，不是用户操作的问题。可以请用户再点一次手机号按钮；仍然失败就不要再试，把「以文本复制」的内容发给开发人员。",
        "This is a fault of the mini program; the user did nothing wrong. One more tap on the phone button is fine. If it fails again, do not try further: send the developers the text under \"Copy as text\".",
    ),
    user: ("请再点一次按钮授权手机号。", "Please tap the button once more to share your phone number."),
};

const SAVE_AGAIN: Saying = Saying {
    support: (
        "不是用户操作的问题。请用户再提交一次资料；同一版本反复出现时，把「以文本复制」的内容发给开发人员。",
        "The user did nothing wrong. Ask them to send the profile once more. If one version keeps doing this, send the developers the text under \"Copy as text\".",
    ),
    user: ("请再提交一次资料。", "Please send your profile once more."),
};

pub(super) const TAP_SOONER: Saying = Saying {
    support: (
        "请用户再点一次手机号按钮，并尽快确认。",
        "Ask the user to tap the phone button once more and to confirm without delay.",
    ),
    user: ("授权已过期，请再点一次按钮。", "That took too long. Please tap the button once more."),
};

pub(super) const OPEN_AGAIN_FOR_PHONE: Saying = Saying {
    support: (
        "请用户退出小程序，重新进入后再点手机号按钮，一般就能成功。反复出现时，把「以文本复制」的内容发给开发人员。",
        "Ask the user to leave the mini program, open it again and tap the phone button, which usually works. If it comes back, send the developers the text under \"Copy as text\".",
    ),
    user: (
        "请退出小程序，重新进入后再授权手机号。",
        "Please close the mini program, open it again and share your phone number.",
    ),
};

pub(super) const OPEN_AGAIN: Saying = Saying {
    support: (
        "请用户退出小程序后重新进入，一般就能成功。反复出现时，把「以文本复制」的内容发给开发人员。",
        "Ask the user to leave the mini program and open it again, which usually works. If it comes back, send the developers the text under \"Copy as text\".",
    ),
    user: ("请退出小程序，重新进入后再试。", "Please close the mini program, open it again and try once more."),
};

pub(super) const PHONE_BROKEN: Saying = Saying {
    support: (
        "与用户无关，让用户重试也没有用。请把「以文本复制」的内容发给开发人员。",
        "It has nothing to do with the user, and trying again does not help. Send the developers the text under \"Copy as text\".",
    ),
    user: (
        "手机号暂时无法绑定，我们正在修复；其他功能可以继续使用。",
        "Your phone number cannot be linked for now; we are fixing it. Everything else works.",
    ),
};

pub(super) const PROFILE_BROKEN: Saying = Saying {
    support: PHONE_BROKEN.support,
    user: (
        "资料暂时无法更新，我们正在修复；其他功能可以继续使用。",
        "Your profile cannot be updated for now; we are fixing it. Everything else works.",
    ),
};

pub(super) const LOGIN_BROKEN: Saying = Saying {
    support: PHONE_BROKEN.support,
    user: ("暂时无法登录，我们正在修复。", "Logging in does not work at the moment; we are fixing it."),
};

/// The administrator has to act, and until then no user can share a phone.
pub(super) const PHONE_NEEDS_ADMIN: Saying = Saying {
    support: (
        "与用户无关。请立即告诉管理员：处理之前，所有用户都无法授权手机号。",
        "It has nothing to do with the user. Tell an administrator at once: until then no user can share a phone number.",
    ),
    user: PHONE_BROKEN.user,
};

/// The administrator has to act, and until then nobody can log in.
pub(super) const LOGIN_NEEDS_ADMIN: Saying = Saying {
    support: (
        "与用户无关。请立即告诉管理员：处理之前，所有用户都无法登录。",
        "It has nothing to do with the user. Tell an administrator at once: until then nobody can log in.",
    ),
    user: LOGIN_BROKEN.user,
};

pub(super) const LATER: Saying = Saying {
    support: (
        "请用户几分钟后再试。持续出现时，请告诉管理员。",
        "Ask the user to try again in a few minutes. If it goes on, tell an administrator.",
    ),
    user: ("微信繁忙，请过几分钟再试。", "WeChat is busy. Please try again in a few minutes."),
};

/// No user is concerned, the administrator is.
pub(super) const PUSH: Saying = Saying {
    support: (
        "与用户无关。请告诉管理员：处理之前，用户撤回授权和注销账号的通知可能不会生效。",
        "It has nothing to do with a user. Tell an administrator: until then, withdrawals of consent and cancelled accounts may not take effect.",
    ),
    user: NOBODY.user,
};

pub(super) const NOBODY: Saying = Saying {
    support: ("没有用户受影响，不需要处理。", "No user is affected; there is nothing to do."),
    user: ("没有用户受影响，不需要说明。", "No user is affected and needs no message."),
};

fn of_user_info(failure: &Failure) -> bool {
    failure.evidence.wanted == Some(Wanted::UserInfo) || failure.call.ends_with("/api/profile")
}

/// New data cures it for the moment.
pub(super) fn again(failure: &Failure) -> Saying {
    if of_user_info(failure) { SAVE_AGAIN } else { TAP_AGAIN }
}

/// A new login, and then new data, cures it for the moment.
pub(super) fn open_again(failure: &Failure) -> Saying {
    if of_user_info(failure) { OPEN_AGAIN } else { OPEN_AGAIN_FOR_PHONE }
}

/// It fails again until the code is changed.
pub(super) fn broken(failure: &Failure) -> Saying {
    if of_user_info(failure) { PROFILE_BROKEN } else { PHONE_BROKEN }
}

/// A call that both logs in and takes a phone: the login itself stands.
pub(super) fn needs_admin(failure: &Failure) -> Saying {
    if failure.stage == Stage::LoginCode { LOGIN_NEEDS_ADMIN } else { PHONE_NEEDS_ADMIN }
}
