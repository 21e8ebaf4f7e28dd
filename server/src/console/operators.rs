//! Operators: the people who sign in to the console, and their passwords.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use latchkey_app::types::Role;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{
    clock::Clock,
    random::Random,
    secret::Secret,
    store::{
        Db, StoreError, operator_sessions,
        operators::{self, OperatorRow},
    },
};

/// Hashing takes 19 MiB and tens of milliseconds of a core: many sign-ins at once must not starve the logins.
const HASHES_AT_ONCE: usize = 2;
const SHORTEST_PASSWORD: usize = 12;
/// Longer than any password manager makes, short enough not to be a burden to hash.
const LONGEST_PASSWORD: usize = 1024;
const LONGEST_USERNAME: usize = 64;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Operators {
    db: Db,
    clock: Clock,
    random: Random,
    hashing: Arc<Semaphore>,
}

#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    #[error("a username has 1 to 64 letters, digits and the characters . _ - @")]
    Username,
    #[error("a password has at least {SHORTEST_PASSWORD} characters and at most {LONGEST_PASSWORD}")]
    Password,
    #[error("there is an operator of that name already")]
    Taken,
    #[error("there is no operator of that name")]
    Unknown,
    #[error("the password could not be hashed")]
    Hash,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Operators {
    pub fn new(db: Db, clock: Clock, random: Random) -> Self {
        Self { db, clock, random, hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE)) }
    }

    pub async fn create(&self, username: &str, role: Role, password: &Secret) -> Result<(), OperatorError> {
        let letters = username.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte));
        if !letters || !(1..=LONGEST_USERNAME).contains(&username.len()) {
            return Err(OperatorError::Username);
        }
        let now = self.clock.now();
        let row = OperatorRow {
            id: self.random.id(now),
            username: username.to_owned(),
            password_hash: self.hash(password).await?,
            role: role.name().to_owned(),
            created_at: now.0,
            disabled_at: None,
        };
        let mut tx = self.db.write().await?;
        let inserted = operators::insert(&mut tx, &row).await?;
        tx.commit().await?;
        if inserted { Ok(()) } else { Err(OperatorError::Taken) }
    }

    pub async fn list(&self) -> Result<Vec<OperatorRow>, OperatorError> {
        Ok(operators::list(&mut self.db.read().await?).await?)
    }

    /// Gives a new password and ends every session of the operator.
    pub async fn reset_password(&self, username: &str, password: &Secret) -> Result<(), OperatorError> {
        let hash = self.hash(password).await?;
        let mut tx = self.db.write().await?;
        let row = operators::find_username(&mut tx, username).await?.ok_or(OperatorError::Unknown)?;
        operators::set_password(&mut tx, row.id, &hash).await?;
        operator_sessions::delete_of(&mut tx, row.id).await?;
        Ok(tx.commit().await?)
    }

    /// Lets the operator in again, or out at once.
    pub async fn set_enabled(&self, username: &str, enabled: bool) -> Result<(), OperatorError> {
        let at = (!enabled).then(|| self.clock.now());
        let mut tx = self.db.write().await?;
        let row = operators::find_username(&mut tx, username).await?.ok_or(OperatorError::Unknown)?;
        operators::set_disabled(&mut tx, row.id, at).await?;
        if !enabled {
            operator_sessions::delete_of(&mut tx, row.id).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The operator of this name and password, unless he is disabled. Takes the same time whether the name exists.
    pub async fn verify(&self, username: &str, password: Secret) -> Result<Option<OperatorRow>, OperatorError> {
        let row = operators::find_username(&mut self.db.read().await?, username).await?;
        let row = row.filter(|row| row.disabled_at.is_none());
        let hash = row.as_ref().map_or_else(nobodys_hash, |row| row.password_hash.clone());
        let right = self.hashing(move || matches(&hash, &password)).await?;
        Ok(row.filter(|_| right))
    }

    /// An operator who may (still) be here.
    pub async fn find(&self, id: Uuid) -> Result<Option<OperatorRow>, OperatorError> {
        let row = operators::find(&mut self.db.read().await?, id).await?;
        Ok(row.filter(|row| row.disabled_at.is_none()))
    }

    async fn hash(&self, password: &Secret) -> Result<String, OperatorError> {
        if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&password.expose().chars().count()) {
            return Err(OperatorError::Password);
        }
        let (salt, password) = (self.random.bytes::<16>(), password.clone());
        let hash = self.hashing(move || hash(&password, &salt)).await?;
        hash.ok_or(OperatorError::Hash)
    }

    async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, OperatorError> {
        let _turn = self.hashing.acquire().await.map_err(|_| OperatorError::Hash)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| OperatorError::Hash)
    }
}

/// argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane), which are the crate's defaults.
fn hash(password: &Secret, salt: &[u8]) -> Option<String> {
    let hash: PasswordHash = Argon2::default().hash_password_with_salt(password.expose().as_bytes(), salt).ok()?;
    Some(hash.to_string())
}

fn matches(hash: &str, password: &Secret) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    password.expose().len() <= LONGEST_PASSWORD * 4
        && Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok()
}

/// A hash that no password has, with the parameters of all others.
fn nobodys_hash() -> String {
    format!("$argon2id$v=19$m=19456,t=2,p=1${}${}", "A".repeat(22), "A".repeat(43))
}
