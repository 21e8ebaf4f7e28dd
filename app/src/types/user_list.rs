use serde::{Deserialize, Serialize};

use super::{Cursor, Millis, Page, UserSummary};

/// What the users list is asked for. Absent: everybody but those who are erased, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserQuery {
    /// Whatever an operator may know of a user: a phone, its last four digits, an openid, a unionid, an id, the beginning
    /// of a nickname or a token …
    pub q: String,
    /// A search that does not stand in the URL: its handle in the operator's session.
    pub find: Option<String>,
    pub app: Option<String>,
    pub status: Option<UserStatus>,
    /// Has one, or has none.
    pub phone: Option<bool>,
    pub unionid: Option<bool>,
    /// From the beginning of this day in Beijing to the end of that one.
    pub from: Option<Millis>,
    pub to: Option<Millis>,
    /// Had a call healed (`true`) or failed in the last seven days.
    pub healed: Option<bool>,
    pub sort: UserSort,
    pub cursor: Option<Cursor>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserStatus {
    Active,
    Blocked,
    Erased,
}

impl UserStatus {
    pub const ALL: [Self; 3] = [Self::Active, Self::Blocked, Self::Erased];

    /// The name in URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Erased => "erased",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UserSort {
    #[default]
    Newest,
    Oldest,
    LatestLogin,
    EarliestLogin,
}

impl UserSort {
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::LatestLogin, Self::EarliestLogin];

    /// The name in URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Newest => "created",
            Self::Oldest => "created-asc",
            Self::LatestLogin => "login",
            Self::EarliestLogin => "login-asc",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.name() == name)
    }
}

/// A page of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserList {
    pub page: Page<ListedUser>,
    /// How many fit; more when it is not exact.
    pub count: i64,
    pub exact: bool,
    /// Only a part of the users was looked through for this page; the next one goes on.
    pub partial: bool,
    /// What was searched for, also when the URL does not say.
    pub q: String,
    pub code: CodeSearch,
}

/// The result of a search by support code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeSearch {
    /// The text is no support code.
    #[default]
    None,
    /// A character of it is wrong.
    Mistyped,
    /// No record has it.
    NoRecord,
    /// Newest first, at most twenty.
    Records(Vec<super::Failure>),
}

/// A row of the users list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedUser {
    pub summary: UserSummary,
    pub status: UserStatus,
    /// In the last seven days.
    pub failures: i64,
}

/// Where a search leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// To the one user, by his id.
    User(String),
    /// To a failure, by its id: nobody knows whose it is, or it was what was asked for.
    Failure(String),
    /// To the list.
    Several,
    /// To the list, by a handle: the text has no business in an address.
    Hidden(String),
}

#[cfg(feature = "ssr")]
impl UserQuery {
    /// Every field of a URL or form that says something about the list, but for the cursor.
    pub const FIELDS: [&str; 10] = ["q", "find", "app", "status", "phone", "unionid", "from", "to", "lately", "sort"];

    /// From the fields of a URL or a form, with days of `zone`; one that is empty says nothing. A value that no form of ours sends is refused.
    pub fn from_fields(
        zone: &super::Zone,
        field: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, crate::error::ConsoleError> {
        let refused = crate::error::ConsoleError::BadRequest;
        let text = |name| {
            let text = field(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            // No database takes the one, and nobody types the other.
            if text.as_ref().is_some_and(|text| text.contains('\0') || text.len() > 512) {
                Err(refused)
            } else {
                Ok(text)
            }
        };
        let either = |name, yes: &str, no: &str| match text(name)?.as_deref() {
            None => Ok(None),
            Some(said) if said == yes => Ok(Some(true)),
            Some(said) if said == no => Ok(Some(false)),
            Some(_) => Err(refused),
        };
        let status = text("status")?.map(|name| UserStatus::from_name(&name).ok_or(refused));
        let sort = text("sort")?.map(|name| UserSort::from_name(&name).ok_or(refused));
        Ok(Self {
            q: text("q")?.unwrap_or_default(),
            find: text("find")?,
            app: text("app")?,
            status: status.transpose()?,
            phone: either("phone", "yes", "no")?,
            unionid: either("unionid", "yes", "no")?,
            from: text("from")?.map(|day| zone.from(&day).ok_or(refused)).transpose()?,
            to: text("to")?.map(|day| zone.to(&day).ok_or(refused)).transpose()?,
            healed: either("lately", "healed", "failed")?,
            sort: sort.transpose()?.unwrap_or_default(),
            cursor: None,
        })
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::{UserQuery, UserSort, UserStatus};
    use crate::error::ConsoleError;

    fn read(name: &str, value: &str) -> Result<UserQuery, ConsoleError> {
        UserQuery::from_fields(&super::super::Zone::default(), |field| (field == name).then(|| value.to_owned()))
    }

    #[test]
    fn values_that_no_form_sends_are_refused() {
        for (name, value) in [
            ("status", "dead"),
            ("phone", "maybe"),
            ("unionid", "1"),
            ("lately", "yes"),
            ("sort", "nickname"),
            ("q", "a\0b"),
            ("app", &"w".repeat(513)),
        ] {
            assert_eq!(read(name, value), Err(ConsoleError::BadRequest), "{name}={value:?}");
        }
    }

    #[test]
    fn what_is_said_is_read() {
        assert_eq!(read("q", "  Chen ").unwrap().q, "Chen");
        assert_eq!(read("phone", "").unwrap(), UserQuery::default());
        assert_eq!(read("lately", "healed").unwrap().healed, Some(true));
        for status in UserStatus::ALL {
            assert_eq!(read("status", status.name()).unwrap().status, Some(status));
        }
        for sort in UserSort::ALL {
            assert_eq!(read("sort", sort.name()).unwrap().sort, sort);
        }
    }
}
