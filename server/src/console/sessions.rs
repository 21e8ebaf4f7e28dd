use async_trait::async_trait;
use latchkey_app::types::{Millis, Role};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{self, Id, Record},
    session_store::{Error, Result},
};
use uuid::Uuid;

use crate::{
    arrival::Arrival,
    clock::Clock,
    random::Random,
    sealed::sha256,
    store::{
        Db, StoreError,
        operator_sessions::{self, OperatorSessionRow},
        operators::OperatorRow,
    },
};

/// Half an hour without a request ends a session …
const IDLE_S: i64 = 30 * 60;
/// … and so does half a day, whatever happens.
const ABSOLUTE_MS: i64 = 12 * 3600 * 1000;
/// The idle time is counted from a note in the session, made at most this often: reading must not cost a write.
const NOTE_EVERY_MS: i64 = 60 * 1000;
/// Between the password and the second factor there is this much time.
const SECOND_STEP_MS: i64 = 10 * 60 * 1000;
/// The values of a session: one or the other.
const SIGNED_IN: &str = "signed_in";
const HALF_SIGNED_IN: &str = "half_signed_in";

type SessionResult<T> = std::result::Result<T, session::Error>;

/// Who is signed in, since when, and when he was last seen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignedIn {
    pub operator: Uuid,
    /// Of [`keys_of`]; without one, of no operator.
    #[serde(default)]
    keys: String,
    pub since: Millis,
    pub seen: Millis,
    /// His role when the session got its id.
    role: Option<Role>,
    /// Without the part of the address that names a household.
    #[serde(default)]
    pub network: String,
    /// Such as `Firefox · Windows`.
    #[serde(default)]
    pub browser: String,
}

impl SignedIn {
    /// `None` when there is nobody, or his half day is over. Does not count as a sign of life.
    pub async fn peek(session: &Session, now: Millis) -> SessionResult<Option<Self>> {
        let this = session.get::<Self>(SIGNED_IN).await?;
        Ok(this.filter(|this| now.since(this.since) < ABSOLUTE_MS))
    }

    /// As [`Self::peek`], of somebody who does something.
    pub async fn of(session: &Session, now: Millis) -> SessionResult<Option<Self>> {
        let Some(mut this) = Self::peek(session, now).await? else { return Ok(None) };
        if now.since(this.seen) >= NOTE_EVERY_MS {
            this.seen = now;
            session.insert(SIGNED_IN, &this).await?;
        }
        Ok(Some(this))
    }

    /// Whether it was begun with what the operator signs in with today.
    pub fn opens(&self, row: &OperatorRow) -> bool {
        self.keys == keys_of(row)
    }

    /// Starts a session under a new id: one that was planted in the browser before is worth nothing.
    pub async fn start(
        row: &OperatorRow,
        role: Role,
        session: &Session,
        now: Millis,
        arrival: Option<Arrival>,
    ) -> SessionResult<()> {
        session.flush().await?;
        let network = arrival.map(|arrival| arrival.network()).unwrap_or_default();
        let client = arrival.map(|arrival| arrival.client).unwrap_or_default();
        let words = [client.browser, client.platform].into_iter().flatten().map(|word| word.as_str().to_owned());
        let browser = words.collect::<Vec<_>>().join(" · ");
        let (operator, keys) = (row.id, keys_of(row));
        let this = Self { operator, keys, since: now, seen: now, role: Some(role), network, browser };
        session.insert(SIGNED_IN, this).await
    }

    /// Goes on under a new id when the operator's role has changed.
    pub async fn note_role(mut self, role: Role, session: &Session) -> SessionResult<()> {
        if self.role == Some(role) {
            return Ok(());
        }
        self.role = Some(role);
        session.cycle_id().await?;
        session.insert(SIGNED_IN, self).await
    }

    /// What a row of the database says; `None` of one who is not signed in, or no longer.
    pub fn read(data: &str, now: Millis) -> Option<Self> {
        let mut data: serde_json::Map<String, serde_json::Value> = serde_json::from_str(data).ok()?;
        let this: Self = serde_json::from_value(data.remove(SIGNED_IN)?).ok()?;
        (now.since(this.since) < ABSOLUTE_MS).then_some(this)
    }
}

