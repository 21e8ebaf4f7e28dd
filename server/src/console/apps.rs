use latchkey_app::{
    error::ConsoleError,
    types::{Alert, AlertKind, AppRef, Millis, MiniProgram, TokenTimes},
};

use super::{ConsoleServer, Failed};
use crate::{
    accounts::Actor,
    store::alerts::{self, AlertRow},
};

impl ConsoleServer {
    /// Every configured mini program with what is wrong with it.
    pub(super) async fn mini_programs(&self) -> Result<Vec<MiniProgram>, Failed> {
        let rows = alerts::list(&mut self.accounts.db.read().await?).await?;
        let apps = self.accounts.apps.iter().map(|app| {
            let alerts = rows.iter().filter(|row| row.appid == app.appid).map(alert).collect::<Result<_, _>>()?;
            let times = self.accounts.wechat.token_times(&app.appid);
            Ok(MiniProgram {
                app: AppRef { appid: app.appid.clone(), name: app.name.clone() },
                alerts,
                access_token: times.map(|times| TokenTimes { fetched_at: times.fetched_at, renew_at: times.renew_at }),
                push: app.push_token.is_some(),
            })
        });
        apps.collect()
    }

    pub(super) async fn settle_alert(&self, appid: &str, kind: AlertKind, actor: &Actor) -> Result<(), Failed> {
        let settled = self.accounts.settle_alert(appid, kind, actor).await?;
        if settled { Ok(()) } else { Err(ConsoleError::NotFound.into()) }
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
