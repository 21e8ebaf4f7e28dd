use super::{cursor, query};
use crate::{
    components::url_value,
    error::ConsoleError,
    text::zone,
    types::{UserQuery, UserSort},
};

pub(super) const PATH: &str = "/console/users";

/// What the users list is narrowed to, as the URL says it. An empty field of the form is none.
#[derive(Debug, Clone)]
pub(super) struct UserFilter(Vec<(&'static str, String)>);

impl UserFilter {
    pub(super) fn of_url() -> Self {
        let said = UserQuery::FIELDS.map(|field| (field, query(field).trim().to_owned()));
        Self(said.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Empty when nothing is said.
    pub(super) fn get(&self, field: &str) -> String {
        self.find(field).unwrap_or_default()
    }

    fn find(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, value)| value.clone())
    }

    /// What the URL says, field by field, but for the order.
    pub(super) fn said(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().filter(|(name, _)| *name != "sort").map(|(name, value)| (*name, value.as_str()))
    }

    /// All of it, for the hidden fields of a form.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        self.0.clone()
    }

    /// As the query of a URL, without its cursor.
    pub(super) fn url_query(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={}", url_value(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    pub(super) fn url(&self) -> String {
        if self.0.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", self.url_query()) }
    }

    /// The list without one of its filters.
    pub(super) fn without(&self, field: &str) -> String {
        Self(self.0.iter().filter(|(name, _)| *name != field).cloned().collect()).url()
    }

    /// The list in another order.
    pub(super) fn sorted(&self, sort: UserSort) -> String {
        let others = self.0.iter().filter(|(name, _)| *name != "sort").cloned();
        let sort = (sort != UserSort::default()).then(|| ("sort", sort.name().to_owned()));
        Self(others.chain(sort).collect()).url()
    }

    /// What to ask the server for. A name that no form of ours sends is refused.
    pub(super) fn ask(&self) -> Result<UserQuery, ConsoleError> {
        Ok(UserQuery { cursor: cursor()?, ..UserQuery::from_fields(&zone(), |field| self.find(field))? })
    }
}

#[cfg(test)]
mod tests {
    use super::{UserFilter, UserSort};

    #[test]
    fn a_filter_is_taken_away_and_sorted_without_losing_the_rest() {
        let filter = UserFilter(vec![("q", "陈 x".into()), ("status", "blocked".into()), ("sort", "login".into())]);
        assert_eq!(filter.url_query(), "q=%E9%99%88+x&status=blocked&sort=login");
        assert_eq!(filter.without("q"), "/console/users?status=blocked&sort=login");
        assert_eq!(filter.sorted(UserSort::Newest), "/console/users?q=%E9%99%88+x&status=blocked");
        assert_eq!(filter.said().map(|(name, _)| name).collect::<Vec<_>>(), ["q", "status"]);
    }
}
