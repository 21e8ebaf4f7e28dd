use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use latchkey_app::types::{AlertKind, AuditAction};

use super::{Accounts, Actor, Failure, failure::NO_PHONE_QUOTA};
use crate::{
    clock::Millis,
    store::{
        StoreError,
        alerts::{self, AlertRow},
    },
    wechat::{Refusal, WeChatError},
};

/// A mini program that is misconfigured fails with every call: its alert is written at most this often by each node.
const WRITE_EVERY: Duration = Duration::from_mins(1);

/// What this node has raised and not yet written.
#[derive(Debug, Default)]
pub struct Raised(Mutex<HashMap<(String, AlertKind), Pending>>);

#[derive(Debug, Clone, Copy)]
struct Pending {
    /// By the clock that only goes forward; absent before the first time.
    written_at: Option<Duration>,
    times: i64,
}

impl Raised {
    /// How many times are to be written now; `None`: they wait for the next one.
    fn due(&self, appid: &str, kind: AlertKind, now: Duration) -> Option<i64> {
        let mut raised = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let never = Pending { written_at: None, times: 0 };
        let pending = raised.entry((appid.to_owned(), kind)).or_insert(never);
        pending.times += 1;
        if pending.written_at.is_some_and(|written_at| now < written_at.saturating_add(WRITE_EVERY)) {
            return None;
        }
        let times = pending.times;
        *pending = Pending { written_at: Some(now), times: 0 };
        Some(times)
    }

    fn forget(&self, appid: &str, kind: AlertKind) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(appid.to_owned(), kind));
    }
}

/// What an errcode tells the operator; `None` when it is a client's fault or passes by itself (protocol §1, §5.3).
fn kind_of(refusal: &Refusal) -> Option<AlertKind> {
    Some(match refusal.errcode {
        40001 if refusal.of_token => AlertKind::SecretWrong,
        // What the client sent, what WeChat thinks of the user, and keys that have ended.
        40003 | 40029 | 40163 | 40226 | 41008 | 42003 | 87007 | 87009 => return None,
        40013 => AlertKind::AppidWrong,
        40125 => AlertKind::SecretWrong,
        40164 => AlertKind::AddressNotListed,
        40243 => AlertKind::SecretFrozen,
        45009 => AlertKind::DayQuota,
        45011 => AlertKind::MinuteQuota,
        48001 => AlertKind::NotPermitted,
        50004 | 50007 => AlertKind::AccountFrozen,
        NO_PHONE_QUOTA => AlertKind::PhoneQuota,
        89503 | 89506 | 89507 => AlertKind::AddressUnconfirmed,
        _ => AlertKind::Other,
    })
}

impl Accounts {
    /// A client sent the AppSecret: whoever has the mini program has it, too.
    pub async fn secret_leaked(&self, appid: &str) {
        tracing::warn!(
            appid,
            "a client sent the AppSecret: it has leaked; reset it and take it out of the mini program"
        );
        self.raise(appid, AlertKind::SecretLeaked, None).await;
    }

    /// Tells the operator what only he can mend. Never fails a request.
    pub(super) async fn note_refusal(&self, appid: &str, error: &WeChatError) {
        if let WeChatError::Refused(refusal) = error
            && let Some(kind) = kind_of(refusal)
        {
            self.raise(appid, kind, Some(refusal)).await;
        }
    }

    /// [`Failure::of_wechat`], and the operator is told.
    pub(super) async fn wechat_failed(&self, appid: &str, error: WeChatError) -> Failure {
        self.note_refusal(appid, &error).await;
        Failure::of_wechat(error)
    }

    /// Whether it was written now: it is at most once a minute by each node.
    pub(super) async fn raise(&self, appid: &str, kind: AlertKind, refusal: Option<&Refusal>) -> bool {
        let now = self.clock.now();
        let Some(times) = self.raised.due(appid, kind, self.clock.elapsed()) else { return false };
        let row = AlertRow {
            appid: appid.to_owned(),
            kind: kind.name().to_owned(),
            errcode: refusal.map(|refusal| refusal.errcode),
            rid: refusal.and_then(|refusal| refusal.rid.clone()),
            address: refusal.and_then(|refusal| refusal.address).map(|address| address.to_string()),
            first_at: now.0,
            last_at: now.0,
            times,
        };
        if let Err(error) = self.write_alert(&row).await {
            tracing::error!(%error, appid, kind = row.kind, "an alert could not be kept");
        }
        true
    }

    async fn write_alert(&self, row: &AlertRow) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        alerts::raise(&mut tx, row).await?;
        tx.commit().await
    }

    /// The operator has dealt with what he saw; `false` when there is no such alert, or it was raised again after `last_at`.
    /// It comes back when its cause does.
    pub async fn settle_alert(
        &self,
        appid: &str,
        kind: AlertKind,
        last_at: Millis,
        actor: &Actor,
    ) -> Result<bool, Failure> {
        let mut tx = self.db.write().await?;
        if !alerts::settle(&mut tx, appid, kind.name(), last_at).await? {
            return Ok(false);
        }
        let detail = serde_json::json!({ "appid": appid, "kind": kind.name() });
        self.write_audit(&mut tx, actor, AuditAction::SettleAlert, None, &detail).await?;
        tx.commit().await?;
        self.raised.forget(appid, kind);
        Ok(true)
    }
}
