//! The users as a file. Rows are read a few hundred at a time and never all of them kept: a million users leave in the
//! memory of one page.

mod file;
mod rows;

use std::io;

use futures::stream::{self, BoxStream, StreamExt};
use latchkey_app::{
    error::ConsoleError,
    text::{Preferences, T},
    types::{Role, UserQuery},
};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, Receiver};

use self::{file::Format, rows::Rows};
use super::{
    Failed, Visit,
    privacy::reveal_error,
    reason::reason as checked,
    users::{ids, sort},
    visit::SignedInVisit,
};
use crate::{
    accounts::{ExportError, InFull, MOST_DISCLOSURES},
    store::user_lists::{Filter, Place, Sort, SortBy, Status, UserList},
};

/// Pieces that wait for a slow reader.
const PIECES: usize = 4;

/// A file on its way.
pub struct Export {
    pub name: String,
    pub content_type: &'static str,
    pub body: BoxStream<'static, io::Result<Vec<u8>>>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// What is exported: the users of a list, or those of it that are ticked.
#[derive(Debug)]
pub struct ExportForm(Vec<(String, String)>);

impl ExportForm {
    pub fn of_body(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    /// The list that it was asked for on, with the problem; where one signs in first, that is none any more.
    pub fn list(&self, problem: ConsoleError) -> String {
        const LIST: &str = "/console/users?";
        let mut url = form_urlencoded::Serializer::for_suffix(LIST.to_owned(), LIST.len());
        for name in UserQuery::FIELDS {
            if let Some(value) = self.get(name).filter(|value| !value.is_empty()) {
                url.append_pair(name, &value);
            }
        }
        if problem != ConsoleError::SignedOut {
            url.append_pair("problem", &problem.to_string());
        }
        url.finish()
    }

    /// `users[0]=…`; none: everybody on the list.
    fn ticked(&self) -> Option<Vec<String>> {
        self.get("selected")?;
        let ticked = self.0.iter().filter(|(key, _)| key.starts_with("users["));
        Some(ticked.map(|(_, value)| value.clone()).collect())
    }
}

impl Visit {
    /// Checks, files the export in the audit log, and begins to read.
    pub async fn export(&self, form: &ExportForm, preferences: &Preferences) -> Result<Export, ConsoleError> {
        let full = form.get("full").is_some();
        let least = if full { Role::Support } else { Role::Viewer };
        let visit = self.signed_in(least).await?;
        let reason = form.get("reason").unwrap_or_default().trim().to_owned();
        if full || !reason.is_empty() {
            checked(&reason)?;
        }
        let format = Format::from_name(&form.get("format").unwrap_or_default()).ok_or(ConsoleError::BadRequest)?;
        let query = UserQuery::from_fields(&preferences.zone, |name| form.get(name))?;
        let filter = visit.exported(&query, form.ticked()).await?;
        // Last logins change while the file is read: in their order, somebody would be left out or come twice.
        let sort = Sort { by: SortBy::Created, ..sort(query.sort) };
        let mut detail = detail(&query, &filter);
        detail["format"] = format.name().into();
        detail["full"] = full.into();
        detail["reason"] = reason.as_str().into();
        let (filter, shown) = if full { visit.in_full(filter, sort).await? } else { (filter, InFull::Nobody) };
        let begun = visit.server.accounts.begin_export(&visit.own.actor, &detail, &shown, &reason).await;
        begun.map_err(|error| match error {
            ExportError::TooMany => ConsoleError::TooMany,
            ExportError::Reveal(error) => reveal_error(error),
        })?;
        let day = visit.server.accounts.clock.now();
        let least = if matches!(shown, InFull::Many) { Role::Admin } else { least };
        let rows = Rows::new(visit.clone(), least, filter, sort, full, preferences.zone.clone());
        Ok(Export {
            name: format!("latchkey-users-{}.{}", preferences.zone.day(day), format.name()),
            content_type: format.content_type(),
            body: body(produce(visit, rows, format, T(preferences.lang))),
        })
    }
}

impl SignedInVisit {
    async fn exported(&self, query: &UserQuery, ticked: Option<Vec<String>>) -> Result<Filter, Failed> {
        if let Some(ticked) = ticked {
            let ids = ids(&ticked)?;
            if ids.is_empty() {
                return Err(ConsoleError::NobodySelected.into());
            }
            return Ok(Filter { ids: Some(ids), status: Some(Status::Any), ..Filter::default() });
        }
        let q = self.server.searched(query, &self.own).await?;
        let mut tx = self.server.accounts.db.read().await?;
        self.server.filter(&mut tx, query, &q, self.own.operator.role).await
    }

