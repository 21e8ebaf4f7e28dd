use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::DataKeys;
use crate::random::Random;

const VERSION: u8 = 1;
/// Version, key id, nonce.
const HEADER: usize = 1 + 4 + 12;

/// Seals and opens single values: AES-256-GCM, laid out as version ‖ key id ‖ nonce ‖ ciphertext and tag.
#[derive(Debug, Clone)]
pub struct Vault {
    keys: DataKeys,
    random: Random,
}

/// Every encrypted column. Its name and the row's id are authenticated with the value, so that a value moved to
/// another row or column does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    UserPhone,
    OldPhone,
    NewPhone,
    SessionKey,
    BlindIndexKey,
    /// A value of an operator's session.
    SessionValue,
    /// What a reset took away.
    Reset,
    TotpSecret,
}

impl Column {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::UserPhone => b"users.phone_sealed",
            Self::OldPhone => b"phone_changes.old_sealed",
            Self::NewPhone => b"phone_changes.new_sealed",
            Self::SessionKey => b"session_keys.key_sealed",
            Self::BlindIndexKey => b"settings.blind_index_key",
            Self::SessionValue => b"session_values.sealed",
            Self::Reset => b"resets.before_sealed",
            Self::TotpSecret => b"operators.totp_sealed",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("a sealed value in {0:?} was written under a data key that is not configured (LATCHKEY_DATA_KEYS)")]
    UnknownKey(Column),
    #[error("a sealed value in {0:?} is damaged or belongs to another row")]
    Damaged(Column),
}

impl Vault {
    pub fn new(keys: DataKeys, random: Random) -> Self {
        Self { keys, random }
    }

    /// The value as the database may see it. `row` is the id of the row it will stand in.
    pub fn seal(&self, column: Column, row: Uuid, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.keys.newest();
        let nonce = self.random.bytes::<12>();
        let aad = aad(column, row);
        let payload = Payload { msg: plain, aad: &aad };
        let cipher = Aes256Gcm::new((&*key.bytes).into());
        let sealed = cipher.encrypt((&nonce).into(), payload).map_err(|_| SealError::Damaged(column))?;
        Ok([&[VERSION], key.id.as_slice(), &nonce, &sealed].concat())
    }

    /// The value that was sealed for this very column and row.
    pub fn open(&self, column: Column, row: Uuid, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let damaged = SealError::Damaged(column);
        let (header, body) = sealed.split_at_checked(HEADER).ok_or(damaged)?;
        if header[0] != VERSION {
            return Err(damaged);
        }
        let key = self.keys.find(&header[1..5]).ok_or(SealError::UnknownKey(column))?;
        let nonce = <[u8; 12]>::try_from(&header[5..]).map_err(|_| damaged)?;
        let aad = aad(column, row);
        let payload = Payload { msg: body, aad: &aad };
        let cipher = Aes256Gcm::new((&*key.bytes).into());
        cipher.decrypt((&nonce).into(), payload).map(Zeroizing::new).map_err(|_| damaged)
    }

    /// [`Self::open`] for a value that was a text.
    pub fn open_text(&self, column: Column, row: Uuid, sealed: &[u8]) -> Result<Zeroizing<String>, SealError> {
        let plain = self.open(column, row, sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| SealError::Damaged(column))?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

fn aad(column: Column, row: Uuid) -> Vec<u8> {
    [column.name(), b"/", row.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(seed: u8) -> Vault {
        Vault::new(DataKeys::from_bytes([seed; 32]).0, Random::seeded(1))
    }

    #[test]
    fn a_value_opens_only_in_its_own_row_and_column() {
        let (vault, row, other) = (vault(1), Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = vault.seal(Column::UserPhone, row, b"86 13580006666").unwrap();
        assert!(!sealed.windows(11).any(|part| part == b"13580006666"));
        assert_eq!(vault.open(Column::UserPhone, other, &sealed), Err(SealError::Damaged(Column::UserPhone)));
        assert_eq!(vault.open(Column::OldPhone, row, &sealed), Err(SealError::Damaged(Column::OldPhone)));
        assert_eq!(&**vault.open(Column::UserPhone, row, &sealed).unwrap(), b"86 13580006666");
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        let (vault, row) = (vault(1), Uuid::from_u128(1));
        let sealed = vault.seal(Column::SessionKey, row, b"key").unwrap();
        for length in 0..sealed.len() {
            assert!(vault.open(Column::SessionKey, row, &sealed[..length]).is_err());
        }
        for index in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[index] ^= 1;
            assert!(vault.open(Column::SessionKey, row, &damaged).is_err());
        }
    }

    #[test]
    fn an_older_key_still_opens_and_a_missing_one_is_named() {
        let row = Uuid::from_u128(1);
        let sealed = vault(1).seal(Column::SessionKey, row, b"key").unwrap();
        assert_eq!(vault(2).open(Column::SessionKey, row, &sealed), Err(SealError::UnknownKey(Column::SessionKey)));
        let (one, two) = (DataKeys::from_bytes([1; 32]).1, DataKeys::from_bytes([2; 32]).1);
        let both = DataKeys::parse(&format!("{}, {}", *two, *one)).unwrap();
        let both = Vault::new(both, Random::seeded(1));
        assert_eq!(&**both.open(Column::SessionKey, row, &sealed).unwrap(), b"key");
    }
}
