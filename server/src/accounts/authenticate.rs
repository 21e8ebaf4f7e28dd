use super::{Accounts, Failure, Fault, noted};
use crate::{
    arrival::Arrival,
    clock::Millis,
    sealed::sha256,
    secret::Secret,
    store::{
        Tx,
        bindings::{self, BindingRow},
        tokens::{self, TokenRow},
        users::{self, UserRow},
    },
};

/// What every token begins with.
const TOKEN_PREFIX: &str = "lk_";
/// A token slides at most this often: a busy mini program must not cost a write per read.
const SLIDE_EVERY_S: i64 = 3600;

/// Who a living token belongs to.
#[derive(Debug, Clone)]
pub struct Session {
    pub user: UserRow,
    pub binding: BindingRow,
    pub(super) token_hash: [u8; 32],
}

impl Accounts {
    /// The user and binding behind an API token; the token's life slides.
    pub async fn authenticate(&self, token: &str) -> Result<Session, Failure> {
        let (session, row) = self.living(token).await?;
        let alive = noted(self.slide(&row, session.token_hash, self.clock.now())).await;
        if alive == Some(false) { Err(Failure::Unauthorized) } else { Ok(session) }
    }

    /// A token that may be used now, as it is.
    pub(super) async fn living(&self, token: &str) -> Result<(Session, TokenRow), Failure> {
        let now = self.clock.now();
        let token_hash = hash(token);
        let mut tx = self.db.read().await?;
        let row = tokens::find(&mut tx, token_hash).await?.filter(|row| row.expires_at > now.0);
        let row = row.ok_or(Failure::Unauthorized)?;
        let user = users::find(&mut tx, row.user_id).await?.ok_or(Fault::Missing("a token's user"))?;
        let binding = bindings::find(&mut tx, row.binding_id).await?.ok_or(Fault::Missing("a token's binding"))?;
        drop(tx);
        if user.merged_into.is_some() {
            return Err(Failure::Unauthorized);
        }
        if user.blocked_at.is_some() {
            return Err(Failure::UserBlocked);
        }
        Ok((Session { user, binding, token_hash }, row))
    }

    /// `false` when the token has ended meanwhile.
    async fn slide(&self, row: &TokenRow, token_hash: [u8; 32], now: Millis) -> Result<bool, Failure> {
        let every = SLIDE_EVERY_S.min(self.rules.token_ttl_s / 10).saturating_mul(1000);
        if now.since(Millis(row.last_used_at)) < every {
            return Ok(true);
        }
        let mut tx = self.db.write().await?;
        let alive = tokens::slide(&mut tx, token_hash, now, now.plus_seconds(self.rules.token_ttl_s)).await?;
        tx.commit().await?;
        Ok(alive)
    }

    /// A new token for a binding, and when its life ends if it is not used. Only its hash is kept.
    pub(super) async fn issue_token(
        &self,
        tx: &mut Tx,
        binding: &BindingRow,
        arrival: Arrival,
        now: Millis,
    ) -> Result<(Secret, Millis), Failure> {
        // The prefix lets secret scanners find one that was published.
        let random = super::base64_url(&self.random.bytes::<32>());
        let token = format!("{TOKEN_PREFIX}{random}");
        let expires_at = now.plus_seconds(self.rules.token_ttl_s);
        let row = TokenRow {
            hash: hash(&token).to_vec(),
            user_id: binding.user_id,
            binding_id: binding.id,
            created_at: now.0,
            last_used_at: now.0,
            expires_at: expires_at.0,
            client: arrival.client.version.map(|version| version.as_str().to_owned()),
            prefix: random.get(..tokens::PREFIX).map(str::to_owned),
        };
        tokens::insert(tx, &row).await?;
        Ok((Secret::new(token), expires_at))
    }
}

/// A text that looks like a token, or like the beginning of one.
#[derive(Debug, PartialEq, Eq)]
pub enum TokenPart {
    Whole([u8; 32]),
    /// As much of it as is kept; see [`tokens::PREFIX`].
    Beginning(String),
}

impl TokenPart {
    /// Shorter beginnings would fit half the tokens there are.
    const SHORTEST: usize = 4;
    /// 32 bytes in base64.
    const WHOLE: usize = 43;

    pub fn of(text: &str) -> Option<Self> {
        let random = text.strip_prefix(TOKEN_PREFIX)?;
        let letters = random.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        match random.len() {
            Self::WHOLE if letters => Some(Self::Whole(hash(text))),
            Self::SHORTEST..Self::WHOLE if letters => {
                Some(Self::Beginning(random.chars().take(tokens::PREFIX).collect()))
            }
            _ => None,
        }
    }
}

fn hash(token: &str) -> [u8; 32] {
    sha256(&[token.as_bytes()])
}
