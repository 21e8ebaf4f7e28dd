//! Values of an installation: most are made once and kept for ever.

use super::{Result, Tx, execute, on};

pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT value FROM settings WHERE name = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(name).fetch_optional(conn).await)?)
}

/// `false` when the name has a value already, which stays.
pub async fn insert(tx: &mut Tx, name: &str, value: &[u8]) -> Result<bool> {
    let sql = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    let inserted = execute!(tx, sqlx::query(sql).bind(name).bind(value))?;
    Ok(inserted == 1)
}

/// Replaces the value, or makes it.
pub async fn set(tx: &mut Tx, name: &str, value: &[u8]) -> Result<()> {
    let sql = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2";
    execute!(tx, sqlx::query(sql).bind(name).bind(value))?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, name: &str) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM settings WHERE name = $1").bind(name))?;
    Ok(())
}
