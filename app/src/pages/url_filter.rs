use super::query_text;
use crate::{components::url_value, error::ConsoleError};

/// What a list is narrowed to, as the query of its URL says it. An empty field of the form is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UrlFilter {
    path: &'static str,
    said: Vec<(&'static str, String)>,
}

impl UrlFilter {
    /// From the query of a URL of the list at `path`.
    pub(super) fn of(path: &'static str, fields: &[&'static str], query: &str) -> Self {
        let said = |field: &&'static str| {
            let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == *field);
            Some((*field, found?.1.trim().to_owned())).filter(|(_, value)| !value.is_empty())
        };
        Self { path, said: fields.iter().filter_map(said).collect() }
    }

    /// From this page's URL.
    pub(super) fn of_url(path: &'static str, fields: &[&'static str]) -> Self {
        Self::of(path, fields, &query_text())
    }

    /// Empty when nothing is said.
    pub(super) fn get(&self, field: &str) -> String {
        self.find(field).unwrap_or_default()
    }

    pub(super) fn find(&self, field: &str) -> Option<String> {
        self.said.iter().find(|(name, _)| *name == field).map(|(_, value)| value.clone())
    }

    /// A field whose values are names. One that no form of ours sends is refused.
    pub(super) fn known<T>(
        &self,
        field: &str,
        from_name: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConsoleError> {
        self.find(field).map(|name| from_name(&name).ok_or(ConsoleError::BadRequest)).transpose()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    pub(super) fn says_any(&self, fields: &[&str]) -> bool {
        self.said.iter().any(|(name, _)| fields.contains(name))
    }

    /// Field by field, for a form or for words.
    pub(super) fn said(&self) -> &[(&'static str, String)] {
        &self.said
    }

    /// As the query of a URL, without its cursor.
    pub(super) fn url_query(&self) -> String {
        let pairs = self.said.iter().map(|(name, value)| format!("{name}={}", url_value(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    pub(super) fn url(&self) -> String {
        if self.is_empty() { self.path.to_owned() } else { format!("{}?{}", self.path, self.url_query()) }
    }

    /// The same but for one field, or without it.
    pub(super) fn with(&self, field: &'static str, value: Option<&str>) -> Self {
        let others = self.said.iter().filter(|(name, _)| *name != field).cloned();
        let value = value.map(|value| (field, value.to_owned()));
        Self { path: self.path, said: value.into_iter().chain(others).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConsoleError, UrlFilter};

    const FIELDS: [&str; 3] = ["q", "status", "sort"];

    fn filter(query: &str) -> UrlFilter {
        UrlFilter::of("/console/users", &FIELDS, query)
    }

    #[test]
    fn a_field_changes_without_losing_the_rest() {
        let filter = filter("status=blocked&cursor=x&q=%E9%99%88+x&sort=+");
        assert_eq!(filter.url_query(), "q=%E9%99%88+x&status=blocked", "neither what is empty nor what is no field");
        assert_eq!(filter.with("q", None).url(), "/console/users?status=blocked");
        assert_eq!(filter.with("status", Some("active")).url_query(), "status=active&q=%E9%99%88+x");
        assert_eq!(filter.with("q", None).with("status", None).url(), "/console/users");
        assert!(filter.says_any(&["sort", "q"]) && !filter.says_any(&["sort"]));
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let known = |query: &str| filter(query).known("status", |name| (name == "blocked").then_some(()));
        assert_eq!((known(""), known("status=blocked")), (Ok(None), Ok(Some(()))));
        assert_eq!(known("status=dead"), Err(ConsoleError::BadRequest));
    }
}
