//! What the console may ask of the server.
//!
//! Permission is a value: whoever holds an [`Arc<dyn Viewer>`] has been checked, and there is no other way to
//! get one than [`viewer`]. Each role gets a trait of its own with the operations that need it.

use std::sync::Arc;

use async_trait::async_trait;
use leptos::prelude::use_context;

use crate::{
    error::ConsoleError,
    types::{
        Account, AlertKind, ApiKey, AppHealth, AuditList, AuditQuery, Confirmation, Conflict, ConflictQuery, Cursor,
        Dashboard, ErasePreview, FailureList, FailureQuery, FailureStory, Found, Invitation, Millis, MiniProgram,
        NewLink, Operator, OperatorSummary, Page, PhoneChange, Privacy, ResetOrder, ResetPreview, RevealedPhone, Role,
        SecondFactorPolicy, SignInStep, Trial, TrialStep, UndoPreview, UntrustedProxy, User, UserList, UserQuery, Zone,
    },
};

/// One HTTP request's way into the server, before anybody is known.
#[async_trait]
pub trait Console: Send + Sync {
    /// Starts a session under a new id, or fails with [`ConsoleError::SignInFailed`]. Where the second factor is on, it is
    /// worth nothing until [`Self::sign_in_code`].
    async fn sign_in(&self, username: String, password: String) -> Result<SignInStep, ConsoleError>;
    /// The second step: a code of the app, or a recovery code. [`ConsoleError::SignedOut`] without the first.
    async fn sign_in_code(&self, code: &str) -> Result<(), ConsoleError>;
    /// Whether the first step was done here, and the second was not.
    async fn awaits_code(&self) -> Result<bool, ConsoleError>;
    /// For whom a link is with which a password is chosen, or [`ConsoleError::LinkGone`]. Uses nothing up.
    async fn invitation(&self, token: &str) -> Result<Invitation, ConsoleError>;
    /// Chooses a password, and with the link of the first start a username: then the answer is `true`.
    async fn accept_invitation(&self, token: &str, username: &str, password: String) -> Result<bool, ConsoleError>;
    /// Whoever is signed in, for what is his own: also an administrator who has to turn on his second factor first.
    async fn own_account(&self) -> Result<Arc<dyn OwnAccount>, ConsoleError>;
    /// Ends the session. Doing so twice is no error.
    async fn sign_out(&self) -> Result<(), ConsoleError>;
    /// The read operations, for any operator who is signed in.
    async fn viewer(&self) -> Result<Arc<dyn Viewer>, ConsoleError>;
    /// What support staff may do, or [`ConsoleError::Forbidden`].
    async fn support(&self) -> Result<Arc<dyn Support>, ConsoleError>;
    /// What administrators may do, or [`ConsoleError::Forbidden`].
    async fn admin(&self) -> Result<Arc<dyn Admin>, ConsoleError>;
}

/// What every operator may do with his own account.
#[async_trait]
pub trait OwnAccount: Send + Sync {
    fn operator(&self) -> &Operator;
    /// Recovery codes that were just made are told once.
    async fn account(&self) -> Result<Account, ConsoleError>;
    /// Ends every other session; this one goes on under a new id.
    async fn change_password(&self, current: String, new: String) -> Result<(), ConsoleError>;
    /// Makes a secret that [`Self::account`] shows until it is confirmed. Whoever has just signed in need not give the
    /// password again.
    async fn begin_second_factor(&self, password: String) -> Result<(), ConsoleError>;
    /// Turns the second factor on, with the app's first code. Ends every other session.
    async fn confirm_second_factor(&self, code: &str) -> Result<(), ConsoleError>;
    /// Ends every other session, too.
    async fn end_second_factor(&self, password: String, code: &str) -> Result<(), ConsoleError>;
    /// Puts new recovery codes in place of the old ones; [`Self::account`] tells them once.
    async fn renew_recovery_codes(&self, password: String, code: &str) -> Result<(), ConsoleError>;
    async fn end_session(&self, id: &str) -> Result<(), ConsoleError>;
    async fn end_other_sessions(&self) -> Result<(), ConsoleError>;
}

