//! What WeChat says to mini programs' credentials, for every node to show and none to forget.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::Accounts;
use crate::{
    clock::Millis,
    store::{
        StoreError,
        app_signs::{self, AppSignsRow},
    },
    wechat::{Signs, TokenRefused, TokenTimes},
};

/// Logins prove the credentials all the time: it is written down this often.
const PROVEN_EVERY_MS: i64 = 60 * 1000;

/// What this node has written, by appid.
#[derive(Debug, Default)]
pub struct KeptSigns(Mutex<HashMap<String, Signs>>);

impl KeptSigns {
    fn lacks(&self, appid: &str, signs: Signs) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(appid).copied().unwrap_or_default();
        let proven =
            signs.proven_at.is_some_and(|at| kept.proven_at.is_none_or(|kept| at.since(kept) >= PROVEN_EVERY_MS));
        proven || (signs.token, signs.token_refused) != (kept.token, kept.token_refused)
    }

    fn put(&self, appid: &str, signs: Signs) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(appid.to_owned(), signs);
    }
}

impl Accounts {
    /// Writes down what this node has heard since it did so last.
    pub async fn keep_signs(&self) -> Result<(), StoreError> {
        for app in self.apps.iter() {
            let signs = self.wechat.signs(&app.appid);
            if self.kept_signs.lacks(&app.appid, signs) {
                let mut tx = self.db.write().await?;
                app_signs::keep(&mut tx, &row(&app.appid, signs)).await?;
                tx.commit().await?;
                self.kept_signs.put(&app.appid, signs);
            }
        }
        Ok(())
    }

    /// What any node has heard, by appid.
    pub async fn app_signs(&self) -> Result<HashMap<String, Signs>, StoreError> {
        let rows = app_signs::list(&mut self.db.read().await?).await?;
        let mut all: HashMap<_, _> = rows.into_iter().map(|row| (row.appid.clone(), signs(&row))).collect();
        for app in self.apps.iter() {
            let signs = all.entry(app.appid.clone()).or_default();
            *signs = signs.newest(self.wechat.signs(&app.appid));
        }
        Ok(all)
    }
}

fn row(appid: &str, signs: Signs) -> AppSignsRow {
    AppSignsRow {
        appid: appid.to_owned(),
        proven_at: signs.proven_at.map(|at| at.0),
        token_fetched_at: signs.token.map(|token| token.fetched_at.0),
        token_renew_at: signs.token.map(|token| token.renew_at.0),
        token_refused_at: signs.token_refused.map(|refused| refused.at.0),
        token_errcode: signs.token_refused.and_then(|refused| refused.errcode),
    }
}

fn signs(row: &AppSignsRow) -> Signs {
    let token = row.token_fetched_at.zip(row.token_renew_at);
    Signs {
        proven_at: row.proven_at.map(Millis),
        token: token.map(|(at, renew)| TokenTimes { fetched_at: Millis(at), renew_at: Millis(renew) }),
        token_refused: row.token_refused_at.map(|at| TokenRefused { at: Millis(at), errcode: row.token_errcode }),
    }
}
