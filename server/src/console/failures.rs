use std::collections::HashMap;

use latchkey_app::{
    error::ConsoleError,
    types::{Cause, CauseCount, Cursor, Failure, FailureList, FailureQuery, Millis, Page, Stage, UserRef},
};
use uuid::Uuid;

use super::{ConsoleServer, Failed, PAGE, internal, of_failure, start};
use crate::{
    accounts::{Actor, AskError},
    store::{
        Tx,
        failures::{self, CauseCountRow, FailureRow, Filter},
        users,
    },
};

impl ConsoleServer {
    /// A page of failures and healings, and how many there are of each cause.
    pub(super) async fn failures(&self, query: &FailureQuery) -> Result<FailureList, Failed> {
        let filter = filter(query)?;
        let start = start(query.cursor.as_ref())?;
        let mut tx = self.accounts.db.read().await?;
        let listing = failures::walk(&mut tx, &filter, start, PAGE).await?;
        let causes = failures::causes(&mut tx, &Filter { cause: None, ..filter }).await?;
        let items = self.failures_of(&mut tx, &listing.rows).await?;
        let previous = listing.previous.map(|id| Cursor::Before(id.to_string()));
        let next = listing.next.map(|id| Cursor::After(id.to_string()));
        Ok(FailureList {
            page: Page { items, previous, next },
            partial: listing.partial,
            causes: counts(&causes.rows),
            newest_only: causes.newest_only,
        })
    }

    pub(super) async fn failures_of(&self, tx: &mut Tx, rows: &[FailureRow]) -> Result<Vec<Failure>, Failed> {
        let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.user_id).collect();
        let nicknames: HashMap<_, _> = users::nicknames(tx, &ids).await?.into_iter().collect();
        Ok(rows.iter().map(|row| self.failure_of(row, &nicknames)).collect::<Result<_, _>>()?)
    }

    fn failure_of(&self, row: &FailureRow, nicknames: &HashMap<Uuid, String>) -> Result<Failure, ConsoleError> {
        let user = |id: Uuid| UserRef { id: id.to_string(), nickname: nicknames.get(&id).cloned() };
        Ok(Failure {
            id: row.id.to_string(),
            at: Millis(row.at),
            app: self.app(&row.appid),
            user: row.user_id.map(user),
            openid: row.openid.clone(),
            call: row.call.clone(),
            stage: Stage::from_name(&row.stage).ok_or(ConsoleError::Internal)?,
            // A newer version may know causes that this one does not.
            cause: Cause::from_name(&row.cause).unwrap_or(Cause::Unknown),
            healed: row.healed,
            version: row.version.clone(),
            evidence: serde_json::from_str(&row.evidence).map_err(|error| internal(&error))?,
            later_success: row.later_success_at.map(Millis),
            request_id: row.request_id.clone(),
            asked: serde_json::from_str(&row.asked).map_err(|error| internal(&error))?,
        })
    }

    pub(super) async fn ask_wechat(&self, failure: &str, actor: &Actor) -> Result<(), Failed> {
        let failure: Uuid = failure.parse().map_err(|_| ConsoleError::NotFound)?;
        self.accounts.ask_wechat(failure, actor).await.map_err(|error| match error {
            AskError::Unknown => ConsoleError::NotFound,
            AskError::Nothing => ConsoleError::NothingToAsk,
            AskError::Failure(failure) => of_failure(&failure),
        })?;
        Ok(())
    }
}

pub(super) fn filter(query: &FailureQuery) -> Result<Filter, ConsoleError> {
    let user = |id: &String| id.parse().map_err(|_| ConsoleError::BadRequest);
    Ok(Filter {
        cause: query.cause.map(|cause| cause.name().to_owned()),
        stage: query.stage.map(|stage| stage.name().to_owned()),
        appid: query.appid.clone(),
        version: query.version.clone(),
        user_id: query.user_id.as_ref().map(user).transpose()?,
        healed: query.healed,
        from: query.from,
        to: query.to,
    })
}

/// Most frequent first. A name that this version does not know is left out.
pub(super) fn counts(rows: &[CauseCountRow]) -> Vec<CauseCount> {
    let mut counts = HashMap::<Cause, CauseCount>::new();
    for row in rows {
        let Some(cause) = Cause::from_name(&row.cause) else { continue };
        let count = counts.entry(cause).or_insert(CauseCount { cause, healed: 0, failed: 0 });
        *(if row.healed { &mut count.healed } else { &mut count.failed }) += row.times;
    }
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_by_key(|count| (-(count.healed + count.failed), count.cause));
    counts
}
