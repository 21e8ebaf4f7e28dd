use serde::{Deserialize, Serialize};

use super::{Cursor, Millis, Page, UserRef};

/// One line per act: the variant and its name in the database, where it stays for ever.
macro_rules! actions {
    ($($(#[$about:meta])* $act:ident $name:literal,)*) => {
        /// What the audit log records.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum AuditAction { $($(#[$about])* $act,)* }

        impl AuditAction {
            pub const ALL: &[Self] = &[$(Self::$act,)*];

            /// The name in the database and in URLs.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$act => $name,)* }
            }
        }
    };
}

actions! {
    /// The first entry of every log: without it, an emptied log would look like a new one.
    BeginLog "begin_log",
    CreateApiKey "create_api_key",
    RevokeApiKey "revoke_api_key",
    SettleAlert "settle_alert",
    ResetWechatSession "reset_wechat_session",
    AskWechat "ask_wechat",
    CheckApp "check_app",
    UnbindPhone "unbind_phone",
    UnbindOpenid "unbind_openid",
    ForgetUnionid "forget_unionid",
    EndSession "end_session",
    EndSessions "end_sessions",
    ResetEverything "reset_everything",
    BlockUser "block_user",
    UnblockUser "unblock_user",
    MovePhone "move_phone",
    MergeUsers "merge_users",
    KeepApart "keep_apart",
    UndoReset "undo_reset",
    ExportUsers "export_users",
    ExportUsersEnded "export_users_ended",
    /// With the full phones of more users than are written down one by one.
    ExportPhones "export_phones",
    /// One user's full phone, in an export of few.
    ExportPhone "export_phone",
    RevealPhone "reveal_phone",
    ExportUser "export_user",
    EraseUser "erase_user",
    /// Many searches for phone numbers within an hour. The entry says how many, never for what.
    SearchNumbers "search_numbers",
    CreateOperator "create_operator",
    SetOperatorRole "set_operator_role",
    ResetOperator "reset_operator",
    ResetOperatorPassword "reset_operator_password",
    RequireSecondFactor "require_second_factor",
    DisableOperator "disable_operator",
    EnableOperator "enable_operator",
    ChoosePassword "choose_password",
    ChangePassword "change_password",
    TurnOnSecondFactor "turn_on_second_factor",
    TurnOffSecondFactor "turn_off_second_factor",
    RenewRecoveryCodes "renew_recovery_codes",
    EndOwnSessions "end_own_sessions",
    SignIn "sign_in",
    SignOut "sign_out",
    SignInFailed "sign_in_failed",
    SignInLocked "sign_in_locked",
}

impl AuditAction {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }
}

/// One entry of the audit log, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub seq: i64,
    pub at: Millis,
    /// An operator's username; absent for a command on the machine itself.
    pub actor: Option<String>,
    /// A name of [`AuditAction`], or one that only a newer version knows.
    pub action: String,
    /// To whom it was done.
    pub user: Option<UserRef>,
    /// In the operator's own words.
    pub reason: Option<String>,
    /// The operator's network, without the part that names a household.
    pub network: Option<String>,
    pub request_id: Option<String>,
    /// What else was written down, by name.
    pub facts: Vec<(String, String)>,
}

/// What the audit page is asked for. Absent: everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    pub actor: Option<String>,
    pub action: Option<String>,
    pub user_id: Option<String>,
    /// From this moment to that one.
    pub from: Option<Millis>,
    pub to: Option<Millis>,
    pub cursor: Option<Cursor>,
}

/// A page of the log, newest first, and whether the whole log can be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditList {
    pub page: Page<AuditEntry>,
    pub chain: Chain,
}

/// What is known of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// `None` until every entry was looked at once.
    pub last: Option<LastCheck>,
    /// How many entries were looked at so far by a look at all of them that runs.
    pub checking: Option<i64>,
}

/// What the last check of the log found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastCheck {
    pub state: ChainState,
    /// When every entry was looked at; what was added since is looked at each time.
    pub checked_at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChainState {
    Whole {
        entries: i64,
    },
    /// The first entry that was changed, or that follows a missing one.
    Broken {
        seq: i64,
    },
}

#[cfg(test)]
mod tests {
    use super::AuditAction;

    #[test]
    fn every_act_is_found_by_its_name() {
        for action in AuditAction::ALL {
            assert_eq!(AuditAction::from_name(action.name()), Some(*action));
        }
        assert_eq!(AuditAction::from_name("nonsense"), None);
    }
}
