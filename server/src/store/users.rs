//! Users: persons, with at most one phone each.

use uuid::Uuid;

use super::{Result, Tx, execute, fetch_of, on, row};
use crate::clock::Millis;

row! {
    #[derive(Debug, Clone)]
    pub struct UserRow {
        pub id: Uuid,
        pub created_at: i64,
        pub last_login_at: i64,
        /// Set while an operator keeps the user out.
        pub blocked_at: Option<i64>,
        pub nickname: Option<String>,
        pub avatar_url: Option<String>,
        /// 0 unknown, 1 male, 2 female, as WeChat counts.
        pub gender: i64,
        pub province: Option<String>,
        pub city: Option<String>,
        pub country: Option<String>,
        pub phone_sealed: Option<Vec<u8>>,
        pub phone_bound_at: Option<i64>,
        /// Set when the personal data is gone for good.
        pub erased_at: Option<i64>,
        /// Who has everything of this user now.
        pub merged_into: Option<Uuid>,
        /// A login has made this user, and no answer has said so yet.
        pub unanswered: bool,
    }
}

pub(super) const COLUMNS: &str = "id, created_at, last_login_at, blocked_at, nickname, avatar_url, gender, province, city, country, \
                       phone_sealed, phone_bound_at, erased_at, merged_into, unanswered";

/// A phone as it is stored: sealed, with the hashes it is found by.
#[derive(Debug, Clone)]
pub struct StoredPhone {
    pub sealed: Vec<u8>,
    pub hash: [u8; 32],
    pub national_hash: [u8; 32],
    pub last_four_hash: [u8; 32],
}

/// Nicknames are compared by this: case does not count.
pub fn nickname_key(nickname: &str) -> String {
    nickname.to_lowercase()
}

pub async fn insert(tx: &mut Tx, id: Uuid, at: Millis) -> Result<()> {
    let sql = "INSERT INTO users (id, created_at, last_login_at, gender) VALUES ($1, $2, $2, 0)";
    execute!(tx, sqlx::query(sql).bind(id).bind(at.0))?;
    Ok(())
}

/// Only for a user that was inserted in this transaction and has lost the race for its binding.
pub async fn withdraw(tx: &mut Tx, id: Uuid) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM users WHERE id = $1").bind(id))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<UserRow>> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)?)
}

/// Those of the ids that are users, in no order.
pub async fn of_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<UserRow>> {
    Ok(fetch_of!(tx, format!("SELECT {COLUMNS} FROM users WHERE id IN"), ids)?)
}

/// The nicknames of those of the users who have one.
pub async fn nicknames(tx: &mut Tx, users: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    Ok(fetch_of!(tx, "SELECT id, nickname FROM users WHERE nickname IS NOT NULL AND id IN", users)?)
}

/// Every user who holds this number, oldest first.
pub async fn with_phone(tx: &mut Tx, hash: [u8; 32]) -> Result<Vec<UserRow>> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE phone_hash = $1 ORDER BY id");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(hash.as_slice()).fetch_all(conn).await)?)
}

/// The hash of a user's phone, if he has one.
pub async fn phone_hash(tx: &mut Tx, id: Uuid) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT phone_hash FROM users WHERE id = $1";
    let hash: Option<Option<Vec<u8>>> = on!(tx, conn => sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await)?;
    Ok(hash.flatten())
}

/// The oldest user besides this one who holds the number.
pub async fn other_with_phone(tx: &mut Tx, hash: &[u8], id: Uuid) -> Result<Option<Uuid>> {
    let sql = "SELECT id FROM users WHERE phone_hash = $1 AND id <> $2 ORDER BY id LIMIT 1";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(hash).bind(id).fetch_optional(conn).await)?)
}

/// Who has everything of a user now: he himself, or the last in a line of merges. `None` when there is no such user.
pub async fn survivor(tx: &mut Tx, id: Uuid) -> Result<Option<Uuid>> {
    let sql = "WITH RECURSIVE line (id, next) AS (SELECT id, merged_into FROM users WHERE id = $1 \
               UNION SELECT users.id, users.merged_into FROM users JOIN line ON users.id = line.next) \
               SELECT id FROM line WHERE next IS NULL";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await)?)
}

/// Everybody who was merged into a user, or into one who was.
pub async fn merged_into(tx: &mut Tx, id: Uuid) -> Result<Vec<Uuid>> {
    let sql = "WITH RECURSIVE merged (id) AS (SELECT id FROM users WHERE merged_into = $1 \
               UNION SELECT users.id FROM users JOIN merged ON users.merged_into = merged.id) \
               SELECT id FROM merged ORDER BY id";
    Ok(on!(tx, conn => sqlx::query_scalar(sql).bind(id).fetch_all(conn).await)?)
}

/// A user and everybody who was merged into him: one person.
pub async fn with_merged(tx: &mut Tx, id: Uuid) -> Result<Vec<Uuid>> {
    let mut all = vec![id];
    all.extend(merged_into(tx, id).await?);
    Ok(all)
}

/// When the first of some users came; the end of time for nobody.
pub async fn first_created(tx: &mut Tx, ids: &[Uuid]) -> Result<Millis> {
    let rows = of_ids(tx, ids).await?;
    Ok(Millis(rows.iter().map(|row| row.created_at).min().unwrap_or(i64::MAX)))
}

/// Makes a user an empty row that leads to another one, or takes that back.
pub async fn set_merged(tx: &mut Tx, id: Uuid, into: Option<Uuid>) -> Result<()> {
    execute!(tx, sqlx::query("UPDATE users SET merged_into = $2 WHERE id = $1").bind(id).bind(into))?;
    Ok(())
}

