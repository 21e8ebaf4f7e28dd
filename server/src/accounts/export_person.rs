use std::collections::BTreeMap;

use latchkey_app::types::{Asked, AuditAction, Evidence};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Accounts, Actor, Damaged, Failure, Part, RevealError};
use crate::{
    clock::Millis,
    phone::PhoneNumber,
    sealed::Column,
    store::{
        Tx, audit,
        bindings::{self, BindingRow},
        calls, ciphertexts, conflicts, erasures,
        failures::FailureRow,
        login_codes, phone_changes, push, resets, session_keys, tokens,
        users::{self, UserRow},
    },
};

/// The name and version of the shape (docs/operations.md).
const FORMAT: &str = "latchkey.person/1";
const EVER: (Millis, Millis) = (Millis(i64::MIN), Millis(i64::MAX));

/// The rows of every one of some users: `of_each!(users, |user| table::of_user(tx, user, …))`.
macro_rules! of_each {
    ($users:expr, |$user:ident| $rows:expr) => {{
        let mut all = Vec::new();
        for $user in $users.iter().copied() {
            all.extend($rows.await?);
        }
        all
    }};
}

impl Accounts {
    /// All that is held about a person, for that person: never a key, a token or a password's hash, and never another
    /// person's number. Whoever was merged into him was the same person. It counts as a reveal, and stands in the export
    /// itself among what operators did.
    pub async fn export_person(&self, user_id: Uuid, actor: &Actor, reason: &str) -> Result<Value, RevealError> {
        let mut tx = self.db.write().await?;
        let user = users::find(&mut tx, user_id).await?.ok_or(RevealError::Unknown)?;
        if user.merged_into.is_some() && user.erased_at.is_none() {
            return Err(RevealError::Merged);
        }
        self.disclose(&mut tx, actor, AuditAction::ExportUser, user_id, reason).await?;
        tx.commit().await?;
        Ok(self.held_about(&mut self.db.read().await?, &user).await?)
    }

    async fn held_about(&self, tx: &mut Tx, user: &UserRow) -> Result<Value, Failure> {
        let all = users::with_merged(tx, user.id).await?;
        let bindings = bindings::of_users(tx, &all).await?;
        Ok(json!({
            "format": FORMAT,
            "exportedAt": time(self.clock.now().0),
            "userId": user.id,
            "mergedUserIds": all.get(1..),
            "createdAt": time(user.created_at),
            "lastLoginAt": time(user.last_login_at),
            "blockedAt": user.blocked_at.map(time),
            "erasedAt": user.erased_at.map(time),
            "profile": profile(user),
            "phone": self.number_held(Column::UserPhone, user.id, user.phone_sealed.as_deref()),
            "phoneBoundAt": user.phone_bound_at.map(time),
            "bindings": self.bindings_held(tx, &bindings).await?,
            "sessions": self.sessions_held(tx, &all, &bindings).await?,
            "phoneChanges": self.history_held(tx, &all).await?,
            "calls": calls_held(tx, &all).await?,
            "failures": failures_held(&self.failures_about(tx, &all).await?),
            "openedCiphertexts": ciphertexts_held(tx, &all).await?,
            "pushes": pushes_held(tx, &all).await?,
            "conflicts": conflicts_held(tx, &all).await?,
            "resets": self.resets_held(tx, &all).await?,
            "erasures": erasures_held(tx, &all).await?,
            "operators": acts_held(tx, user, &all).await?,
        }))
    }

    /// With what is kept of them until they cannot be undone any more.
    async fn resets_held(&self, tx: &mut Tx, all: &[Uuid]) -> Result<Vec<Value>, Failure> {
        let mut rows = BTreeMap::new();
        for user in all {
            rows.extend(resets::of_user(tx, *user, i64::MAX).await?.into_iter().map(|row| (row.id, row)));
        }
        let mut held = Vec::new();
        for row in rows.into_values().rev() {
            // Of two users, each part was one's.
            let whose = |part: &Part| match part {
                Part::ReplacedPhone(_) => row.other_user_id,
                _ => Some(row.user_id),
            };
            let mut kept = self.open_parts(&row)?;
            kept.retain(|part| whose(part).is_some_and(|user| all.contains(&user)));
            held.push(json!({
                "at": time(row.at), "kind": row.kind, "appid": row.appid, "reason": row.reason,
                "undoneAt": row.undone_at.map(time), "kept": kept,
            }));
        }
        Ok(held)
    }

    async fn bindings_held(&self, tx: &mut Tx, bindings: &[BindingRow]) -> Result<Vec<Value>, Failure> {
        let mut held = Vec::new();
        for one in bindings {
            let keys = session_keys::ring(tx, one.id, EVER.0, i64::MAX).await?;
            let logins = login_codes::spent_by(tx, one.id, EVER.0, EVER.1, i64::MAX).await?;
            held.push(json!({
                "appid": one.appid, "openid": one.openid, "unionid": one.unionid,
                "createdAt": time(one.created_at), "lastLoginAt": time(one.last_login_at),
                "sessionKeysReceivedAt": keys.iter().map(|key| time(key.received_at)).collect::<Vec<_>>(),
                "loginCodesSpentAt": logins.into_iter().map(time).collect::<Vec<_>>(),
            }));
        }
        Ok(held)
    }

    async fn sessions_held(&self, tx: &mut Tx, all: &[Uuid], bindings: &[BindingRow]) -> Result<Vec<Value>, Failure> {
        let appid = |binding| bindings.iter().find(|one| one.id == binding).map(|one| one.appid.as_str());
        let rows = of_each!(all, |user| tokens::of_user(tx, user, self.clock.now(), i64::MAX));
        let session = rows.iter().map(|row| {
            json!({
                "appid": appid(row.binding_id), "client": row.client, "createdAt": time(row.created_at),
                "lastUsedAt": time(row.last_used_at), "expiresAt": time(row.expires_at),
            })
        });
        Ok(session.collect())
    }

