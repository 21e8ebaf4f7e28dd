use super::{cursor, url_filter::UrlFilter};
use crate::{
    error::ConsoleError,
    text::zone,
    types::{UserQuery, UserSort},
};

pub(super) const PATH: &str = "/console/users";
const SORT: &str = "sort";

pub(super) fn user_filter() -> UrlFilter {
    UrlFilter::of_url(PATH, &UserQuery::FIELDS)
}

/// What to ask the server for. A name that no form of ours sends is refused.
pub(super) fn ask(filter: &UrlFilter) -> Result<UserQuery, ConsoleError> {
    Ok(UserQuery { cursor: cursor()?, ..UserQuery::from_fields(&zone(), |field| filter.find(field))? })
}

/// What of the users the list leaves out; their order leaves nobody out.
pub(super) fn narrowing(filter: &UrlFilter) -> UrlFilter {
    filter.with(SORT, None)
}

pub(super) fn order(filter: &UrlFilter) -> UserSort {
    UserSort::from_name(&filter.get(SORT)).unwrap_or_default()
}

/// The list in another order.
pub(super) fn sorted(filter: &UrlFilter, sort: UserSort) -> String {
    filter.with(SORT, (sort != UserSort::default()).then_some(sort.name())).url()
}

#[cfg(test)]
mod tests {
    use super::{PATH, UrlFilter, UserQuery, UserSort, narrowing, order, sorted};

    #[test]
    fn the_usual_order_is_not_said() {
        let filter = UrlFilter::of(PATH, &UserQuery::FIELDS, "status=blocked&sort=login");
        assert_eq!(order(&filter), UserSort::LatestLogin);
        assert_eq!(sorted(&filter, UserSort::Oldest), "/console/users?sort=created-asc&status=blocked");
        assert_eq!(sorted(&filter, UserSort::Newest), "/console/users?status=blocked");
        assert_eq!(narrowing(&filter).said(), [("status", "blocked".to_owned())]);
    }
}