/// Whose password was right, and who has yet to show his second factor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HalfSignedIn {
    pub operator: Uuid,
    #[serde(default)]
    keys: String,
    since: Millis,
}

impl HalfSignedIn {
    pub async fn of(session: &Session, now: Millis) -> SessionResult<Option<Self>> {
        let this = session.get::<Self>(HALF_SIGNED_IN).await?;
        Ok(this.filter(|this| now.since(this.since) < SECOND_STEP_MS))
    }

    pub async fn start(row: &OperatorRow, session: &Session, now: Millis) -> SessionResult<()> {
        session.flush().await?;
        session.insert(HALF_SIGNED_IN, Self { operator: row.id, keys: keys_of(row), since: now }).await
    }

    /// As [`SignedIn::opens`].
    pub fn opens(&self, row: &OperatorRow) -> bool {
        self.keys == keys_of(row)
    }
}

/// Tells what an operator signs in with, password and second factor, from what he signed in with before. Whoever changes
/// them ends his sessions; one that is only being begun meanwhile is not there yet, and is found out by this.
fn keys_of(row: &OperatorRow) -> String {
    let totp = row.totp_sealed.as_deref().unwrap_or_default();
    hex::encode(sha256(&[b"operator keys/", row.password_hash.as_bytes(), b"/", totp]))
}

/// The hash by which the session stands in the database; `None` of one that does not.
pub fn stored_hash(session: &Session) -> Option<[u8; 32]> {
    session.id().map(hash)
}

/// tower-sessions on our own database: the operator stands in a column, the id only as a hash.
#[derive(Debug, Clone)]
pub struct OperatorSessions {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
}

/// The cookie: `HttpOnly`, `SameSite=Lax`, under https `Secure` and bound to this very host by its prefix. It ends
/// with the browser; the session's own end is the server's to say.
pub fn session_layer(store: OperatorSessions, https: bool) -> SessionManagerLayer<OperatorSessions> {
    SessionManagerLayer::new(store)
        .with_name(if https { "__Host-latchkey" } else { "latchkey" })
        .with_path("/")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(https)
        .with_expiry(Expiry::OnSessionEnd)
}

fn hash(id: Id) -> [u8; 32] {
    sha256(&[b"operator session/", &id.0.to_be_bytes()])
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

impl OperatorSessions {
    fn row(&self, record: &Record) -> Result<OperatorSessionRow> {
        let signed_in = record.data.get(SIGNED_IN).and_then(|value| SignedIn::deserialize(value).ok());
        let half = record.data.get(HALF_SIGNED_IN).and_then(|value| HalfSignedIn::deserialize(value).ok());
        Ok(OperatorSessionRow {
            hash: hash(record.id).to_vec(),
            operator_id: signed_in.map(|this| this.operator).or(half.map(|this| this.operator)),
            data: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
            expires_at: self.clock.now().plus_seconds(IDLE_S).0,
        })
    }

    async fn insert(&self, record: &Record) -> Result<bool> {
        let row = self.row(record)?;
        let mut tx = self.db.write().await.map_err(backend)?;
        let inserted = operator_sessions::insert(&mut tx, &row).await.map_err(backend)?;
        tx.commit().await.map_err(backend)?;
        Ok(inserted)
    }
}

#[async_trait]
impl SessionStore for OperatorSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // The id that the library chose is not used: ours come from the same source as every other secret.
        loop {
            record.id = Id(i128::from_be_bytes(self.random.bytes()));
            if self.insert(record).await? {
                return Ok(());
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let row = self.row(record)?;
        let mut tx = self.db.write().await.map_err(backend)?;
        // A session that was ended meanwhile, by an administrator perhaps, stays ended.
        operator_sessions::update(&mut tx, &row).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut tx = self.db.read().await.map_err(backend)?;
        let row = operator_sessions::find(&mut tx, hash(*id), self.clock.now()).await.map_err(backend)?;
        let Some(row) = row else { return Ok(None) };
        let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let seconds = Millis(row.expires_at).seconds();
        let expiry_date = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let mut tx = self.db.write().await.map_err(backend)?;
        operator_sessions::delete(&mut tx, hash(*id)).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}
