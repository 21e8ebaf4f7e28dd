//! Recovery codes: what opens the second step of sign-in when the phone is lost. Stored by keyed hash; one that was used is gone.

use uuid::Uuid;

use super::{Result, Tx, execute, on};

/// In place of all the codes that there were.
pub async fn replace(tx: &mut Tx, operator: Uuid, hashes: &[[u8; 32]]) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM recovery_codes WHERE operator_id = $1").bind(operator))?;
    for hash in hashes {
        let sql = "INSERT INTO recovery_codes (operator_id, hash) VALUES ($1, $2)";
        execute!(tx, sqlx::query(sql).bind(operator).bind(hash.as_slice()))?;
    }
    Ok(())
}

/// Uses a code up; `false` when there is no such code.
pub async fn take(tx: &mut Tx, operator: Uuid, hash: [u8; 32]) -> Result<bool> {
    let sql = "DELETE FROM recovery_codes WHERE operator_id = $1 AND hash = $2";
    Ok(execute!(tx, sqlx::query(sql).bind(operator).bind(hash.as_slice()))? == 1)
}

/// How many are left.
pub async fn count(tx: &mut Tx, operator: Uuid) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM recovery_codes WHERE operator_id = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(operator).fetch_one(conn).await)?)
}
