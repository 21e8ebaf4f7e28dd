//! The second factor: codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds, which is what every app
//! knows), and recovery codes for the day the phone is lost. Each code is good once.

use latchkey_app::types::{AuditAction, QrCode, TotpSetup};
use qrcode::{Color, QrCode as Encoded};
use serde_json::json;
use totp_rs::{Builder, Totp};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Beside, OperatorError, Operators, Result, passwords::check_length, tries::Guess};
use crate::{
    accounts::Actor,
    arrival::Arrival,
    sealed::Column,
    secret::Secret,
    store::{
        Tx, operator_sessions,
        operators::{self, OperatorRow},
        recovery_codes,
    },
};

const ISSUER: &str = "Latchkey";
const RECOVERY_CODES: usize = 10;
/// The code of the step before and after counts too: clocks differ, and people type slowly.
const SKEW: u16 = 1;

impl Operators {
    /// A secret that nobody uses yet, in base32, as apps take it.
    pub fn new_totp_secret(&self) -> Secret {
        Secret::new(totp_rs::Secret::from(self.accounts.random.bytes::<20>()).to_base32())
    }

    /// What an app has to be told.
    pub fn totp_setup(&self, username: &str, secret: &Secret) -> Result<TotpSetup> {
        let uri = totp(username, secret)?.to_url().map_err(|_| OperatorError::Senseless)?;
        let qr = qr_code(&uri)?;
        Ok(TotpSetup { secret: secret.expose().to_owned(), uri, qr })
    }

    /// Turns the second factor on, once the app has shown that it has the secret, and ends every session: whoever came in
    /// without it is out. The recovery codes are told here and never again.
    pub async fn turn_on(
        &self,
        id: Uuid,
        secret: &Secret,
        code: &str,
        actor: &Actor,
    ) -> Result<(OperatorRow, Vec<String>)> {
        let now = u64::try_from(self.accounts.clock.now().seconds()).unwrap_or_default();
        let step = totp(&actor.name, secret)?.check(&plain(code), now).ok_or(OperatorError::WrongCode)?;
        let sealed = self.accounts.vault.seal(Column::TotpSecret, id, secret.expose().as_bytes())?;
        let mut tx = self.change().await?;
        let mut row = operators::find(&mut tx, id).await?.ok_or(OperatorError::Unknown)?;
        if row.totp_sealed.is_some() {
            return Err(OperatorError::Senseless);
        }
        operators::set_totp(&mut tx, id, Some(&sealed), i64::try_from(step).ok()).await?;
        operator_sessions::delete_of(&mut tx, id).await?;
        let codes = self.make_recovery_codes(&mut tx, id).await?;
        self.accounts.write_audit(&mut tx, actor, AuditAction::TurnOnSecondFactor, None, &json!({})).await?;
        tx.commit().await?;
        row.totp_sealed = Some(sealed);
        Ok((row, codes))
    }

    /// Turns it off and ends every session, for whoever has the password and a code. A password that is too short to stand
    /// alone has to be changed first.
    pub async fn turn_off(
        &self,
        id: Uuid,
        password: Secret,
        code: &str,
        arrival: Option<Arrival>,
    ) -> Result<OperatorRow> {
        let code = code.to_owned();
        self.to_the_end(|operators| async move { operators.turned_off(id, &password, &code, arrival).await }).await
    }

    async fn turned_off(
        &self,
        id: Uuid,
        password: &Secret,
        code: &str,
        arrival: Option<Arrival>,
    ) -> Result<OperatorRow> {
        let (mut tx, mut row) = self.prove_both(id, password, code, arrival).await?;
        if let Err(short) = check_length(password, Beside::Nothing) {
            // The try has ended well all the same.
            tx.commit().await?;
            return Err(short);
        }
        self.drop_second_factor(&mut tx, id).await?;
        operator_sessions::delete_of(&mut tx, id).await?;
        let actor = Actor::operator(&row.username, arrival);
        self.accounts.write_audit(&mut tx, &actor, AuditAction::TurnOffSecondFactor, None, &json!({})).await?;
        tx.commit().await?;
        row.totp_sealed = None;
        Ok(row)
    }

    /// New recovery codes in place of those there are, for whoever has the password and a code.
    pub async fn renew_recovery_codes(
        &self,
        id: Uuid,
        password: Secret,
        code: &str,
        arrival: Option<Arrival>,
    ) -> Result<Vec<String>> {
        let code = code.to_owned();
        self.to_the_end(|operators| async move { operators.codes_renewed(id, &password, &code, arrival).await }).await
    }

