use async_trait::async_trait;
use latchkey_app::types::Millis;
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
    clock::Clock,
    random::Random,
    sealed::sha256,
    store::{
        Db, StoreError,
        operator_sessions::{self, OperatorSessionRow},
    },
};

/// Half an hour without a request ends a session …
const IDLE_S: i64 = 30 * 60;
/// … and so does half a day, whatever happens.
const ABSOLUTE_MS: i64 = 12 * 3600 * 1000;
/// The idle time is counted from a note in the session, made at most this often: reading must not cost a write.
const NOTE_EVERY_MS: i64 = 60 * 1000;
/// The session's one value.
const SIGNED_IN: &str = "signed_in";

/// Who is signed in, since when, and when he was last seen.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SignedIn {
    pub operator: Uuid,
    pub since: Millis,
    pub seen: Millis,
}

impl SignedIn {
    /// `None` when there is nobody, or his half day is over. Does not count as a sign of life.
    pub async fn peek(session: &Session, now: Millis) -> std::result::Result<Option<Self>, session::Error> {
        let this = session.get::<Self>(SIGNED_IN).await?;
        Ok(this.filter(|this| now.since(this.since) < ABSOLUTE_MS))
    }

    /// As [`Self::peek`], of somebody who does something.
    pub async fn of(session: &Session, now: Millis) -> std::result::Result<Option<Self>, session::Error> {
        let Some(mut this) = Self::peek(session, now).await? else { return Ok(None) };
        if now.since(this.seen) >= NOTE_EVERY_MS {
            this.seen = now;
            session.insert(SIGNED_IN, this).await?;
        }
        Ok(Some(this))
    }

    /// Starts a session under a new id: one that was planted in the browser before is worth nothing.
    pub async fn start(operator: Uuid, session: &Session, now: Millis) -> std::result::Result<(), session::Error> {
        session.flush().await?;
        session.insert(SIGNED_IN, Self { operator, since: now, seen: now }).await
    }
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
        Ok(OperatorSessionRow {
            hash: hash(record.id).to_vec(),
            operator_id: signed_in.map(|signed_in| signed_in.operator),
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
