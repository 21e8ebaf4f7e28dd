//! Passwords: which may be chosen, how they are kept, whether one is right.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use zxcvbn::{Score, zxcvbn};

use super::{OperatorError, Operators, Result};
use crate::{secret::Secret, store::operators::OperatorRow};

/// Hashing takes 19 MiB and tens of milliseconds of a core: many sign-ins at once must not starve the logins.
pub(super) const HASHES_AT_ONCE: usize = 2;
pub(super) const SHORTEST_PASSWORD: usize = 12;
/// Longer than any password manager makes, short enough not to be a burden to hash.
pub(super) const LONGEST_PASSWORD: usize = 1024;

impl Operators {
    /// The hash of a password that may be chosen.
    pub(super) async fn hash(&self, username: &str, password: &Secret) -> Result<String> {
        if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&password.expose().chars().count()) {
            return Err(OperatorError::PasswordLength);
        }
        let (salt, username, password) = (self.accounts.random.bytes::<16>(), username.to_owned(), password.clone());
        let work = move || if common(&password, &username) { None } else { Some(hash(&password, &salt)) };
        self.hashing(work).await?.ok_or(OperatorError::PasswordCommon)?.ok_or(OperatorError::Hash)
    }

    /// Whether this is the operator's password. Takes the same time whether there is one.
    pub(super) async fn matches(&self, row: Option<&OperatorRow>, password: &Secret) -> Result<bool> {
        let row = row.filter(|row| !row.password_hash.is_empty());
        let (hash, known) = row.map_or_else(|| (nobodys_hash(), false), |row| (row.password_hash.clone(), true));
        let password = password.clone();
        Ok(self.hashing(move || matches(&hash, &password)).await? && known)
    }

    /// The hash of a password that has just been found right, when the one that is kept is not made as ours are today.
    pub(super) async fn renewed(&self, row: &OperatorRow, password: &Secret) -> Result<Option<String>> {
        if row.password_hash.starts_with(&parameters()) {
            return Ok(None);
        }
        let (salt, password) = (self.accounts.random.bytes::<16>(), password.clone());
        self.hashing(move || hash(&password, &salt)).await
    }

    async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _turn = self.hashing.acquire().await.map_err(|_| OperatorError::Hash)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| OperatorError::Hash)
    }
}

/// Whether somebody who knows the usual lists and tricks guesses it within a million tries: common passwords, words and names,
/// rows of keys, repetitions, and these put together. No rule says which characters there must be.
fn common(password: &Secret, username: &str) -> bool {
    let password = password.expose();
    password.eq_ignore_ascii_case(username) || zxcvbn(password, &[username]).score() < Score::Two
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

/// How every hash of ours begins.
fn parameters() -> String {
    let argon2 = Argon2::default();
    let params = argon2.params();
    format!("$argon2id$v=19$m={},t={},p={}$", params.m_cost(), params.t_cost(), params.p_cost())
}

/// A hash that no password has, with the parameters of all others.
fn nobodys_hash() -> String {
    format!("{}{}${}", parameters(), "A".repeat(22), "A".repeat(43))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_would_try_is_common_and_no_composition_is_asked_for() {
        for refused in [
            "password1234",
            "Password1234",
            "123456789012",
            "qwertyuiop12",
            "aaaaaaaaaaaaaaaa",
            "abcdefghijklm",
            "passwordpassword",
            "iloveyou12345",
            "anna.operator",
            "Anna.Operator",
        ] {
            assert!(common(&Secret::new(refused), "anna.operator"), "{refused}");
        }
        for taken in [
            "latchkey-demo",
            "correct horse",
            "another password",
            "an operator's password",
            "three blue teapots",
            "门前大桥下游过一群鸭子啊",
            "tvqxwpzkdmhj",
        ] {
            assert!(!common(&Secret::new(taken), "anna.operator"), "{taken}");
        }
    }

    #[test]
    fn a_hash_of_ours_begins_with_our_parameters() {
        let made = hash(&Secret::new("correct horse"), &[7; 16]).unwrap();
        assert!(made.starts_with(&parameters()), "{made}");
        assert!(matches(&made, &Secret::new("correct horse")) && !matches(&nobodys_hash(), &Secret::new("")));
    }
}