/// What every operator may read: masked data.
#[async_trait]
pub trait Viewer: Send + Sync {
    fn operator(&self) -> &Operator;
    async fn users(&self, query: UserQuery) -> Result<UserList, ConsoleError>;
    /// Whom or what the text means. One that has no business in a URL is kept in the operator's session.
    async fn search(&self, text: &str) -> Result<Found, ConsoleError>;
    async fn user(&self, id: &str) -> Result<User, ConsoleError>;
    async fn phone_changes(&self, cursor: Option<Cursor>) -> Result<Page<PhoneChange>, ConsoleError>;
    /// The configured mini programs, in the order of the configuration.
    async fn mini_programs(&self) -> Result<Vec<MiniProgram>, ConsoleError>;
    async fn conflicts(&self, query: ConflictQuery) -> Result<Page<Conflict>, ConsoleError>;
    async fn conflict(&self, id: &str) -> Result<Conflict, ConsoleError>;
    async fn failures(&self, query: FailureQuery) -> Result<FailureList, ConsoleError>;
    async fn failure(&self, id: &str) -> Result<FailureStory, ConsoleError>;
    /// Who has seen this user's data in full, and what of it was erased.
    async fn privacy(&self, user_id: &str) -> Result<Privacy, ConsoleError>;
    async fn audit(&self, query: AuditQuery) -> Result<AuditList, ConsoleError>;
    /// Looks at every entry of the audit log again.
    async fn check_audit(&self) -> Result<(), ConsoleError>;
    /// With the last 24 hours by the hour, or the last 7 or 30 days by the day.
    async fn dashboard(&self, days: i64, zone: &Zone) -> Result<Dashboard, ConsoleError>;
    /// As [`Self::mini_programs`], each with how it is.
    async fn app_health(&self, zone: &Zone) -> Result<Vec<AppHealth>, ConsoleError>;
}

/// What support staff may do besides. Every act is in the audit log, with the reason given.
#[async_trait]
pub trait Support: Send + Sync {
    /// What a reset, a block or an unblock would do.
    async fn preview_reset(&self, order: &ResetOrder) -> Result<ResetPreview, ConsoleError>;
    /// Does what was previewed, or nothing if something has changed since.
    async fn reset(&self, order: &ResetOrder, said: &Confirmation) -> Result<(), ConsoleError>;
    /// Keeps users out, whose tokens are dead at once, or lets them in again. Ids of nobody are passed over.
    async fn block_users(&self, users: &[String], blocked: bool, reason: &str) -> Result<(), ConsoleError>;
    /// Settles a conflict: the two stay two users.
    async fn keep_apart(&self, conflict: &str, reason: &str) -> Result<(), ConsoleError>;
    /// Asks WeChat about the session_key and the ciphertext of a failure, and files the answers with it.
    async fn ask_wechat(&self, failure_id: &str) -> Result<(), ConsoleError>;
    /// Lets this operator's session see a user's number for a minute, by [`Self::revealed_phone`].
    async fn reveal_phone(&self, user_id: &str, reason: &str) -> Result<(), ConsoleError>;
    /// The number, while the minute lasts.
    async fn revealed_phone(&self, user_id: &str) -> Result<Option<RevealedPhone>, ConsoleError>;
    /// Seconds until this operator may reveal or export again; 0: now.
    async fn reveal_wait(&self) -> Result<u32, ConsoleError>;
}

