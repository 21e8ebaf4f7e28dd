//! The users list: sorted, narrowed and searched, always by key and never more than a bound of rows at a time.
//!
//! A million users must not make a page slow, whatever it is narrowed to. So there are two ways, and this file chooses,
//! by counting, not by what the databases believe of their tables:
//! - Something of the filter fits [`FEW`] users at most. They come from an index of their own and are narrowed further.
//! - Everything in the filter fits many. Then the list is walked in its order, [`WALK`] users at most; where the walk ends
//!   before the page is full, the next page goes on from there.

use uuid::Uuid;

use super::{Listing, Result, Tx, first_id, on, one_more, users::UserRow};
use crate::clock::Millis;

mod conditions;

use conditions::{Bindings, Source, Value, bound};

/// So many users are fetched one by one in ten milliseconds or two, wherever they lie.
const FEW: i64 = 1_000;
/// So many users are looked at, with a look into other tables for each, in the same time.
const WALK: i64 = 2_500;
/// Nobody counts further.
pub const COUNTED: i64 = 10_000;
/// Looked at to count where one look at a user is enough: some more than are counted, for those that are left out.
const COUNT_WALK: i64 = 12_000;

/// What the list is narrowed to. Absent: not at all, but for those who are erased.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub search: Option<Search>,
    /// These and no others.
    pub ids: Option<Vec<Uuid>>,
    pub status: Option<Status>,
    pub appid: Option<String>,
    pub phone: Option<bool>,
    pub unionid: Option<bool>,
    /// Created from here …
    pub from: Option<Millis>,
    /// … and before this moment.
    pub to: Option<Millis>,
    pub lately: Option<Lately>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Active,
    Blocked,
    Erased,
    /// Those who are erased, too.
    Any,
}

/// Who had a failure since then, or one that was healed.
#[derive(Debug, Clone, Copy)]
pub struct Lately {
    pub healed: bool,
    pub since: Millis,
}

/// What a search looks for; a user that fits any of it is found.
#[derive(Debug, Clone, Default)]
pub struct Search {
    pub id: Option<Uuid>,
    /// The user behind a request id or a rid.
    pub trace: Option<Uuid>,
    /// openid or unionid.
    pub wechat_id: Option<String>,
    /// [`super::users::nickname_key`] of the beginning.
    pub nickname_prefix: Option<String>,
    pub phone_hash: Option<[u8; 32]>,
    pub national_hash: Option<[u8; 32]>,
    pub last_four_hash: Option<[u8; 32]>,
    pub token_hash: Option<[u8; 32]>,
    /// The beginning of a token's random part, [`super::tokens::PREFIX`] characters at most.
    pub token_prefix: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub by: SortBy,
    pub descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// Ids are made in the order of time.
    Created,
    LastLogin,
}

/// A user's place in either order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    pub last_login_at: i64,
    pub id: Uuid,
}

/// Where a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    First,
    After(Key),
    Before(Key),
}

/// How many users fit; when it is not exact, there are more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub counted: i64,
    pub exact: bool,
}

/// A filter, and the way it is answered.
#[derive(Debug)]
pub struct UserList<'a> {
    filter: &'a Filter,
    /// What few users fit; none: the list is walked.
    few: Option<Source>,
}