    /// Whose numbers leave in full, and the filter that lets nobody else through. Of more than one may see in an hour, an
    /// administrator alone.
    async fn in_full(&self, filter: Filter, sort: Sort) -> Result<(Filter, InFull), Failed> {
        let mut tx = self.server.accounts.db.read().await?;
        let list = UserList::new(&mut tx, &filter).await?;
        let first = list.page(&mut tx, sort, Place::First, MOST_DISCLOSURES).await?;
        if first.next.is_none() {
            let ids = first.rows.iter().map(|row| row.id).collect();
            let shown = first.rows.iter().filter(|row| row.phone_sealed.is_some()).map(|row| row.id).collect();
            let these = Filter { ids: Some(ids), status: Some(Status::Any), ..Filter::default() };
            return Ok((these, InFull::These(shown)));
        }
        let admin = self.own.operator.role >= Role::Admin;
        if admin { Ok((filter, InFull::Many)) } else { Err(ConsoleError::ManyInFull.into()) }
    }
}

/// What the list is narrowed to. Of a search, only that there was one: it may be a name or a number.
fn detail(query: &UserQuery, filter: &Filter) -> Value {
    let mut narrowed = json!({});
    let mut say = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            narrowed[name] = value;
        }
    };
    say("search", filter.search.is_some().then_some(true.into()));
    say("selected", filter.ids.as_ref().map(|ids| json!(ids)));
    if filter.ids.is_none() {
        say("app", query.app.clone().map(Into::into));
        say("status", query.status.map(|status| status.name().into()));
        say("phone", query.phone.map(Into::into));
        say("unionid", query.unionid.map(Into::into));
        say("from", query.from.map(|at| at.rfc3339().into()));
        say("to", query.to.map(|at| at.rfc3339().into()));
        say("healed", query.healed.map(Into::into));
    }
    json!({ "filter": narrowed })
}

/// Reads on a task of its own, which outlives a reader who hangs up: the log says how much has left in any case.
fn produce(
    visit: std::sync::Arc<SignedInVisit>,
    mut rows: Rows,
    format: Format,
    texts: T,
) -> Receiver<io::Result<Vec<u8>>> {
    let (to, from) = mpsc::channel(PIECES);
    tokio::spawn(async move {
        let whole = format.write(&mut rows, texts, &to).await;
        let whole = match whole {
            Ok(whole) => whole,
            Err(failed) => {
                // The problem is in the log; the reader sees that the file ends too early.
                let _ = to.send(Err(io::Error::other(failed))).await;
                false
            }
        };
        drop(to);
        if let Err(failure) = visit.server.accounts.end_export(&visit.own.actor, rows.read, whole).await {
            super::internal(&failure);
        }
    });
    from
}

fn body(pieces: Receiver<io::Result<Vec<u8>>>) -> BoxStream<'static, io::Result<Vec<u8>>> {
    stream::unfold(pieces, |mut pieces| async move { pieces.recv().await.map(|piece| (piece, pieces)) }).boxed()
}

#[cfg(test)]
mod tests {
    use super::{ConsoleError, ExportForm};

    #[test]
    fn a_refusal_leads_back_to_the_list() {
        let form = ExportForm::of_body(b"format=csv&q=Chen+W&status=&app=wx1&users%5B3%5D=x&selected=1");
        assert_eq!(form.list(ConsoleError::TooMany), "/console/users?q=Chen+W&app=wx1&problem=TooMany");
        assert_eq!(form.list(ConsoleError::SignedOut), "/console/users?q=Chen+W&app=wx1");
        assert_eq!(form.ticked(), Some(vec!["x".to_owned()]));
        assert_eq!(ExportForm::of_body(b"users%5B3%5D=x").ticked(), None);
    }
}
