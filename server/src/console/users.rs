use std::collections::BTreeSet;

use latchkey_app::types::{Millis, Page, UserQuery, UserSummary};
use uuid::Uuid;

use super::{ConsoleServer, Failed, PAGE, page, start};
use crate::{
    sealed::BlindIndex,
    store::{
        Tx,
        bindings::{self, BindingRow},
        failures, phone_changes,
        users::{self, Search, UserRow, nickname_key},
    },
};

impl ConsoleServer {
    /// A page of users, all of them or those that the query finds.
    pub(super) async fn users(&self, query: &UserQuery) -> Result<Page<UserSummary>, Failed> {
        let start = start(query.cursor.as_ref())?;
        let mut tx = self.accounts.db.read().await?;
        let search = match query.q.as_str() {
            "" => None,
            q => {
                let mut search = Search { trace: user_behind(&mut tx, q).await?, ..search(q, &self.accounts.index) };
                // Who was merged into another user is found as that one.
                for id in [&mut search.id, &mut search.trace].into_iter().flatten() {
                    *id = users::survivor(&mut tx, *id).await?.unwrap_or(*id);
                }
                Some(search)
            }
        };
        let slice = users::list(&mut tx, search.as_ref(), start, PAGE).await?;
        let ids: Vec<Uuid> = slice.rows.iter().map(|row| row.id).collect();
        let bindings = bindings::of_users(&mut tx, &ids).await?;
        drop(tx);
        let items = slice.rows.iter().map(|row| self.summary(row, &bindings)).collect::<Result<_, _>>()?;
        Ok(page(&slice, |row| row.id, items))
    }

    /// `bindings` may hold those of other users, too.
    pub(super) fn summary(&self, user: &UserRow, bindings: &[BindingRow]) -> Result<UserSummary, Failed> {
        let own = bindings.iter().filter(|binding| binding.user_id == user.id);
        let apps: BTreeSet<_> = own.map(|binding| self.app(&binding.appid)).collect();
        Ok(UserSummary {
            id: user.id.to_string(),
            nickname: user.nickname.clone(),
            phone: self.accounts.phone_of(user)?.map(|phone| phone.masked()),
            apps: apps.into_iter().collect(),
            blocked: user.blocked_at.is_some(),
            created_at: Millis(user.created_at),
            last_login_at: Millis(user.last_login_at),
        })
    }
}

/// Whose call a request id, or a rid of WeChat, belongs to.
async fn user_behind(tx: &mut Tx, trace: &str) -> Result<Option<Uuid>, Failed> {
    let failure = failures::by_trace(tx, trace).await?.and_then(|row| row.user_id);
    Ok(match failure {
        Some(user) => Some(user),
        None => phone_changes::user_of_request(tx, trace).await?,
    })
}

/// What an operator may have meant. Everything he may have meant is looked for: an id is also the beginning of a
/// nickname.
fn search(q: &str, index: &BlindIndex) -> Search {
    let number: String = q.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')')).collect();
    let digits = number.trim_start_matches('+');
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    Search {
        trace: None,
        id: q.parse().ok(),
        wechat_id: Some(q.to_owned()),
        nickname_prefix: Some(nickname_key(q)),
        phone_hash: numeric.then(|| index.e164(&format!("+{digits}"))),
        // With its plus sign, a number names its country and means no other.
        national_hash: (numeric && !number.starts_with('+')).then(|| index.national(digits)),
        last_four_hash: (numeric && digits.len() == 4).then(|| index.last_four(digits)),
    }
}