impl<'a> UserList<'a> {
    /// Chooses the way.
    pub async fn new(tx: &mut Tx, filter: &'a Filter) -> Result<Self> {
        steady(tx).await?;
        for source in Source::ALL {
            let mut values = Bindings::default();
            let Some(sql) = source.sql(filter, &mut values) else { continue };
            let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM ({sql}) AS fit LIMIT {}) AS few", FEW + 1);
            if scalar(tx, sql, &values).await? <= FEW {
                return Ok(Self { filter, few: Some(source) });
            }
        }
        Ok(Self { filter, few: None })
    }

    pub async fn page(&self, tx: &mut Tx, sort: Sort, place: Place, limit: usize) -> Result<Listing<UserRow, Key>> {
        let way = Way::new(sort, place);
        let end = if self.few.is_none() { self.end(tx, way, WALK).await? } else { None };
        let mut values = Bindings::default();
        let from = self.from(tx);
        let conditions = self.conditions(way, end, &mut values);
        let sql = format!(
            "{} SELECT {} {from} WHERE {conditions} ORDER BY {} LIMIT {}",
            self.with(&mut values),
            super::users::COLUMNS,
            way.order(),
            one_more(limit)
        );
        let rows = on!(tx, conn => {
            bound!(sqlx::query_as(sqlx::AssertSqlSafe(sql)), values).fetch_all(conn).await
        })?;
        Ok(way.listing(rows, end, limit))
    }

    /// Exact as far as it is counted.
    pub async fn count(&self, tx: &mut Tx) -> Result<Count> {
        let way = Way::new(Sort { by: SortBy::Created, descending: true }, Place::First);
        let walk = if conditions::is_plain(self.filter) { COUNT_WALK } else { WALK };
        let end = if self.few.is_none() { self.end(tx, way, walk).await? } else { None };
        let mut values = Bindings::default();
        let from = self.from(tx);
        let conditions = self.conditions(way, end, &mut values);
        let with = self.with(&mut values);
        let most = COUNTED + 1;
        let sql = format!("{with} SELECT COUNT(*) FROM (SELECT 1 {from} WHERE {conditions} LIMIT {most}) AS counted");
        let counted = scalar(tx, sql, &values).await?;
        Ok(Count { counted: counted.min(COUNTED), exact: end.is_none() && counted <= COUNTED })
    }

    /// The last user of a walk of `rows` users; none when there are not that many left.
    async fn end(&self, tx: &mut Tx, way: Way, rows: i64) -> Result<Option<Key>> {
        let mut values = Bindings::default();
        let conditions = self.walked(way, None, &mut values).join(" AND ");
        // Read from an index alone: in the order of ids, that knows no other time.
        let at = if way.sort.by == SortBy::LastLogin { "last_login_at" } else { "CAST(0 AS BIGINT)" };
        let (order, skipped) = (way.order(), rows - 1);
        let sql = format!("SELECT {at}, id FROM users WHERE {conditions} ORDER BY {order} LIMIT 1 OFFSET {skipped}");
        let row: Option<(i64, Uuid)> = on!(tx, conn => {
            bound!(sqlx::query_as(sqlx::AssertSqlSafe(sql)), values).fetch_optional(conn).await
        })?;
        Ok(row.map(|(last_login_at, id)| Key { last_login_at, id }))
    }

    fn with(&self, values: &mut Bindings) -> String {
        let few = self.few.and_then(|source| source.sql(self.filter, values));
        few.map(|sql| format!("WITH few (few_id) AS (SELECT DISTINCT id FROM ({sql}) AS fit)")).unwrap_or_default()
    }

    /// The few first, and for each its user. By CROSS JOIN SQLite takes the left side first; Postgres would begin with whatever
    /// index of users fits the other conditions, and look for each of its rows among the few, but for the OFFSET.
    const fn from(&self, tx: &Tx) -> &'static str {
        match (self.few, tx) {
            (None, _) => "FROM users",
            (Some(_), Tx::Sqlite(_)) => "FROM few CROSS JOIN users",
            (Some(_), Tx::Postgres(_)) => {
                "FROM few CROSS JOIN LATERAL (SELECT * FROM users WHERE users.id = few_id OFFSET 0) AS users"
            }
        }
    }

    fn conditions(&self, way: Way, end: Option<Key>, values: &mut Bindings) -> String {
        let mut all = self.walked(way, end, values);
        if self.few.is_some() {
            all.push("users.id = few_id".to_owned());
        }
        all.extend(conditions::of_row(self.filter, self.few, way.sort.by, values));
        all.join(" AND ")
    }

    /// What bounds the walk itself: both ends, and a status that has indexes in both orders.
    fn walked(&self, way: Way, end: Option<Key>, values: &mut Bindings) -> Vec<String> {
        let mut all = vec![conditions::indexed(self.filter.status).to_owned()];
        match way.sort.by {
            SortBy::Created => all.extend(way.between_ids(self.filter, end, values)),
            SortBy::LastLogin => all.extend(way.between_logins(end, values)),
        }
        all
    }
}

