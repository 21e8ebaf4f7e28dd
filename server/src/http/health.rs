use axum::{Router, extract::State, http::StatusCode, routing::get};

use crate::store::Db;

pub fn router(db: Db) -> Router {
    Router::new().route("/healthz", get(|| async { "ok" })).route("/readyz", get(ready)).with_state(db)
}

/// 503 with the reason unless the database answers and has this program's schema.
async fn ready(State(db): State<Db>) -> (StatusCode, &'static str) {
    match db.ready().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer or has an older schema (see the log)")
        }
    }
}
