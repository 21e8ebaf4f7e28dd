//! What the console may ask of the server.
//!
//! Permission is a value: whoever holds an [`Arc<dyn Viewer>`] has been checked, and there is no other way to
//! get one than [`viewer`]. Each role gets a trait of its own with the operations that need it.

use std::sync::Arc;

use async_trait::async_trait;
use leptos::prelude::use_context;

use crate::{
    error::ConsoleError,
    types::{Cursor, Operator, Page, PhoneChange, User, UserQuery, UserSummary},
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
}

/// What every operator may read: masked data.
#[async_trait]
pub trait Viewer: Send + Sync {
    fn operator(&self) -> &Operator;
    async fn users(&self, query: UserQuery) -> Result<Page<UserSummary>, ConsoleError>;
    async fn user(&self, id: &str) -> Result<User, ConsoleError>;
    async fn phone_changes(&self, cursor: Option<Cursor>) -> Result<Page<PhoneChange>, ConsoleError>;
}

/// The request's console. The server provides it to every page and server function.
pub fn console() -> Result<Arc<dyn Console>, ConsoleError> {
    use_context::<Arc<dyn Console>>().ok_or(ConsoleError::Internal)
}

/// Proof that an operator is signed in.
pub async fn viewer() -> Result<Arc<dyn Viewer>, ConsoleError> {
    console()?.viewer().await
}
