use uuid::Uuid;

use super::{super::first_id, FEW, Filter, Search, SortBy, Status};

/// A value for a placeholder.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Id(Uuid),
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The values of a query in the order of their placeholders.
#[derive(Debug, Default)]
pub(super) struct Bindings(pub Vec<Value>);

impl Bindings {
    /// The placeholder of this value.
    pub(super) fn put(&mut self, value: Value) -> String {
        self.0.push(value);
        format!("${}", self.0.len())
    }
}

macro_rules! bound {
    ($query:expr, $values:expr) => {
        $values.0.iter().cloned().fold($query, |query, value| match value {
            Value::Id(id) => query.bind(id),
            Value::Int(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        })
    };
}
pub(super) use bound;

/// What may fit few users. Each has an index that counts and finds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Ids,
    Search,
    Status,
    Lately,
    Created,
    App,
    Phone,
    Unionid,
}

impl Source {
    pub(super) const ALL: [Self; 8] =
        [Self::Ids, Self::Search, Self::Status, Self::Lately, Self::Created, Self::App, Self::Phone, Self::Unionid];

    /// A query for the ids of those who fit; none when the filter does not say.
    pub(super) fn sql(self, filter: &Filter, values: &mut Bindings) -> Option<String> {
        match self {
            Self::Ids => filter.ids.as_ref().map(|ids| {
                let ids: Vec<_> = ids.iter().map(|id| values.put(Value::Id(*id))).collect();
                // `IN ()` is an error on Postgres; NULL is nobody's id.
                let ids = if ids.is_empty() { "NULL".to_owned() } else { ids.join(", ") };
                format!("SELECT id FROM users WHERE id IN ({ids})")
            }),
            Self::Search => filter.search.as_ref().map(|search| found(search, values)),
            Self::Status => match filter.status? {
                Status::Active | Status::Any => None,
                few => Some(format!("SELECT id FROM users WHERE {}", status(Some(few)))),
            },
            Self::Lately => filter.lately.map(|lately| {
                let since = values.put(Value::Int(lately.since.0));
                let healed = truth(lately.healed);
                format!("SELECT DISTINCT user_id AS id FROM failures WHERE {healed} AND at >= {since} AND user_id IS NOT NULL")
            }),
            Self::Created => (filter.from.is_some() || filter.to.is_some()).then(|| {
                let from = values.put(Value::Id(filter.from.map_or(Uuid::nil(), first_id)));
                let to = values.put(Value::Id(filter.to.map_or(Uuid::max(), first_id)));
                format!("SELECT id FROM users WHERE id >= {from} AND id < {to}")
            }),
            Self::App => filter.appid.as_ref().map(|appid| {
                format!("SELECT user_id AS id FROM bindings WHERE appid = {}", values.put(Value::Text(appid.clone())))
            }),
            Self::Phone => filter.phone.map(|has| format!("SELECT id FROM users WHERE phone_hash {}", null(!has))),
            // Who has none may have no binding at all.
            Self::Unionid => filter
                .unionid
                .filter(|has| *has)
                .map(|_| "SELECT user_id AS id FROM bindings WHERE unionid IS NOT NULL".to_owned()),
        }
    }
}

const fn null(is: bool) -> &'static str {
    if is { "IS NULL" } else { "IS NOT NULL" }
}

/// The test of a failure's `healed`, which SQLite keeps as a number.
const fn truth(healed: bool) -> &'static str {
    if healed { "healed = TRUE" } else { "healed = FALSE" }
}

pub(super) const fn status(status: Option<Status>) -> &'static str {
    match status {
        None => "erased_at IS NULL AND merged_into IS NULL",
        Some(Status::Active) => "erased_at IS NULL AND merged_into IS NULL AND blocked_at IS NULL",
        Some(Status::Blocked) => "erased_at IS NULL AND merged_into IS NULL AND blocked_at IS NOT NULL",
        Some(Status::Erased) => "erased_at IS NOT NULL",
        Some(Status::Any) => "1 = 1",
    }
}

/// As much of the status as an index of its own holds.
pub(super) const fn indexed(status: Option<Status>) -> &'static str {
    match status {
        Some(Status::Blocked) => "blocked_at IS NOT NULL",
        Some(Status::Erased) => "erased_at IS NOT NULL",
        _ => "1 = 1",
    }
}

/// Nothing is asked of a user but his status.
pub(super) fn is_plain(filter: &Filter) -> bool {
    let mut values = Bindings::default();
    of_row(filter, None, SortBy::Created, &mut values).len() == 1
}

