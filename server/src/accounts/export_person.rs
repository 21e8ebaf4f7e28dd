use latchkey_app::types::{AuditAction, Evidence};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Accounts, Actor, Failure, RevealError};
use crate::{
    clock::Millis,
    phone::PhoneNumber,
    sealed::Column,
    store::{
        Tx, audit,
        bindings::{self, BindingRow},
        calls, conflicts, erasures, failures, login_codes, phone_changes, push, resets, session_keys, tokens,
        users::{self, UserRow},
    },
};

/// The name and version of the shape (docs/operations.md).
const FORMAT: &str = "latchkey.person/1";
const EVER: (Millis, Millis) = (Millis(i64::MIN), Millis(i64::MAX));

impl Accounts {
    /// All that is held about a person, for that person: never a key, a token or a password's hash. It counts as a reveal,
    /// and stands in the export itself among what operators did.
    pub async fn export_person(&self, user_id: Uuid, actor: &Actor, reason: &str) -> Result<Value, RevealError> {
        let mut tx = self.db.write().await?;
        let user = users::find(&mut tx, user_id).await?.ok_or(RevealError::Unknown)?;
        self.disclose(&mut tx, actor, AuditAction::ExportUser, user_id, reason).await?;
        tx.commit().await?;
        Ok(self.held_about(&mut self.db.read().await?, &user).await?)
    }

    async fn held_about(&self, tx: &mut Tx, user: &UserRow) -> Result<Value, Failure> {
        let bindings = bindings::of_users(tx, &[user.id]).await?;
        Ok(json!({
            "format": FORMAT,
            "exportedAt": time(self.clock.now().0),
            "userId": user.id,
            "createdAt": time(user.created_at),
            "lastLoginAt": time(user.last_login_at),
            "blockedAt": user.blocked_at.map(time),
            "erasedAt": user.erased_at.map(time),
            "profile": profile(user),
            "phone": self.phone_of(user)?.as_ref().map(phone),
            "phoneBoundAt": user.phone_bound_at.map(time),
            "bindings": self.bindings_held(tx, &bindings).await?,
            "sessions": self.sessions_held(tx, user.id, &bindings).await?,
            "phoneChanges": self.history_held(tx, user.id).await?,
            "calls": calls_held(tx, user.id).await?,
            "failures": failures_held(tx, user.id).await?,
            "openedCiphertexts": ciphertexts_held(tx, user.id).await?,
            "pushes": pushes_held(tx, user.id).await?,
            "conflicts": conflicts_held(tx, user.id).await?,
            "resets": self.resets_held(tx, user.id).await?,
            "erasures": erasures_held(tx, user.id).await?,
            "operators": acts_held(tx, user.id).await?,
        }))
    }

