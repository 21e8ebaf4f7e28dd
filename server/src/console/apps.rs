use std::net::IpAddr;

use latchkey_app::{
    error::ConsoleError,
    types::{
        Alert, AlertKind, AppHealth, AppRef, Cause, Metric, Millis, MiniProgram, PushRefused, Tally, TokenRefused,
        TokenTimes, UntrustedProxy, Zone,
    },
};

use super::{ConsoleServer, Failed, of_failure};
use crate::{
    accounts::Actor,
    store::{
        Tx,
        alerts::{self, AlertRow},
        failures, push, rollups,
        untrusted_proxies::UntrustedProxyRow,
    },
};

/// A login that is older says nothing about the credentials of today.
const LOOK_BACK_S: i64 = 30 * 86_400;
const PUSH_CAUSES: [Cause; 5] =
    [Cause::PushSignatureWrong, Cause::PushKeyWrong, Cause::PushNotEncrypted, Cause::PushStale, Cause::PushReplayed];

impl ConsoleServer {
    /// Every configured mini program with what is wrong with it.
    pub(super) async fn mini_programs(&self) -> Result<Vec<MiniProgram>, Failed> {
        let rows = alerts::list(&mut self.accounts.db.read().await?).await?;
        let signs = self.accounts.app_signs().await?;
        let apps = self.accounts.apps.iter().map(|app| {
            let alerts = rows.iter().filter(|row| row.appid == app.appid).map(alert).collect::<Result<_, _>>()?;
            let signs = signs.get(&app.appid).copied().unwrap_or_default();
            let token = signs.token.map(|times| TokenTimes { fetched_at: times.fetched_at, renew_at: times.renew_at });
            let refused = signs.token_refused.filter(|refused| token.is_none_or(|token| refused.at > token.fetched_at));
            Ok(MiniProgram {
                app: AppRef { appid: app.appid.clone(), name: app.name.clone() },
                alerts,
                proven_at: signs.proven_at,
                access_token: token,
                token_refused: refused.map(|refused| TokenRefused { at: refused.at, errcode: refused.errcode }),
                push: app.push_token.is_some(),
                phone_code_openid: app.phone_code_openid,
            })
        });
        apps.collect()
    }

    /// Every configured mini program, and how it is. What has passed is looked up in what was counted, not in the tables.
    pub(super) async fn app_health(&self, zone: &Zone) -> Result<Vec<AppHealth>, Failed> {
        let (now, programs) = (self.accounts.clock.now(), self.mini_programs().await?);
        let mut tx = self.accounts.db.read().await?;
        let mut tallies = self.tallies(&mut tx, zone, now).await?;
        let mut all = Vec::new();
        for program in programs {
            let (today, week) = tallies.remove(&program.app.appid).unwrap_or_default();
            all.push(self.health_of(&mut tx, program, now, (today, week)).await?);
        }
        Ok(all)
    }

    async fn health_of(
        &self,
        tx: &mut Tx,
        program: MiniProgram,
        now: Millis,
        (today, week): (Tally, Tally),
    ) -> Result<AppHealth, Failed> {
        let appid = &program.app.appid;
        let login = rollups::last(tx, appid, Metric::Logins.name(), now.plus_seconds(-LOOK_BACK_S)).await?;
        let push_refused = failures::newest_of_app(tx, appid, PUSH_CAUSES.map(Cause::name)).await?;
        let push_refused = push_refused.map(|row| PushRefused {
            at: Millis(row.at),
            failure: row.id.to_string(),
            cause: Cause::from_name(&row.cause).unwrap_or(Cause::Unknown),
        });
        Ok(AppHealth {
            now,
            proven_at: program.proven_at.max(login.map(Millis)),
            pushed_at: push::newest(tx, appid).await?.map(Millis),
            push_refused,
            today,
            week,
            program,
        })
    }

    pub(super) async fn untrusted_proxies(&self) -> Result<Vec<UntrustedProxy>, Failed> {
        let rows = self.accounts.untrusted_proxies().await?;
        Ok(rows.into_iter().map(|row| self.untrusted_proxy(row)).collect())
    }

    fn untrusted_proxy(&self, row: UntrustedProxyRow) -> UntrustedProxy {
        let is_address = row.peer.parse::<IpAddr>().is_ok();
        UntrustedProxy {
            setting: is_address.then(|| self.accounts.trusting(&row.peer)),
            peer: row.peer,
            header: row.header,
            first_at: Millis(row.first_at),
            last_at: Millis(row.last_at),
        }
    }

    pub(super) async fn check_app(&self, appid: &str, actor: &Actor) -> Result<(), Failed> {
        self.accounts.apps.find(appid).ok_or(ConsoleError::NotFound)?;
        Ok(self.accounts.check_app(appid, actor).await.map_err(|failure| of_failure(&failure))?)
    }

    pub(super) async fn settle_alert(
        &self,
        appid: &str,
        kind: AlertKind,
        last_at: Millis,
        actor: &Actor,
    ) -> Result<(), Failed> {
        if self.accounts.settle_alert(appid, kind, last_at, actor).await? {
            return Ok(());
        }
        let all = alerts::list(&mut self.accounts.db.read().await?).await?;
        let there = all.iter().any(|row| row.appid == appid && row.kind == kind.name());
        Err(if there { ConsoleError::Stale } else { ConsoleError::NotFound }.into())
    }
}

fn alert(row: &AlertRow) -> Result<Alert, ConsoleError> {
    Ok(Alert {
        kind: AlertKind::from_name(&row.kind).ok_or(ConsoleError::Internal)?,
        errcode: row.errcode,
        rid: row.rid.clone(),
        address: row.address.clone(),
        first_at: Millis(row.first_at),
        last_at: Millis(row.last_at),
        times: row.times,
    })
}