/// In which direction the list is read, and from where.
#[derive(Debug, Clone, Copy)]
struct Way {
    sort: Sort,
    place: Place,
    /// The direction of reading; a page before another one is read backwards.
    down: bool,
}

impl Way {
    fn new(sort: Sort, place: Place) -> Self {
        let backwards = matches!(place, Place::Before(_));
        Self { sort, place, down: sort.descending != backwards }
    }

    const fn edge(self) -> Option<Key> {
        match self.place {
            Place::First => None,
            Place::After(key) | Place::Before(key) => Some(key),
        }
    }

    const fn order(self) -> &'static str {
        match (self.sort.by, self.down) {
            (SortBy::Created, true) => "id DESC",
            (SortBy::Created, false) => "id",
            (SortBy::LastLogin, true) => "last_login_at DESC, id DESC",
            (SortBy::LastLogin, false) => "last_login_at, id",
        }
    }

    /// The tighter one of each side alone: of several bounds on one column, a database takes any to begin with.
    fn between_ids(self, filter: &Filter, end: Option<Key>, values: &mut Bindings) -> Vec<String> {
        let (edge, end) = (self.edge().map(|key| key.id), end.map(|key| key.id));
        let (above, below) = if self.down { (end, edge) } else { (edge, end) };
        let from = filter.from.map(first_id).map(|id| (id, ">="));
        let to = filter.to.map(first_id).map(|id| (id, "<"));
        let above = above.map(|id| (id, if self.down { ">=" } else { ">" })).into_iter().chain(from).max();
        let below = below.map(|id| (id, if self.down { "<" } else { "<=" })).into_iter().chain(to).min();
        let sides = above.into_iter().chain(below);
        sides.map(|(id, sign)| format!("id {sign} {}", values.put(Value::Id(id)))).collect()
    }

    fn between_logins(self, end: Option<Key>, values: &mut Bindings) -> Vec<String> {
        let (past, until) = if self.down { ("<", ">=") } else { (">", "<=") };
        let sides = [self.edge().map(|key| (key, past)), end.map(|key| (key, until))];
        let side = |(key, sign): (Key, &str)| {
            let (at, id) = (values.put(Value::Int(key.last_login_at)), values.put(Value::Id(key.id)));
            format!("(last_login_at, id) {sign} ({at}, {id})")
        };
        sides.into_iter().flatten().map(side).collect()
    }

    /// From one row more than the page holds.
    fn listing(self, rows: Vec<UserRow>, end: Option<Key>, limit: usize) -> Listing<UserRow, Key> {
        let key = |row: &UserRow| Key { last_login_at: row.last_login_at, id: row.id };
        Listing::new(rows, limit, (self.edge(), end), matches!(self.place, Place::Before(_)), key)
    }
}

async fn scalar(tx: &mut Tx, sql: String, values: &Bindings) -> Result<i64> {
    Ok(on!(tx, conn => bound!(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)), values).fetch_one(conn).await)?)
}

/// Postgres reads a whole table when its statistics, which may be old, say so; every query here has an index and a bound.
async fn steady(tx: &mut Tx) -> Result<()> {
    const INDEXES: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; \
                           SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off";
    if let Tx::Postgres(_) = tx {
        on!(tx, conn => sqlx::raw_sql(INDEXES).execute(conn).await.map(drop))?;
    }
    Ok(())
}
