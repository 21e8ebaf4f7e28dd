use super::{cursor, query};
use crate::{
    components::url_value,
    error::ConsoleError,
    types::{Cause, FailureQuery, Stage},
};

pub(super) const PATH: &str = "/console/failures";
const FIELDS: [&str; 8] = ["cause", "stage", "app", "version", "user", "healed", "from", "to"];

/// What the failures list is narrowed to, as the URL says it. An empty field of the form is none.
#[derive(Debug, Clone)]
pub(super) struct FailureFilter(Vec<(&'static str, String)>);

impl FailureFilter {
    pub(super) fn of_url() -> Self {
        let said = FIELDS.map(|field| (field, query(field).trim().to_owned()));
        Self(said.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Empty when nothing is said.
    pub(super) fn get(&self, field: &str) -> String {
        self.find(field).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, value)| value.clone())
    }

    /// As the query of a URL, without its cursor.
    pub(super) fn url_query(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={}", url_value(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The list under the same filter but for another cause, or for any.
    pub(super) fn with_cause(&self, cause: Option<Cause>) -> String {
        let others = self.0.iter().filter(|(name, _)| *name != "cause").cloned();
        let cause = cause.map(|cause| ("cause", cause.name().to_owned()));
        let query = Self(cause.into_iter().chain(others).collect()).url_query();
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
    }

    /// What to ask the server for. A name that no form of ours sends is refused.
    pub(super) fn ask(&self) -> Result<FailureQuery, ConsoleError> {
        let named = |field| self.find(field);
        let healed = match named("healed").as_deref() {
            None => None,
            Some("yes") => Some(true),
            Some("no") => Some(false),
            Some(_) => return Err(ConsoleError::BadRequest),
        };
        Ok(FailureQuery {
            cause: known(named("cause"), Cause::from_name)?,
            stage: known(named("stage"), Stage::from_name)?,
            appid: named("app"),
            version: named("version"),
            user_id: named("user"),
            healed,
            from: named("from"),
            to: named("to"),
            cursor: cursor()?,
        })
    }
}

fn known<T>(name: Option<String>, from_name: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ConsoleError> {
    name.map(|name| from_name(&name).ok_or(ConsoleError::BadRequest)).transpose()
}

#[cfg(test)]
mod tests {
    use super::{Cause, ConsoleError, FailureFilter};

    #[test]
    fn another_cause_keeps_the_rest_of_the_filter() {
        let filter = FailureFilter(vec![("cause", "plus_lost".into()), ("version", "1.0 b".into())]);
        assert_eq!(filter.url_query(), "cause=plus_lost&version=1.0+b");
        assert_eq!(filter.with_cause(Some(Cause::CodeUsed)), "/console/failures?cause=code_used&version=1.0+b");
        assert_eq!(filter.with_cause(None), "/console/failures?version=1.0+b");
    }

    #[test]
    fn names_that_no_form_sends_are_refused() {
        for field in ["cause", "stage", "healed"] {
            let refused = FailureFilter(vec![(field, "nonsense".into())]).ask();
            assert_eq!(refused, Err(ConsoleError::BadRequest), "{field}");
        }
        let query = FailureFilter(vec![("cause", "plus_lost".into()), ("healed", "no".into())]).ask().unwrap();
        assert_eq!((query.cause, query.healed), (Some(Cause::PlusLost), Some(false)));
    }
}
