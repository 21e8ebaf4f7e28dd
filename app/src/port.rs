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
        AlertKind, ApiKey, Confirmation, Conflict, ConflictQuery, Cursor, FailureList, FailureQuery, FailureStory,
        FailureTrend, MiniProgram, Operator, Page, PhoneChange, ResetOrder, ResetPreview, Trial, TrialStep,
        UndoPreview, User, UserQuery, UserSummary,
    },
};

/// One HTTP request's way into the server, before anybody is known.
#[async_trait]
pub trait Console: Send + Sync {
    /// Starts a session under a new id, or fails with [`ConsoleError::SignInFailed`].
    async fn sign_in(&self, username: String, password: String) -> Result<(), ConsoleError>;
    /// Ends the session. Doing so twice is no error.
    async fn sign_out(&self) -> Result<(), ConsoleError>;
    /// The read operations, for any operator who is signed in.
    async fn viewer(&self) -> Result<Arc<dyn Viewer>, ConsoleError>;
    /// What support staff may do, or [`ConsoleError::Forbidden`].
    async fn support(&self) -> Result<Arc<dyn Support>, ConsoleError>;
    /// What administrators may do, or [`ConsoleError::Forbidden`].
    async fn admin(&self) -> Result<Arc<dyn Admin>, ConsoleError>;
}

/// What every operator may read: masked data.
#[async_trait]
pub trait Viewer: Send + Sync {
    fn operator(&self) -> &Operator;
    async fn users(&self, query: UserQuery) -> Result<Page<UserSummary>, ConsoleError>;
    async fn user(&self, id: &str) -> Result<User, ConsoleError>;
    async fn phone_changes(&self, cursor: Option<Cursor>) -> Result<Page<PhoneChange>, ConsoleError>;
    /// The configured mini programs, in the order of the configuration.
    async fn mini_programs(&self) -> Result<Vec<MiniProgram>, ConsoleError>;
    async fn conflicts(&self, query: ConflictQuery) -> Result<Page<Conflict>, ConsoleError>;
    async fn conflict(&self, id: &str) -> Result<Conflict, ConsoleError>;
    async fn failures(&self, query: FailureQuery) -> Result<FailureList, ConsoleError>;
    async fn failure(&self, id: &str) -> Result<FailureStory, ConsoleError>;
    /// The last 24 hours by the hour, or the last 7 or 30 days by the day in Beijing.
    async fn failure_trend(&self, days: i64) -> Result<FailureTrend, ConsoleError>;
}

/// What support staff may do besides. Every act is in the audit log, with the reason given.
#[async_trait]
pub trait Support: Send + Sync {
    /// What a reset, a block or an unblock would do.
    async fn preview_reset(&self, order: &ResetOrder) -> Result<ResetPreview, ConsoleError>;
    /// Does what was previewed, or nothing if something has changed since.
    async fn reset(&self, order: &ResetOrder, said: &Confirmation) -> Result<(), ConsoleError>;
    /// Settles a conflict: the two stay two users.
    async fn keep_apart(&self, conflict: &str, reason: &str) -> Result<(), ConsoleError>;
    /// Asks WeChat about the session_key and the ciphertext of a failure, and files the answers with it.
    async fn ask_wechat(&self, failure_id: &str) -> Result<(), ConsoleError>;
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
    /// Takes an alert off the list: the operator has dealt with it. It comes back when its cause does.
    async fn settle_alert(&self, appid: &str, kind: AlertKind) -> Result<(), ConsoleError>;
    /// Which check pasted data passes. Nothing of it is kept.
    async fn try_decryption(&self, trial: Trial) -> Result<Vec<TrialStep>, ConsoleError>;
}

/// The request's console. The server provides it to every page and server function.
pub fn console() -> Result<Arc<dyn Console>, ConsoleError> {
    use_context::<Arc<dyn Console>>().ok_or(ConsoleError::Internal)
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