/// Keeps a user out from `at` on, or lets him in again.
pub async fn set_blocked(tx: &mut Tx, id: Uuid, at: Option<Millis>) -> Result<()> {
    execute!(tx, sqlx::query("UPDATE users SET blocked_at = $2 WHERE id = $1").bind(id).bind(at.map(|at| at.0)))?;
    Ok(())
}

pub async fn touch_login(tx: &mut Tx, id: Uuid, at: Millis) -> Result<()> {
    let sql = "UPDATE users SET last_login_at = $2 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id).bind(at.0))?;
    Ok(())
}

pub async fn set_unanswered(tx: &mut Tx, id: Uuid, unanswered: bool) -> Result<()> {
    execute!(tx, sqlx::query("UPDATE users SET unanswered = $2 WHERE id = $1").bind(id).bind(unanswered))?;
    Ok(())
}

/// `false` when the user has been erased meanwhile: nothing personal is ever written into his row again.
pub async fn set_phone(tx: &mut Tx, id: Uuid, phone: Option<&StoredPhone>, at: Millis) -> Result<bool> {
    let sql = "UPDATE users SET phone_sealed = $2, phone_hash = $3, phone_national_hash = $4, phone_last_four_hash = $5, \
               phone_bound_at = $6 WHERE id = $1 AND erased_at IS NULL";
    let changed = execute!(
        tx,
        sqlx::query(sql)
            .bind(id)
            .bind(phone.map(|phone| phone.sealed.as_slice()))
            .bind(phone.map(|phone| phone.hash.as_slice()))
            .bind(phone.map(|phone| phone.national_hash.as_slice()))
            .bind(phone.map(|phone| phone.last_four_hash.as_slice()))
            .bind(phone.map(|_| at.0))
    )?;
    Ok(changed == 1)
}

/// Values to set; those that are `None` stay as they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProfileChange<'a> {
    pub nickname: Option<&'a str>,
    pub avatar_url: Option<&'a str>,
    pub gender: Option<i64>,
    pub province: Option<&'a str>,
    pub city: Option<&'a str>,
    pub country: Option<&'a str>,
}

/// Nobody's when the user has been erased meanwhile.
pub async fn set_profile(tx: &mut Tx, id: Uuid, change: &ProfileChange<'_>) -> Result<()> {
    let sql = "UPDATE users SET nickname = COALESCE($2, nickname), nickname_key = COALESCE($3, nickname_key), \
               avatar_url = COALESCE($4, avatar_url), gender = COALESCE($5, gender), province = COALESCE($6, province), \
               city = COALESCE($7, city), country = COALESCE($8, country) \
               WHERE id = $1 AND erased_at IS NULL AND merged_into IS NULL";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(id)
            .bind(change.nickname)
            .bind(change.nickname.map(nickname_key))
            .bind(change.avatar_url)
            .bind(change.gender)
            .bind(change.province)
            .bind(change.city)
            .bind(change.country)
    )?;
    Ok(())
}

/// Sets nickname and picture where the user has none.
pub async fn fill_profile(tx: &mut Tx, id: Uuid, nickname: Option<&str>, avatar_url: Option<&str>) -> Result<()> {
    let sql = "UPDATE users SET nickname = COALESCE(nickname, $2), nickname_key = COALESCE(nickname_key, $3), \
               avatar_url = COALESCE(avatar_url, $4) WHERE id = $1 AND erased_at IS NULL AND merged_into IS NULL";
    let key = nickname.map(nickname_key);
    execute!(tx, sqlx::query(sql).bind(id).bind(nickname).bind(key).bind(avatar_url))?;
    Ok(())
}

/// Replaces the whole profile; what is absent is forgotten.
pub async fn replace_profile(tx: &mut Tx, id: Uuid, profile: &ProfileChange<'_>) -> Result<()> {
    let sql = "UPDATE users SET nickname = $2, nickname_key = $3, avatar_url = $4, gender = $5, province = $6, city = $7, \
               country = $8 WHERE id = $1";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(id)
            .bind(profile.nickname)
            .bind(profile.nickname.map(nickname_key))
            .bind(profile.avatar_url)
            .bind(profile.gender.unwrap_or_default())
            .bind(profile.province)
            .bind(profile.city)
            .bind(profile.country)
    )?;
    Ok(())
}

/// Forgets nickname or avatar or both.
pub async fn clear_profile(tx: &mut Tx, id: Uuid, nickname: bool, avatar: bool) -> Result<()> {
    let sql = "UPDATE users SET nickname = CASE WHEN $2 THEN NULL ELSE nickname END, \
               nickname_key = CASE WHEN $2 THEN NULL ELSE nickname_key END, \
               avatar_url = CASE WHEN $3 THEN NULL ELSE avatar_url END WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id).bind(nickname).bind(avatar))?;
    Ok(())
}

/// Leaves the row and nothing personal in it.
pub async fn erase(tx: &mut Tx, id: Uuid, at: Millis) -> Result<()> {
    let sql = "UPDATE users SET erased_at = $2, gender = 0, nickname = NULL, nickname_key = NULL, avatar_url = NULL, \
               province = NULL, city = NULL, country = NULL, phone_sealed = NULL, phone_hash = NULL, \
               phone_national_hash = NULL, phone_last_four_hash = NULL, phone_bound_at = NULL WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id).bind(at.0))?;
    Ok(())
}

pub async fn any(tx: &mut Tx) -> Result<bool> {
    Ok(on!(tx, conn => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users)").fetch_one(conn).await)?)
}
