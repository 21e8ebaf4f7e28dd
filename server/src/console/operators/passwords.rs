//! Passwords: which may be chosen, how they are kept, whether one is right.

use argon2::{Algorithm, Argon2, Params, Version, password_hash::phc::PasswordHash};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use subtle::ConstantTimeEq;
use zxcvbn::{Score, zxcvbn};

use super::{
    OperatorError, Operators, Result,
    hashing::{Memory, Place},
};
use crate::{secret::Secret, store::operators::OperatorRow};

/// Longer than any password manager makes, short enough not to be a burden to hash.
pub(super) const LONGEST_PASSWORD: usize = 1024;

/// The protection that an account has besides its password. It decides how short the password may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// The password alone protects the account.
    Nothing,
    SecondFactor,
    /// `latchkey demo`, whose password is printed.
    Demo,
}

impl Beside {
    /// The protection of an operator's account, once `drops_totp` has taken a second factor away.
    pub fn of(row: Option<&OperatorRow>, drops_totp: bool) -> Self {
        let on = row.is_some_and(|row| row.totp_sealed.is_some()) && !drops_totp;
        if on { Self::SecondFactor } else { Self::Nothing }
    }

    /// The least length of a password, in characters.
    pub const fn shortest_password(self) -> usize {
        match self {
            Self::Nothing => 15,
            Self::SecondFactor | Self::Demo => 12,
        }
    }

    fn allows(self, password: &Secret) -> bool {
        (self.shortest_password()..=LONGEST_PASSWORD).contains(&password.expose().chars().count())
    }
}

impl Operators {
    /// The hash of a password that may be chosen.
    pub(super) async fn hash(
        &self,
        username: &str,
        password: &Secret,
        beside: Beside,
        place: &Place,
    ) -> Result<String> {
        check_length(password, beside)?;
        let (salt, username, password) = (self.accounts.random.bytes::<16>(), username.to_owned(), password.clone());
        let work = move |memory: &mut Memory| {
            if common(&password, &username) { None } else { Some(hash(&password, &salt, memory)) }
        };
        self.hashing.run(place, work).await?.ok_or(OperatorError::PasswordCommon)?.ok_or(OperatorError::Hash)
    }

    /// Whether this is the operator's password. Takes the same time whether there is one.
    pub(super) async fn matches(&self, row: Option<&OperatorRow>, password: &Secret, place: &Place) -> Result<bool> {
        let row = row.filter(|row| !row.password_hash.is_empty());
        let (hash, known) = row.map_or_else(|| (nobodys_hash(), false), |row| (row.password_hash.clone(), true));
        let password = password.clone();
        let right = self.hashing.run(place, move |memory| matches(&hash, &password, memory)).await?;
        Ok(right.unwrap_or(false) && known)
    }

    /// The hash of a password that has just been found right, when the one that is kept is not made as ours are today.
    pub(super) async fn renewed(&self, row: &OperatorRow, password: &Secret, place: &Place) -> Result<Option<String>> {
        if row.password_hash.starts_with(&parameters()) {
            return Ok(None);
        }
        let (salt, password) = (self.accounts.random.bytes::<16>(), password.clone());
        self.hashing.run(place, move |memory| hash(&password, &salt, memory)).await
    }
}

pub(super) fn check_length(password: &Secret, beside: Beside) -> Result<()> {
    if beside.allows(password) { Ok(()) } else { Err(OperatorError::PasswordLength) }
}

/// Whether somebody who knows the usual lists and tricks guesses it within a million tries: common passwords, words and names,
/// rows of keys, repetitions, and these put together. No rule says which characters there must be.
fn common(password: &Secret, username: &str) -> bool {
    let password = password.expose();
    password.eq_ignore_ascii_case(username) || zxcvbn(password, &[username]).score() < Score::Two
}

/// argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane), which are the crate's defaults.
fn hash(password: &Secret, salt: &[u8], memory: &mut Memory) -> Option<String> {
    let digest = digest(&Argon2::default(), password, salt, [0; Params::DEFAULT_OUTPUT_LEN], memory)?;
    Some(format!("{}{}${}", parameters(), STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(digest)))
}

/// Under the parameters of the hash. `None` when it is none, or of a kind that this program does not make.
fn matches(hash: &str, password: &Secret, memory: &mut Memory) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = Version::try_from(hash.version?).ok()?;
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&hash).ok()?);
    let (salt, kept) = (hash.salt?, hash.hash?);
    if password.expose().len() > LONGEST_PASSWORD * 4 {
        return Some(false);
    }
    let digest = digest(&argon2, password, &salt, vec![0; kept.len()], memory)?;
    Some(digest.ct_eq(kept.as_bytes()).into())
}

/// Fills `out`, working in memory that grows once to what the parameters ask for.
fn digest<B: AsMut<[u8]>>(
    argon2: &Argon2<'_>,
    password: &Secret,
    salt: &[u8],
    mut out: B,
    memory: &mut Memory,
) -> Option<B> {
    let blocks = argon2.params().block_count();
    if memory.len() < blocks {
        memory.resize(blocks, argon2::Block::new());
    }
    argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, out.as_mut(), memory).ok()?;
    Some(out)
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
        let (mut memory, password) = (Memory::new(), Secret::new("correct horse"));
        let made = hash(&password, &[7; 16], &mut memory).unwrap();
        assert!(made.starts_with(&parameters()), "{made}");
        assert_eq!(matches(&made, &password, &mut memory), Some(true));
        assert_eq!(matches(&made, &Secret::new("correct hors"), &mut memory), Some(false));
        assert_eq!(matches(&nobodys_hash(), &Secret::new(""), &mut memory), Some(false));
        for none in ["", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"] {
            assert_eq!(matches(none, &password, &mut memory), None, "{none}");
        }
    }

    #[test]
    fn a_hash_is_the_one_that_the_library_makes() {
        use argon2::{PasswordHasher, PasswordVerifier};
        let (mut memory, password) = (Memory::new(), Secret::new("correct horse"));
        let theirs: PasswordHash =
            Argon2::default().hash_password_with_salt(password.expose().as_bytes(), &[7; 16]).unwrap();
        let ours = hash(&password, &[7; 16], &mut memory).unwrap();
        assert_eq!(ours, theirs.to_string());
        // Memory that was used by another hash makes no difference, nor do other parameters.
        assert_eq!(hash(&password, &[7; 16], &mut memory), Some(ours.clone()));
        assert!(Argon2::default().verify_password(password.expose().as_bytes(), &*ours).is_ok());
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(16, 1, 1, None).unwrap());
        let weak: PasswordHash = weak.hash_password_with_salt(password.expose().as_bytes(), &[7; 16]).unwrap();
        assert_eq!(matches(&weak.to_string(), &password, &mut memory), Some(true));
    }

    #[test]
    fn a_password_that_stands_alone_is_longer() {
        let allowed = |beside, length| check_length(&Secret::new("x".repeat(length)), beside).is_ok();
        for (beside, shortest) in [(Beside::Nothing, 15), (Beside::SecondFactor, 12), (Beside::Demo, 12)] {
            let allowed = |length| allowed(beside, length);
            assert_eq!(
                (allowed(shortest - 1), allowed(shortest), allowed(1024), allowed(1025)),
                (false, true, true, false)
            );
        }
    }
}
