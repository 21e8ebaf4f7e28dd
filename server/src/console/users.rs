use std::collections::{BTreeSet, HashMap};

use latchkey_app::{
    error::ConsoleError,
    types::{
        Cursor, ListedUser, Millis, Page, Role, UserList, UserQuery, UserSort, UserStatus, UserSummary, may_be_number,
    },
};
use uuid::Uuid;

use super::{ConsoleServer, Failed, PAGE, account::Own, reason::reason as checked, resets::refused};
use crate::{
    accounts::{Actor, What},
    sealed::Column,
    store::{
        Tx,
        bindings::{self, BindingRow},
        failures,
        user_lists::{self, Filter, Key, Lately, Place, Sort, SortBy, Status},
        users::UserRow,
    },
};

/// What "lately" means, in a column and in a filter.
const LATELY_S: i64 = 7 * 86_400;
/// More than a page of them are no page's.
const MOST_AT_ONCE: usize = 200;

impl ConsoleServer {
    /// A page of users, all of them or those that the query leaves.
    pub(super) async fn users(&self, query: &UserQuery, own: &Own) -> Result<UserList, Failed> {
        let sort = sort(query.sort);
        let place = place(query.cursor.as_ref(), sort)?;
        let q = self.searched(query, own).await?;
        let mut tx = self.accounts.db.read().await?;
        let filter = self.filter(&mut tx, query, &q, own.operator.role).await?;
        let list = user_lists::UserList::new(&mut tx, &filter).await?;
        let listing = list.page(&mut tx, sort, place, PAGE).await?;
        let count = list.count(&mut tx).await?;
        let items = self.listed(&mut tx, &listing.rows).await?;
        let code = self.code_search(&mut tx, &q).await?;
        let previous = listing.previous.map(|key| Cursor::Before(key_text(key, sort)));
        let next = listing.next.map(|key| Cursor::After(key_text(key, sort)));
        let page = Page { items, previous, next };
        Ok(UserList { page, count: count.counted, exact: count.exact, partial: listing.partial, q, code })
    }

    /// The text that is searched for, from the address or from behind a handle. A handle that leads nowhere is a link that is
    /// out of date; its search was counted when it was made.
    pub(super) async fn searched(&self, query: &UserQuery, own: &Own) -> Result<String, Failed> {
        if let Some(handle) = &query.find {
            return Ok(self.hidden_text(handle, &own.session).await?.ok_or(ConsoleError::NotFound)?);
        }
        if may_be_number(&query.q) {
            self.count_number_search(own).await?;
        }
        Ok(query.q.clone())
    }

    pub(super) async fn filter(&self, tx: &mut Tx, query: &UserQuery, q: &str, role: Role) -> Result<Filter, Failed> {
        let found = if q.is_empty() { Filter::default() } else { self.found_by(tx, q, role).await?.0 };
        let since = self.accounts.clock.now().plus_seconds(-LATELY_S);
        Ok(Filter {
            status: query.status.map(status).or(found.status),
            appid: query.app.clone(),
            phone: query.phone,
            unionid: query.unionid,
            from: query.from,
            to: query.to,
            lately: query.healed.map(|healed| Lately { healed, since }),
            ..found
        })
    }

    async fn listed(&self, tx: &mut Tx, rows: &[UserRow]) -> Result<Vec<ListedUser>, Failed> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let bindings = bindings::of_users(tx, &ids).await?;
        let since = self.accounts.clock.now().plus_seconds(-LATELY_S);
        let failed: HashMap<Uuid, i64> = failures::failed_of(tx, &ids, since).await?.into_iter().collect();
        let item = |row: &UserRow| {
            let failures = failed.get(&row.id).copied().unwrap_or_default();
            ListedUser { summary: self.summary(row, &bindings), status: status_of(row), failures }
        };
        Ok(rows.iter().map(item).collect())
    }

    /// `bindings` may hold those of other users, too.
    pub(super) fn summary(&self, user: &UserRow, bindings: &[BindingRow]) -> UserSummary {
        let own = bindings.iter().filter(|binding| binding.user_id == user.id);
        let apps: BTreeSet<_> = own.map(|binding| self.app(&binding.appid)).collect();
        let appid = apps.first().map(|app| app.appid.as_str());
        UserSummary {
            id: user.id.to_string(),
            nickname: user.nickname.clone(),
            phone: self.masked(Column::UserPhone, user.id, user.phone_sealed.as_deref(), appid),
            apps: apps.into_iter().collect(),
            blocked: user.blocked_at.is_some(),
            created_at: Millis(user.created_at),
            last_login_at: Millis(user.last_login_at),
        }
    }

    /// One reason for all of them.
    pub(super) async fn block_users(
        &self,
        users: &[String],
        blocked: bool,
        reason: &str,
        actor: &Actor,
    ) -> Result<(), Failed> {
        let ids = ids(users)?;
        if ids.is_empty() {
            return Err(ConsoleError::NobodySelected.into());
        }
        let reason = checked(reason)?;
        let what = if blocked { What::Block } else { What::Unblock };
        Ok(self.accounts.reset_each(&ids, &what, actor, reason).await.map_err(refused)?)
    }
}

/// Of the users that a form names.
pub(super) fn ids(users: &[String]) -> Result<Vec<Uuid>, ConsoleError> {
    if users.len() > MOST_AT_ONCE {
        return Err(ConsoleError::BadRequest);
    }
    users.iter().map(|id| id.parse().map_err(|_| ConsoleError::BadRequest)).collect()
}

const fn status(status: UserStatus) -> Status {
    match status {
        UserStatus::Active => Status::Active,
        UserStatus::Blocked => Status::Blocked,
        UserStatus::Erased => Status::Erased,
    }
}

pub(super) const fn status_of(user: &UserRow) -> UserStatus {
    match (user.erased_at, user.blocked_at) {
        (Some(_), _) => UserStatus::Erased,
        (None, Some(_)) => UserStatus::Blocked,
        (None, None) => UserStatus::Active,
    }
}

pub(super) const fn sort(sort: UserSort) -> Sort {
    match sort {
        UserSort::Newest => Sort { by: SortBy::Created, descending: true },
        UserSort::Oldest => Sort { by: SortBy::Created, descending: false },
        UserSort::LatestLogin => Sort { by: SortBy::LastLogin, descending: true },
        UserSort::EarliestLogin => Sort { by: SortBy::LastLogin, descending: false },
    }
}

/// A cursor that was made for another order, or by hand, is refused.
fn place(cursor: Option<&Cursor>, sort: Sort) -> Result<Place, ConsoleError> {
    Ok(match cursor {
        None => Place::First,
        Some(Cursor::After(text)) => Place::After(key(text, sort)?),
        Some(Cursor::Before(text)) => Place::Before(key(text, sort)?),
    })
}

/// A user's place as it stands in a cursor: the id, and before it the last login where that is what the list is sorted by.
fn key_text(key: Key, sort: Sort) -> String {
    match sort.by {
        SortBy::Created => key.id.to_string(),
        SortBy::LastLogin => format!("{}.{}", key.last_login_at, key.id),
    }
}

fn key(text: &str, sort: Sort) -> Result<Key, ConsoleError> {
    let (at, id) = match sort.by {
        SortBy::Created => ("0", text),
        SortBy::LastLogin => text.split_once('.').ok_or(ConsoleError::BadRequest)?,
    };
    Ok(Key {
        last_login_at: at.parse().map_err(|_| ConsoleError::BadRequest)?,
        id: id.parse().map_err(|_| ConsoleError::BadRequest)?,
    })
}