    /// With what is kept of them until they cannot be undone any more.
    async fn resets_held(&self, tx: &mut Tx, user: Uuid) -> Result<Vec<Value>, Failure> {
        let mut held = Vec::new();
        for row in resets::of_user(tx, user, i64::MAX).await? {
            let own = row.user_id == user;
            let kept = if own { self.open_parts(&row)? } else { Vec::new() };
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

    async fn sessions_held(&self, tx: &mut Tx, user: Uuid, bindings: &[BindingRow]) -> Result<Vec<Value>, Failure> {
        let appid = |binding| bindings.iter().find(|one| one.id == binding).map(|one| one.appid.as_str());
        let rows = tokens::of_user(tx, user, self.clock.now(), i64::MAX).await?;
        let session = rows.iter().map(|row| {
            json!({
                "appid": appid(row.binding_id), "createdAt": time(row.created_at),
                "lastUsedAt": time(row.last_used_at), "expiresAt": time(row.expires_at),
            })
        });
        Ok(session.collect())
    }

    async fn history_held(&self, tx: &mut Tx, user: Uuid) -> Result<Vec<Value>, Failure> {
        let rows = phone_changes::of_user(tx, user, i64::MAX).await?;
        let change = |row: &phone_changes::PhoneChangeRow| {
            Ok(json!({
                "at": time(row.at), "source": row.source, "appid": row.appid, "requestId": row.request_id,
                "old": self.number(Column::OldPhone, row.id, row.old_sealed.as_deref())?,
                "new": self.number(Column::NewPhone, row.id, row.new_sealed.as_deref())?,
                "erasedAt": row.erased_at.map(time),
            }))
        };
        rows.iter().map(change).collect()
    }

    fn number(&self, column: Column, row: Uuid, sealed: Option<&[u8]>) -> Result<Option<Value>, Failure> {
        let Some(sealed) = sealed else { return Ok(None) };
        let text = self.vault.open_text(column, row, sealed)?;
        Ok(PhoneNumber::from_sealed_text(&text).as_ref().map(phone))
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

async fn calls_held(tx: &mut Tx, user: Uuid) -> Result<Vec<Value>, Failure> {
    let rows = calls::of_user(tx, user, EVER.0, EVER.1, i64::MAX).await?;
    let call = rows.iter().map(|row| {
        json!({
            "at": time(row.at), "appid": row.appid, "kind": row.kind, "newKey": row.new_key,
            "newUnionid": row.new_unionid, "requestId": row.request_id,
        })
    });
    Ok(call.collect())
}

async fn failures_held(tx: &mut Tx, user: Uuid) -> Result<Vec<Value>, Failure> {
    let rows = failures::of_user(tx, user, EVER.0, EVER.1, i64::MAX).await?;
    let failure = rows.iter().map(|row| {
        json!({
            "at": time(row.at), "appid": row.appid, "call": row.call, "stage": row.stage, "cause": row.cause,
            "healed": row.healed, "version": row.version, "wechatErrcode": row.errcode, "rid": row.rid,
            "requestId": row.request_id, "laterSuccessAt": row.later_success_at.map(time),
            "evidence": serde_json::from_str::<Evidence>(&row.evidence).ok(),
        })
    });
    Ok(failure.collect())
}

async fn ciphertexts_held(tx: &mut Tx, user: Uuid) -> Result<Vec<Value>, Failure> {
    let rows = failures::opened_of(tx, user).await?;
    Ok(rows.iter().map(|(hash, at)| json!({ "sha256": hex::encode(hash), "openedAt": time(*at) })).collect())
}

async fn pushes_held(tx: &mut Tx, user: Uuid) -> Result<Vec<Value>, Failure> {
    let rows = push::of_user(tx, user, EVER.0, EVER.1, i64::MAX).await?;
    let event = rows.iter().map(|row| {
        json!({ "at": time(row.received_at), "appid": row.appid, "event": row.event, "requestId": row.request_id })
    });
    Ok(event.collect())
}

/// Without the other user's id: he is another person.
async fn conflicts_held(tx: &mut Tx, user: Uuid) -> Result<Vec<Value>, Failure> {
    let rows = conflicts::of_user(tx, user).await?;
    Ok(rows.iter().map(|row| json!({ "at": time(row.at), "kind": row.kind, "settlement": row.settlement })).collect())
}

async fn erasures_held(tx: &mut Tx, user: Uuid) -> Result<Vec<Value>, Failure> {
    let rows = erasures::of_user(tx, user).await?;
    let erasure = rows.iter().map(|row| {
        json!({ "at": time(row.at), "what": row.what, "cause": row.cause, "appid": row.appid, "requestId": row.request_id })
    });
    Ok(erasure.collect())
}

/// What operators did to the person, and who looked, when and why.
async fn acts_held(tx: &mut Tx, user: Uuid) -> Result<Vec<Value>, Failure> {
    let rows = audit::of_user(tx, user, EVER.0, EVER.1, i64::MAX).await?;
    let act = rows.iter().map(|row| {
        let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
        json!({ "at": time(row.at), "actor": row.actor, "action": row.action, "reason": detail["reason"] })
    });
    Ok(act.collect())
}