/// Each arm is one look into one index, and ends where there are too many.
fn found(search: &Search, values: &mut Bindings) -> String {
    let mut arms = Vec::new();
    let mut arm = |sql: String| {
        let number = arms.len();
        arms.push(format!("SELECT id FROM ({sql} LIMIT {}) AS arm_{number}", FEW + 1));
    };
    for id in [search.id, search.trace].into_iter().flatten() {
        arm(format!("SELECT id FROM users WHERE id = {}", values.put(Value::Id(id))));
    }
    if let Some(wechat_id) = &search.wechat_id {
        for column in ["openid", "unionid"] {
            let value = values.put(Value::Text(wechat_id.clone()));
            arm(format!("SELECT user_id AS id FROM bindings WHERE {column} = {value}"));
        }
    }
    if let Some(prefix) = &search.nickname_prefix {
        arm(format!("SELECT id FROM users WHERE {}", begins("nickname_key", prefix, values)));
    }
    for (column, hash) in hashes(search) {
        arm(format!("SELECT id FROM users WHERE {column} = {}", values.put(Value::Bytes(hash.to_vec()))));
    }
    if let Some(hash) = search.token_hash {
        arm(format!("SELECT user_id AS id FROM tokens WHERE hash = {}", values.put(Value::Bytes(hash.to_vec()))));
    }
    if let Some(prefix) = &search.token_prefix {
        arm(format!("SELECT user_id AS id FROM tokens WHERE {}", begins("prefix", prefix, values)));
    }
    if arms.is_empty() { "SELECT id FROM users WHERE 1 = 0".to_owned() } else { arms.join(" UNION ") }
}

/// Of what a search looks for, only these can fit many. The first has no index, so that none is used for any.
fn searched(search: &Search, values: &mut Bindings) -> String {
    let prefix = search.nickname_prefix.clone().unwrap_or_default();
    let length = prefix.chars().count();
    let mut any = vec![format!("substr(nickname_key, 1, {length}) = {}", values.put(Value::Text(prefix)))];
    any.extend(hashes(search).map(|(column, hash)| format!("{column} = {}", values.put(Value::Bytes(hash.to_vec())))));
    if let Some(prefix) = &search.token_prefix {
        let one = format!("SELECT 1 FROM tokens WHERE user_id = users.id AND {}", begins("prefix", prefix, values));
        any.push(format!("({one} LIMIT 1) = 1"));
    }
    format!("({})", any.join(" OR "))
}

/// What a number may be of somebody's phone.
fn hashes(search: &Search) -> impl Iterator<Item = (&'static str, [u8; 32])> + use<> {
    let hashes = [
        ("phone_hash", search.phone_hash),
        ("phone_national_hash", search.national_hash),
        ("phone_last_four_hash", search.last_four_hash),
    ];
    hashes.into_iter().filter_map(|(column, hash)| Some((column, hash?)))
}

fn begins(column: &str, prefix: &str, values: &mut Bindings) -> String {
    let from = values.put(Value::Text(prefix.to_owned()));
    // No text that begins with the prefix sorts behind the last character there is.
    let to = values.put(Value::Text(format!("{prefix}\u{10FFFF}")));
    format!("{column} >= {from} AND {column} < {to}")
}

/// The tests of one user, but for what `few` has asked already. None of them lets a database leave the
/// order of the walk: they look at columns and expressions without an index, or into another table. What costs least, and
/// what fits fewest, comes first: a user who fails a test is not asked the others.
pub(super) fn of_row(filter: &Filter, few: Option<Source>, by: SortBy, values: &mut Bindings) -> Vec<String> {
    let mut all = vec![status(filter.status).to_owned()];
    let asked = |source| few == Some(source);
    if let Some(search) = filter.search.as_ref().filter(|_| !asked(Source::Search)) {
        all.push(searched(search, values));
    }
    if let Some(has) = filter.phone.filter(|_| !asked(Source::Phone)) {
        all.push(format!("phone_bound_at {}", null(!has)));
    }
    if by == SortBy::LastLogin && !asked(Source::Created) {
        for (sign, at) in [(">=", filter.from), ("<", filter.to)] {
            all.extend(at.map(|at| format!("created_at {sign} {}", values.put(Value::Int(at.0)))));
        }
    }
    if let Some(lately) = filter.lately.filter(|_| !asked(Source::Lately)) {
        let (healed, since) = (if lately.healed { "TRUE" } else { "FALSE" }, values.put(Value::Int(lately.since.0)));
        // COALESCE: of all indexes, only the one by user is of use here.
        let seen = format!("COALESCE(healed, FALSE) = {healed} AND COALESCE(at, 0) >= {since}");
        all.push(format!("(SELECT 1 FROM failures WHERE user_id = users.id AND {seen} LIMIT 1) = 1"));
    }
    if let Some(appid) = filter.appid.as_ref().filter(|_| !asked(Source::App)) {
        let appid = values.put(Value::Text(appid.clone()));
        all.push(format!("(SELECT 1 FROM bindings WHERE user_id = users.id AND appid = {appid} LIMIT 1) = 1"));
    }
    if let Some(has) = filter.unionid.filter(|has| !(*has && asked(Source::Unionid))) {
        // Somebody who has one anywhere has one.
        let one = "(SELECT 1 FROM bindings WHERE user_id = users.id AND unionid IS NOT NULL LIMIT 1)";
        all.push(format!("{one} {}", null(!has)));
    }
    all
}