/// What administrators may do besides.
#[async_trait]
pub trait Admin: Send + Sync {
    /// What undoing a reset of this user would do.
    async fn preview_undo(&self, user: &str, reset: &str) -> Result<UndoPreview, ConsoleError>;
    async fn undo_reset(&self, user: &str, reset: &str, said: &Confirmation) -> Result<(), ConsoleError>;
    /// Newest first, revoked ones included.
    async fn api_keys(&self) -> Result<Vec<ApiKey>, ConsoleError>;
    /// Makes a key. It is shown once, by [`Self::new_api_key`].
    async fn create_api_key(&self, name: &str) -> Result<(), ConsoleError>;
    /// The key that this operator has just made; the second time there is none.
    async fn new_api_key(&self) -> Result<Option<String>, ConsoleError>;
    async fn revoke_api_key(&self, id: &str) -> Result<(), ConsoleError>;
    /// Everybody who may sign in, or might.
    async fn operators(&self) -> Result<Vec<OperatorSummary>, ConsoleError>;
    /// Makes an operator, and the link with which he chooses a password. It is shown once, by [`Self::new_link`].
    async fn invite_operator(&self, username: &str, role: Role) -> Result<(), ConsoleError>;
    /// Ends his password and sessions, and makes a link to choose a new one, as for a new operator.
    async fn reset_operator(&self, id: &str, drops_second_factor: bool) -> Result<(), ConsoleError>;
    /// The link that this operator has just made; the second time there is none.
    async fn new_link(&self) -> Result<Option<NewLink>, ConsoleError>;
    /// Unless he is not what he `was` on the page.
    async fn set_operator_role(&self, id: &str, was: Role, role: Role) -> Result<(), ConsoleError>;
    /// Lets an operator in again, or out: then his sessions end at once.
    async fn enable_operator(&self, id: &str, enabled: bool) -> Result<(), ConsoleError>;
    /// The policy that holds, and the lowest one that the configuration lets an administrator choose.
    async fn second_factor_policy(&self) -> Result<(SecondFactorPolicy, SecondFactorPolicy), ConsoleError>;
    /// Fails with `Stale` if another policy than `was` holds by now.
    async fn require_second_factor(
        &self,
        was: SecondFactorPolicy,
        policy: SecondFactorPolicy,
    ) -> Result<(), ConsoleError>;
    /// Takes an alert off the list: the operator has dealt with it. It comes back when its cause does; if that was after
    /// `last_at`, which the page showed, it stays.
    async fn settle_alert(&self, appid: &str, kind: AlertKind, last_at: Millis) -> Result<(), ConsoleError>;
    /// The peers that look like proxies of this installation and are not configured as such, seen within a day.
    async fn untrusted_proxies(&self) -> Result<Vec<UntrustedProxy>, ConsoleError>;
    async fn preview_erasure(&self, user_id: &str) -> Result<ErasePreview, ConsoleError>;
    /// Takes a user's personal data out for good.
    async fn erase_user(&self, user_id: &str, said: &Confirmation) -> Result<(), ConsoleError>;
    /// All that is held about a user, as JSON.
    async fn export_user(&self, user_id: &str, reason: &str) -> Result<String, ConsoleError>;
    /// Fetches an access_token as any call would: WeChat says whether the credentials are right. A refusal raises its alert.
    async fn check_app(&self, appid: &str) -> Result<(), ConsoleError>;
    /// Which check pasted data passes. Nothing of it is kept.
    async fn try_decryption(&self, trial: Trial) -> Result<Vec<TrialStep>, ConsoleError>;
}

/// The request's console. The server provides it to every page and server function.
pub fn console() -> Result<Arc<dyn Console>, ConsoleError> {
    use_context::<Arc<dyn Console>>().ok_or(ConsoleError::Internal)
}

/// Proof of who is signed in, for what is his own.
pub async fn own_account() -> Result<Arc<dyn OwnAccount>, ConsoleError> {
    console()?.own_account().await
}

/// Proof that an operator is signed in.
pub async fn viewer() -> Result<Arc<dyn Viewer>, ConsoleError> {
    console()?.viewer().await
}

/// Proof that an operator of role support or admin is signed in.
pub async fn support() -> Result<Arc<dyn Support>, ConsoleError> {
    console()?.support().await
}

/// Proof that an administrator is signed in.
pub async fn admin() -> Result<Arc<dyn Admin>, ConsoleError> {
    console()?.admin().await
}