    async fn codes_renewed(
        &self,
        id: Uuid,
        password: &Secret,
        code: &str,
        arrival: Option<Arrival>,
    ) -> Result<Vec<String>> {
        let (mut tx, row) = self.prove_both(id, password, code, arrival).await?;
        let codes = self.make_recovery_codes(&mut tx, id).await?;
        let actor = Actor::operator(&row.username, arrival);
        self.accounts.write_audit(&mut tx, &actor, AuditAction::RenewRecoveryCodes, None, &json!({})).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Uses a code up; the operator, and the transaction in which he may do what takes both.
    async fn prove_both(
        &self,
        id: Uuid,
        password: &Secret,
        code: &str,
        arrival: Option<Arrival>,
    ) -> Result<(Tx, OperatorRow)> {
        let (row, tried) = self.owner(id, password, Guess::Code, arrival).await?;
        let mut tx = self.accounts.db.write().await?;
        if self.use_code(&mut tx, &row, code).await?.is_none() {
            drop(tx);
            self.fail(&tried, Some(&row), "second factor");
            return Err(OperatorError::WrongCode);
        }
        self.succeed(&mut tx, &tried).await?;
        Ok((tx, row))
    }

    /// Told here and never again.
    async fn make_recovery_codes(&self, tx: &mut Tx, id: Uuid) -> Result<Vec<String>> {
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| self.recovery_code()).collect();
        let hashes: Vec<_> = codes.iter().map(|code| self.recovery_hash(id, code)).collect();
        recovery_codes::replace(tx, id, &hashes).await?;
        Ok(codes)
    }

    pub(super) async fn drop_second_factor(&self, tx: &mut Tx, id: Uuid) -> Result<()> {
        operators::set_totp(tx, id, None, None).await?;
        Ok(recovery_codes::replace(tx, id, &[]).await?)
    }

    /// Uses a code up, and says of which kind it was; `None` when it is none, or was used before.
    pub(super) async fn use_code(&self, tx: &mut Tx, row: &OperatorRow, code: &str) -> Result<Option<&'static str>> {
        let Some(sealed) = &row.totp_sealed else { return Ok(None) };
        let code = plain(code);
        if code.len() != 6 {
            // Whoever takes the factor away changes the operator first and his recovery codes after.
            operators::hold(tx, row.id).await?;
            let taken = recovery_codes::take(tx, row.id, self.recovery_hash(row.id, &code)).await?;
            return Ok(taken.then_some("recovery code"));
        }
        let secret = self.accounts.vault.open_text(Column::TotpSecret, row.id, sealed)?;
        let now = u64::try_from(self.accounts.clock.now().seconds()).unwrap_or_default();
        let step = totp(&row.username, &Secret::new(secret.as_str()))?.check(&code, now);
        let Some(step) = step.and_then(|step| i64::try_from(step).ok()) else { return Ok(None) };
        Ok(operators::use_totp_step(tx, row.id, step).await?.then_some("app"))
    }

    /// 80 bits in four groups.
    fn recovery_code(&self) -> String {
        let letters = Zeroizing::new(totp_rs::Secret::from(self.accounts.random.bytes::<10>().to_vec()).to_base32());
        let groups: Vec<&str> = [0..4, 4..8, 8..12, 12..16].into_iter().filter_map(|part| letters.get(part)).collect();
        groups.join("-")
    }

    fn recovery_hash(&self, id: Uuid, code: &str) -> [u8; 32] {
        self.accounts.index.recovery_code(&format!("{id}/{}", plain(code)))
    }
}

/// A code as it was meant: people type spaces and dashes, and small letters.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

fn totp(username: &str, secret: &Secret) -> Result<Totp> {
    let secret = totp_rs::Secret::try_from_base32(secret.expose()).map_err(|_| OperatorError::Senseless)?;
    let totp = Builder::new().with_secret(secret).with_skew(SKEW).with_issuer(Some(ISSUER)).with_account_name(username);
    totp.build().map_err(|_| OperatorError::Senseless)
}

/// Drawn as one path, a unit square for each dark module.
fn qr_code(text: &str) -> Result<QrCode> {
    let code = Encoded::new(text).map_err(|_| OperatorError::Senseless)?;
    let size = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let squares: Vec<String> = dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % size, at / size)).collect();
    let path = squares.concat();
    Ok(QrCode { size, path })
}
