use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use tokio::sync::Mutex;

use crate::{
    clock::{Clock, Millis},
    store::{Db, Result},
};

/// The proof that the database takes writes holds for this long: it is a write itself, and anybody may ask for it.
const HOLDS_MS: i64 = 1000;
/// No load balancer waits for longer.
const LIMIT: Duration = Duration::from_secs(5);

#[derive(Clone)]
struct Readiness {
    db: Db,
    clock: Clock,
    /// When the database took a write, or refused it.
    last_write: Arc<Mutex<Option<(Millis, bool)>>>,
}

pub fn router(db: Db, clock: Clock) -> Router {
    let readiness = Readiness { db, clock, last_write: Arc::default() };
    Router::new().route("/healthz", get(|| async { "ok" })).route("/readyz", get(ready)).with_state(readiness)
}

/// 503 unless the database answers, has this program's schema and takes writes.
async fn ready(State(readiness): State<Readiness>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(LIMIT, readiness.prove()).await {
        Ok(Ok(true)) => return (StatusCode::OK, "ok"),
        // It is in the log already.
        Ok(Ok(false)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "not ready"),
        Err(_) => tracing::warn!("not ready: the database does not answer in time"),
    }
    let reason = "the database does not answer, takes no writes or has an older schema (see the log)";
    (StatusCode::SERVICE_UNAVAILABLE, reason)
}

impl Readiness {
    /// `false`: a moment ago, the database took no writes.
    async fn prove(&self) -> Result<bool> {
        self.db.ready().await?;
        let mut last = self.last_write.lock().await;
        if let Some((at, written)) = *last
            && (0..HOLDS_MS).contains(&self.clock.now().since(at))
        {
            return Ok(written);
        }
        let proof = self.db.prove_writable().await;
        *last = Some((self.clock.now(), proof.is_ok()));
        proof.map(|()| true)
    }
}
