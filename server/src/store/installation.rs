//! The installation as a whole: what a database shows before its first key is made.

use uuid::Uuid;

use super::{Result, Tx, on};

/// Whether the database holds a value that was sealed under a data key.
pub async fn holds_sealed_values(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM settings WHERE name = 'blind_index_key') \
               OR EXISTS (SELECT 1 FROM users WHERE phone_sealed IS NOT NULL) \
               OR EXISTS (SELECT 1 FROM phone_changes WHERE old_sealed IS NOT NULL OR new_sealed IS NOT NULL) \
               OR EXISTS (SELECT 1 FROM session_keys) \
               OR EXISTS (SELECT 1 FROM operators WHERE totp_sealed IS NOT NULL) \
               OR EXISTS (SELECT 1 FROM resets WHERE before_sealed IS NOT NULL)";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await)?)
}

/// Whether anything has happened here: users, operators, or entries of the audit log.
pub async fn is_in_use(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM operators) OR EXISTS (SELECT 1 FROM audit)";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await)?)
}

/// The id of the first user, which holds the time of its making.
pub async fn first_user(tx: &mut Tx) -> Result<Option<Uuid>> {
    let sql = "SELECT id FROM users ORDER BY id LIMIT 1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).fetch_optional(conn).await)?)
}