    async fn history_held(&self, tx: &mut Tx, all: &[Uuid]) -> Result<Vec<Value>, Failure> {
        let mut rows = of_each!(all, |user| phone_changes::of_user(tx, user, i64::MAX));
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
        let change = |row: &phone_changes::PhoneChangeRow| {
            json!({
                "at": time(row.at), "source": row.source, "appid": row.appid, "requestId": row.request_id,
                "old": self.number_held(Column::OldPhone, row.id, row.old_sealed.as_deref()),
                "new": self.number_held(Column::NewPhone, row.id, row.new_sealed.as_deref()),
                "erasedAt": row.erased_at.map(time),
            })
        };
        Ok(rows.iter().map(change).collect())
    }

    /// Says that a number is held, too, when it cannot be read any more.
    fn number_held(&self, column: Column, row: Uuid, sealed: Option<&[u8]>) -> Value {
        match self.sealed_number(column, row, sealed, None) {
            Ok(number) => number.as_ref().map(phone).into(),
            Err(Damaged) => json!({ "damaged": true }),
        }
    }
}

fn time(ms: i64) -> String {
    Millis(ms).rfc3339()
}

fn phone(phone: &PhoneNumber) -> Value {
    json!({ "countryCode": phone.country_code(), "purePhoneNumber": phone.national() })
}

fn profile(user: &UserRow) -> Value {
    json!({
        "nickName": user.nickname, "avatarUrl": user.avatar_url, "gender": user.gender,
        "province": user.province, "city": user.city, "country": user.country,
    })
}

async fn calls_held(tx: &mut Tx, all: &[Uuid]) -> Result<Vec<Value>, Failure> {
    let rows = of_each!(all, |user| calls::of_user(tx, user, EVER.0, EVER.1, i64::MAX));
    let call = rows.iter().map(|row| {
        json!({
            "at": time(row.at), "appid": row.appid, "kind": row.kind, "newKey": row.new_key,
            "newUnionid": row.new_unionid, "requestId": row.request_id,
        })
    });
    Ok(call.collect())
}

fn failures_held(rows: &[FailureRow]) -> Vec<Value> {
    let failure = rows.iter().map(|row| {
        json!({
            "at": time(row.at), "appid": row.appid, "openid": row.openid, "call": row.call, "stage": row.stage, "cause": row.cause,
            "healed": row.healed, "version": row.version, "wechatErrcode": row.errcode, "rid": row.rid,
            "requestId": row.request_id, "laterSuccessAt": row.later_success_at.map(time),
            "evidence": serde_json::from_str::<Evidence>(&row.evidence).ok(),
            "askedWechat": serde_json::from_str::<Vec<Asked>>(&row.asked).ok(),
        })
    });
    failure.collect()
}

async fn ciphertexts_held(tx: &mut Tx, all: &[Uuid]) -> Result<Vec<Value>, Failure> {
    let rows = of_each!(all, |user| ciphertexts::of_user(tx, user));
    let held = rows.iter().map(|row| {
        json!({ "sha256": hex::encode(&row.hash), "openedAt": time(row.opened_at), "appid": row.appid,
            "openid": row.openid, "requestId": row.request_id })
    });
    Ok(held.collect())
}

async fn pushes_held(tx: &mut Tx, all: &[Uuid]) -> Result<Vec<Value>, Failure> {
    let rows = of_each!(all, |user| push::of_user(tx, user, EVER.0, EVER.1, i64::MAX));
    let event = rows.iter().map(|row| {
        json!({ "at": time(row.received_at), "appid": row.appid, "event": row.event, "requestId": row.request_id })
    });
    Ok(event.collect())
}

/// Without the other user's id: he is another person.
async fn conflicts_held(tx: &mut Tx, all: &[Uuid]) -> Result<Vec<Value>, Failure> {
    let mut rows = of_each!(all, |user| conflicts::of_user(tx, user));
    // One between two of them is found twice.
    rows.sort_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    let conflict = rows.iter().map(|row| {
        json!({
            "at": time(row.at), "kind": row.kind, "settlement": row.settlement,
            "settledAt": row.settled_at.map(time), "reason": row.reason,
        })
    });
    Ok(conflict.collect())
}

async fn erasures_held(tx: &mut Tx, all: &[Uuid]) -> Result<Vec<Value>, Failure> {
    let rows = of_each!(all, |user| erasures::of_user(tx, user));
    let erasure = rows.iter().map(|row| {
        json!({ "at": time(row.at), "what": row.what, "cause": row.cause, "appid": row.appid, "requestId": row.request_id })
    });
    Ok(erasure.collect())
}

/// What operators did to the person, and who looked, when and why; with the exports that the person may have been in.
async fn acts_held(tx: &mut Tx, user: &UserRow, all: &[Uuid]) -> Result<Vec<Value>, Failure> {
    let mut rows = of_each!(all, |user| audit::of_user(tx, user, EVER.0, EVER.1, i64::MAX));
    let (from, until) = (users::first_created(tx, all).await?, user.erased_at.map_or(EVER.1, Millis));
    rows.extend(audit::of_action(tx, AuditAction::ExportPhones.name(), from, until, i64::MAX).await?);
    rows.sort_by_key(|row| row.seq);
    let act = rows.iter().map(|row| {
        let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
        json!({ "at": time(row.at), "actor": row.actor, "action": row.action, "reason": detail["reason"] })
    });
    Ok(act.collect())
}
